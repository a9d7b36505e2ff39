"""A share for each: the first of every list, then the second of every list, and so on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice, zip_longest
from typing import TypeVar

T = TypeVar("T")
_NOTHING = object()


def in_turn(lists: Iterable[Sequence[T]], limit: int) -> list[T]:
    """At most `limit` of all: what is long lets what is short have its turn."""
    rounds = chain.from_iterable(zip_longest(*lists, fillvalue=_NOTHING))
    return list(islice((one for one in rounds if one is not _NOTHING), limit))  # type: ignore[misc]
