"""An event loop that is held up is told, with the place and with what the time went on."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from structlog.testing import capture_logs

from infra.operations.figures import Figures
from infra.operations.watchdog import Watchdog

#: Seconds: what is late here, and what nothing here takes.
LATE, PATIENCE = 0.2, 60.0
Lines = list[MutableMapping[str, Any]]


@asynccontextmanager
async def watched(figures: Figures) -> AsyncGenerator[Lines]:
    """This loop under a watchdog; what it says."""
    with capture_logs() as lines:
        watching = asyncio.create_task(Watchdog(figures, late=LATE).run())
        await asyncio.sleep(0)
        try:
            yield lines
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


def told(lines: Lines, what: str) -> Lines:
    return [line for line in lines if line["event"] == what]


def wait_for_what_never_comes(came: Callable[[], object]) -> None:
    """A call that waits, in the way of everybody on the loop."""
    began = time.monotonic()
    while not came() and time.monotonic() - began < PATIENCE:
        time.sleep(0.01)


async def afterwards(lines: Lines) -> MutableMapping[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while not told(lines, "the event loop was held up"):  # noqa: ASYNC110  a line in a log wakes nobody
            await asyncio.sleep(0.01)
    return told(lines, "the event loop was held up")[0]


async def test_a_call_that_waits_is_told_with_its_place_while_it_waits_and_with_its_length_afterwards() -> None:
    figures = Figures()
    async with watched(figures) as lines:
        wait_for_what_never_comes(lambda: told(lines, "the event loop is held up"))
        (line,) = told(lines, "the event loop is held up")
        assert any("test_watchdog.py" in place and "wait_for_what_never_comes" in place for place in line["where"])
        over = await afterwards(lines)
        assert over["seconds"] >= LATE
        assert over["of_it_processor"] < over["seconds"]
    held_up = figures.registry.get_sample_value("trunkline_loop_held_up_seconds_total")
    assert held_up is not None
    assert held_up >= LATE


async def test_it_is_told_once_however_long_it_lasts_and_again_the_next_time() -> None:
    async with watched(Figures()) as lines:
        for number in (1, 2):
            wait_for_what_never_comes(lambda: len(told(lines, "the event loop is held up")) >= number)  # noqa: B023
            time.sleep(4 * LATE)  # noqa: ASYNC251  that is the point
            assert len(told(lines, "the event loop is held up")) == number
            lines[:] = [line for line in lines if line["event"] != "the event loop was held up"]
            await afterwards(lines)


async def test_what_collecting_garbage_took_is_counted_and_told_apart() -> None:
    figures = Figures()
    async with watched(figures) as lines:
        pairs: list[list[Any]] = [[] for _ in range(200_000)]
        for one in pairs:
            one.append(pairs)
        began = time.monotonic()
        while time.monotonic() - began < 0.25 + 2 * LATE:
            gc.collect()
        over = await afterwards(lines)
        assert over["of_it_collecting"] > 0.5 * over["seconds"]
    collecting = figures.registry.get_sample_value("trunkline_collecting_seconds_total")
    assert collecting is not None
    assert collecting > 0


async def test_a_loop_that_turns_is_no_news() -> None:
    async with watched(Figures()) as lines:
        for _ in range(10):
            await asyncio.sleep(0.1)
    assert told(lines, "the event loop is held up") == []
