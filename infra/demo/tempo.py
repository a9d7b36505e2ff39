"""How fast simulated people live from now on: changed while they are in the middle of things, or stopped."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

#: How many times as fast as at the beginning; the choices of whoever turns the knob.
RATES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(slots=True)
class Tempo:
    """`rate`: how many times as fast as at the beginning of the day; while `paused` nobody does anything."""

    rate: float = 1.0
    paused: bool = False
    _lived: float = 0.0
    _since: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _turned: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lived(self) -> float:
        """Seconds that people have lived so far, as they pass at the rate of the beginning."""
        return self._lived + (asyncio.get_running_loop().time() - self._since) * self.now

    @property
    def now(self) -> float:
        """How many times as fast as at the beginning at this moment; 0 while paused."""
        return 0.0 if self.paused else self.rate

    def faster(self) -> None:
        """The next rate upwards, where there is one; also out of a pause."""
        self._turn(next((rate for rate in RATES if rate > self.rate), self.rate))

    def slower(self) -> None:
        """The next rate downwards, where there is one; also out of a pause."""
        self._turn(next((rate for rate in reversed(RATES) if rate < self.rate), self.rate))

    def pause(self) -> None:
        """Let everybody stop where they are."""
        self._turn(self.rate, paused=True)

    def go_on(self) -> None:
        """Let everybody go on where they stopped."""
        self._turn(self.rate)

    def _turn(self, rate: float, *, paused: bool = False) -> None:
        self._lived, self._since = self.lived, asyncio.get_running_loop().time()
        self.rate, self.paused = rate, paused
        self._turned.set()
        self._turned = asyncio.Event()

    async def wait(self, seconds: float, ending: asyncio.Event) -> bool:
        """Wait until so many seconds have passed at the rate of the beginning; true when `ending` came first."""
        ends, over = asyncio.ensure_future(ending.wait()), self.lived + seconds
        try:
            while self.lived < over and not ends.done():
                turning = asyncio.ensure_future(self._turned.wait())
                timeout = (over - self.lived) / self.now if self.now else None
                await asyncio.wait({ends, turning}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                turning.cancel()
            return ends.done()
        finally:
            ends.cancel()
