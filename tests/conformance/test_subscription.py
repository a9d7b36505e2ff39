"""A subscriber gets every event once, in order, as it is committed."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from domain.ports import LogUnavailable, UnreadableEvent
from infra.log.rest import Rest
from infra.log.rows import OnceRow, StoredRow
from tests.conformance.events import MOMENT, rings


async def take(log, count: int, **options) -> list:
    taken: list = []
    async with aclosing(log.subscribe(**options)) as batches, asyncio.timeout(30):
        async for batch in batches:
            taken.extend(batch)
            if len(taken) >= count:
                break
    return taken


async def test_a_subscriber_gets_what_was_there_and_what_comes(log):
    await log.append(rings("a", 0, 3))
    taking = asyncio.create_task(take(log, 6))
    await asyncio.sleep(0)
    await log.append(rings("b", 0))
    await log.append(rings("a", 3, 2))
    taken = await taking
    assert [(r.stream, r.version) for r in taken] == [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("a", 4), ("a", 5)]


async def test_a_subscriber_starts_after_the_position_it_names(log):
    await log.append(rings("a", 0, 5))
    positions = [r.position for r in await log.read()]
    assert [r.version for r in await take(log, 2, after=positions[2])] == [4, 5]


async def test_batches_are_never_empty_and_never_larger_than_asked(log):
    await log.append(rings("a", 0, 25))
    sizes = []
    async with aclosing(log.subscribe(limit=10)) as batches, asyncio.timeout(30):
        async for batch in batches:
            sizes.append(len(batch))
            if sum(sizes) == 25:
                break
    assert sizes == [10, 10, 5]


async def test_a_subscriber_of_a_pool_gets_that_pool_alone(log):
    taking = asyncio.create_task(take(log, 3, pool="south"))
    await asyncio.sleep(0)
    for n in range(3):
        await log.append(rings(f"n{n}", 0, pool="north"), rings(f"s{n}", 0, pool="south"))
    assert [r.stream for r in await taking] == ["s0", "s1", "s2"]


@pytest.mark.parametrize("rest", [0.0, 0.02])
async def test_many_subscribers_under_concurrent_appends_all_see_the_same_order(log, rest):
    """Those who rest between two looks at the log too."""
    log.rest = Rest(rest)
    subscribers = [asyncio.create_task(take(log, 400, limit=7 * (n + 1))) for n in range(4)]

    async def client(number: int) -> None:
        for n in range(20):
            await log.append(rings(f"c{number}", n))

    await asyncio.gather(*(client(number) for number in range(20)))
    seen = [[r.position for r in await subscriber] for subscriber in subscribers]
    assert seen[0] == sorted(set(seen[0]))
    assert len(seen[0]) == 400
    assert all(positions == seen[0] for positions in seen)


async def test_a_subscriber_that_falls_behind_what_others_have_read_misses_nothing(log):
    """Followers share the newest events; who is slower than those last reads the log by itself, then shares again."""
    await log.append(rings("first", 0))
    taken: list[int] = []
    async with aclosing(log.subscribe(limit=500)) as slow, asyncio.timeout(60):
        taken += [one.position for one in await anext(slow)]
        keeping_up = asyncio.create_task(take(log, 5_002, limit=500))
        for n in range(10):
            await log.append(rings(f"s{n}", 0, 500))
            await asyncio.sleep(0)
        await log.append(rings("last", 0))
        whole = [one.position for one in await keeping_up]
        while len(taken) < 5_002:
            taken += [one.position for one in await anext(slow)]
    assert taken == whole == [one.position for one in await log.read(0, 10_000)]


async def test_a_subscriber_from_the_past_and_one_from_the_end_meet(log):
    await log.append(rings("a", 0, 30))
    end = await log.head()
    from_the_end = asyncio.create_task(take(log, 1, after=end))
    await asyncio.sleep(0.05)
    from_the_past = asyncio.create_task(take(log, 31, limit=4))
    await asyncio.sleep(0.05)
    await log.append(rings("b", 0))
    assert [one.stream for one in await from_the_end] == ["b"]
    assert [one.stream for one in await from_the_past] == ["a"] * 30 + ["b"]


async def test_closing_a_subscription_that_waits_releases_it(log):
    batches = log.subscribe()
    waiting = asyncio.create_task(anext(batches))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await batches.aclose()
    await log.append(rings("a", 0))
    assert len(await take(log, 1)) == 1


async def test_closing_the_log_ends_the_subscriptions_that_wait(log):
    batches = log.subscribe()
    waiting = asyncio.create_task(anext(batches))
    await asyncio.sleep(0.05)
    await log.close()
    with pytest.raises(LogUnavailable, match="closed"):
        async with asyncio.timeout(10):
            await waiting


async def test_a_subscriber_gets_all_that_stands_before_an_unreadable_event_and_then_learns_of_it(log):
    rows = [
        StoredRow(1, "a", 1, "conformance.rang.v1", _state(b'{"number":1}'), "north", MOMENT),
        StoredRow(2, "a", 2, "conformance.from_the_future.v1", _state(b"{}"), "north", MOMENT),
    ]
    await log.restore(rows, [], OnceRow("marker", 0))
    async with aclosing(log.subscribe()) as batches, asyncio.timeout(30):
        assert [r.version for r in await anext(batches)] == [1]
        with pytest.raises(UnreadableEvent, match="position 2"):
            await anext(batches)


def _state(data: bytes) -> bytes:
    meta = b'{"id":"e","project":"p","actor":"a","at":"2026-01-01T00:00:00Z","cause":"c","chain":"d"}'
    return b'{"data":%b,"meta":%b}' % (data, meta)
