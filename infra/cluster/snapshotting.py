"""Making snapshots beside the routers, in a process of its own: folding and packing a board takes seconds, in which
a router would not route.

It begins with the snapshot there is and folds what has come since, as a router does that takes the pool over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from multiprocessing import get_context
from multiprocessing.connection import Connection

import structlog

from domain.ports import LogUnavailable, UnreadableEvent
from infra.cluster.snapshots import Snapshots, latest_router
from infra.log.opened import NoKeyring
from infra.log.postgres import PostgresLog
from infra.log.registry import know_all_events
from infra.logs import configure_logs

_log = structlog.get_logger("snapshots")

#: Events after which a snapshot is worth its while; as many are folded in about a second.
EVERY = 20_000
#: Seconds between two looks whether one is.
LOOK = 15.0
#: Events read at once.
PAGE = 5_000
#: Seconds that a killed process may take to be gone; as a rule thousandths.
GONE = 1.0
#: How much the process gives way to those that route.
NICE = 10


def make_snapshot(dsn: str, key: bytes, pool: str, every: int = EVERY) -> int:
    """Make a snapshot when so many events have come since the last; where the last one stands then. Blocks.

    0: there is none.
    """
    return asyncio.run(_make(dsn, key, pool, every))


async def _make(dsn: str, key: bytes, pool: str, every: int) -> int:
    log, snapshots = PostgresLog(dsn, NoKeyring()), Snapshots(dsn, key)
    try:
        router = await latest_router(log, snapshots, pool)
        kept, folded, last = router.position, 0, ""
        while events := await log.read(router.position, PAGE, pool=pool):
            for event in events:
                router.fold(event)
            folded, last = folded + len(events), events[-1].event_id
        return router.position if folded >= every and snapshots.keep(router, last) else kept
    finally:
        await log.close()


def _make_and_tell(told: Connection, level: str, dsn: str, key: bytes, pool: str, every: int) -> None:
    """All that the new process does: it gives way, speaks as the one that it belongs to, and tells what came of it."""
    os.nice(NICE)
    configure_logs(level, role="router")
    know_all_events()
    try:
        outcome: tuple[int, str] = (make_snapshot(dsn, key, pool, every), "")
    except (LogUnavailable, UnreadableEvent, OSError) as fault:
        outcome = (0, f"{type(fault).__name__}: {fault}")
    except Exception as fault:  # noqa: BLE001  told by who it belongs to; its own words may name people
        outcome = (0, type(fault).__name__)
    with contextlib.suppress(OSError):  # whom it belonged to may be gone
        told.send(outcome)


class Snapshotting:
    """Looks after the snapshots of the pools that this process routes, one at a time."""

    def __init__(self, dsn: str, key: bytes, *, every: int = EVERY, look: float = LOOK) -> None:
        self._dsn, self._key, self._every, self._look = dsn, key, every, look
        #: Where the last snapshot of each pool stands, as far as this process knows.
        self.kept: dict[str, int] = {}

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
        # a bare process and a pipe: what a pool of processes needs beside it (semaphores) is complained of in plain
        # words, by Python's own, when this process is killed
        context = get_context("spawn")
        hears, told = context.Pipe(duplex=False)
        level = logging.getLevelName(logging.getLogger().getEffectiveLevel())
        given = (told, level, self._dsn, self._key, pool, self._every)
        process = context.Process(target=_make_and_tell, args=given, name="snapshot", daemon=True)
        try:
            await asyncio.to_thread(process.start)
            told.close()
            position, fault = await asyncio.to_thread(_outcome, hears)
        except OSError as away:
            position, fault = 0, f"{type(away).__name__}: {away}"
        finally:
            if process.pid is not None:
                process.kill()  # it has told, or nobody waits any more
                process.join(GONE)
        if fault:
            _log.warning("no snapshot was made", pool=pool, reason=fault)
        elif position > self.kept.get(pool, 0):
            self.kept[pool] = position
            _log.info("snapshot made", pool=pool, position=position)


def _outcome(hears: Connection) -> tuple[int, str]:
    try:
        with hears:
            return hears.recv()
    except EOFError:
        return 0, "its process ended before it was done"
