"""The latest events of a partition as Kafka brought them, kept for those who follow its pools.

A window is whole: between where it starts and its top nothing is missing, because each record names the one before it.
Whoever stands further back reads the log, and so does everybody where a record is missing or cannot be read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from domain.event import Recorded
from infra.cluster.cloud_event import Carried
from infra.log.mapper import EventMapper

#: Events kept of each pool: seconds of a busy centre, for those who are late for a moment.
KEPT = 4_000


class Window:
    """Of one partition."""

    def __init__(self, mapper: EventMapper, kept: int = KEPT) -> None:
        self._mapper, self._kept = mapper, kept
        #: Everything after `start` up to `top` was brought; `floor` is where what is kept of a pool begins.
        self.start = self.top = 0
        self._events: dict[str, deque[Recorded]] = {}
        self._floors: dict[str, int] = {}

    def add(self, brought: Sequence[Carried]) -> set[str]:
        """Take in records in their order, what was seen before apart; the pools that have news."""
        pools: set[str] = set()
        for row, previous in brought:
            if row.position <= self.top:
                continue
            if previous > self.top:
                self._begin(previous)
            events, fault = self._mapper.decode_until_fault([row])
            if fault is not None:  # who reads it in the log is told why
                self._begin(row.position)
            for event in events:
                self._keep(event)
            self.top = row.position
            pools.add(row.pool)
        return pools

    def floor(self, pool: str) -> int:
        """Who has seen everything of the pool up to here finds the rest by `after`."""
        return self._floors.get(pool, self.start)

    def after(self, pool: str, position: int, limit: int) -> list[Recorded]:
        """The next events of a pool, at most `limit`."""
        found: list[Recorded] = []
        for event in reversed(self._events.get(pool, ())):
            if event.position <= position:
                break
            found.append(event)
        found.reverse()
        return found[:limit]

    def _begin(self, start: int) -> None:
        self.start = self.top = start
        self._events.clear()
        self._floors.clear()

    def _keep(self, event: Recorded) -> None:
        events = self._events.setdefault(event.pool, deque())
        events.append(event)
        if len(events) > self._kept:
            self._floors[event.pool] = events.popleft().position
