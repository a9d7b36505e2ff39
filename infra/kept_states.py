"""What a process keeps in memory for its decisions, brought up to date with what other processes write.

A state that is behind costs a refused append and a load; one of somebody who was erased must go.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import structlog

from domain.customer.events import CustomerErased
from domain.event import Recorded
from domain.execute import Executor
from domain.ports import Log, LogUnavailable, UnreadableEvent

_log = structlog.get_logger("states")
_BATCH = 500
#: Seconds between two looks for erasures, and before another try where the log is away.
PAUSE = 2.0


async def keep_states(log: Log, executor: Executor) -> None:
    """Fold whatever is appended into the streams that the executor keeps, until cancelled."""
    while True:
        try:
            await _keep(log, executor)
        except (LogUnavailable, UnreadableEvent) as fault:
            # nothing depends on it: what is not folded here is loaded
            _log.info("the log cannot be followed, states are loaded", reason=type(fault).__name__)
        await asyncio.sleep(PAUSE)


async def _keep(log: Log, executor: Executor) -> None:
    news = cast("AsyncGenerator[Sequence[Recorded]]", log.subscribe(await log.head()))
    async with aclosing(news) as batches:
        async for batch in batches:
            for recorded in batch:
                executor.saw(recorded)


async def forget_states(log: Log, executor: Executor) -> None:
    """Drop what a process keeps in memory for its decisions whenever somebody is erased, by whichever process."""
    after: int | None = None
    while True:
        try:
            after = await log.head() if after is None else await _forget_since(after, log, executor)
        except LogUnavailable as fault:
            _log.warning("the log is unavailable, erasures are looked for again", reason=type(fault).__name__)
        await asyncio.sleep(PAUSE)


async def _forget_since(after: int, log: Log, executor: Executor) -> int:
    erased = await log.read(after, _BATCH, types=(CustomerErased.wire,))
    if erased:
        executor.forget()
    return erased[-1].position if erased else after
