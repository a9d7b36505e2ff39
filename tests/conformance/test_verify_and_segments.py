"""Verify finds whatever was done to a log behind its back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from domain.ports import Change
from infra.log.memory import MemoryLog
from infra.log.rows import OnceRow, Segment, StoredRow
from infra.log.segments import Sealer
from infra.log.verify import verify
from tests.conformance.events import rings, wrote


async def filled(log) -> None:
    for n in range(5):
        await log.append(rings("a", n * 5, 5), Change(f"w{n}", 0, [wrote("c", "hello")]), once=f"key-{n}")


async def test_an_untouched_log_is_sound_and_fully_counted(log):
    await filled(log)
    assert await Sealer(log, size=7).seal() == 4
    report = await verify(log, log.mapper)
    assert report.faults == []
    assert (report.events, report.streams, report.segments, report.once_keys) == (30, 6, 4, 5)


async def test_sealing_again_seals_only_what_is_new_and_chains_on(log):
    await filled(log)
    await Sealer(log, size=10).seal()
    assert await Sealer(log, size=10).seal() == 0
    await log.append(rings("b", 0, 10))
    assert await Sealer(log, size=10).seal() == 1
    segments = await log.segments(0, 10)
    assert [segment.number for segment in segments] == [1, 2, 3, 4]
    assert (await verify(log, log.mapper)).sound


async def test_the_same_rows_have_the_same_digests_in_every_backend(make_log, keyring, clock):
    first = MemoryLog(keyring, clock)
    await filled(first)
    rows = await first.rows(0, 100)
    digests = set()
    for backend in ("memory", "sqlite", "postgres"):
        copy = await make_log(backend)
        await copy.restore(rows, [], OnceRow("marker", 0))
        await Sealer(copy, size=30).seal()
        digests.add((await copy.segments(0, 1))[0].digest)
    assert len(digests) == 1


async def test_a_segment_stored_twice_is_stored_once(log):
    await filled(log)
    await Sealer(log, size=30).seal()
    (segment,) = await log.segments(0, 10)
    await log.add_segment(segment)
    assert list(await log.segments(0, 10)) == [segment]


def altered_state(row: StoredRow) -> StoredRow:
    document = json.loads(row.state)
    document["meta"]["actor"] = "nobody"
    return row._replace(state=json.dumps(document, separators=(",", ":")).encode())


TAMPERINGS = {
    "altered in a sealed segment": (lambda rows: [*rows[:3], altered_state(rows[3]), *rows[4:]], "digest differs"),
    "removed from a sealed segment": (lambda rows: [*rows[:3], *rows[4:]], "digest differs"),
    "cut off at the end": (lambda rows: rows[:25], "events are missing"),
    "a version left out": (lambda rows: [*rows[:28], rows[28]._replace(version=99), rows[29]], "version 99 follows"),
    "a pool changed": (lambda rows: [*rows[:28], rows[28]._replace(pool="south"), rows[29]], "pool 'south'"),
    "a time before its predecessor": (
        lambda rows: [*rows[:29], rows[29]._replace(recorded_at=rows[29].recorded_at - timedelta(seconds=1))],
        "before its predecessor",
    ),
    "a type nobody knows": (lambda rows: [*rows[:29], rows[29]._replace(wire="x.y.v1")], "does not know the type"),
    "bytes damaged": (lambda rows: [*rows[:29], rows[29]._replace(state=rows[29].state[:-9])], "position 30"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_verify_tells_what_was_done_and_where(name, make_log, backend, keyring, clock):
    original = MemoryLog(keyring, clock)
    await filled(original)
    await Sealer(original, size=14).seal()
    tamper, told = TAMPERINGS[name]

    copy = await make_log(backend)
    await copy.restore(tamper(list(await original.rows(0, 100))), [], OnceRow("marker", 0))
    for segment in await original.segments(0, 10):
        await copy.add_segment(segment)

    report = await verify(copy, copy.mapper)
    assert not report.sound
    assert any(told in fault.text for fault in report.faults), report.faults
    assert report.fault_count <= 2


async def test_a_sealed_field_moved_to_another_event_is_told(log):
    await log.append(Change("a", 0, [wrote("c", "one")]))
    (row,) = await log.rows(0, 1)
    state = row.state.replace(b'"id":"event', b'"id":"other')
    moved = row._replace(position=2, stream="b", state=state)
    await log.restore([moved], [], OnceRow("marker", 0))
    report = await verify(log, log.mapper)
    assert [(fault.position, fault.text) for fault in report.faults] == [(2, "field text was sealed for another event")]


async def test_a_missing_segment_is_told(make_log, backend):
    log = await make_log(backend)
    await filled(log)
    await Sealer(log, size=10).seal()
    copy = await make_log(backend)
    await copy.restore(await log.rows(0, 100), [], OnceRow("marker", 0))
    first, second, third = await log.segments(0, 10)
    for segment in (first, third):
        await copy.add_segment(segment)
    faults = (await verify(copy, copy.mapper)).faults
    assert any("segment 2 is missing" in fault.text for fault in faults)
    assert isinstance(second, Segment)


async def test_a_once_key_that_points_beyond_the_end_is_told(log):
    await log.append(rings("a", 0))
    await log.restore([], [OnceRow("k", 99)], OnceRow("marker", 0))
    (fault,) = (await verify(log, log.mapper)).faults
    assert "beyond the head" in fault.text
