"""Reads the whole log again and tells everything that is not as it must be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from infra.log.mapper import EventMapper
from infra.log.opening import moved_tokens
from infra.log.rows import RowStore, Segment, StoredRow
from infra.log.segments import SegmentHash

BATCH_ROWS = 1_000
MAX_FAULTS = 1_000
#: Called with the number of events checked so far and the last position there will be.
Progress = Callable[[int, int], None]


class Fault(NamedTuple):
    """One thing that is wrong, and where."""

    position: int
    stream: str
    text: str


@dataclass(slots=True)
class Report:
    """What was read and what was found. `faults` stops growing at `MAX_FAULTS`; `fault_count` does not."""

    events: int = 0
    streams: int = 0
    segments: int = 0
    once_keys: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list[Fault])

    @property
    def sound(self) -> bool:
        return not self.fault_count

    def add(self, position: int, stream: str, text: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(position, stream, text))


async def verify(store: RowStore, mapper: EventMapper, progress: Progress | None = None) -> Report:
    """Checks order, versions, times, pools, schemas, seals and segment digests of everything up to now.

    Needs memory for one entry per stream. Raises `LogUnavailable` when the log cannot be read.
    """
    report = Report()
    head = await store.head()
    order, segments = _Order(report), _Segments(report, store)
    after = 0
    while rows := [row for row in await store.rows(after, BATCH_ROWS) if row.position <= head]:
        for row in rows:
            order.check(row)
            await segments.check(row)
        _check_events(report, mapper, rows)
        report.events += len(rows)
        after = rows[-1].position
        if progress is not None:
            progress(report.events, head)
    report.streams = len(order.ends)
    await segments.finish()
    await _check_once(report, store, head)
    return report


class _Order:
    """Positions rise, versions follow one another, time never goes back, a stream keeps its pool."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._position = 0
        self._recorded_at: datetime | None = None
        self.ends: dict[str, tuple[int, str]] = {}

    def check(self, row: StoredRow) -> None:
        say = self._report.add
        if row.position <= self._position:
            say(row.position, row.stream, f"position does not follow {self._position}")
        if self._recorded_at is not None and row.recorded_at < self._recorded_at:
            say(row.position, row.stream, f"recorded at {row.recorded_at}, before its predecessor {self._recorded_at}")
        version, pool = self.ends.get(row.stream, (0, row.pool))
        if row.version != version + 1:
            say(row.position, row.stream, f"version {row.version} follows version {version}")
        if row.pool != pool:
            say(row.position, row.stream, f"pool {row.pool!r}, but the stream belongs to {pool!r}")
        self._position, self._recorded_at = row.position, row.recorded_at
        self.ends[row.stream] = (row.version, pool)


def _check_events(report: Report, mapper: EventMapper, rows: Sequence[StoredRow]) -> None:
    """Every event decodes and matches its schema, and every sealed field is at home."""
    start = 0
    while start < len(rows):
        events, fault = mapper.decode_until_fault(rows[start:])
        for recorded in events:
            for name in moved_tokens(recorded):
                report.add(recorded.position, recorded.stream, f"field {name} was sealed for another event")
        start += len(events)
        if fault is not None:
            report.add(rows[start].position, rows[start].stream, str(fault))
            start += 1


class _Segments:
    """Digests computed again beside the reading."""

    def __init__(self, report: Report, store: RowStore) -> None:
        self._report, self._store = report, store
        self._segment: Segment | None = None
        self._hash = SegmentHash("")
        self._count, self._before, self._ended = 0, "", False

    async def check(self, row: StoredRow) -> None:
        await self._load()
        segment = self._segment
        if segment is None:
            return
        if row.position <= segment.last_position:
            self._hash.add(row)
            self._count += 1
        if row.position >= segment.last_position:
            self._close(segment)
            if row.position > segment.last_position:
                await self.check(row)

    async def finish(self) -> None:
        await self._load()
        if self._segment is not None:
            last = self._segment.last_position
            self._report.add(last, "", f"segment {self._segment.number} was sealed up to here, the events are missing")

    async def _load(self) -> None:
        if self._segment is None and not self._ended:
            found = await self._store.segments(self._report.segments, 1)
            self._segment = found[0] if found else None
            self._ended = not found
            self._hash, self._count = SegmentHash(self._before), 0

    def _close(self, segment: Segment) -> None:
        if segment.number != self._report.segments + 1:
            self._report.add(segment.first_position, "", f"segment {self._report.segments + 1} is missing")
        if self._count != segment.events or self._hash.digest() != segment.digest:
            where = f"segment {segment.number} (positions {segment.first_position} to {segment.last_position})"
            self._report.add(segment.first_position, "", f"{where} is not what was sealed: its digest differs")
        self._report.segments = segment.number
        # Judge the next one against what was stored, else one fault would be told of every later segment.
        self._before, self._segment = segment.digest, None


async def _check_once(report: Report, store: RowStore, head: int) -> None:
    key = ""
    while rows := await store.once_rows(key, BATCH_ROWS):
        for row in rows:
            if row.position > await store.head():
                report.add(row.position, "", f"once key {row.key[:40]!r} points beyond the head {head}")
        report.once_keys += len(rows)
        key = rows[-1].key
