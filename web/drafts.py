"""What people are writing and where they are: ports for what lasts for a while and is no event's business.

A draft may hold what a customer said, so it is sealed under that customer's key like everything personal: once the
customer is erased nobody can read it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

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
