"""`web.letters.Letters`: the stored bytes of a mail, read again and made harmless."""

from __future__ import annotations

import asyncio

import structlog

from channels.email.images import count_remote, show_inline, show_remote
from channels.email.parse import parse
from domain.ports import Blobs
from web.letters import Enclosure, Letter

_log = structlog.get_logger("letters")


class StoredLetters:
    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def read(self, customer_id: str, raw: str) -> Letter | None:
        try:
            content = await self._blobs.get(customer_id, raw)
        except ValueError as fault:
            _log.warning("a mail cannot be read", kind=type(fault).__name__)
            return None
        return None if content is None else await asyncio.to_thread(_read, content)


def _read(content: bytes) -> Letter:
    mail = parse(content)
    shown = show_inline(mail.html, mail.attachments)
    return Letter(
        html=shown,
        html_remote=show_remote(shown),
        remote_images=count_remote(shown),
        enclosures=tuple(
            Enclosure(number, file.filename, file.content_type, file.content)
            for number, file in enumerate(mail.attachments, 1)
        ),
    )
