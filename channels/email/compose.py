"""A letter to the bytes of a mail (RFC 5322), the same bytes for the same letter.

The same letter is sent again after a failure of unknown outcome, so nothing in it may differ: Message-ID and
Date are arguments and the boundaries are made of the Message-ID.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, Final

from channels.email.address import is_address
from channels.email.limits import MAX_REFERENCES
from channels.email.model import Address
from channels.email.unsubscribe import unsubscribe_ways

_LINE_END: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_REPLY: Final = re.compile(r"((re|ré|aw|sv|odp|отв|ответ|antw|rif|ref|res)\s*(\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_MAX_SUBJECT: Final = 250
_MAX_REFERENCES: Final = 20
_ID: Final = re.compile(r"<[!-;=?-~]{3,900}>")


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file sent along."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A letter. `automatic` for status mails: it sets what tells other machines not to answer (RFC 3834).

    `reply_to` is the mailbox with the ticket's signed token; `list_id` groups a project's mails in mail programs;
    `unsubscribe_url` and `unsubscribe_mail` are for bulk mail only: with them the mail is marked as bulk. The former
    is https, takes a POST without a cookie and bears a token that cannot be guessed (RFC 8058 section 3); the
    latter is a mailbox to write to (RFC 2369 section 3.2). Ids bear their angle brackets.
    """

    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    language: str = ""
    automatic: bool = False
    list_id: str = ""
    unsubscribe_url: str = ""
    unsubscribe_mail: str = ""
    attachments: tuple[Enclosed, ...] = ()


class _Policy(EmailPolicy):
    """The standard policy, save that ids are folded between, never within: it would encode long ones as words."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in ("message-id", "in-reply-to", "references"):
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in ("message-id", "in-reply-to", "references"):
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


def compose(mail: OutgoingMail) -> bytes:
    """The mail's bytes, lines ended by CR LF, 7-bit throughout unless an address itself is not ASCII (RFC 6531).

    Raises `ValueError` for an address, id or address to unsubscribe at that could smuggle in other headers or
    would not work; line breaks in subject and names become spaces. All headers that a signature of the domain's
    server should cover (RFC 6376 section 5.4.1) are there, each once; `channels.email.readiness` checks a mail for it.
    """
    message = EmailMessage(policy=_policy(mail))
    message["From"] = _header_address(mail.sender)
    message["To"] = [_header_address(one) for one in mail.to] or "undisclosed-recipients:;"
    if mail.cc:
        message["Cc"] = [_header_address(one) for one in mail.cc]
    if mail.reply_to:
        message["Reply-To"] = _header_address(mail.reply_to)
    message["Subject"] = one_line(mail.subject)[:_MAX_SUBJECT]
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = _id(mail.message_id)
    _thread(message, mail)
    _marks(message, mail)
    _content(message, mail)
    return message.as_bytes()


def reply_subject(subject: str) -> str:
    """`Re: ` and the subject without the reply marks of any language that have gathered before it."""
    return f"Re: {_REPLY.sub('', one_line(subject), count=1) if _REPLY.match(one_line(subject)) else one_line(subject)}"


def references_after(references: tuple[str, ...], message_id: str) -> tuple[str, ...]:
    """References of an answer (RFC 5322 section 3.6.4): those of the mail answered and its own id, the first kept."""
    chain = tuple(dict.fromkeys((*references, message_id) if message_id else references))
    if len(chain) <= _MAX_REFERENCES:
        return chain
    return (chain[0], *chain[-_MAX_REFERENCES + 1 :])


def one_line(text: str) -> str:
    """Text with control characters and line ends of any kind turned into single spaces."""
    return " ".join(_LINE_END.sub(" ", text).split())


def is_international(mail: OutgoingMail) -> bool:
    """Whether an address is not ASCII, so that the mail needs SMTPUTF8 (RFC 6531)."""
    people = (mail.sender, *mail.to, *mail.cc, *([mail.reply_to] if mail.reply_to else []))
    return not all(ascii_domain(one.address).isascii() for one in people)


def ascii_domain(address: str) -> str:
    """The address with its domain as it stands in the DNS (IDNA)."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise ValueError(f"mail address {address!r}: the domain is not a possible name") from error


def _policy(mail: OutgoingMail) -> EmailPolicy:
    base = _Policy(linesep=SMTP.linesep, cte_type="7bit", raise_on_defect=False)
    return base.clone(utf8=True) if is_international(mail) else base


def _header_address(address: Address) -> HeaderAddress:
    spelled = ascii_domain(address.address)
    if not is_address(spelled):
        raise ValueError(f"mail address {address.address!r} is not of the form name@example.org")
    local, _, domain = spelled.rpartition("@")
    return HeaderAddress(one_line(address.name)[:120], local.strip('"'), domain)


def _id(message_id: str) -> str:
    if not _ID.fullmatch(message_id):
        raise ValueError(f"Message-ID {message_id!r} is not of the form <name@example.org>")
    return message_id


def _thread(message: EmailMessage, mail: OutgoingMail) -> None:
    """Ids of others come from mail of strangers: what cannot stand in a header is left out."""
    if _ID.fullmatch(mail.in_reply_to):
        message["In-Reply-To"] = mail.in_reply_to
    references = [one for one in mail.references[-MAX_REFERENCES:] if _ID.fullmatch(one)]
    if references:
        message["References"] = " ".join(references)


def _marks(message: EmailMessage, mail: OutgoingMail) -> None:
    if mail.language:
        message["Content-Language"] = one_line(mail.language)
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if mail.list_id:
        message["List-Id"] = f"<{one_line(mail.list_id).strip('<>')}>"
    ways = unsubscribe_ways(mail.unsubscribe_url, mail.unsubscribe_mail)
    if ways:
        message["List-Unsubscribe"] = ways
        if mail.unsubscribe_url:
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Precedence"] = "bulk"


def _content(message: EmailMessage, mail: OutgoingMail) -> None:
    message.set_content(_ended(mail.text), charset="utf-8")
    if mail.html:
        message.add_alternative(_ended(mail.html), subtype="html", charset="utf-8")
    for one in mail.attachments:
        kind, _, subtype = one.content_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one_line(one.filename))
    for number, part in enumerate(_containers(message)):
        digest = hashlib.sha256(f"{mail.message_id}\0{number}".encode()).hexdigest()[:24]
        part.set_boundary(f"=_{digest}")


def _containers(message: EmailMessage) -> list[Any]:
    return [part for part in message.walk() if part.is_multipart()]


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
