"""Where each webhook stands: the position it has come to, attempts at the next message, and what was parked.

An endpoint is named `project/webhook`. The log is the queue: a message that waits is an event that stands behind the
endpoint's position, so nothing is stored twice and nothing is lost that the log has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from infra.accounts.database import Database, Duplicate
from infra.accounts.schema import NEVER, stamp

MOST_PARKED = 1_000


class Standing(NamedTuple):
    """`attempts` at the next message, the next of them not before `retry_at` (a stamp); `fault`: of the last one."""

    endpoint: str
    position: int
    attempts: int
    retry_at: str
    fault: str


class Parked(NamedTuple):
    """A message that was given up: the event's position and why. `again`: it is to be tried once more."""

    endpoint: str
    position: int
    attempts: int
    reason: str
    parked_at: str
    again: bool


class Standings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Standing]:
        rows = await self._database.run(
            "SELECT endpoint, position, attempts, retry_at, fault FROM webhooks ORDER BY endpoint"
        )
        return [Standing(str(e), int(p), int(a), str(r), str(f)) for e, p, a, r, f in rows]

    async def of(self, endpoint: str, first: int) -> Standing:
        """Where an endpoint stands; one that is new stands at `first`."""
        select = "SELECT endpoint, position, attempts, retry_at, fault FROM webhooks WHERE endpoint = :endpoint"
        rows = await self._database.run(select, {"endpoint": endpoint})
        if rows:
            found, position, attempts, retry_at, fault = rows[0]
            return Standing(str(found), int(position), int(attempts), str(retry_at), str(fault))
        try:
            await self._database.run(
                "INSERT INTO webhooks (endpoint, position, attempts, retry_at, fault) "
                "VALUES (:endpoint, :position, 0, '', '')",
                {"endpoint": endpoint, "position": first},
            )
        except Duplicate:
            return await self.of(endpoint, first)
        return Standing(endpoint, first, 0, "", "")

    async def advance(self, standing: Standing, position: int) -> bool:
        """Everything up to `position` is done; false where the endpoint was moved meanwhile (a replay)."""
        return await self._change(standing, position, 0, "", "")

    async def wait(self, standing: Standing, until: datetime, fault: str) -> bool:
        """An attempt at the next message failed; another is made then."""
        return await self._change(standing, standing.position, standing.attempts + 1, stamp(until), fault)

    async def park(self, standing: Standing, position: int, reason: str, now: datetime) -> None:
        """Give a message up, kept with its reason; the oldest of too many go."""
        await self._database.run(
            "INSERT INTO parked_webhooks (endpoint, position, attempts, reason, parked_at, again) "
            "VALUES (:endpoint, :position, :attempts, :reason, :now, 0) ON CONFLICT (endpoint, position) "
            "DO UPDATE SET attempts = :attempts, reason = :reason, parked_at = :now, again = 0",
            {
                "endpoint": standing.endpoint,
                "position": position,
                "attempts": standing.attempts + 1,
                "reason": reason,
                "now": stamp(now),
            },
        )
        await self._database.run(
            "DELETE FROM parked_webhooks WHERE endpoint = :endpoint AND position NOT IN "
            "(SELECT position FROM parked_webhooks WHERE endpoint = :endpoint ORDER BY parked_at DESC LIMIT :most)",
            {"endpoint": standing.endpoint, "most": MOST_PARKED},
        )

    async def parked(self, endpoint: str = "", *, again: bool = False) -> Sequence[Parked]:
        """What was given up, of one endpoint or of all; `again`: only what is to be tried once more."""
        rows = await self._database.run(
            "SELECT endpoint, position, attempts, reason, parked_at, again FROM parked_webhooks "
            "WHERE (endpoint = :endpoint OR :endpoint = '') AND again >= :again ORDER BY endpoint, position",
            {"endpoint": endpoint, "again": int(again)},
        )
        return [Parked(str(e), int(p), int(a), str(r), str(at), bool(g)) for e, p, a, r, at, g in rows]

    async def settle(self, endpoint: str, position: int) -> None:
        """A parked message was taken after all."""
        await self._database.run(
            "DELETE FROM parked_webhooks WHERE endpoint = :endpoint AND position = :position",
            {"endpoint": endpoint, "position": position},
        )

    async def replay(self, endpoint: str, after: int) -> bool:
        """Tell everything after a position once more; false for an endpoint that is not known."""
        rows = await self._database.run(
            "UPDATE webhooks SET position = :after, attempts = 0, retry_at = '', fault = '' "
            "WHERE endpoint = :endpoint RETURNING endpoint",
            {"endpoint": endpoint, "after": after},
        )
        return bool(rows)

    async def replay_parked(self, endpoint: str) -> int:
        """Try what was parked once more; how many messages that are."""
        rows = await self._database.run(
            "UPDATE parked_webhooks SET again = 1 WHERE endpoint = :endpoint RETURNING position", {"endpoint": endpoint}
        )
        return len(rows)

    async def _change(self, before: Standing, position: int, attempts: int, retry_at: str, fault: str) -> bool:
        rows = await self._database.run(
            "UPDATE webhooks SET position = :position, attempts = :attempts, retry_at = :retry_at, fault = :fault "
            "WHERE endpoint = :endpoint AND position = :before AND attempts = :tried RETURNING endpoint",
            {
                "endpoint": before.endpoint,
                "position": position,
                "attempts": attempts,
                "retry_at": retry_at,
                "fault": fault,
                "before": before.position,
                "tried": before.attempts,
            },
        )
        return bool(rows)


def is_due(standing: Standing, now: datetime) -> bool:
    return (standing.retry_at or "") <= stamp(now) < NEVER
