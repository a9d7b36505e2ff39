"""The log as Kafka carries it: what is new comes from the topic, what is not there is read where it lies.

So nothing depends on what the topic keeps, on stored offsets, or on the broker being there at all: a follower that
the topic does not serve reads the log, only a little later.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

import structlog

from domain.event import Recorded
from domain.ports import LogUnavailable
from infra.cluster.broker import partition_of
from infra.cluster.cloud_event import Carried
from infra.cluster.membership import Assignment
from infra.cluster.window import Window
from infra.log.mapper import Decoded
from infra.log.past import Past
from infra.log.stored import StoredLog

_log = structlog.get_logger("carried")

#: Seconds without a record after which the log is asked whether there should have been one.
SWEEP = 1.0
#: Seconds before another try while the log is away: the first, doubled each time up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0


class CarriedLog:
    """Follows pools for any number of subscribers of one process."""

    def __init__(self, log: StoredLog) -> None:
        self._log = log
        self._pasts: dict[str, Past] = {}
        self._windows: dict[int, Window] = {}
        self._given = Assignment(frozenset(), 1)
        self._woken = asyncio.Event()
        self._top = 0
        #: Grows whenever the log was seen to be further than what Kafka brought: everybody looks there once.
        self._sweep = 0

    def deliver(self, partition: int, brought: Sequence[Carried]) -> None:
        """Records of one partition, in their order."""
        window = self._windows.get(partition)
        if window is None:
            window = self._windows[partition] = Window(self._log.mapper)
        window.add(brought)
        self._top = max(self._top, window.top)
        self._wake()

    def assigned(self, given: Assignment) -> None:
        """Forget what is not ours to follow any more."""
        if given == self._given:
            return
        if given.of != self._given.of:
            self._windows.clear()
        self._given = given
        self._pasts.clear()
        for number in set(self._windows) - given.partitions:
            del self._windows[number]
        self._wake()

    async def subscribe(
        self, after: int = 0, *, pool: str | None = None, limit: int = 500
    ) -> AsyncGenerator[Sequence[Recorded]]:
        """As `domain.ports.Log.subscribe`, for one pool."""
        assert pool is not None, "Kafka carries pools"
        # everything of the pool up to `seen` has been yielded; `looked` is the last sweep that was followed
        seen, looked = after, -1
        while True:
            woken, window, sweep = self._woken, self._window(pool), self._sweep
            top = 0 if window is None else window.top
            if window is not None and window.floor(pool) <= seen and sweep == looked:
                events, fault = window.after(pool, after, limit), None
            else:
                # whatever the topic holds was in the log before: so this is as far as the window at least
                events, fault = await self._read(after, pool, limit)
                looked = sweep if len(events) < limit else looked
            if events:
                after = events[-1].position
                yield events
            if fault is not None:
                raise fault
            if len(events) == limit:
                seen = after
            else:
                seen = max(after, top)
                await woken.wait()

    async def sweep(self) -> None:
        """Look now and then whether the log has what Kafka does not bring."""
        known = -1
        while True:
            await asyncio.sleep(SWEEP)
            if self._top == known or not self._windows:
                with contextlib.suppress(LogUnavailable):
                    if await self._log.head() > self._top:
                        self._sweep += 1
                        self._wake()
            known = self._top

    def _window(self, pool: str) -> Window | None:
        return self._windows.get(partition_of(pool, max(self._given.of, 1)))

    def _wake(self) -> None:
        self._woken.set()
        self._woken = asyncio.Event()

    async def _read(self, after: int, pool: str, limit: int) -> Decoded:
        past = self._pasts.get(pool)
        if past is None:
            past = self._pasts[pool] = self._log.past(pool)
        pause = FIRST_PAUSE
        while True:
            try:
                return await past.after(after, limit)
            except LogUnavailable as fault:
                if pause > 1:
                    _log.warning("a follower waits for the log", pool=pool, reason=str(fault))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
