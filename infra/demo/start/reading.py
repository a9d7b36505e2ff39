"""A mail of the outbox as people read it: its headers, its text, and its HTML in a frame that can do nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from infra.demo.outbox import Sent

#: The HTML is shown as it was sent, style sheet and dark scheme included; nothing is fetched, run or submitted.
FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
#: Headers worth a look, in this order.
HEADERS = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "List-Id", "List-Unsubscribe", "Content-Language",
)  # fmt: skip
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A mail in the list."""

    number: int
    at: datetime
    recipient: str
    subject: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail opened. `links`: those of its text, to be followed from here."""

    number: int
    subject: str
    headers: list[tuple[str, str]]
    text: str
    html: str
    links: list[str]


def line(sent: Sent) -> Line:
    message = _parsed(sent, headers_only=True)
    return Line(sent.number, sent.at, sent.recipient, str(message["Subject"] or ""), bool(message["Auto-Submitted"]))


def opened(sent: Sent) -> Mail:
    message = _parsed(sent)
    headers = [(name, str(value)) for name in HEADERS for value in message.get_all(name, [])]
    text, html = _body(message, "plain"), _body(message, "html")
    # a link opens beside the list: the frame itself must not go anywhere
    html = _HEAD.sub(lambda head: f'{head[0]}<base target="_blank">', html, count=1)
    return Mail(
        sent.number, str(message["Subject"] or ""), headers, text, html, list(dict.fromkeys(_LINK.findall(text)))
    )


def _parsed(sent: Sent, *, headers_only: bool = False) -> EmailMessage:
    message = BytesParser(policy=default).parsebytes(sent.content, headersonly=headers_only)
    assert isinstance(message, EmailMessage), "the policy makes them"
    return message


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
