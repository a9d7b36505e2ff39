"""The customers' mails, as the mail programs of four countries write them."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from random import Random

from channels.email.compose import references_after, reply_subject
from channels.email.model import ParsedMail
from infra.demo.cast import Person

#: A one-pixel PNG, as people attach photographs.
PHOTOGRAPH = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000"
    "050001a5f645400000000049454e44ae426082"
)

REPORT = """\
From: Mail Delivery System <mailer-daemon@{domain}>
To: {return_path}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: {message_id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

--=_report
Content-Type: text/plain; charset=us-ascii

The mailbox of <{recipient}> is full and has been for a year.

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{domain}

Original-Recipient: rfc822;{recipient}
Final-Recipient: rfc822;{recipient}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--=_report
Content-Type: text/rfc822-headers

Message-ID: {about}

--=_report--
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to be posted, with its envelope. `about`: the Message-ID that a bounce reports on."""

    sender: str
    recipient: str
    message_id: str
    content: bytes
    about: str = ""


def first_letter(person: Person, dice: Random) -> Letter:
    """What a customer writes to begin with."""
    subject, text = dice.choice(person.phrases.matters)
    message = _message(person, person.address, person.desk.address, subject.format(order=person.order), dice)
    body = f"{text.format(order=person.order)}\n\n{person.phrases.greeting}\n{person.name}\n"
    if person.story == "html_only":
        _set_html(message, body)
    else:
        _set_text(message, body, person, dice)
    if person.story == "attaches":
        message.add_attachment(PHOTOGRAPH, maintype="image", subtype="png", filename="Żółw — фото.png")
    return _sealed(message, person.address, person.desk.address)


def answer(person: Person, mail: ParsedMail, text: str, dice: Random) -> Letter:
    """A reply in the thread, quoting what it answers; to Reply-To, as mail programs do.

    By another address the References are lost on the way: only the token in the reply address still tells.
    """
    elsewhere = person.story == "by_token"
    address = person.other_address if elsewhere else person.address
    recipient = (mail.reply_to or mail.to)[0].address
    message = _message(person, address, recipient, reply_subject(mail.subject), dice)
    if not elsewhere:
        message["In-Reply-To"] = mail.message_id
        message["References"] = " ".join(references_after(mail.references, mail.message_id))
    phrases = person.phrases
    written = phrases.quoting.format(
        date=f"{mail.date or datetime.now(UTC):%d.%m.%Y %H:%M}",
        name=mail.sender.name if mail.sender else "",
        address=mail.sender.address if mail.sender else "",
    )
    quoted = textwrap.indent(mail.text[:4_000].strip(), "> ", lambda _: True)
    body = f"{text}\n\n{phrases.greeting}\n{person.name}\n\n-- \n{phrases.signature}\n\n{written}\n{quoted}\n"
    _set_text(message, body, person, dice)
    return _sealed(message, address, recipient)


def out_of_office(person: Person, mail: ParsedMail, return_path: str, dice: Random) -> Letter:
    """An automatic answer: to the envelope sender with its marks (RFC 3834), or as programs do that know no better."""
    subject, text = person.phrases.away
    marked = person.story == "away"
    recipient = return_path if marked else (mail.reply_to or mail.to)[0].address
    message = _message(person, person.address, recipient, subject, dice)
    message["In-Reply-To"] = mail.message_id
    if marked:
        message["Auto-Submitted"] = "auto-replied"
    else:
        message["X-Auto-Response-Suppress"] = "All"
    _set_text(message, f"{text}\n\n{person.name}\n", person, dice)
    return _sealed(message, "" if marked else person.address, recipient)


def bounce_report(mail: ParsedMail, recipient: str, return_path: str, dice: Random) -> Letter:
    """The delivery status notification of a server that took the mail and could not deliver it (RFC 3464)."""
    domain = recipient.partition("@")[2]
    message_id = f"<{dice.getrandbits(64):016x}@{domain}>"
    report = REPORT.format(
        domain=domain,
        recipient=recipient,
        return_path=return_path,
        message_id=message_id,
        about=mail.message_id,
        date=format_datetime(datetime.now(UTC)),
    )
    return Letter("", return_path, message_id, report.replace("\n", "\r\n").encode("ascii"), mail.message_id)


def _message(person: Person, address: str, recipient: str, subject: str, dice: Random) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((person.name, address))
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{dice.getrandbits(64):016x}@{address.partition('@')[2]}>"
    return message


def _set_text(message: EmailMessage, text: str, person: Person, dice: Random) -> None:
    """In the charset of the country where it can be, in UTF-8 elsewhere."""
    charset = person.phrases.charset if dice.random() < 0.5 else "utf-8"
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    message.set_content(text, charset=charset, cte=dice.choice(("quoted-printable", "base64")))


def _set_html(message: EmailMessage, text: str) -> None:
    paragraphs = "".join(f"<p>{html.escape(one)}</p>" for one in text.split("\n\n"))
    page = f"<html><head><style>p {{ color: #123456 }}</style></head><body>{paragraphs}</body></html>"
    message.set_content(page, subtype="html", charset="utf-8", cte="quoted-printable")


def _sealed(message: EmailMessage, sender: str, recipient: str) -> Letter:
    return Letter(sender, recipient, str(message["Message-ID"]), message.as_bytes())


def links_in(mail: ParsedMail) -> Mapping[str, list[str]]:
    """The links of a mail's text by their kind: `t` the ticket's page, `r` the rating pages."""
    found: dict[str, list[str]] = {"t": [], "r": []}
    for word in mail.text.split():
        for kind, links in found.items():
            if word.startswith(("http://", "https://")) and f"/{kind}/" in word:
                links.append(word)
    return found
