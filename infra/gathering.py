"""Asking for many things at once: what is asked for while one question is under way goes along with the next.

A lone question waits for nobody; under load the number of questions no longer grows with the number of those who ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Gathering(Generic[K, V]):
    """`ask` answers for many keys, whatever order they come in; at most `most` in one question. For one event loop."""

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], most: int = 500) -> None:
        self._ask, self._most = ask, most
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, key: K) -> V:
        """The answer to a question that began after this call. Raises what the question failed with."""
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._go_on(), name="gathered questions")
        return await asyncio.shield(waiting)

    async def _go_on(self) -> None:
        """Ends when nobody waits."""
        while self._waiting:
            asked = {key: self._waiting.pop(key) for key in list(self._waiting)[: self._most]}
            try:
                answers = await self._ask(list(asked))
                for key, waiting in asked.items():
                    waiting.set_result(answers[key])
            except BaseException as fault:  # whatever it is, those who asked must hear of it
                for waiting in asked.values():
                    if not waiting.done():
                        waiting.set_exception(fault)
                        waiting.exception()  # whoever asked may have been cancelled
                if not isinstance(fault, Exception):
                    raise
