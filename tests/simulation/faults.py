"""The log as a bad day shows it: slow, unreachable, and silent about what it has stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from domain.event import Recorded
from domain.ports import Appended, Change, Log, LogUnavailable


@dataclass(slots=True)
class Weather:
    """How bad the day is; probabilities per call. `calm()` ends all faults."""

    lost_before: float = 0.02
    lost_after: float = 0.02
    slow: float = 0.3
    duplicates: float = 0.1
    mail: float = 0.1
    #: Seconds that a process lives on average; 0 is for ever.
    lifetime: float = 120.0

    def calm(self) -> None:
        """No more faults."""
        self.lost_before = self.lost_after = self.slow = self.duplicates = self.mail = self.lifetime = 0.0


class FaultyLog:
    """A `Log` in front of a real one. An append may be lost before it is stored, or its answer after."""

    def __init__(self, log: Log, random: Random, weather: Weather) -> None:
        self._log, self._random, self._weather = log, random, weather

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        await self._delay()
        if self._random.random() < self._weather.lost_before:
            raise LogUnavailable("the connection broke before anything was stored")
        appended = await self._log.append(*changes, once=once)
        if self._random.random() < self._weather.lost_after:
            raise LogUnavailable("the connection broke before the answer came")
        await self._delay()
        return appended

    async def read(
        self,
        after: int = 0,
        limit: int = 1000,
        *,
        pool: str | None = None,
        streams: Sequence[str] | None = None,
        types: Sequence[str] | None = None,
    ) -> Sequence[Recorded]:
        return await self._log.read(after, limit, pool=pool, streams=streams, types=types)

    async def read_stream(self, stream: str, after_version: int = 0) -> Sequence[Recorded]:
        await self._delay()
        return await self._log.read_stream(stream, after_version)

    async def read_streams(self, streams: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        await self._delay()
        return await self._log.read_streams(streams)

    def subscribe(
        self, after: int = 0, *, pool: str | None = None, limit: int = 500
    ) -> AsyncIterator[Sequence[Recorded]]:
        return self._log.subscribe(after, pool=pool, limit=limit)

    async def recall(self, once: str) -> Appended | None:
        return await self._log.recall(once)

    async def head(self) -> int:
        return await self._log.head()

    async def close(self) -> None:
        await self._log.close()

    async def _delay(self) -> None:
        if self._random.random() < self._weather.slow:
            await asyncio.sleep(self._random.uniform(0.001, 0.2))
