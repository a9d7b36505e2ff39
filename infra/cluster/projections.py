"""Projections as a consumer group: each process keeps the rows of the pools in the partitions that the group gives it.

Rows and position are written in one transaction that moves the position from where it stood, so what is delivered
again is skipped, and a pool that two processes hold for a moment during a rebalance is written by one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

from domain.ports import Clock, Opener
from infra.clock import system_clock
from infra.cluster.broker import Broker
from infra.cluster.carried_log import CarriedLog
from infra.cluster.membership import Membership
from infra.cluster.shared_out import SharedOut, raise_first
from infra.log.rows import Filter
from infra.log.stored import StoredLog
from infra.projecting import Projecting, Standing
from infra.rows.port import RowStore, RowsUnavailable, StaleProjection
from projections.schema import Projection


class ProjectionWorker:
    """Keeps projections up to date for the pools that the group `<topic>.projections` gives this process."""

    def __init__(
        self,
        log: StoredLog,
        rows: RowStore,
        opener: Opener,
        broker: Broker,
        projections: Iterable[Projection],
        *,
        clock: Clock = system_clock,
    ) -> None:
        self._log, self._rows, self._opener, self._clock = log, rows, opener, clock
        self._projections = tuple(projections)
        self._carried = CarriedLog(log)
        self.membership = Membership(broker, f"{broker.topic}.projections", self._carried.deliver)
        self._shared = SharedOut(self.membership, self._pools, self._keep)
        self._working: dict[str, Projecting] = {}
        self._stopping = asyncio.Event()

    def standing(self) -> list[Standing]:
        """How every projection of every pool that is ours is doing."""
        return [one for projecting in self._working.values() for one in projecting.standing()]

    async def behind(self, head: int) -> dict[str, int]:
        """As `behind`, of the pools that are ours."""
        return await behind(self._log, self.standing(), head)

    def stop(self) -> None:
        """Finish the batches under way, leave the group, then let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop` or cancelled. Raises what is no passing fault."""
        await self._make_tables()
        member = asyncio.create_task(self.membership.run(), name="membership of projections")
        others = [
            asyncio.create_task(self._shared.run(), name="pools of projections"),
            asyncio.create_task(self._carried.sweep(), name="sweep of the log"),
            asyncio.create_task(self._stopping.wait()),
        ]
        try:
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in others:
                task.cancel()
            ended = await asyncio.gather(*others, return_exceptions=True)
            self.membership.stop()
            await asyncio.wait({member})
        raise_first(ended)

    async def _make_tables(self) -> None:
        """So that there is something to ask before the first event; a fault is told by who keeps the rows."""
        for projection in self._projections:
            with suppress(RowsUnavailable, StaleProjection):
                target = await asyncio.to_thread(self._rows.live, projection, "")
                target.close()

    async def _pools(self) -> Sequence[str]:
        given = self.membership.assignment
        if given is not None:
            self._carried.assigned(given)
        return await self._log.pools()

    async def _keep(self, pool: str) -> None:
        projecting = Projecting(
            self._carried, self._rows, self._opener, self._projections, pools=[pool], clock=self._clock
        )
        self._working[pool] = projecting
        try:
            await projecting.run()
        finally:
            del self._working[pool]


async def behind(log: StoredLog, standing: Iterable[Standing], head: int) -> dict[str, int]:
    """Of each projection, how many positions before `head` the first event is that the rows of a pool lack.

    0 where they lack none, however long a pool has been quiet. Raises `LogUnavailable`.
    """
    found: dict[str, int] = {}
    lacking: dict[tuple[str, int], int] = {}
    for one in standing:
        name, stood = f"projection {one.projection}", (one.pool, one.position)
        if stood not in lacking:
            missing = await log.rows(one.position, 1, Filter(pool=one.pool))
            lacking[stood] = head + 1 - missing[0].position if missing else 0
        found[name] = max(found.get(name, 0), lacking[stood])
    return found
