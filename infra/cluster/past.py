"""What lies behind the window, read and decoded once for all who catch up together.

A dozen projections share a process. What makes one of them late (a machine that was short of processor for a moment)
makes all of them late; did each then read the log for itself, the same events would be decoded a dozen times, which is
how those who are late stay late.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from domain.event import Recorded
from infra.log.stored import StoredLog

#: Events in a page, and pages that are kept.
PAGE, KEPT = 500, 8


class _Page(NamedTuple):
    """All events of a pool after `start` and up to `end`."""

    start: int
    end: int
    events: Sequence[Recorded]


class Past:
    """Reads the log by pages. For one event loop. Only full pages are kept: the log's end is read again each time."""

    def __init__(self, log: StoredLog, *, page: int = PAGE, kept: int = KEPT) -> None:
        self._log, self._size, self._kept = log, page, kept
        #: The latest used last.
        self._pages: OrderedDict[tuple[str, int], _Page] = OrderedDict()
        self._reading: dict[tuple[str, int], asyncio.Task[_Page]] = {}

    async def after(self, pool: str, position: int, limit: int) -> Sequence[Recorded]:
        """The next events of a pool: fewer than `limit` only at the log's end. Raises as `Log.read`."""
        found: list[Recorded] = []
        while True:
            page = self._known(pool, position) or await self._read(pool, position)
            found += [event for event in page.events if event.position > position]
            if len(found) >= limit or len(page.events) < self._size:
                return found[:limit]
            position = page.end

    def _known(self, pool: str, position: int) -> _Page | None:
        for key, page in self._pages.items():
            if key[0] == pool and page.start <= position < page.end:
                self._pages.move_to_end(key)
                return page
        return None

    async def _read(self, pool: str, position: int) -> _Page:
        """A page that begins here, for all who ask for it meanwhile."""
        key = (pool, position)
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(self._page(pool, position), name="page of the past")
            reading.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(reading)

    def _over(self, key: tuple[str, int], done: asyncio.Task[_Page]) -> None:
        del self._reading[key]
        if not done.cancelled():
            done.exception()  # whoever asked may have been cancelled

    async def _page(self, pool: str, position: int) -> _Page:
        events = await self._log.read(position, self._size, pool=pool)
        page = _Page(position, events[-1].position if events else position, events)
        if len(events) == self._size:
            self._pages[pool, position] = page
            while len(self._pages) > self._kept:
                self._pages.popitem(last=False)
        return page
