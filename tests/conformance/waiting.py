"""Waiting for something to become true, for a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Returns as soon as the condition holds. Raises `TimeoutError` when it does not within `seconds`."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  what is waited for happens in another process
            await asyncio.sleep(0.02)
