"""Those who catch up with the log together share what was read of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from domain.ports import UnreadableEvent
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.past import Past
from infra.log.rows import EVERYTHING, Filter, OnceRow, StoredRow
from tests.conformance.events import rings


class Asked(MemoryLog):
    """Counts how often it is read."""

    def __init__(self) -> None:
        super().__init__(MemoryKeyring())
        self.times = 0

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        self.times += 1
        await asyncio.sleep(0)  # as a database does, it lets others ask meanwhile
        return await super().rows(after, limit, wanted)

    def pages(self, size: int, pool: str = "north", kept: int = 8) -> Past:
        wanted = Filter.of(pool, None, None)
        return Past(lambda after, limit: self.rows(after, limit, wanted), self.mapper, page=size, kept=kept)


async def positions(past: Past, after: int, limit: int) -> list[int]:
    events, fault = await past.after(after, limit)
    assert fault is None
    return [event.position for event in events]


async def test_those_who_catch_up_together_have_the_log_read_once_for_all_of_them() -> None:
    log = Asked()
    for number in range(100):
        await log.append(rings(f"n{number}", 0, pool="north"), rings(f"s{number}", 0, pool="south"))
    past = log.pages(10)

    async def caught_up(position: int) -> list[int]:
        found: list[int] = []
        while events := await positions(past, position, 7):
            position = events[-1]
            found += events
        return found

    starts = (0, 0, 5, 40, 41, 0)
    found = await asyncio.gather(*(caught_up(start) for start in starts))
    for start, seen in zip(starts, found, strict=True):
        assert seen == [position for position in range(1, 201, 2) if position > start]
    assert log.times < 60, "six of them, each a hundred events, ten a page"


async def test_subscribers_who_fell_far_behind_have_the_log_read_once_for_all_of_them() -> None:
    log = Asked()

    async def taken(count: int, after: int = 0) -> list[int]:
        found: list[int] = []
        async with aclosing(log.subscribe(after, limit=500)) as batches, asyncio.timeout(60):
            async for batch in batches:
                found += [event.position for event in batch]
                if len(found) >= count:
                    return found
        raise AssertionError("a subscription has no end")

    for number in range(8):
        await log.append(rings(f"a{number}", 0, 1_000))
    async with aclosing(log.subscribe(8_000)) as ahead:
        waiting = asyncio.create_task(anext(ahead))
        await asyncio.sleep(0.01)  # the tail begins at the end; everybody else stands before it
        log.times = 0
        late = await asyncio.gather(*(taken(8_000 - start, start) for start in (0, 0, 250, 1_000, 1_100, 0)))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert [seen[0] for seen in late] == [1, 1, 251, 1_001, 1_101, 1]
    assert all(seen == list(range(seen[0], 8_001)) for seen in late)
    assert log.times <= 24, "sixteen pages; six readers each for themselves would ask some ninety times"


async def test_it_does_not_matter_at_which_moment_of_anothers_read_somebody_asks() -> None:
    log = Asked()
    await log.append(rings("a", 0, 5, pool="north"))
    past = log.pages(10)

    async def after_some_turns(turns: int) -> list[int]:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await positions(past, 0, 10)

    # from before the first read is begun to long after it is over, among them the turn in which it ends
    found = await asyncio.gather(*(after_some_turns(turns) for turns in (*range(20), *range(20))))
    assert found == [[1, 2, 3, 4, 5]] * 40


async def test_what_is_written_later_is_found_after_the_end_was_read() -> None:
    log = Asked()
    await log.append(rings("a", 0, 5, pool="north"))
    past = log.pages(3, kept=1)
    assert await positions(past, 0, 100) == [1, 2, 3, 4, 5]
    assert await positions(past, 5, 100) == []
    await log.append(rings("a", 5, 2, pool="north"))
    assert await positions(past, 4, 100) == [5, 6, 7]
    assert await positions(past, 0, 2) == [1, 2]
    assert await positions(log.pages(3, "south"), 0, 100) == []


async def test_an_event_that_cannot_be_read_is_told_to_who_comes_to_it_and_to_nobody_before() -> None:
    log = Asked()
    await log.append(rings("a", 0, 8, pool="north"))
    rows = await log.rows(0, 8)
    damaged = Asked()
    await damaged.restore([*rows[:4], rows[4]._replace(state=b"{}"), *rows[5:]], [], OnceRow("marker", 0))
    past = damaged.pages(6)
    assert await positions(past, 0, 3) == [1, 2, 3]
    events, fault = await past.after(0, 6)
    assert [event.position for event in events] == [1, 2, 3, 4]
    assert isinstance(fault, UnreadableEvent)
    with pytest.raises(UnreadableEvent, match="position 5"):
        raise fault
