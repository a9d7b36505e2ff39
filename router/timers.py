"""When to look again at something: one instant for each, in a heap. A later plan replaces an earlier one."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

#: What is looked at: an interaction's id and a leg, a project and a queue.
Key = tuple[str, str]

#: Below this size the heap is never swept.
SMALL = 1024


class Timers:
    """Keys with the instant, in microseconds, at which each is due; O(log n) to plan and to take what is due."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Key]] = []
        self._planned: dict[Key, tuple[int, int]] = {}
        self._entered = 0
        self._sweep_at = SMALL

    def plan(self, key: Key, at_us: int | None) -> None:
        """Look at `key` at this instant and at no other; None: never."""
        known = self._planned.get(key)
        if at_us is None:
            self._planned.pop(key, None)
        elif known is None or known[0] != at_us:
            self._entered += 1
            self._planned[key] = (at_us, self._entered)
            heappush(self._heap, (at_us, self._entered, key))
            self._sweep()

    def nothing_by(self, now_us: int) -> bool:
        """Whether surely nothing is due by now, told at a glance; what looks due may be out of date."""
        heap = self._heap
        return not heap or heap[0][0] > now_us

    def first_us(self) -> int | None:
        """The earliest planned instant."""
        while self._heap and not self._wanted(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_us: int, most: int | None = None) -> list[Key]:
        """The keys due by now (at most so many, the longest due), no longer planned.

        In the order of the keys, for when each was planned is no matter of the log: a board that was rebuilt planned
        them otherwise.
        """
        due: list[Key] = []
        while (at_us := self.first_us()) is not None and at_us <= now_us and (most is None or len(due) < most):
            _, _, key = heappop(self._heap)
            del self._planned[key]
            due.append(key)
        return sorted(due)

    def _wanted(self, entry: tuple[int, int, Key]) -> bool:
        return self._planned.get(entry[2]) == entry[:2]

    def _sweep(self) -> None:
        if len(self._heap) > self._sweep_at:
            self._heap = [entry for entry in self._heap if self._wanted(entry)]
            heapify(self._heap)
            self._sweep_at = max(SMALL, 2 * len(self._heap))
