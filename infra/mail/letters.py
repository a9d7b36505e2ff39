"""`web.letters.Letters`: the stored bytes of a mail, read again and made harmless, without what a scanner found.

What comes with files by a page is kept in the same form, so that whoever reads it needs to know of one only.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import structlog

from channels.email.compose import one_line
from channels.email.filename import safe_filename
from channels.email.images import count_remote, show_inline, show_remote
from channels.email.model import Invitation
from channels.email.parse import parse
from channels.email.scanning import numbers_left_out
from domain.ports import Blobs
from infra.mail.enclosing import Enclosing
from web.letters import Enclosure, File, Kept, Letter, Meeting

#: RFC 6838 section 4.2; of composite types (RFC 2046 section 5) a browser's word would make something else of a file.
_MEDIA_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
_log = structlog.get_logger("letters")


class StoredLetters:
    def __init__(self, blobs: Blobs, enclosing: Enclosing | None = None) -> None:
        self._blobs = blobs
        self._enclosing = enclosing or Enclosing(blobs)

    async def keep(self, customer_id: str, text: str, files: Sequence[File]) -> Kept:
        if not files:
            return Kept()
        typed = [(media_type_of(one), one.content) for one in files]
        attachments, faults = await self._enclosing.keep(customer_id, typed)
        raw = await self._blobs.put(customer_id, await asyncio.to_thread(_as_letter, text, files))
        return Kept(raw, attachments, tuple(faults))

    async def file(self, owner: str, reference: str) -> bytes | None:
        try:
            return await self._blobs.get(owner, reference)
        except ValueError as fault:
            _log.warning("a file cannot be read", kind=type(fault).__name__)
            return None

    async def drop(self, customer_id: str, kept: Kept) -> None:
        for reference in (kept.raw, *(one.reference for one in kept.attachments)):
            if reference:
                await self._blobs.remove(customer_id, reference)

    async def read(self, customer_id: str, raw: str, faults: Sequence[str]) -> Letter | None:
        try:
            content = await self._blobs.get(customer_id, raw)
        except ValueError as fault:
            _log.warning("a mail cannot be read", kind=type(fault).__name__)
            return None
        return None if content is None else await asyncio.to_thread(_read, content, numbers_left_out(faults))


def _read(content: bytes, infected: frozenset[int]) -> Letter:
    mail = parse(content)
    kept = [(number, file) for number, file in enumerate(mail.attachments, 1) if number not in infected]
    shown = show_inline(mail.html, [file for _, file in kept])
    return Letter(
        html=shown,
        html_remote=show_remote(shown),
        remote_images=count_remote(shown),
        enclosures=tuple(Enclosure(number, file.filename, file.content_type, file.content) for number, file in kept),
        meetings=tuple(map(_meeting, mail.invitations)),
    )


def _meeting(one: Invitation) -> Meeting:
    end = one.end
    if end is not None and not isinstance(end, datetime):
        end -= timedelta(days=1)  # a calendar names the day after the last
    return Meeting(
        method=one.method,
        summary=one.summary,
        begins="" if one.start is None else one.start.isoformat(),
        ends="" if end is None else end.isoformat(),
        zone=one.zone,
        place=one.location,
        organizer="" if one.organizer is None else one.organizer.name or one.organizer.address,
        repeats=one.repeats,
    )


def _as_letter(text: str, files: Sequence[File]) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(text, charset="utf-8")
    for number, one in enumerate(files, 1):
        kind, _, subtype = (media_type := media_type_of(one)).partition("/")
        name = safe_filename(one_line(one.name), media_type, number)
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes()


def media_type_of(file: File) -> str:
    """What a browser says a file is, where that is a single part's type."""
    claimed = file.media_type.partition(";")[0].strip().lower()
    return claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream"
