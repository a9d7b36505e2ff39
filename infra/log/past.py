"""What lies behind the newest events, read and decoded once for all who catch up together.

A dozen projections share a process. What makes one of them late (a machine that was short of processor for a moment)
makes all of them late; did each then read the log for itself, the same events would be decoded a dozen times, which is
how those who are late stay late.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from domain.event import Recorded
from domain.ports import UnreadableEvent
from infra.gathering import Gathering
from infra.log.mapper import Decoded, EventMapper
from infra.log.rows import PlainRow

#: Rows after a position, at most so many.
Read = Callable[[int, int], Awaitable[Sequence[PlainRow]]]

#: Events in a page; pages that are kept, and bytes of stored state in all of them.
PAGE, KEPT, MOST_BYTES = 500, 8, 16 * 1024 * 1024


class _Page(NamedTuple):
    """All events after `start` and up to `end`; where it is not full, the log or what can be read of it ends there."""

    start: int
    end: int
    events: Sequence[Recorded]
    size: int
    full: bool
    fault: UnreadableEvent | None


class Past:
    """Reads by pages. For one event loop. Only full pages are kept: the log's end is read again each time."""

    def __init__(self, read: Read, mapper: EventMapper, *, page: int = PAGE, kept: int = KEPT) -> None:
        self._source, self._mapper, self._size, self._kept = read, mapper, page, kept
        #: By where they start; the latest used last.
        self._pages: OrderedDict[int, _Page] = OrderedDict()
        self._bytes = 0
        # where the log ends is told by a read that began after it was asked for: one that was under way ended earlier
        # than what the asker knows to be there, and who takes that for all there is passes over the difference
        self._reading = Gathering(self._pages_after)

    async def after(self, position: int, limit: int) -> Decoded:
        """The next events: fewer than `limit` only at the log's end, or before one that cannot be read.

        Raises `LogUnavailable`.
        """
        found: list[Recorded] = []
        while True:
            page = self._known(position) or await self._reading(position)
            found += [event for event in page.events if event.position > position]
            if len(found) >= limit:
                return Decoded(found[:limit], page.fault if len(found) == limit else None)
            if not page.full:
                return Decoded(found, page.fault)
            position = page.end

    def _known(self, position: int) -> _Page | None:
        for start, page in self._pages.items():
            if start <= position < page.end:
                self._pages.move_to_end(start)
                return page
        return None

    async def _pages_after(self, positions: Sequence[int]) -> Mapping[int, _Page]:
        """A page that begins at each, read side by side unless it was read meanwhile."""
        pages = await asyncio.gather(*(self._page(position) for position in positions))
        return dict(zip(positions, pages, strict=True))

    async def _page(self, position: int) -> _Page:
        known = self._known(position)
        if known is not None:
            return known
        rows = await self._source(position, self._size)
        events, fault = self._mapper.decode_until_fault(rows)
        size = sum(len(row[4]) for row in rows[: len(events)])
        full = fault is None and len(rows) == self._size
        page = _Page(position, events[-1].position if events else position, events, size, full, fault)
        if full:
            self._keep(page)
        return page

    def _keep(self, page: _Page) -> None:
        self._pages[page.start] = page
        self._bytes += page.size
        while self._pages and (len(self._pages) > self._kept or self._bytes > MOST_BYTES):
            self._bytes -= self._pages.popitem(last=False)[1].size
