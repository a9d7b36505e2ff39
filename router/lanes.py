"""Agents with room, sorted by a queue's strategy: one lane per ring, own or other site, and delay of their profiles."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

from router.kept import Kept
from router.records import Item
from router.seating import Row

if TYPE_CHECKING:
    from router.needs import Need

#: Below this size a lane's heap is never swept.
SMALL = 64

#: An agent in a lane: the parts of their key, then their id, so that entries sort; then their stamp at the time, so
#: that old ones can be told, and themselves. Flat, for the sake of sorting; a lane's keys have equally many parts.
Entry = tuple[Any, ...]


class Lane(Kept):
    """The agents of a need with room who were left with nothing, by the queue's strategy.

    Entries that are no longer true are dropped when met.
    """

    __slots__ = ("away", "delay_us", "heap", "need", "ring", "tally")

    def __init__(self, need: Need, row: Row) -> None:
        self.need, self.ring, self.away, self.delay_us = need, row.ring, row.away, row.delay_us
        self.heap: list[Entry] = []
        #: How many agents of this lane have room, or lack it, by `Fullness`.
        self.tally = [0, 0, 0]

    def park(self, entry: Entry) -> None:
        """Enter an agent with room, under their present key and stamp."""
        heap = self.heap
        heappush(heap, entry)
        # the first condition spares nearly everybody the sum
        if len(heap) > SMALL and len(heap) > 2 * sum(self.tally) + SMALL:
            heap[:] = [one for one in heap if one[-2] == one[-1].stamp]
            heapify(heap)

    def anybody(self) -> bool:
        """Whether an agent with room is parked here."""
        heap = self.heap
        while heap and heap[0][-2] != heap[0][-1].stamp:
            heappop(heap)
        return bool(heap)

    def firsts(self, limit: int) -> list[Entry]:
        """At most `limit` agents with room, in order."""
        heap, taken = self.heap, list[Entry]()
        while heap and len(taken) < limit:
            entry = heappop(heap)
            if entry[-2] == entry[-1].stamp:
                taken.append(entry)
        for entry in taken:
            heappush(heap, entry)
        return taken

    def sees(self, item: Item, now_us: int) -> bool:
        """Without a delay always: the clock that stamped the arrival may be ahead of ours."""
        return not self.delay_us or item.ready_us + self.delay_us <= now_us
