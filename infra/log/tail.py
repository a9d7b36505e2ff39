"""The newest events, read and decoded once for everybody in a process who follows the log.

A dozen followers (projections, routers, screens, telephones) want each event the moment it is there. What one of them
has read the others find here; who lies further behind reads for himself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

from domain.event import Recorded
from domain.ports import UnreadableEvent
from infra.log.mapper import Decoded, EventMapper
from infra.log.news import News
from infra.log.rows import PlainRow

#: Events and bytes of stored state that are kept.
MOST_EVENTS, MOST_BYTES = 4_000, 16 * 1024 * 1024
#: Events in one read.
PORTION = 500

#: Rows after a position, at most so many.
Read = Callable[[int, int], Awaitable[Sequence[PlainRow]]]


class Tail:
    """Everything of one filter after `_floor` and up to `_top`. For one event loop."""

    def __init__(self, read: Read, mapper: EventMapper, news: News) -> None:
        self._read, self._mapper, self._news = read, mapper, news
        self._floor = self._top = -1
        self._events: deque[tuple[Recorded, int]] = deque()
        self._bytes = 0
        self._heard = -1
        self._reading = asyncio.Lock()
        #: How many follow; who counts down to nothing lets go of the tail.
        self.followers = 0

    async def after(self, position: int, limit: int) -> Decoded:
        """The events after `position`, up to the first that cannot be read. Raises `LogUnavailable`."""
        if self._floor < 0 or position < self._floor:
            return await self._far_behind(position, limit)
        if position < self._top:
            return Decoded(self._kept(position, limit), None)
        fault = await self._extend()
        return Decoded(self._kept(position, limit), fault if position >= self._top else None)

    async def _far_behind(self, position: int, limit: int) -> Decoded:
        """Read for one alone. The first to come to the end of the log begins what everybody shares."""
        heard = self._news.number
        rows = await self._read(position, limit)
        found = self._mapper.decode_until_fault(rows)
        if self._floor < 0 and found.fault is None and len(rows) < limit:
            self._floor = self._top = rows[-1][0] if rows else position
            self._heard = heard
        return found

    async def _extend(self) -> UnreadableEvent | None:
        """Read on from the top, unless that was begun after the last news."""
        async with self._reading:
            if self._heard == self._news.number:
                return None
            heard = self._news.number
            rows = await self._read(self._top, PORTION)
            events, fault = self._mapper.decode_until_fault(rows)
            for recorded, row in zip(events, rows, strict=False):
                self._events.append((recorded, len(row[4])))
                self._bytes += len(row[4])
            if events:
                self._top = events[-1].position
            if fault is None and len(rows) < PORTION:
                self._heard = heard
            self._forget()
            return fault

    def _forget(self) -> None:
        while len(self._events) > MOST_EVENTS or self._bytes > MOST_BYTES:
            recorded, size = self._events.popleft()
            self._floor = recorded.position
            self._bytes -= size

    def _kept(self, position: int, limit: int) -> list[Recorded]:
        """From the end backwards: followers stand there, or near."""
        behind = 0
        for recorded, _ in reversed(self._events):
            if recorded.position <= position:
                break
            behind += 1
        first = len(self._events) - behind
        return [recorded for recorded, _ in islice(self._events, first, first + limit)]
