"""Rebuilding projections: a new generation of rows grows beside the live ones, which serve on, and takes their place.

A rebuild that was killed goes on where it stood: the position of the new generation lies beside its rows and is
written in the same transactions. The swap is one transaction, and waits until the new rows are as far
as the live ones, so that nobody ever reads backwards.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from domain.ports import Opener
from domain.upcasting import stored_as
from infra.log.rows import StoredRow
from infra.log.stored import StoredLog
from infra.rows.applying import Applier
from infra.rows.port import Comparison, Difference, RowStore, position_in
from projections.schema import Projection

#: Events in one transaction.
BATCH = 10_000
#: Events in the first one, before it is known how large they are, and bytes that one should have at most.
FIRST_BATCH, BATCH_BYTES = 500, 16 * 1024 * 1024
#: How often the end is tried again while live rows run ahead or behind, and the pause before, in seconds.
TRIES, PAUSE = 200, 0.05


class NeverLevel(Exception):
    """Live and rebuilt rows did not come to the same place; the rebuilt ones are kept for another try."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: positions, and events read since this process began or resumed it."""

    projection: str
    position: int
    head: int
    events: int
    resumed_at: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How a rebuild ended. `differences` are those found by verifying; a plain rebuild looks for none."""

    projection: str
    position: int
    events: int
    resumed_at: int
    differences: Sequence[Difference] = ()


Watcher = Callable[[Progress], None]


def _unwatched(progress: Progress) -> None:
    """Nobody looks."""


class Rebuild:
    """Rebuilds projections of one log into one store."""

    def __init__(
        self, log: StoredLog, store: RowStore, opener: Opener, *, batch: int = BATCH, watch: Watcher = _unwatched
    ) -> None:
        self.log, self.store, self.opener, self.batch, self.watch = log, store, opener, batch, watch

    async def replace(self, projection: Projection) -> Rebuilt:
        """Rebuild and let the new rows take the live ones' place.

        Raises `PoisonEvent`, `UnreadableEvent`, `LogUnavailable`, `RowsUnavailable`, `PositionMoved` (another rebuild
        of the same projection is at work), `NeverLevel`. The live rows stay as they are then.
        """
        one = await _Run.begin(self, projection)
        try:
            for _ in range(TRIES):
                await one.catch_up()
                if await asyncio.to_thread(self.store.swap, projection, one.position):
                    return one.result()
            raise NeverLevel(f"projection {projection.name}: the live rows kept ahead; run it again when it is quieter")
        finally:
            await one.close()

    async def verify(self, projection: Projection) -> Rebuilt:
        """Rebuild beside the live rows, compare, and drop what was rebuilt. Raises as `replace` does."""
        await asyncio.to_thread(self.store.discard, projection)
        one = await _Run.begin(self, projection)
        try:
            for _ in range(TRIES):
                await one.catch_up()
                found = await asyncio.to_thread(self.store.compare, projection)
                if await self._level(found):
                    return one.result(found.differences)
                await asyncio.sleep(PAUSE)
            raise NeverLevel(f"projection {projection.name}: the live rows did not come level; is its runner stopped?")
        finally:
            await one.close()
            await asyncio.to_thread(self.store.discard, projection)

    async def _level(self, found: Comparison) -> bool:
        """Whether both sides have seen the same events: no pool of the live rows is ahead, or has one still to come."""
        pools = [pool for pool in found.live if pool] or [""]
        for pool in pools:
            live = position_in(found.live, pool)
            if live > found.rebuilt or await self._missing(pool, live, found.rebuilt):
                return False
        return True

    async def _missing(self, pool: str, live: int, rebuilt: int) -> bool:
        wanted = None if pool in ("", "*") else pool
        following = await self.log.read(live, 1, pool=wanted)
        return bool(following) and following[0].position <= rebuilt

    async def read(self, after: int, limit: int) -> Sequence[StoredRow]:
        return await self.log.rows(after, limit)


class _Run:
    """One rebuild of one projection."""

    def __init__(self, parts: Rebuild, projection: Projection, applier: Applier, writer: ThreadPoolExecutor) -> None:
        self._parts, self._projection, self._applier, self._writer = parts, projection, applier, writer
        self._wanted = frozenset(stored for wire in projection.wires for stored in stored_as(wire))
        self._resumed_at = applier.position
        self._events = 0
        self._limit = min(FIRST_BATCH, parts.batch)

    @classmethod
    async def begin(cls, parts: Rebuild, projection: Projection) -> _Run:
        store, opener = parts.store, parts.opener
        writer = ThreadPoolExecutor(1, "rebuild-writer")
        applier = await asyncio.to_thread(lambda: Applier(store.building(projection), opener, writer))
        return cls(parts, projection, applier, writer)

    @property
    def position(self) -> int:
        return self._applier.position

    def result(self, differences: Sequence[Difference] = ()) -> Rebuilt:
        return Rebuilt(self._projection.name, self.position, self._events, self._resumed_at, differences)

    async def catch_up(self) -> None:
        """Apply everything there is; the next batch is read while one is applied."""
        head = await self._parts.log.head()
        self._tell(head)
        rows = await self._parts.read(self.position, self._limit)
        while rows:
            self._limit = _limit(rows, self._parts.batch)
            ahead = asyncio.create_task(self._parts.read(rows[-1].position, self._limit))
            try:
                await asyncio.to_thread(self._apply, rows)
                self._events += len(rows)
                head = max(head, rows[-1].position)
                self._tell(head)
                rows = await ahead
            finally:
                ahead.cancel()
        await asyncio.to_thread(self._applier.settle)
        self._tell(head)

    def _apply(self, rows: Sequence[StoredRow]) -> None:
        with _collecting_seldom():
            self._apply_now(rows)

    def _apply_now(self, rows: Sequence[StoredRow]) -> None:
        wanted = self._wanted
        events, fault = self._parts.log.mapper.decode_until_fault([row for row in rows if row.wire in wanted])
        self._applier.apply(events, 0 if fault else rows[-1].position)
        if fault is not None:
            self._applier.settle()
            raise fault

    def _tell(self, head: int) -> None:
        self._parts.watch(Progress(self._projection.name, self.position, head, self._events, self._resumed_at))

    async def close(self) -> None:
        await asyncio.to_thread(self._applier.close)
        self._writer.shutdown()


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """A batch makes tens of thousands of objects and no cycles; looking for cycles took half of the decoding's time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _limit(rows: Sequence[StoredRow], most: int) -> int:
    """How many events to read next: as many of this size as have room in a batch."""
    size = sum(len(row.state) for row in rows) // len(rows)
    return max(1, min(most, BATCH_BYTES // max(1, size)))
