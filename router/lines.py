"""Places in line: those who wait in one queue on one channel, in the pool's order of items.

A line is put together when it is first asked for, and then kept. Callers wait by the hundred, so a plain sorted
list is faster than anything cleverer.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable

from router.records import Item, Rank

_Name = tuple[str, str]


class _Line:
    __slots__ = ("items", "ranks")

    def __init__(self) -> None:
        self.ranks: list[Rank] = []
        self.items: dict[Rank, Item] = {}


class Lines:
    """`waiting` gives every leg that waits, for a line that is asked for the first time; `rank` the pool's order."""

    def __init__(self, waiting: Callable[[], Iterable[Item]], rank: Callable[[Item], Rank]) -> None:
        self._waiting, self._rank = waiting, rank
        self._lines: dict[_Name, _Line] = {}
        self._where: dict[Item, tuple[_Name, Rank]] = {}

    def place(self, item: Item) -> tuple[int, Item]:
        """The item's place, from 1, and who is first in its line."""
        line = self._line((item.queue, item.channel))
        if item not in self._where:
            self.put(item)
        return bisect_left(line.ranks, self._where[item][1]) + 1, line.items[line.ranks[0]]

    def put(self, item: Item) -> None:
        """Where the item stands now, if anybody has asked for its line."""
        if not self._lines:
            return
        name = (item.queue, item.channel)
        line = self._lines.get(name)
        rank = self._rank(item)
        if self._where.get(item) == (name, rank):
            return
        self.take(item)
        if line is not None:
            insort(line.ranks, rank)
            line.items[rank] = item
            self._where[item] = (name, rank)

    def take(self, item: Item) -> None:
        """The item no longer waits."""
        known = self._where.pop(item, None) if self._where else None
        if known is not None:
            name, rank = known
            line = self._lines[name]
            del line.ranks[bisect_left(line.ranks, rank)], line.items[rank]

    def forget(self) -> None:
        """The order itself changed: put the lines together anew when they are asked for."""
        self._lines.clear()
        self._where.clear()

    def _line(self, name: _Name) -> _Line:
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Line()
            for item in self._waiting():
                if (item.queue, item.channel) == name:
                    self.put(item)
        return line
