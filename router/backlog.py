"""How many items wait by queue, kept count of for the policy that holds queues to a ratio."""

from __future__ import annotations

from collections.abc import Mapping


class Backlog:
    """Items that can be offered, by `project/queue`; those of closed queues are left out while they are closed."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._shut: set[str] = set()
        self._weights: Mapping[str, int] = {}
        #: Of all open queues together, and the weights of those with items.
        self._items = self._weight = 0
        #: Whether anybody asks: else nothing is counted.
        self.counting = False

    def begin(self, *, counting: bool) -> None:
        """Nothing waits: every item is taken and will be put anew."""
        self.counting = counting
        self._counts.clear()
        self._items = self._weight = 0

    def weigh(self, weights: Mapping[str, int]) -> None:
        """Other shares are in force: weights by queue, 1 where not named."""
        self._weights = weights
        self._weight = sum(
            self._of(queue) for queue, count in self._counts.items() if count and queue not in self._shut
        )

    def add(self, queue: str, by: int) -> None:
        """So many more (or, below zero, fewer) items wait in the queue."""
        before = self._counts.get(queue, 0)
        self._counts[queue] = after = before + by
        if queue in self._shut:
            return
        self._items += by
        if not before:
            self._weight += self._of(queue)
        elif not after:
            self._weight -= self._of(queue)

    def shut(self, queue: str, shut: bool) -> None:
        """The queue closes or opens."""
        if shut == (queue in self._shut):
            return
        count = self._counts.pop(queue, 0)
        if shut:
            self._restore(queue, count, -count)
            self._shut.add(queue)
        else:
            self._shut.discard(queue)
            self._restore(queue, count, count)

    def _restore(self, queue: str, count: int, by: int) -> None:
        self._counts[queue] = count
        if count:
            self._items += by
            self._weight += self._of(queue) if by > 0 else -self._of(queue)

    def excess(self, queue: str) -> int:
        """By how much the queue exceeds its share of all that wait, times the sum of the weights (so exact)."""
        return self._counts.get(queue, 0) * self._weight - self._of(queue) * self._items

    def _of(self, queue: str) -> int:
        return self._weights.get(queue, 1)
