"""Making snapshots beside the routers, in a process of its own: folding and packing a board takes seconds, in which
a router would not route.

It begins with the snapshot there is and folds what has come since, as a router does that takes the pool over.
"""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import structlog

from domain.ports import LogUnavailable, UnreadableEvent
from infra.cluster.snapshots import Snapshots, latest_router
from infra.log.opened import NoKeyring
from infra.log.postgres import PostgresLog
from infra.logs import configure_logs

_log = structlog.get_logger("snapshots")

#: Events after which a snapshot is worth its while; as many are folded in about a second.
EVERY = 20_000
#: Seconds between two looks whether one is.
LOOK = 15.0
#: Events read at once.
PAGE = 5_000
#: How much the process gives way to those that route.
NICE = 10


def make_snapshot(dsn: str, key: bytes, pool: str, every: int = EVERY) -> int:
    """Make a snapshot when so many events have come since the last; its position, 0 when none was due. Blocks."""
    return asyncio.run(_make(dsn, key, pool, every))


async def _make(dsn: str, key: bytes, pool: str, every: int) -> int:
    log, snapshots = PostgresLog(dsn, NoKeyring()), Snapshots(dsn, key)
    try:
        router = await latest_router(log, snapshots, pool)
        folded, last = 0, ""
        while events := await log.read(router.position, PAGE, pool=pool):
            for event in events:
                router.fold(event)
            folded, last = folded + len(events), events[-1].event_id
        if folded < every:
            return 0
        return router.position if snapshots.keep(router, last) else 0
    finally:
        await log.close()


def _begin(level: str) -> None:
    """Of the new process: it gives way, and speaks as the one that it belongs to."""
    os.nice(NICE)
    configure_logs(level, role="router")


class Snapshotting:
    """Looks after the snapshots of the pools that this process routes, one at a time."""

    def __init__(self, dsn: str, key: bytes, *, every: int = EVERY, look: float = LOOK) -> None:
        self._dsn, self._key, self._every, self._look = dsn, key, every, look

    async def run(self, positions: dict[str, int]) -> None:
        """Until cancelled. `positions` are kept up to date by who routes: how far each pool has come."""
        made: dict[str, int] = {}
        while True:
            await asyncio.sleep(self._look)
            for pool, position in sorted(positions.items()):
                if position - made.get(pool, 0) >= self._every:
                    made[pool] = position
                    await self._snapshot(pool)

    async def _snapshot(self, pool: str) -> None:
        loop = asyncio.get_running_loop()
        level = logging.getLevelName(logging.getLogger().getEffectiveLevel())
        processes = ProcessPoolExecutor(1, get_context("spawn"), _begin, (level,))
        try:
            work = make_snapshot, self._dsn, self._key, pool, self._every
            position = await loop.run_in_executor(processes, *work)
            if position:
                _log.info("snapshot made", pool=pool, position=position)
        except (LogUnavailable, UnreadableEvent, BrokenProcessPool, OSError) as fault:
            _log.warning("no snapshot was made", pool=pool, reason=f"{type(fault).__name__}: {fault}")
        finally:
            processes.shutdown(wait=False, cancel_futures=True)
