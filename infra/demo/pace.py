"""How fast simulated people live, how many there are, and where it ends."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

from infra.demo.tempo import Tempo

#: A person's time varies by about this factor (sigma of a log-normal distribution, as handling times do).
SPREAD = 0.45
#: Seconds that somebody who is in the middle of something gets at the very end.
LAST_WORDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`customers`: who get in touch per minute at speed 1; `speed` divides every time that people take.

    `seconds`: how long new customers come, None until somebody stops it; `drain`: how long agents may then take to
    finish what there is. `most_mails` and `longest` (seconds) bound every run. `power_cut`: the site where the power
    fails for a part of the day; `policy_changes`: whether another policy is put on record while customers wait.
    """

    customers: float = 36.0
    speed: float = 1.0
    seed: int = 1
    seconds: float | None = None
    drain: float = 60.0
    most_mails: int = 50_000
    longest: float = 24 * 3600.0
    power_cut: str | None = None
    policy_changes: bool = False

    @property
    def gap(self) -> float:
        """Mean seconds between two customers."""
        return 60.0 / (self.customers * self.speed)

    @property
    def lasts(self) -> float:
        """Seconds after which no new customer comes."""
        return min(self.longest, self.longest if self.seconds is None else self.seconds)

    def dice(self, who: str) -> Random:
        """A person's own source of chance: what others do does not change it."""
        return Random(f"{self.seed} {who}")

    def takes(self, dice: Random, median: float) -> float:
        """How many seconds something takes that takes people `median` seconds at speed 1."""
        return median * math.exp(dice.gauss(0, SPREAD)) / self.speed


@dataclass(slots=True)
class Day:
    """The state of the simulated day. Once `closing`, nobody begins anything new and everybody finishes.

    `over`: whoever is not finished is cut short; `cut` counts them. `at_rest`: nobody begins anything more, whatever
    mail still comes, so that what people saw can be held against the log. `tempo`: how fast people live now.
    """

    pace: Pace
    tempo: Tempo = field(default_factory=Tempo)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    cut: int = 0
    at_rest: bool = False
    tasks: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]])
    faults: list[str] = field(default_factory=list[str])

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let somebody do something on their own; what goes wrong in it is told at the end. At rest, nobody does."""
        if self.at_rest:
            work.close()
            return
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None and len(self.faults) < 100:
            self.faults.append(f"a simulated person stumbled: {type(fault).__name__}: {fault}")

    async def pause(self, seconds: float) -> bool:
        """Wait as people do, by the day's tempo; true when the day is closing, at once or meanwhile."""
        if self.closing.is_set():
            return True
        return await self.tempo.wait(seconds, self.closing)

    async def passes(self, seconds: float) -> bool:
        """Wait by the clock, however fast people live; true when the day is closing, at once or meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self.closing.wait()
        except TimeoutError:
            return False
        return True

    async def rest(self) -> None:
        """Let what is under way come to its end, and end what does not soon."""
        self.at_rest = True
        left = set(self.tasks)
        if left and not self.over.is_set():
            _, left = await asyncio.wait(left, timeout=LAST_WORDS)
        self.cut = len(left)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
