"""Mails as their senders wrote them: a port, filled where channels are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.interaction.events import Attachment


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of a mail, by its number in it."""

    number: int
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a calendar that came along asks or tells (RFC 5546): shown, never entered and never answered by itself.

    `begins`, `ends`: ISO 8601, a bare date for whole days (`ends` is then the last of them), without an offset for the
    clock on the wall of `zone`; empty where the calendar does not tell. `repeats`: the rule as written (RFC 5545).
    """

    method: str
    summary: str
    begins: str
    ends: str
    zone: str
    place: str
    organizer: str
    repeats: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail made harmless. `html` has its own pictures and no others; `html_remote` those from elsewhere too."""

    html: str
    html_remote: str
    remote_images: int
    enclosures: tuple[Enclosure, ...]
    meetings: tuple[Meeting, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file as a browser sent it; name and media type are what it claims."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What a message says of files that came with it: `raw` are the bytes of a letter that holds all of them."""

    raw: str = ""
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = ()


class Letters(Protocol):
    async def keep(self, customer_id: str, text: str, files: Sequence[File]) -> Kept:
        """Keep what was sent by a page as a mail with the same files would be, under its sender's key.

        A file that a scanner calls infected is left out, and a fault says so.
        """
        ...

    async def file(self, owner: str, reference: str) -> bytes | None:
        """A file of a reply; None where its bytes are gone."""
        ...

    async def drop(self, customer_id: str, kept: Kept) -> None:
        """Let go of what `keep` kept for a message that turned out to be there already."""
        ...

    async def read(self, customer_id: str, raw: str, faults: Sequence[str]) -> Letter | None:
        """The mail whose bytes lie under this reference; None where they are gone, as after an erasure.

        `faults`: what the message says was wrong with it. Attachments that were left out as infected are left out here.
        """
        ...
