"""Reports of failed delivery as mail systems write them: who, which status, for good or not, and why."""

from __future__ import annotations

import pytest

from channels.email.limits import MAX_BOUNCED
from channels.email.model import BouncedRecipient
from channels.email.parse import parse

DAEMON = "From: Mail Delivery System <Mailer-Daemon@mx.example>\nReturn-Path: <>\n"
EXIM = (
    DAEMON + "Received: from mail by mx.example with local (Exim 4.94.2)\n"
    "X-Failed-Recipients: gone@b.example, full@c.example\n"
    "Auto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n\n"
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error.\n\n"
    "  gone@b.example\n    host mx.b.example [192.0.2.1]\n"
    "    SMTP error from remote mail server after RCPT TO:<gone@b.example>:\n"
    "    550 5.1.1 <gone@b.example>: Recipient address rejected\n"
    "  full@c.example\n    host mx.c.example [192.0.2.2]\n    SMTP error from remote mail server after end of data:\n"
    "    452 4.2.2 mailbox full\n\n------ This is a copy of the message, including all the headers. ------\n\n"
    "Message-ID: <d1.abc@hotline.example>\nSubject: 550 5.7.1 in a subject\n\nHello\n"
)


def _report(*fields: str, text: str = "Your message could not be delivered.") -> bytes:
    status = "\n".join(fields)
    return (
        f"{DAEMON}Subject: Undeliverable: x\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=q\n\n"
        f"--q\nContent-Type: text/plain\n\n{text}\n--q\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns;mx.example\n\n{status}\n\n--q\nContent-Type: text/rfc822-headers\n\n"
        "Message-ID: <d1.abc@hotline.example>\n--q--\n"
    ).encode()


def _only(raw: bytes) -> BouncedRecipient:
    bounce = parse(raw).bounce
    assert bounce is not None
    assert bounce.original_message_id == "<d1.abc@hotline.example>"
    (recipient,) = bounce.recipients
    return recipient


def test_exim_names_its_recipients_in_a_header_and_its_version_is_no_status() -> None:
    bounce = parse(EXIM.encode()).bounce
    assert bounce is not None
    assert bounce.recipients == (
        BouncedRecipient(
            "gone@b.example", "5.1.1", True, "failed", "550 5.1.1 <gone@b.example>: Recipient address rejected"
        ),
        BouncedRecipient("full@c.example", "4.2.2", False, "failed", "452 4.2.2 mailbox full"),
    )
    assert bounce.original_message_id == "<d1.abc@hotline.example>"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (  # Exchange Online
            (
                "Final-Recipient: rfc822;gone@b.example",
                "Action: failed",
                "Status: 5.1.10",
                "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
            ),
            ("gone@b.example", "5.1.10", True, "failed", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"),
        ),
        (  # Gmail, folded, with a vague status
            (
                "Final-Recipient: rfc822; gone@b.example",
                "Action: failed",
                "Status: 5.0.0",
                "Remote-MTA: dns; mx.b.example. (192.0.2.1, the server for the domain b.example.)",
                "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to",
                " 550 5.1.1 reach does not exist",
            ),
            (
                "gone@b.example",
                "5.1.1",
                True,
                "failed",
                "550-5.1.1 The email account that you tried to 550 5.1.1 reach does not exist",
            ),
        ),
        (  # mailbox full is temporary although the daemon gave up
            ("Final-Recipient: rfc822;x@b.example", "Action: failed", "Status: 4.2.2"),
            ("x@b.example", "4.2.2", False, "failed", ""),
        ),
        (  # still trying
            ("Final-Recipient: rfc822;x@b.example", "Action: delayed", "Status: 4.4.1"),
            ("x@b.example", "4.4.1", False, "delayed", ""),
        ),
        (  # no status at all
            ("Final-Recipient: rfc822;x@b.example", "Action: failed", "Diagnostic-Code: smtp; 421 try later"),
            ("x@b.example", "", False, "failed", "421 try later"),
        ),
        (  # the address as we wrote it, not where it was forwarded to
            (
                "Original-Recipient: rfc822;we@b.example",
                "Final-Recipient: rfc822;they@c.example",
                "Action: failed",
                "Status: 5.2.1",
            ),
            ("we@b.example", "5.2.1", True, "failed", ""),
        ),
    ],
    ids=["Exchange", "Gmail", "full", "delayed", "no status", "forwarded"],
)
def test_a_report_by_the_standard_is_read(fields: tuple[str, ...], expected: tuple[str, str, bool, str, str]) -> None:
    assert tuple(_only(_report(*fields))) == expected


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    assert parse(_report("Final-Recipient: rfc822;x@b.example", f"Action: {action}", "Status: 2.0.0")).bounce is None


@pytest.mark.parametrize(
    ("text", "status", "permanent"),
    [
        ("<gone@b.example>:\nRemote host said: 550 5.1.1 No such user", "5.1.1", True),
        ("<gone@b.example>:\nSorry, no mailbox here by that name. (#5.1.1)", "5.1.1", True),
        (
            "<gone@b.example>:\n192.0.2.1 failed after I sent the message.\nRemote host said: 451 4.7.1 greylisted",
            "4.7.1",
            False,
        ),
        ("<gone@b.example>:\nRemote host said: 554 rejected, 587 of 4.96.2 rules", "", True),
    ],
)
def test_a_report_by_no_standard_is_read_for_the_words_of_the_server(text: str, status: str, permanent: bool) -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example\nSubject: failure notice\nReturn-Path: <>\nX-Mailer: 4.1.2\n\n"
        "Hi. This is the qmail-send program at mx.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n{text}\n\n"
        "--- Below this line is a copy of the message.\n\nMessage-ID: <d1.abc@hotline.example>\n\nHello\n"
    )
    recipient = _only(raw.encode())
    assert (recipient.address, recipient.status, recipient.permanent) == ("gone@b.example", status, permanent)


def test_a_customer_who_quotes_a_bounce_has_not_bounced() -> None:
    raw = f"From: anna@b.example\nSubject: Fwd: Undelivered\n\nWhat is this?\n\n> {EXIM}".replace("\n", "\n> ").encode()
    assert parse(raw.replace(b"\n> Subject", b"\nSubject").replace(b"\n> \n", b"\n\n", 1)).bounce is None


@pytest.mark.parametrize("body", ["x", "(#", "> 550 ", "5.1.1 ", "a\n", " ", "> 550", "a5@b.example\n"])
def test_a_report_made_to_be_slow_is_read(body: str) -> None:
    recipients = ",".join(f"a{number}@b.example" for number in range(2_000))
    raw = f"{DAEMON}X-Failed-Recipients: {recipients}\nSubject: failure notice\n\n" + body * 100_000
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert len(bounce.recipients) == MAX_BOUNCED
