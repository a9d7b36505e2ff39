"""What was used recently, forgotten in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Two generations of a dict: an old entry that is used moves to the young one, the rest is dropped in bulk."""

    __slots__ = ("_most", "_old", "_young")

    def __init__(self, most: int) -> None:
        self._most = most
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K, default: Any = None) -> V | Any:
        found: Any = self._young.get(key, default)
        if found is default:
            found = self._old.get(key, default)
            if found is not default:
                self._young[key] = found
        return found

    def keep(self, entries: Mapping[K, V]) -> None:
        self._young.update(entries)
        if len(self._young) > self._most // 2:
            self._old, self._young = self._young, {}
