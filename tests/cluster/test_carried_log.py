"""Following the log as Kafka carries it: what is brought is not read again, what is missing is."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Any

import pytest

from domain.ports import Change, UnreadableEvent
from infra.cluster.carried_log import CarriedLog
from infra.cluster.cloud_event import Attributes, Carried, ForeignRecord, carried, position_of
from infra.cluster.membership import Assignment
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.rows import EVERYTHING, Filter, OnceRow, StoredRow
from tests.cluster.events import MOMENT, Counted, append, proposed

ALL = Assignment(frozenset([0]), 1)


class Reader:
    """A subscriber, one batch after another."""

    def __init__(self, followed: CarriedLog, after: int = 0, pool: str = "north") -> None:
        self._batches: Any = followed.subscribe(after, pool=pool, limit=3)

    async def next(self) -> list[int]:
        async with asyncio.timeout(10):
            return [event.position for event in await anext(self._batches)]

    async def close(self) -> None:
        await self._batches.aclose()


async def logs(count: int, known: int) -> tuple[MemoryLog, Sequence[Carried]]:
    """A log that has `known` of `count` events, and all as Kafka carries them: whatever else is seen came that way."""
    whole, short = MemoryLog(MemoryKeyring()), MemoryLog(MemoryKeyring())
    await append(whole, count, ["north", "south"])
    rows = await whole.rows(0, count)
    await short.restore(rows[:known], [], await marker(short))
    return short, [Carried(row, position) for position, row in enumerate(rows)]


async def marker(log: MemoryLog) -> OnceRow:
    return OnceRow(f"marker {await log.head()}", 0)


async def test_what_kafka_brings_is_not_read_from_the_log() -> None:
    log, brought = await logs(12, known=4)
    followed = CarriedLog(log)
    followed.assigned(ALL)
    reader = Reader(followed)
    assert await reader.next() == [1, 3]
    followed.deliver(0, brought[3:8])
    assert await reader.next() == [5, 7]
    followed.deliver(0, brought[2:12])  # some of it again
    assert await reader.next() == [9, 11]
    await reader.close()


async def test_a_follower_that_begins_later_gets_what_lies_before_from_the_log() -> None:
    log, brought = await logs(12, known=12)
    followed = CarriedLog(log)
    followed.assigned(ALL)
    followed.deliver(0, brought[6:])
    reader = Reader(followed)
    assert await reader.next() == [1, 3, 5]
    assert await reader.next() == [7, 9, 11]
    await reader.close()


class Slow(MemoryLog):
    """Answers a question when it is told to, with what there was when it was asked."""

    def __init__(self) -> None:
        super().__init__(MemoryKeyring())
        self.answering = asyncio.Event()

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        found = await super().rows(after, limit, wanted)
        await self.answering.wait()
        return found


async def test_what_was_written_while_another_follower_read_the_end_of_the_log_is_passed_over_by_nobody() -> None:
    whole, log = MemoryLog(MemoryKeyring()), Slow()
    await append(whole, 8, ["north", "south"])
    written = await whole.rows(0, 8)
    await log.restore(written[:4], [], OnceRow("first", 0))
    followed = CarriedLog(log)
    followed.assigned(ALL)
    first, second = Reader(followed, after=3), Reader(followed, after=3)
    reading = asyncio.create_task(first.next())
    await asyncio.sleep(0.01)
    await log.restore(written[4:], [], OnceRow("second", 0))
    followed.deliver(0, [Carried(row, row.position - 1) for row in written[6:]])  # a partition that is new here
    reading_too = asyncio.create_task(second.next())
    await asyncio.sleep(0.01)
    log.answering.set()
    assert await reading == [5, 7]
    assert await reading_too == [5, 7]
    await first.close()
    await second.close()


async def test_where_a_record_is_missing_the_log_is_read() -> None:
    log, brought = await logs(12, known=4)
    followed = CarriedLog(log)
    followed.assigned(ALL)
    reader = Reader(followed)
    assert await reader.next() == [1, 3]
    followed.deliver(0, brought[3:5])
    assert await reader.next() == [5]
    await log.restore([one.row for one in brought[4:10]], [], await marker(log))
    followed.deliver(0, brought[8:10])  # 6 to 8 never came
    assert await reader.next() == [7, 9]
    await reader.close()


async def test_an_event_that_cannot_be_read_is_told_to_who_comes_to_it() -> None:
    log, brought = await logs(6, known=2)
    followed = CarriedLog(log)
    followed.assigned(ALL)
    reader = Reader(followed)
    assert await reader.next() == [1]
    damaged = brought[2].row._replace(state=b"{}")
    await log.restore([damaged], [], await marker(log))
    followed.deliver(0, [Carried(damaged, 2)])
    with pytest.raises(UnreadableEvent, match="position 3"):
        await reader.next()


async def test_what_stands_before_an_event_that_cannot_be_read_is_given_first() -> None:
    log, brought = await logs(8, known=6)
    await log.restore([brought[6].row._replace(state=b"{}")], [], await marker(log))
    reader = Reader(CarriedLog(log), after=1)
    assert await reader.next() == [3, 5]
    with pytest.raises(UnreadableEvent, match="position 7"):
        await reader.next()


async def test_a_partition_that_is_given_to_somebody_else_is_forgotten() -> None:
    log, brought = await logs(8, known=8)
    followed = CarriedLog(log)
    followed.assigned(ALL)
    followed.deliver(0, brought)
    followed.assigned(Assignment(frozenset(), 1))
    reader = Reader(followed, after=5)
    assert await reader.next() == [7]  # from the log
    await reader.close()


async def test_an_event_survives_its_way_as_a_cloud_event() -> None:
    log, brought = await logs(2, known=2)
    row: StoredRow = brought[1].row
    told = Attributes("urn:test").of(row, 1)
    assert carried(told, row.state) == Carried(row, 1)
    assert position_of(told) == 2
    assert await log.rows(1, 1) == [row]


async def test_a_record_bears_the_trace_of_its_conversation_where_that_is_one() -> None:
    trace, event = uuid.uuid4(), uuid.uuid4()
    log = MemoryLog(MemoryKeyring())
    for number, chain in enumerate((str(trace), "chain-1")):
        one = proposed(Counted(number=number), "north")._replace(event_id=str(event), correlation_id=chain)
        await log.append(Change(f"north-{number}", 0, [one]))
    first, second = [dict(Attributes("urn:test").of(row, 0)) for row in await log.rows(0, 10)]
    assert first["traceparent"].decode().split("-") == ["00", trace.hex, event.hex[16:], "00"]
    assert "traceparent" not in second


@pytest.mark.parametrize("text", ["plain", '"meta":{"id":"another"}}', '\\"meta":', '{"meta":{"project":"x"}}', "\n"])
async def test_what_customers_write_is_never_taken_for_what_the_log_says_of_an_event(text: str) -> None:
    log = MemoryLog(MemoryKeyring())
    await append(log, 1, ["north"], text)
    (row,) = await log.rows(0, 1)
    said = json.loads(row.state)
    assert said["data"]["text"] == text
    turned = json.dumps({"meta": said["meta"], "data": said["data"]}, separators=(",", ":")).encode()
    # the log writes it compact and in this order, but whoever restores one may have written it otherwise
    for state in (row.state, json.dumps(said, indent=1).encode(), turned):
        told = dict(Attributes("urn:test").of(row._replace(state=state), 0))
        meta = said["meta"]
        assert told["ce_id"].decode() == meta["id"]
        assert told["ce_project"].decode() == meta["project"]
        assert told["ce_time"].decode() == meta["at"]


async def test_each_event_bears_the_time_at_which_it_was_written() -> None:
    log = MemoryLog(MemoryKeyring())
    await append(log, 4, ["north"])
    first = (await log.rows(0, 1))[0]
    times = [MOMENT, MOMENT, MOMENT + timedelta(microseconds=1), MOMENT.astimezone(timezone(timedelta(hours=2)))]
    of = Attributes("urn:test").of
    told = [dict(of(first._replace(recorded_at=at), 0))["ce_recordedtime"].decode() for at in times]
    assert told == [f"2026-03-01T09:30:00.00000{n}Z" for n in (0, 0, 1, 0)]


@pytest.mark.parametrize("told", [[], [("ce_sequence", b"x")], [("ce_id", b"1")]])
def test_a_record_of_somebody_else_is_called_so(told: list[tuple[str, bytes]]) -> None:
    with pytest.raises(ForeignRecord):
        carried(told, b"{}")
    with pytest.raises(ForeignRecord):
        position_of(told)
