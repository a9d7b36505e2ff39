"""The newest events, read and decoded once for everybody in a process who follows the log.

A dozen followers (projections, routers, screens, telephones) want each event the moment it is there. What one of them
has read the others find here; those who lie further behind share the pages of the past.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right

from domain.event import Recorded
from domain.ports import UnreadableEvent
from infra.log.mapper import Decoded, EventMapper
from infra.log.news import News
from infra.log.past import Past, Read
from infra.log.rest import Rest

#: Events and bytes of stored state that are kept.
MOST_EVENTS, MOST_BYTES = 4_000, 16 * 1024 * 1024
#: Events in one read.
PORTION = 500


class Tail:
    """Everything of one filter after `_floor` and up to `_top`. For one event loop.

    `rest`: between two reads at least, for those to whom the latest news is not worth a question each.
    """

    def __init__(self, read: Read, mapper: EventMapper, news: News, rest: Rest) -> None:
        self._read, self._mapper, self._news, self._rest = read, mapper, news, rest
        self._past = Past(read, mapper)
        self._rested = 0.0
        self._floor = self._top = -1
        #: Side by side: the events, their positions, the bytes of their stored state.
        self._events: list[Recorded] = []
        self._positions: list[int] = []
        self._sizes: list[int] = []
        #: All of the sizes together.
        self._size = 0
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
        """Read for those who catch up. The first to come to the end of the log begins what everybody shares."""
        heard = self._news.number
        found = await self._past.after(position, limit)
        events, fault = found
        if self._floor < 0 and fault is None and len(events) < limit:
            self._floor = self._top = events[-1].position if events else position
            self._heard = heard
        return found

    async def _extend(self) -> UnreadableEvent | None:
        """Read on from the top, unless that was begun after the last news."""
        async with self._reading:
            if self._heard == self._news.number:
                return None
            await self._take_rest()
            heard = self._news.number
            rows = await self._read(self._top, PORTION)
            events, fault = self._mapper.decode_until_fault(rows)
            if events:
                self._events += events
                self._positions += [recorded.position for recorded in events]
                sizes = [len(row[4]) for row in rows[: len(events)]]
                self._sizes += sizes
                self._size += sum(sizes)
                self._top = events[-1].position
                self._forget()
            if fault is None and len(rows) < PORTION:
                self._heard = heard
            return fault

    async def _take_rest(self) -> None:
        now = asyncio.get_running_loop().time()
        await self._rest.until(self._rested)
        self._rested = max(now, self._rested) + self._rest.length

    def _forget(self) -> None:
        """Let go of the oldest quarter, and of more where the newest are large."""
        if len(self._events) <= MOST_EVENTS and self._size <= MOST_BYTES:
            return
        gone = max(len(self._events) - 3 * MOST_EVENTS // 4, 1)
        size = self._size - sum(self._sizes[:gone])
        while gone < len(self._events) and size > MOST_BYTES:
            size -= self._sizes[gone]
            gone += 1
        self._floor, self._size = self._positions[gone - 1], size
        del self._events[:gone], self._positions[:gone], self._sizes[:gone]

    def _kept(self, position: int, limit: int) -> list[Recorded]:
        first = bisect_right(self._positions, position)
        return self._events[first : first + limit]
