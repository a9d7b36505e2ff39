"""Rate limits, counted in this process: so many of a kind per key within a moving window."""

from __future__ import annotations

import math
import time

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from web.problem import Problem


def address_of(request: Request) -> str:
    """Whom a request is counted for. Behind a proxy the server must be told to trust its `X-Forwarded-For`."""
    return request.client.host if request.client else "unknown"


class Throttle:
    """Counts attempts; `rules` maps a kind to a limit such as `5/minute` (see the `limits` package)."""

    def __init__(self, rules: dict[str, str]) -> None:
        self._rules: dict[str, RateLimitItem] = {kind: parse(rule) for kind, rule in rules.items()}
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def further(self, rules: dict[str, str]) -> None:
        """Limits of further kinds; those that are set already stay as they are."""
        self._rules |= {kind: parse(rule) for kind, rule in rules.items() if kind not in self._rules}

    async def hit(self, kind: str, key: str) -> None:
        """Count one attempt. Raises `Problem` 429 with Retry-After when there were too many."""
        if not await self._limiter.hit(self._rules[kind], kind, key):
            raise too_many(await self.wait(kind, key))

    async def check(self, kind: str, key: str) -> None:
        """Raises `Problem` 429 when the limit is reached, without counting."""
        if not await self._limiter.test(self._rules[kind], kind, key):
            raise too_many(await self.wait(kind, key))

    async def count(self, kind: str, key: str) -> bool:
        """Count one attempt; false when the limit is reached by it."""
        await self._limiter.hit(self._rules[kind], kind, key)
        return await self._limiter.test(self._rules[kind], kind, key)

    async def wait(self, kind: str, key: str) -> int:
        """Seconds until the next attempt is allowed."""
        stats = await self._limiter.get_window_stats(self._rules[kind], kind, key)
        return max(1, math.ceil(stats.reset_time - time.time()))


def too_many(seconds: int) -> Problem:
    detail = f"that was too often; try again in {seconds} s"
    return Problem(429, "too_often", detail, headers={"Retry-After": str(seconds)})
