"""`web.letters.Letters`: the stored bytes of a mail, read again and made harmless, without what a scanner found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from channels.email.images import count_remote, show_inline, show_remote
from channels.email.parse import parse
from channels.email.scanning import numbers_left_out
from domain.ports import Blobs
from web.letters import Enclosure, Letter

_log = structlog.get_logger("letters")


class StoredLetters:
    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

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
    )
