"""Concurrent appends share transactions, and each of them ends as if it had been alone."""

from __future__ import annotations

import asyncio

from domain.ports import Appended, Change, VersionConflict
from tests.conformance.events import rings


async def test_of_many_racing_for_one_stream_exactly_one_wins_each_version(log):
    async def raise_one() -> int:
        lost = 0
        while True:
            stand = len(await log.read_stream("counter"))
            try:
                await log.append(rings("counter", stand))
            except VersionConflict:
                lost += 1
            else:
                return lost

    await asyncio.gather(*(raise_one() for _ in range(20)))
    assert [r.version for r in await log.read_stream("counter")] == list(range(1, 21))


async def test_a_conflict_fails_its_own_append_alone(log):
    await log.append(rings("taken", 0))
    results = await asyncio.gather(
        *(log.append(rings(f"free-{n}", 0)) for n in range(10)),
        log.append(rings("taken", 0)),
        log.append(rings("free-x", 0), rings("taken", 5)),
        *(log.append(rings(f"late-{n}", 0)) for n in range(10)),
        return_exceptions=True,
    )
    failed = [result for result in results if isinstance(result, Exception)]
    assert [type(fault) for fault in failed] == [VersionConflict, VersionConflict]
    assert {fault.stream for fault in failed} == {"taken"}
    assert list(await log.read_stream("free-x")) == []
    assert len(await log.read()) == 21


async def test_appends_to_one_stream_that_follow_one_another_all_succeed_in_one_go(log):
    results = await asyncio.gather(*(log.append(rings("a", n)) for n in range(50)))
    assert [dict(result.versions) for result in results] == [{"a": n} for n in range(1, 51)]
    positions = [result.position for result in results]
    assert positions == sorted(positions)
    assert [r.event.number for r in await log.read_stream("a")] == list(range(1, 51))


async def test_what_was_built_on_a_failed_append_fails_with_it(log):
    await log.append(rings("a", 0, 3))
    results = await asyncio.gather(
        log.append(rings("a", 0)), log.append(rings("a", 1)), log.append(rings("a", 3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [VersionConflict, VersionConflict, Appended]
    assert [r.version for r in await log.read_stream("a")] == [1, 2, 3, 4]


async def test_of_two_with_the_same_once_key_one_writes_and_both_get_its_result(log):
    results = await asyncio.gather(*(log.append(rings("a", 0, 2), once="k") for _ in range(8)))
    assert sorted(result.replayed for result in results) == [False] + [True] * 7
    assert {result.position for result in results} == {results[0].position}
    assert len(await log.read()) == 2


async def test_a_replay_fails_nobody_else_and_needs_no_version(log):
    await log.append(rings("a", 0), once="k")
    replay, fresh, conflict = await asyncio.gather(
        log.append(rings("a", 0), once="k"),
        log.append(rings("b", 0), once="l"),
        log.append(rings("a", 0), once="m"),
        return_exceptions=True,
    )
    assert replay.replayed
    assert not fresh.replayed
    assert isinstance(conflict, VersionConflict)


async def test_assertions_and_writes_of_one_stream_are_judged_in_order(log):
    write, held, broken = await asyncio.gather(
        log.append(rings("a", 0)),
        log.append(Change("a", 1, []), rings("b", 0)),
        log.append(Change("a", 0, []), rings("c", 0)),
        return_exceptions=True,
    )
    assert isinstance(write, Appended)
    assert isinstance(held, Appended)
    assert isinstance(broken, VersionConflict)
    assert [r.stream for r in await log.read()] == ["a", "b"]


async def test_a_cancelled_caller_leaves_the_others_and_the_log_whole(log):
    tasks = [asyncio.create_task(log.append(rings(f"s{n}", 0))) for n in range(20)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [result for n, result in enumerate(results) if n != 3 and isinstance(result, BaseException)]
    await log.append(rings("after", 0))
    stored = {r.stream for r in await log.read()}
    assert stored >= {f"s{n}" for n in range(20) if n != 3} | {"after"}


async def test_an_append_is_stored_as_a_whole_even_when_it_is_larger_than_a_batch(log):
    appended = await log.append(*(rings(f"s{n}", 0, 60) for n in range(100)))
    assert appended.position == await log.head()
    assert len(await log.read(limit=10_000)) == 6000
