"""An event loop whose time is a number: it never waits, it jumps to the next thing that is due.

The real processes run on it unchanged. Everything happens on one thread, in an order that depends on nothing but
the seed; what would run in a thread pool runs at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class NothingLeft(RuntimeError):
    """Every task waits for something that can never happen."""


class _JumpingSelector(selectors.BaseSelector):
    """Polls for nothing and moves time on instead of waiting."""

    def __init__(self, advance: Callable[[float], None]) -> None:
        self._real = selectors.DefaultSelector()
        self._advance = advance

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingLeft("all tasks wait and no timer is set")
        if timeout > 0:
            self._advance(timeout)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Any:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`asyncio` without a clock of the world."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        super().__init__(_JumpingSelector(self._move))

    def _move(self, seconds: float) -> None:
        self._elapsed += seconds

    def time(self) -> float:
        return self._elapsed

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as fault:  # noqa: BLE001 - handed on to whoever awaits it, as a thread pool does
            future.set_exception(fault)
        return future
