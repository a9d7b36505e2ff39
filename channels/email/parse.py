"""`parse`: the bytes of a mail to what it says. Never raises, whatever the bytes are."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from channels.email.address import read_addresses
from channels.email.automatic import find_automatic, find_list, return_path_of
from channels.email.body import read_body
from channels.email.bounce import find_bounce
from channels.email.calendar import find_invitations
from channels.email.header import Headers
from channels.email.ids import first_id, ids_in
from channels.email.images import count_remote
from channels.email.language import guess_language
from channels.email.limits import MAX_MAIL_BYTES, MAX_REFERENCES
from channels.email.mime import Reader
from channels.email.model import Address, Fault, ParsedMail
from channels.email.quotes import reply_of
from channels.email.words import decode_words

_MAX_SUBJECT: Final = 2_000
_YEARS: Final = range(1980, 2200)
_DELIVERED: Final = ("Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To")
_LONE_CR: Final = re.compile(rb"\r(?!\n)")


def parse(raw: bytes) -> ParsedMail:
    """What a mail says. What was broken, guessed or cut is told in `ParsedMail.faults`.

    Bounded by `channels.email.limits` whatever the bytes are; archives are never unpacked.
    """
    faults: list[Fault] = []
    content = _bounded(raw, faults)
    root = Reader(content, faults).read()
    headers = root.headers
    body = read_body(root, faults)
    sender = _sender(headers, faults)
    subject = decode_words(headers.first("Subject"))[:_MAX_SUBJECT]
    reply = reply_of(body.text)
    language = guess_language(reply, headers.first("Content-Language"), headers.first("Accept-Language"))
    bounce = find_bounce(root, sender, subject, content, faults)
    return ParsedMail(
        sender=sender,
        reply_to=read_addresses(headers.first("Reply-To")),
        to=read_addresses(", ".join(headers.every("To"))),
        cc=read_addresses(", ".join(headers.every("Cc"))),
        subject=subject,
        message_id=_message_id(headers, faults),
        in_reply_to=ids_in(" ".join(headers.every("In-Reply-To"))),
        references=ids_in(" ".join(headers.every("References")))[-MAX_REFERENCES:],
        date=_date(headers, faults),
        text=body.text,
        reply=reply,
        html=body.html,
        remote_images=count_remote(body.html),
        attachments=tuple(body.attachments),
        invitations=find_invitations(root, faults),
        language=language.code if language else None,
        language_from=language.evidence if language else "",
        list=find_list(headers),
        automatic=find_automatic(root, sender, subject),
        bounce=bounce,
        return_path=return_path_of(headers),
        delivered_to=_delivered_to(headers),
        received=len(headers.every("Received")),
        faults=tuple(faults),
    )


def _bounded(raw: bytes, faults: list[Fault]) -> bytes:
    if len(raw) > MAX_MAIL_BYTES:
        faults.append(Fault("mail", f"cut from {len(raw)} to {MAX_MAIL_BYTES} bytes"))
        raw = raw[:MAX_MAIL_BYTES]
    if b"\n" not in raw and b"\r" in raw:
        faults.append(Fault("mail", "lines end in bare carriage returns"))
        return _LONE_CR.sub(b"\n", raw)
    return raw


def _sender(headers: Headers, faults: list[Fault]) -> Address | None:
    """The author; where From is unusable, the Sender, else the return path."""
    for name in ("From", "Sender", "Return-Path"):
        addresses = read_addresses(headers.first(name))
        if addresses:
            if name != "From":
                faults.append(Fault("mail", f"no usable From header, author taken from {name}"))
            return addresses[0]
    faults.append(Fault("mail", "no author: neither From nor Sender nor Return-Path holds an address"))
    return None


def _delivered_to(headers: Headers) -> tuple[Address, ...]:
    """Envelope recipients as servers noted them on the way."""
    values = [value for name in _DELIVERED for value in headers.every(name)]
    return read_addresses(", ".join(values))


def _message_id(headers: Headers, faults: list[Fault]) -> str:
    found = first_id(headers.first("Message-ID"))
    if not found:
        faults.append(Fault("mail", "no Message-ID"))
    return found


def _date(headers: Headers, faults: list[Fault]) -> datetime | None:
    """When the author's clock says it was written, in UTC; a date that cannot be is no date."""
    value = headers.first("Date")
    if not value:
        return None
    try:
        read = parsedate_to_datetime(value[:100])
        date = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        faults.append(Fault("mail", f"unreadable date {value[:60]!r}"))
        return None
    if date.year not in _YEARS:
        faults.append(Fault("mail", f"impossible date {value[:60]!r}"))
        return None
    return date
