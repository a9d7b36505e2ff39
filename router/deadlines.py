"""Timers in one heap. A deadline that nobody waits for any more is dropped when its turn comes, not searched for."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Literal, NamedTuple

from router.kept import Kept
from router.records import Item

#: What becomes possible: `due` a scheduled callback, `expires` a leg's time is out, `preferred` it is kept for an agent
#: no longer, `visible` a delay has passed, `offer` and `wrap_up` a time-out.
Kind = Literal["due", "expires", "offer", "preferred", "visible", "wrap_up"]

#: Below this size the heap is never swept.
SMALL = 1024


class Deadline(NamedTuple):
    """At `at_us` something becomes possible for a leg; `work_id` names the offer or the work it is about."""

    at_us: int
    kind: Kind
    interaction_id: str
    leg: str
    work_id: str
    #: Two deadlines that are equal so far are told apart by when they were set.
    number: int
    item: Item


class Deadlines(Kept):
    """`wanted` says whether a deadline still means something."""

    def __init__(self, wanted: Callable[[Deadline], bool]) -> None:
        self._heap: list[Deadline] = []
        self._wanted = wanted
        self._sweep_at = SMALL
        self._number = 0

    def set(self, at_us: int, kind: Kind, item: Item, work_id: str = "") -> None:
        self._number += 1
        heappush(self._heap, Deadline(at_us, kind, item.interaction_id, item.leg, work_id, self._number, item))
        if len(self._heap) > self._sweep_at:
            self._heap = [one for one in self._heap if self._wanted(one)]
            heapify(self._heap)
            self._sweep_at = max(SMALL, 2 * len(self._heap))

    def pop_due(self, now_us: int) -> Deadline | None:
        """The earliest wanted deadline at or before now, taken off; None when there is none."""
        heap, wanted = self._heap, self._wanted
        while heap and heap[0][0] <= now_us:
            deadline = heappop(heap)
            if wanted(deadline):
                return deadline
        return None

    def first(self) -> Deadline | None:
        """The earliest wanted deadline."""
        heap, wanted = self._heap, self._wanted
        while heap and not wanted(heap[0]):
            heappop(heap)
        return heap[0] if heap else None
