"""Files of messages: looked at by a scanner, kept under their customer's key, named with the message."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from channels.email.scanning import AttachmentScanner, CommandScanner, Infected, Unscanned, left_out
from domain.interaction.events import Attachment
from domain.ports import Blobs
from domain.rejection import Rejection
from infra.settings import Settings


def scanner_of(settings: Settings) -> CommandScanner | None:
    """The scanner that the settings name."""
    command = shlex.split(settings.attachment_scanner)
    return CommandScanner(command) if command else None


@dataclass(frozen=True, slots=True)
class Enclosing:
    """Keeps files. Without a `scanner` nothing is said of what is in them."""

    blobs: Blobs
    scanner: AttachmentScanner | None = None

    async def keep(self, owner: str, files: Sequence[tuple[str, bytes]]) -> tuple[tuple[Attachment, ...], list[str]]:
        """What is kept of files (media type, bytes), and what the scanner said by their numbers from 1.

        An infected file is left out, one without a verdict is told of.
        """
        kept: list[Attachment] = []
        said: list[str] = []
        for number, (media_type, content) in enumerate(files, 1):
            verdict = await self.scanner.scan(content) if self.scanner is not None else None
            if isinstance(verdict, Infected):
                said.append(left_out(number, verdict))
                continue
            if isinstance(verdict, Unscanned):
                said.append(f"attachment {number}: not scanned ({verdict.reason})")
            reference = await self.blobs.put(owner, content)
            kept.append(Attachment(reference=reference, media_type=media_type, size=len(content)))
        return tuple(kept), said

    async def take(self, owner: str, name: str, content: bytes) -> str:
        """Keep a file that is to go out to a customer; its reference.

        Raises `Rejection` for one that is infected, and for one without a verdict: nobody sends out on our name what
        nobody has looked at.
        """
        verdict = await self.scanner.scan(content) if self.scanner is not None else None
        if isinstance(verdict, Infected):
            raise Rejection("infected", f"{name}: the scanner found {verdict.finding}; the file was not kept")
        if isinstance(verdict, Unscanned):
            raise Rejection("not_scanned", f"{name}: not scanned ({verdict.reason}); try again, or leave it out")
        return await self.blobs.put(owner, content)
