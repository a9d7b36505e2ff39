"""A sorted shelf of waiting items: insert, remove and first in O(log n), and iteration in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain

from router.records import Item, Rank

#: Rows per block. A block is a plain list, whose insert moves memory, so it must stay short.
BLOCK = 512


class Shelf:
    """Items by the rank they were shelved under, in blocks of at most twice `BLOCK` rows. Ranks are unique."""

    __slots__ = ("_items", "_lasts", "_ranks", "_size")

    def __init__(self) -> None:
        self._ranks: list[list[Rank]] = []
        self._items: list[list[Item]] = []
        self._lasts: list[Rank] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        return chain.from_iterable(self._items)

    def first(self) -> Item | None:
        return self._items[0][0] if self._items else None

    def add(self, item: Item) -> None:
        """Shelve the item under its present rank."""
        rank = item.shelved = item.rank
        item.shelf = self
        self._size += 1
        lasts = self._lasts
        if not lasts:
            self._ranks.append([rank])
            self._items.append([item])
            lasts.append(rank)
            return
        number = len(lasts) - 1
        if rank < lasts[number]:
            number = bisect_left(lasts, rank)
            ranks, items = self._ranks[number], self._items[number]
            place = bisect_left(ranks, rank)
            ranks.insert(place, rank)
            items.insert(place, item)
        else:
            ranks, items = self._ranks[number], self._items[number]
            ranks.append(rank)
            items.append(item)
            lasts[number] = rank
        if len(ranks) > 2 * BLOCK:
            self._split(number)

    def _split(self, number: int) -> None:
        ranks, items = self._ranks[number], self._items[number]
        self._ranks.insert(number + 1, ranks[BLOCK:])
        self._items.insert(number + 1, items[BLOCK:])
        del ranks[BLOCK:], items[BLOCK:]
        self._lasts.insert(number, ranks[-1])

    def remove(self, item: Item) -> None:
        """Raises `KeyError` for an item that is not there."""
        rank = item.shelved
        # most are taken from the front
        number = 0 if self._items and self._items[0][0] is item else bisect_left(self._lasts, rank)
        if item.shelf is not self or number == len(self._lasts):
            raise KeyError(f"{item.interaction_id} leg {item.leg} is not on this shelf")
        ranks, items = self._ranks[number], self._items[number]
        place = 0 if items[0] is item else bisect_left(ranks, rank)
        assert items[place] is item, "ranks are unique"
        del ranks[place], items[place]
        item.shelf = None
        self._size -= 1
        if not ranks:
            del self._ranks[number], self._items[number], self._lasts[number]
        elif place == len(ranks):
            self._lasts[number] = ranks[-1]
