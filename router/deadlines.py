"""Timers in one heap. A deadline that nobody waits for any more is dropped when its turn comes, not searched for."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Literal, NamedTuple

Kind = Literal["due", "offer", "visible", "wrap_up"]

#: Below this size the heap is never swept.
SMALL = 1024


class Deadline(NamedTuple):
    """At `at_us` something becomes possible for a leg; `work_id` names the offer or the work it is about."""

    at_us: int
    kind: Kind
    interaction_id: str
    leg: str
    work_id: str = ""


class Deadlines:
    """`wanted` says whether a deadline still means something."""

    def __init__(self, wanted: Callable[[Deadline], bool]) -> None:
        self._heap: list[Deadline] = []
        self._wanted = wanted
        self._sweep_at = SMALL

    def set(self, deadline: Deadline) -> None:
        heappush(self._heap, deadline)
        if len(self._heap) > self._sweep_at:
            self._heap = [one for one in self._heap if self._wanted(one)]
            heapify(self._heap)
            self._sweep_at = max(SMALL, 2 * len(self._heap))

    def pop_due(self, now_us: int) -> Deadline | None:
        """The earliest wanted deadline at or before now, taken off; None when there is none."""
        first = self.first()
        return heappop(self._heap) if first is not None and first.at_us <= now_us else None

    def first(self) -> Deadline | None:
        """The earliest wanted deadline."""
        while self._heap and not self._wanted(self._heap[0]):
            heappop(self._heap)
        return self._heap[0] if self._heap else None
