"""A mail that somebody writes on the start page, brought to the centre like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, make_msgid

import aiosmtplib

from infra.settings import LOOPBACK

#: Who writes on the start page.
YOU = "you@home.example"
MOST_SUBJECT, MOST_TEXT = 200, 10_000
SECONDS = 20.0


async def bring(port: int, recipient: str, subject: str, text: str) -> bool:
    """Whether the centre took it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr(("You", YOU))
    message["To"] = recipient
    message["Subject"] = " ".join(subject.split())[:MOST_SUBJECT] or "Hello"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="home.example")
    message.set_content(text[:MOST_TEXT])
    try:
        async with aiosmtplib.SMTP(hostname=LOOPBACK, port=port, timeout=SECONDS, start_tls=False) as client:
            await client.sendmail(YOU, [recipient], message.as_bytes())
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True
