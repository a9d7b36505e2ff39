"""The rows that measures are asked of: the live ones where they stand at the log's end, else made from the log.

So measures can be had beside a running centre, of one that does not run, and of a log that has no read models yet.
What is made from the log alone lies in a temporary folder and is gone afterwards.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from domain.event import Event
from infra.log.stored import StoredLog
from infra.rows.applying import Applier
from infra.rows.opened import open_rows
from infra.rows.port import EVERY_POOL, MixedPools, RowStore, StaleProjection, position_in
from infra.rows.sqlite import SqliteRows
from infra.settings import Settings
from projections.catalogue import PROJECTIONS

NEEDED = tuple(PROJECTIONS[name] for name in ("contact_measures", "agent_measures", "matter_measures"))
TYPES = tuple(sorted({wire for projection in NEEDED for wire in projection.wires}))

#: Seconds that live rows get to come to the log's end, and between two looks.
PATIENCE, PAUSE = 2.0, 0.05
#: Events read at a time.
PORTION = 5_000

#: Hears how far the log has been read, and where it ends.
Watcher = Callable[[int, int], None]


@asynccontextmanager
async def rows_for_measures(log: StoredLog, settings: Settings, watch: Watcher) -> AsyncIterator[RowStore]:
    """Rows that hold everything the log held when it was asked. Raises `RowsUnavailable`, `LogUnavailable`."""
    head = await log.head()
    live = await asyncio.to_thread(open_rows, settings.rows_location)
    try:
        if await _at(live, head):
            yield live
            return
    finally:
        await asyncio.to_thread(live.close)
    with tempfile.TemporaryDirectory(prefix="trunkline-measures-") as folder:
        made = await asyncio.to_thread(SqliteRows, Path(folder) / "rows.sqlite", NEEDED)
        try:
            await _made(made, log, head, watch)
            yield made
        finally:
            await asyncio.to_thread(made.close)


async def _at(live: RowStore, head: int) -> bool:
    """Whether the live rows are of this version and come to `head` in time."""
    try:
        positions = [await asyncio.to_thread(_position, live, projection.name) for projection in NEEDED]
    except (StaleProjection, MixedPools):
        return False
    if min(positions) == 0 < head:
        return False  # nobody keeps them yet
    try:
        async with asyncio.timeout(PATIENCE):
            while min(positions) < head:
                await asyncio.sleep(PAUSE)
                positions = [await asyncio.to_thread(_standing, live, projection.name) for projection in NEEDED]
    except TimeoutError:
        return False
    return True


def _position(live: RowStore, name: str) -> int:
    """Where rows of this software's version stand. Raises `StaleProjection`, `MixedPools`."""
    target = live.live(PROJECTIONS[name], EVERY_POOL)
    try:
        return target.position
    finally:
        target.close()


def _standing(live: RowStore, name: str) -> int:
    return position_in(live.positions(name), EVERY_POOL)


async def _made(made: RowStore, log: StoredLog, head: int, watch: Watcher) -> None:
    """Project the log up to `head`. Nothing that is measured is personal, so nothing has to be opened."""
    appliers = [Applier(made.live(projection, EVERY_POOL), _as_stored) for projection in NEEDED]
    try:
        position = 0
        while position < head:
            events = await log.read(position, PORTION, types=TYPES)
            seen = events[-1].position if len(events) == PORTION else max(head, events[-1].position if events else 0)
            for applier in appliers:
                await asyncio.to_thread(applier.apply, events, seen)
            position = seen
            watch(min(position, head), head)
    finally:
        for applier in appliers:
            applier.close()


def _as_stored(event: Event) -> Event:
    return event
