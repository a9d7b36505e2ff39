"""Messages among colleagues: who can be written to, and where the words are kept until they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from projections.queries import agent
from web.access import Caller
from web.doors import Doors
from web.queries import Queries

#: Everybody of the pool.
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """A message. `to` is one person (`agent:anna`, `account:…`) or a team (`site:…`, `profile:…`, `everyone`)."""

    message_id: str
    pool: str
    sender: str
    sender_name: str
    to: str
    text: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Under what somebody is written to; empty where there is nothing of the kind."""

    account: str
    agent: str = ""
    site: str = ""
    profile: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.account, self.agent, self.site, self.profile, EVERYONE)))


class StaffMessages(Protocol):
    """Where the words are kept; those of `KEPT` ago are gone, and no more are kept than the store's bound."""

    async def add(self, message: StaffMessage, now: datetime) -> None: ...

    async def to(
        self, pool: str, addresses: Addresses, after: str, limit: int, now: datetime
    ) -> Sequence[StaffMessage]:
        """What was written to these addresses, or by them, behind the message `after`; the oldest first.

        With an empty `after`, the latest ones.
        """
        ...


async def addresses_of(doors: Doors, caller: Caller) -> Addresses:
    """Where the caller is reached: as a person, and as one of the team of a site and of a profile."""
    account = f"account:{caller.account_id}"
    if not caller.agent_id:
        return Addresses(account)
    queries: Queries = doors.queries
    row = await queries.ask(agent, caller.agent_id)
    if row is None:
        return Addresses(account, caller.actor)
    return Addresses(account, caller.actor, f"site:{row.site}", f"profile:{row.profile}")
