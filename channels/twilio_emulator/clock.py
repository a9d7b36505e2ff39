"""Time in the emulator: virtual, moved by hand or along with the wall clock, and never slept through.

What happens in the emulator happens in tasks of the clock. It knows when all of them wait (for a time, a person or
another task), so that moving time is exact: everything due before a moment has been done, webhooks included, when the
clock shows that moment.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Final

_log = logging.getLogger("trunkline.twilio_emulator")
#: Wall-clock seconds that anything may be busy (a webhook takes at most 15) before `settle` says that it hangs.
PATIENCE: Final = 60.0
_TICK: Final = 0.1
#: The longest step in which time follows the wall clock, at speed 1.
_STEP: Final = 2 * _TICK


def as_it_is() -> float:
    """The speed of the wall clock."""
    return 1.0


class Timer:
    """Something to be done at a time, unless it is cancelled before."""

    __slots__ = ("action", "cancelled")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Parked:
    """A task of the clock's that waits to be woken with a value. Woken twice, the first value counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def wait(self) -> Any:
        self._clock.rest()
        return await self._future

    def wake(self, value: Any) -> None:
        if not self._future.done():
            self._clock.work()
            self._future.set_result(value)


class Clock:
    """Virtual seconds since 1970. Tasks are started by `spawn` and wait by `sleep` or `Parked`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._timers: list[tuple[float, int, Timer]] = []
        self._made = 0
        self._busy = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._moving = asyncio.Lock()

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def work(self) -> None:
        """One task more is busy."""
        self._busy += 1
        self._quiet.clear()

    def rest(self) -> None:
        """One task less is busy."""
        self._busy -= 1
        if self._busy == 0:
            self._quiet.set()

    def spawn(self, doing: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task. What it raises is logged and ends it alone."""
        self.work()
        task = asyncio.get_running_loop().create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Do something, without waiting for it, in `seconds`."""
        timer = Timer(action)
        self._made += 1
        heapq.heappush(self._timers, (self.seconds + max(seconds, 0.0), self._made, timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """For tasks of the clock: wait `seconds`."""
        parked = Parked(self)
        self.after(seconds, lambda: parked.wake(None))
        await parked.wait()

    async def settle(self) -> None:
        """Wait until no task is busy. Raises `TimeoutError` when one hangs."""
        async with asyncio.timeout(PATIENCE):
            while self._busy:
                await self._quiet.wait()

    async def advance(self, seconds: float) -> None:
        """Let `seconds` go by, and all that happens in them."""
        async with self._moving:
            await self.settle()
            target = self.seconds + seconds
            while self._timers and self._timers[0][0] <= target:
                at, _, timer = heapq.heappop(self._timers)
                self.seconds = max(self.seconds, at)
                if not timer.cancelled:
                    timer.action()
                    await self.settle()
            self.seconds = target

    async def follow(self, speed: Callable[[], float] = as_it_is) -> None:
        """Move along with the wall clock, `speed()` times as fast (0: not at all), until cancelled; ten times a second.

        What a busy machine fell behind is caught up in short steps, not in a leap in which nobody could act.
        """
        loop = asyncio.get_running_loop()
        last, behind = loop.time(), 0.0
        while True:
            await asyncio.sleep(_TICK)
            now = loop.time()
            behind += (now - last) * speed()
            step = min(behind, _STEP * speed())
            try:
                await self.advance(step)
            except TimeoutError:
                _log.warning("something in the emulator hangs; its time goes on")
            last, behind = now, behind - step

    async def close(self) -> None:
        """Cancel what is still going on."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        # a task cancelled while it waited had already been counted out; that only happens when all ends
        self.rest()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("the emulator failed within: %r", error, exc_info=error)
