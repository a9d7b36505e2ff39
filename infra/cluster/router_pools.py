"""Routers shared out by pool: each process routes the pools in the partitions that the group gives it.

Who takes a pool over builds its board from the snapshot and the tail of the log. That it may, for a moment, be a pool's
second router does no harm: an offer is appended against the versions of agent and interaction, so of two that want the
same the log refuses one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from domain.execute import Executor
from domain.ports import Clock, LogUnavailable
from infra.cluster.broker import Broker
from infra.cluster.membership import Membership
from infra.cluster.shared_out import SharedOut, raise_first
from infra.cluster.snapshots import Snapshots, latest_router
from infra.cluster.snapshotting import Snapshotting
from infra.log.stored import StoredLog
from infra.routing import RouterProcess

_log = structlog.get_logger("cluster")

#: Seconds between two notes of how far each router has come.
NOTE = 1.0


class RouterPools:
    """Routes the pools that the group `<topic>.routers` gives this process.

    `pools` tells every pool that is configured; `on_built` is handed to each `RouterProcess`.
    """

    def __init__(
        self,
        log: StoredLog,
        executor: Executor,
        broker: Broker,
        pools: Callable[[], Coroutine[Any, Any, Sequence[str]]],
        *,
        clock: Clock,
        snapshots: Snapshots | None = None,
        snapshotting: Snapshotting | None = None,
        on_built: Callable[[], None] = lambda: None,
    ) -> None:
        self._log, self._executor, self._clock, self._on_built = log, executor, clock, on_built
        self._snapshots, self._snapshotting = snapshots, snapshotting
        self.membership = Membership(broker, f"{broker.topic}.routers")
        self._shared = SharedOut(self.membership, pools, self._route)
        #: The routers at work here, by pool.
        self.routing: dict[str, RouterProcess] = {}
        self._positions: dict[str, int] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Leave the group, finish what is under way, then let `run` return."""
        self.membership.stop()
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop` or cancelled. Raises what is no passing fault, such as `UnreadableEvent`."""
        member = asyncio.create_task(self.membership.run(), name="membership of routers")
        others = [
            asyncio.create_task(self._shared.run(), name="pools of routers"),
            asyncio.create_task(self._note(), name="positions of routers"),
            asyncio.create_task(self._stopping.wait()),
        ]
        if self._snapshotting is not None:
            others.append(asyncio.create_task(self._snapshotting.run(self._positions), name="snapshots"))
        try:
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in others:
                task.cancel()
            ended = await asyncio.gather(*others, return_exceptions=True)
            self.membership.stop()
            await asyncio.wait({member})
        raise_first(ended)

    def behind_snapshots(self) -> dict[str, int]:
        """By pool, the positions since its last snapshot: what who takes it over reads first."""
        if self._snapshotting is None:
            return {}
        kept = self._snapshotting.kept
        return {pool: process.router.position - kept.get(pool, 0) for pool, process in self.routing.items()}

    async def _route(self, pool: str) -> None:
        """Until cancelled; commands under way are finished first."""
        process = RouterProcess(
            self._log,
            self._executor,
            pool,
            clock=self._clock,
            router=await self._router(pool),
            on_built=self._on_built,
        )
        _log.info("routing", pool=pool, position=process.router.position)
        if self._snapshotting is not None:
            self._snapshotting.kept[pool] = process.router.position
        self.routing[pool] = process
        running = asyncio.create_task(process.run(), name=f"router of {pool}")
        try:
            await asyncio.shield(running)
        finally:
            process.stop()
            del self.routing[pool]
            self._positions.pop(pool, None)
            await asyncio.wait({running})
            _log.info("no longer routing", pool=pool, position=process.router.position)

    async def _router(self, pool: str) -> Any:
        while True:
            try:
                return await latest_router(self._log, self._snapshots, pool)
            except LogUnavailable as fault:
                _log.warning("a pool waits for the log", pool=pool, reason=str(fault))
                await asyncio.sleep(NOTE)

    async def _note(self) -> None:
        while True:
            self._positions.update({pool: process.router.position for pool, process in self.routing.items()})
            await asyncio.sleep(NOTE)
