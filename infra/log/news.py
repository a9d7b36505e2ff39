"""Tells subscribers of one process that there may be something new to read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class News:
    """Wakes watchers; what is new they read themselves, from where they stand, so no wake-up can be missed."""

    def __init__(self) -> None:
        # a dict keeps the order in which they came: a set of objects would wake them in the order of their addresses
        self._watchers: dict[asyncio.Event, None] = {}
        #: Grows with every poke.
        self.number = 0

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event set at every poke. Clear it *before* reading: what comes during the read sets it again."""
        woken = asyncio.Event()
        self._watchers[woken] = None
        try:
            yield woken
        finally:
            self._watchers.pop(woken, None)

    def poke(self) -> None:
        self.number += 1
        for woken in tuple(self._watchers):
            woken.set()

    def __bool__(self) -> bool:
        return bool(self._watchers)
