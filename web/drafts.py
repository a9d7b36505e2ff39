"""What people are writing and where they are: ports for what lasts for a while and is no event's business.

A draft may hold what a customer said, so it is sealed under that customer's key like everything personal: once the
customer is erased nobody can read it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from domain.enclosing import NamedFile
from web.letters import File

Kind = Literal["reply", "note"]


@dataclass(frozen=True, slots=True)
class Draft:
    """`revision` counts the changes; 0 for one that is not there."""

    text: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose draft of which kind about which interaction, under which customer's key."""

    account_id: str
    interaction_id: str
    kind: Kind
    customer_id: str


class DraftChanged(Exception):
    """Somebody, most likely the same person in another window, has changed it since."""


class Drafts(Protocol):
    async def get(self, place: Place) -> Draft:
        """An empty one where there is none, or none that can be read any more."""
        ...

    async def put(self, place: Place, text: str, revision: int, now: datetime) -> Draft:
        """Replace the draft that had this revision; an empty text takes it away. Raises `DraftChanged`."""
        ...


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file added to a draft; `file_id` is what its author's browser calls it."""

    file_id: str
    named: NamedFile


class DraftFiles(Protocol):
    """Files that are to go along with a reply, kept under the customer's key as soon as they are added."""

    async def all(self, place: Place) -> Sequence[DraftFile]:
        """In the order they were added."""
        ...

    async def add(self, place: Place, file_id: str, file: File, now: datetime) -> DraftFile:
        """Keep a file; one that is there already under this id stays as it is.

        Raises `Rejection` for one that may not go along, `infected` and `not_scanned` among the reasons, and
        `KeyDestroyed` for an erased customer.
        """
        ...

    async def remove(self, place: Place, file_id: str) -> None:
        """Take a file away; one that is not there is away."""
        ...

    async def going(self, place: Place, ids: Sequence[str]) -> Sequence[NamedFile]:
        """The files of a reply that is about to be sent; those of one that was sent already stay to be had.

        Raises `Rejection` (`no_such_file`) for an id that is not there.
        """
        ...

    async def stay(self, place: Place, ids: Sequence[str]) -> None:
        """The reply was refused: the files are the draft's still."""
        ...

    async def gone(self, place: Place, ids: Sequence[str]) -> None:
        """The reply was sent: the files are the draft's no more."""
        ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has a ticket open, and whether they write in it."""

    account_id: str
    name: str
    agent_id: str
    writing: bool


class Visits(Protocol):
    """Who has which ticket open: leases that open desks renew, shared by every process of the centre."""

    async def renew(self, project: str, ticket_id: str, visitor: Visitor, now: datetime, until: datetime) -> None: ...

    async def leave(self, project: str, ticket_id: str, account_id: str) -> None: ...

    async def others(self, project: str, ticket_id: str, account_id: str, now: datetime) -> Sequence[Visitor]:
        """Everybody else, by name."""
        ...
