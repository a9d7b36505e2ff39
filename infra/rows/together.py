"""Projections that keep step: they wake at the same moments, and what they have ready then is one transaction.

A transaction costs a database about as much as a dozen rows, and there are a dozen projections: each for itself, they
would spend most of their time on the transactions of a few events each.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

from infra.rows.applying import Applier, store_together
from infra.rows.port import RowStore

#: Runs work in the one thread of the projections, in the order of asking.
InThread = Callable[[Callable[[], Any]], Awaitable[Any]]

#: Seconds between two beats: the least, and the most that a busy machine makes of it.
SHORTEST, LONGEST = 0.02, 0.32
#: A batch may take this share of a beat: more, and events gather for longer.
SHARE = 0.15


class Beat:
    """The moments at which projections look for more, the same for all of them.

    The slower batches become the further the beats are apart, by doubling, so that those that have heard of it and
    those that have not still meet at every other one.
    """

    def __init__(self) -> None:
        self.length = SHORTEST

    def took(self, seconds: float) -> None:
        """How long a batch took, from the event to the row."""
        wanted = min(max(seconds / SHARE, SHORTEST), LONGEST)
        self.length = SHORTEST * 2 ** math.ceil(math.log2(wanted / SHORTEST))

    async def next(self) -> None:
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self.length - now % self.length)


class Together:
    """Stores what appliers have prepared, all that are ready by then in one transaction."""

    def __init__(self, store: RowStore, in_thread: InThread) -> None:
        self._store, self._in_thread = store, in_thread
        self._ready: dict[Applier, asyncio.Future[None]] = {}
        self._storing: asyncio.Task[None] | None = None

    async def store(self, applier: Applier) -> None:
        """Until it is stored. Raises as `Applier.store`. Cancelled, it still waits for a transaction under way."""
        waiting = self._ready[applier] = asyncio.get_running_loop().create_future()
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._go_on(), name="storing rows")
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if self._ready.pop(applier, None) is None:
                await asyncio.wait({waiting})
                waiting.exception()  # nobody is left to tell
            raise

    async def _go_on(self) -> None:
        """Ends when nobody waits."""
        while self._ready:
            await self._in_thread(_nothing)  # whoever is projecting now comes along
            taken, self._ready = self._ready, {}
            if not taken:
                return
            appliers = list(taken)
            try:
                faults = await self._in_thread(lambda told=appliers: store_together(self._store, told))
            except BaseException as fault:
                _tell(taken, dict.fromkeys(taken, fault))
                raise
            _tell(taken, faults)


def _tell(taken: dict[Applier, asyncio.Future[None]], faults: dict[Applier, Any]) -> None:
    for applier, waiting in taken.items():
        fault = faults[applier]
        if fault is None:
            waiting.set_result(None)
        elif isinstance(fault, Exception):
            waiting.set_exception(fault)
        else:
            waiting.cancel()


def _nothing() -> None: ...
