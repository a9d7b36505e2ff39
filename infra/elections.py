"""Of several processes that could do a thing, one does it: elections over the database that all of them share.

Whoever leads raises a number at every beat. Who does not sees the number stand still for `PATIENCE` seconds *of its
own clock*, and takes over by writing its name where the old one and the old number still stand. No clock is compared
with another machine's, so one that is set by an hour deposes nobody. A leader that cannot reach the database stops
leading before anybody else may begin. A clean end gives the office up at once.

Guarantee: two may lead for an instant only where a process sleeps through its own deadline (a stopped virtual
machine). So nothing may rest on an election alone: what is done must be harmless twice, or guarded by the log's
versions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from domain.ports import LogUnavailable
from infra.accounts.database import Database, Duplicate

_log = structlog.get_logger("elections")
#: Seconds between beats; after how many without one a leader gives up; after how many another one takes over.
BEAT, LEASE, PATIENCE = 0.5, 2.0, 3.0
Work = Callable[[], Coroutine[Any, Any, Any]]


class Candidate(Protocol):
    """One process' part in one election."""

    @property
    def name(self) -> str: ...

    @property
    def leads(self) -> bool:
        """Whether this process is the one, at this moment."""
        ...

    async def run(self) -> None:
        """Stand for the office until cancelled, then give it up."""
        ...


@dataclass(frozen=True, slots=True)
class Unopposed:
    """Where there is one process only."""

    name: str
    leads: bool = True

    async def run(self) -> None:
        await asyncio.Event().wait()


@dataclass(slots=True)
class Standing:
    """A candidate beside others. `holder` names this process, unlike any other."""

    database: Database
    name: str
    holder: str
    beat: float = BEAT
    lease: float = LEASE
    patience: float = PATIENCE
    _until: float = 0.0
    _seen: tuple[str, int] = ("", -1)
    _since: float = 0.0
    _told: bool = False

    @property
    def leads(self) -> bool:
        return _now() < self._until

    async def run(self) -> None:
        try:
            while True:
                await self._turn()
                await asyncio.sleep(self.beat)
        finally:
            await self._give_up()

    async def _turn(self) -> None:
        began = _now()
        try:
            async with asyncio.timeout(self.lease):
                won = await self._beat() if self.leads or self._told else await self._look()
        except (LogUnavailable, TimeoutError) as fault:
            _log.debug("an election waits for its database", name=self.name, kind=type(fault).__name__)
            won = None
        if won:
            self._until = began + self.lease
        elif won is False:
            self._until = 0.0
        if self.leads != self._told:
            self._told = self.leads
            _log.info("elected" if self._told else "no longer elected", name=self.name)

    async def _beat(self) -> bool:
        """Raise the number; false where somebody else has taken over."""
        rows = await self.database.run(
            "UPDATE elections SET beat = beat + 1 WHERE name = :name AND holder = :holder RETURNING beat",
            self._me(),
            durable=False,
        )
        return bool(rows)

    async def _look(self) -> bool:
        """Take what nobody holds, or what nobody has held up for too long."""
        rows = await self.database.run("SELECT holder, beat FROM elections WHERE name = :name", {"name": self.name})
        if not rows:
            return await self._begin()
        seen = (str(rows[0][0]), int(rows[0][1]))
        if seen[0] == self.holder:
            # our own office, which a database that was away kept us from holding up
            return await self._beat()
        if seen != self._seen:
            self._seen, self._since = seen, _now()
        if seen[0] and _now() - self._since < self.patience:
            return False
        taken = await self.database.run(
            "UPDATE elections SET holder = :holder, beat = beat + 1 "
            "WHERE name = :name AND holder = :old AND beat = :at RETURNING beat",
            {**self._me(), "old": seen[0], "at": seen[1]},
        )
        return bool(taken)

    async def _begin(self) -> bool:
        try:
            await self.database.run("INSERT INTO elections (name, holder, beat) VALUES (:name, :holder, 0)", self._me())
        except Duplicate:
            return False
        return True

    async def _give_up(self) -> None:
        """Leave the office empty, so that the next one need not wait."""
        if not self.leads:
            return
        self._until = 0.0
        try:
            async with asyncio.timeout(self.lease):
                await self.database.run(
                    "UPDATE elections SET holder = '' WHERE name = :name AND holder = :holder", self._me()
                )
        except (LogUnavailable, TimeoutError):
            _log.info("an office could not be given up and runs out", name=self.name)

    def _me(self) -> dict[str, str]:
        return {"name": self.name, "holder": self.holder}


async def lead(candidate: Candidate, work: Work) -> None:
    """Run `work` whenever `candidate` leads, and end it when it no longer does. Raises what `work` raises."""
    standing = asyncio.create_task(candidate.run(), name=f"election {candidate.name}")
    working: asyncio.Task[Any] | None = None
    try:
        while True:
            if standing.done():
                await standing
            if working is not None and (working.done() or not candidate.leads):
                await _ended(working)
                working = None
            if working is None and candidate.leads:
                working = asyncio.create_task(work(), name=candidate.name)
            await _rest(standing, working)
    finally:
        if working is not None:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        # after the work, so that nobody begins before it has ended
        standing.cancel()
        await asyncio.gather(standing, return_exceptions=True)


async def _ended(working: asyncio.Task[Any]) -> None:
    """Raises what the work failed with; one that ended by itself has failed to go on."""
    if working.done():
        working.result()
        raise RuntimeError(f"{working.get_name()} ended by itself")
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def _rest(standing: asyncio.Task[Any], working: asyncio.Task[Any] | None) -> None:
    watched = {standing} if working is None else {standing, working}
    await asyncio.wait(watched, timeout=BEAT / 2, return_when=asyncio.FIRST_COMPLETED)


def _now() -> float:
    return asyncio.get_running_loop().time()
