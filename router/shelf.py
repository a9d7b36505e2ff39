"""A sorted shelf of waiting items: insert, remove and first in O(log n), and iteration in order."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain

from router.records import Item, Rank

#: Rows per block. A block is a plain list, whose insert moves memory, so it must stay short.
BLOCK = 512


class Shelf:
    """Items by rank, in blocks of at most twice `BLOCK` rows. Ranks are unique."""

    __slots__ = ("_blocks", "_lasts", "_size")

    def __init__(self) -> None:
        self._blocks: list[list[tuple[Rank, Item]]] = []
        self._lasts: list[Rank] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        return (item for _, item in chain.from_iterable(self._blocks))

    def first(self) -> Item | None:
        return self._blocks[0][0][1] if self._blocks else None

    def add(self, item: Item) -> None:
        self._size += 1
        if not self._blocks:
            self._blocks.append([(item.rank, item)])
            self._lasts.append(item.rank)
            return
        number = min(bisect_left(self._lasts, item.rank), len(self._lasts) - 1)
        block = self._blocks[number]
        insort(block, (item.rank, item))
        self._lasts[number] = block[-1][0]
        if len(block) > 2 * BLOCK:
            self._blocks.insert(number + 1, block[BLOCK:])
            del block[BLOCK:]
            self._lasts.insert(number, block[-1][0])

    def remove(self, item: Item) -> None:
        """Raises `KeyError` for an item that is not there."""
        number = bisect_left(self._lasts, item.rank)
        place = bisect_left(self._blocks[number], (item.rank,)) if number < len(self._blocks) else 0  # type: ignore[arg-type]
        if number == len(self._blocks) or self._blocks[number][place][1] is not item:
            raise KeyError(f"{item.interaction_id} leg {item.leg} is not on this shelf")
        block = self._blocks[number]
        del block[place]
        self._size -= 1
        if block:
            self._lasts[number] = block[-1][0]
        else:
            del self._blocks[number], self._lasts[number]
