"""Mails as their senders wrote them: a port, filled where channels are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of a mail, by its number in it."""

    number: int
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail made harmless. `html` has its own pictures and no others; `html_remote` those from elsewhere too."""

    html: str
    html_remote: str
    remote_images: int
    enclosures: tuple[Enclosure, ...]


class Letters(Protocol):
    async def read(self, customer_id: str, raw: str, faults: Sequence[str]) -> Letter | None:
        """The mail whose bytes lie under this reference; None where they are gone, as after an erasure.

        `faults`: what the message says was wrong with it. Attachments that were left out as infected are left out here.
        """
        ...
