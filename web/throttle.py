"""Rate limits, counted in this process: so many of a kind per key within a moving window.

What was refused because a store of ours was away is given back: who tried ten times while it was is not told for the
next hour that it was too often. Within reason: all tries together have a limit too.
"""

from __future__ import annotations

import math
import time
from functools import partial

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from web.problem import Problem, refused_through_us

#: Tries of which most were given back, as a multiple of the limit.
TRIES = 20
#: Keys of which something was given back; when there are more, all of it is forgotten.
MOST_KEYS = 10_000


def address_of(request: Request) -> str:
    """Whom a request is counted for. Behind a proxy the server must be told to trust its `X-Forwarded-For`."""
    return request.client.host if request.client else "unknown"


class Throttle:
    """Counts attempts; `rules` maps a kind to a limit such as `5/minute` (see the `limits` package)."""

    def __init__(self, rules: dict[str, str]) -> None:
        self._rules: dict[str, RateLimitItem] = {kind: parse(rule) for kind, rule in rules.items()}
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._given_back: dict[tuple[str, str], int] = {}

    def further(self, rules: dict[str, str]) -> None:
        """Limits of further kinds; those that are set already stay as they are."""
        self._rules |= {kind: parse(rule) for kind, rule in rules.items() if kind not in self._rules}

    async def hit(self, kind: str, key: str) -> None:
        """Count one attempt. Raises `Problem` 429 with Retry-After when there were too many."""
        if not await self._limiter.hit(self._rules[kind], kind, key):
            raise too_many(await self.wait(kind, key))

    async def hit_by(self, request: Request, kind: str, key: str = "") -> None:
        """`hit` by a request, by default by who makes it; given back where the request is refused with 503."""
        key = key or address_of(request)
        limit = self._rules[kind]
        tries = type(limit)(limit.amount * TRIES, limit.multiples, "tries")
        if not await self._limiter.hit(tries, kind, key):
            raise too_many(await self._wait(tries, kind, key))
        left = self._given_back.pop((kind, key), 0)
        if left > 1:
            self._given_back[kind, key] = left - 1
        if not left:
            await self.hit(kind, key)
        refused_through_us(request, partial(self._give_back, kind, key))

    def _give_back(self, kind: str, key: str) -> None:
        if len(self._given_back) >= MOST_KEYS:
            self._given_back.clear()
        self._given_back[kind, key] = self._given_back.get((kind, key), 0) + 1

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
        return await self._wait(self._rules[kind], kind, key)

    async def _wait(self, limit: RateLimitItem, kind: str, key: str) -> int:
        stats = await self._limiter.get_window_stats(limit, kind, key)
        return max(1, math.ceil(stats.reset_time - time.time()))


def too_many(seconds: int) -> Problem:
    detail = f"that was too often; try again in {seconds} s"
    return Problem(429, "too_often", detail, headers={"Retry-After": str(seconds)})
