"""What every log promises about appending and reading."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from domain.personal import Erased, Sealed
from domain.ports import Change, KeyDestroyed, VersionConflict
from infra.log.mapper import EventTooLarge
from infra.log.postgres import PostgresLog
from infra.log.rows import WrongPool
from tests.conformance.events import MOMENT, Rang, Wrote, proposed, rings, wrote


async def test_an_event_comes_back_as_it_was_proposed_with_what_the_log_assigns(log, clock):
    proposal = proposed(Rang(number=7, queue='Zażółć « 漢 » " \\ \u2028'), pool="south")
    appended = await log.append(Change("interaction-1", 0, [proposal]))

    (recorded,) = await log.read()
    assert recorded.event == proposal.event
    assert (recorded.position, recorded.stream, recorded.version) == (appended.position, "interaction-1", 1)
    assert recorded[4:9] == (proposal.event_id, "acme", "south", "agent:anna", MOMENT)
    assert (recorded.causation_id, recorded.correlation_id) == ("command-1", "conversation-1")
    assert recorded.recorded_at == clock.now


async def test_an_empty_log_has_head_zero_and_nothing_to_read(log):
    assert await log.head() == 0
    assert list(await log.read()) == []
    assert list(await log.read_stream("nobody")) == []


async def test_a_log_names_the_pools_that_have_events(log):
    assert list(await log.pools()) == []
    for number, pool in enumerate(("south", "north", "Östlich", "north")):
        await log.append(Change(f"s-{number}", 0, [proposed(Rang(number=1), pool=pool)]))
    assert list(await log.pools()) == ["north", "south", "Östlich"]


async def test_an_append_says_where_each_stream_stands_and_its_last_position(log):
    appended = await log.append(rings("a", 0, 3), rings("b", 0, 2))
    assert dict(appended.versions) == {"a": 3, "b": 2}
    assert appended.position == await log.head()
    assert not appended.replayed


async def test_a_stream_at_another_version_is_a_conflict_that_names_it_and_writes_nothing(log):
    await log.append(rings("a", 0, 2))
    with pytest.raises(VersionConflict) as conflict:
        await log.append(rings("b", 0), rings("a", 1))
    assert (conflict.value.stream, conflict.value.expected, conflict.value.actual) == ("a", 1, 2)
    assert list(await log.read_stream("b")) == []
    assert len(await log.read()) == 2


async def test_a_version_beyond_the_end_of_the_stream_is_a_conflict_too(log):
    with pytest.raises(VersionConflict) as conflict:
        await log.append(rings("a", 4))
    assert (conflict.value.expected, conflict.value.actual) == (4, 0)


async def test_a_change_without_events_asserts_the_version_it_read(log):
    await log.append(rings("policy", 0, 2))
    appended = await log.append(Change("policy", 2, []), rings("interaction-1", 0))
    assert dict(appended.versions) == {"policy": 2, "interaction-1": 1}
    with pytest.raises(VersionConflict) as conflict:
        await log.append(Change("policy", 1, []), rings("interaction-2", 0))
    assert conflict.value.stream == "policy"
    assert list(await log.read_stream("interaction-2")) == []


async def test_an_append_of_nothing_at_all_says_where_the_log_stands(log):
    await log.append(rings("a", 0, 2))
    assert (await log.append()).position == await log.head()


async def test_a_repeated_once_key_returns_the_first_result_and_writes_nothing(log):
    first = await log.append(rings("a", 0, 2), rings("b", 0), once="webhook-1")
    await log.append(rings("a", 2))
    again = await log.append(rings("a", 0, 2), rings("b", 0), once="webhook-1")
    assert again.replayed
    assert (again.position, dict(again.versions)) == (first.position, dict(first.versions))
    assert len(await log.read()) == 4


async def test_a_once_key_is_recalled_after_and_unknown_before_it_was_used(log):
    assert await log.recall("webhook-1") is None
    first = await log.append(rings("a", 0), once="webhook-1")
    recalled = await log.recall("webhook-1")
    assert recalled is not None
    assert recalled.replayed
    assert (recalled.position, dict(recalled.versions)) == (first.position, {"a": 1})


async def test_a_failed_append_does_not_use_up_its_once_key(log):
    with pytest.raises(VersionConflict):
        await log.append(rings("a", 3), once="webhook-1")
    assert not (await log.append(rings("a", 0), once="webhook-1")).replayed


async def test_a_once_key_works_without_any_event(log):
    await log.append(rings("a", 0))
    first = await log.append(Change("a", 1, []), once="looked")
    assert first.position == await log.head()
    assert (await log.append(Change("a", 0, []), once="looked")).replayed


async def test_reading_goes_on_after_a_position_up_to_a_limit(log):
    await log.append(rings("a", 0, 10))
    first = await log.read(limit=4)
    rest = await log.read(first[-1].position, 100)
    assert [r.event.number for r in [*first, *rest]] == list(range(1, 11))


async def test_a_stream_is_read_from_a_version_on(log):
    await log.append(rings("a", 0, 3), rings("b", 0, 3))
    assert [(r.stream, r.version) for r in await log.read_stream("a", 1)] == [("a", 2), ("a", 3)]


async def test_filters_by_pool_streams_and_types_combine(log):
    await log.append(rings("a", 0, 2, pool="north"))
    await log.append(rings("b", 0, 2, pool="south"), Change("c", 0, [wrote("customer-1", "hello")]))
    read = log.read
    assert [r.stream for r in await read(pool="south")] == ["b", "b"]
    assert [r.stream for r in await read(streams=["c", "a", "no such"])] == ["a", "a", "c"]
    assert [r.stream for r in await read(types=["conformance.wrote.v1"])] == ["c"]
    assert [r.version for r in await read(1, pool="north", streams=["a", "b"], types=["conformance.rang.v1"])] == [2]
    assert list(await read(streams=[])) == []
    assert list(await read(types=[])) == []
    assert len(await read(streams=["a", "c"], limit=2)) == 2


async def test_recorded_at_never_decreases_when_the_clock_steps_back(log, clock):
    await log.append(rings("a", 0))
    clock.step(-3600)
    await log.append(rings("a", 1))
    clock.step(7200)
    await log.append(rings("a", 2))
    times = [r.recorded_at for r in await log.read()]
    assert times == sorted(times)
    assert times[1] == times[0] < times[2]


async def test_a_stream_belongs_to_one_pool_for_life(log):
    await log.append(rings("a", 0, pool="north"))
    with pytest.raises(WrongPool, match="belongs to pool 'north'"):
        await log.append(rings("a", 1, pool="south"))
    assert len(await log.read()) == 1


@pytest.mark.parametrize(
    "change",
    [
        Change("", 0, [proposed(Rang(number=1))]),
        Change("a", -1, [proposed(Rang(number=1))]),
        Change("a\x00b", 0, [proposed(Rang(number=1))]),
        Change("a", 0, [proposed(Rang(number=1), pool="p\x00")]),
        Change("a", 0, [proposed(Rang(number=1), pool="north"), proposed(Rang(number=2), pool="south")]),
        Change("a", 0, [proposed(Rang(number=1))._replace(occurred_at=MOMENT.replace(tzinfo=None))]),
        Change("a", 0, [proposed(Rang(number=1, queue="\ud800"))]),
    ],
    ids=["no stream", "negative version", "null in stream", "null in pool", "two pools", "no time zone", "surrogate"],
)
async def test_a_faulty_change_is_refused_while_others_beside_it_are_stored(log, change):
    results = await asyncio.gather(log.append(change), log.append(rings("good", 0)), return_exceptions=True)
    assert isinstance(results[0], ValueError)
    assert [r.stream for r in await log.read()] == ["good"]


async def test_a_null_character_inside_an_events_text_is_kept(log):
    await log.append(Change("a", 0, [proposed(Rang(number=1, queue="a\x00b"))]))
    assert (await log.read())[0].event.queue == "a\x00b"


async def test_one_stream_in_two_changes_of_one_append_is_refused(log):
    with pytest.raises(ValueError, match="two changes"):
        await log.append(rings("a", 0), rings("a", 1))


async def test_an_event_too_large_for_the_log_is_refused_and_points_to_the_blobs(log):
    with pytest.raises(EventTooLarge, match="blobs"):
        await log.append(Change("a", 0, [proposed(Rang(number=1, queue="x" * 5_000_000))]))


async def test_a_limit_out_of_bounds_is_refused(log):
    for limit in (0, 10**9):
        with pytest.raises(ValueError, match="limit"):
            await log.read(limit=limit)


async def test_personal_fields_come_back_sealed_and_their_text_is_nowhere_in_the_stored_bytes(log):
    await log.append(Change("a", 0, [wrote("customer-1", "my secret", words=2)]))
    (recorded,) = await log.read()
    assert isinstance(recorded.event.text, Sealed)
    assert recorded.event.signature is None
    assert recorded.event.words == 2
    (row,) = await log.rows(0, 10)
    assert b"secret" not in row.state


async def test_nothing_is_stored_for_an_erased_customer(log, keyring):
    await log.append(Change("a", 0, [wrote("customer-1", "hello")]))
    keyring.destroy(["customer-1"])
    with pytest.raises(KeyDestroyed):
        await log.append(Change("a", 1, [wrote("customer-1", "again")]))
    assert len(await log.read()) == 1


async def test_an_erased_field_that_is_passed_on_stays_erased(log):
    await log.append(Change("a", 0, [proposed(Wrote(customer_id="customer-1", text=Erased()))]))
    assert (await log.read())[0].event.text == Erased()


async def test_a_closed_log_refuses_appends(log):
    await log.append(rings("a", 0))
    await log.close()
    with pytest.raises(Exception, match="closed"):
        await log.append(rings("a", 1))


async def test_who_asks_for_rare_types_is_not_shown_everything_since(postgres, keyring):
    """Configurations and erasures are asked for all the time: what that costs must not grow with the log."""
    log = await PostgresLog.open(postgres, keyring)
    await log.append(Change("c", 0, [wrote("customer-1", "hello")]))
    for start in range(0, 5_000, 500):
        await log.append(*(rings(f"s{n}", 0, 1) for n in range(start, start + 500)))
    async with await psycopg.AsyncConnection.connect(postgres, autocommit=True) as operator:
        await operator.execute("ANALYZE stored_events")
        for pool in (None, "north"):
            for _ in range(20):
                found = await log.read(1, 200, pool=pool, types=["conformance.wrote.v1", "conformance.rated.v3"])
                assert list(found) == []
        await log.close()
        fetched = "SELECT idx_tup_fetch + seq_tup_read, idx_scan FROM pg_stat_user_tables WHERE relname = %s"
        async with asyncio.timeout(20):
            while True:  # what a connection has done is told some time after it has ended
                rows, scans = await (await operator.execute(fetched, ["stored_events"])).fetchone()
                if scans >= 80:
                    break
                await asyncio.sleep(0.1)
        assert rows < 5_000
