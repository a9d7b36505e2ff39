"""Presence leases: an agent whose desk has gone silent takes no new work, whichever process it was connected to."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from domain.agent.commands import LoseConnection
from domain.execute import Origin, TooBusy
from domain.ports import LogUnavailable
from domain.rejection import Rejection
from web.doors import Doors

log = structlog.get_logger("web.presence")

ACTOR = "system:presence"


async def renew(doors: Doors, agent_id: str, pool: str) -> None:
    """The agent's desk is connected at this moment."""
    await doors.leases.renew(agent_id, pool, doors.clock() + timedelta(seconds=doors.settings.lease_seconds))


class LeaseKeeper:
    """Looks for leases that ran out, several times within the length of one, and ends those agents' readiness."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="presence leases")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """End the readiness of everybody whose lease ran out; how many leases that were.

        A lease is forgotten after its agent's absence is on record, not before: a process that dies in between leaves
        it to the next look, of any process. Two that look at once record it once: the second is told that it is so.
        """
        now = self._doors.clock()
        expired = await self._doors.leases.expired(now)
        for agent_id, pool in expired:
            if await self._lose(agent_id, pool):
                await self._doors.leases.settle(agent_id, now)
        return len(expired)

    async def _lose(self, agent_id: str, pool: str) -> bool:
        """Whether nothing is left to be done for this lease."""
        origin = Origin(project="", pool=pool, actor=ACTOR)
        try:
            await self._doors.executor.execute(LoseConnection(agent_id=agent_id), origin)
        except Rejection as rejection:
            log.info("a lost connection changes nothing", agent_id=agent_id, code=rejection.code)
        except (TooBusy, LogUnavailable) as fault:
            log.warning("a lost connection could not be recorded yet", agent_id=agent_id, kind=type(fault).__name__)
            return False
        return True

    async def _run(self) -> None:
        pause = max(0.05, min(5.0, self._doors.settings.lease_seconds / 5))
        while True:
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - the keeper must outlive a store that is away for a while
                log.warning("leases cannot be read, trying again", kind=type(fault).__name__)
            await asyncio.sleep(pause)
