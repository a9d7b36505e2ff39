"""The log in memory: for simulation, tests and a centre that need not outlive its process."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from domain.ports import Appended, Clock, Keyring
from infra.clock import system_clock
from infra.log.evaluate import StreamEnd, evaluate
from infra.log.rows import EVERYTHING, Batchable, Filter, NewRow, OnceRow, Segment, StoredRow, follows
from infra.log.stored import StoredLog

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class MemoryLog(StoredLog):
    """`domain.ports.Log` in memory, with the same stored bytes as the others."""

    def __init__(self, keyring: Keyring, clock: Clock = system_clock) -> None:
        super().__init__(keyring)
        self._clock = clock
        self._rows: list[StoredRow] = []
        self._streams: dict[str, list[StoredRow]] = {}
        self._pools: dict[str, list[StoredRow]] = {}
        self._once: dict[str, OnceRow] = {}
        self._segments: list[Segment] = []

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        rows = self._candidates(wanted)
        start = bisect_right(rows, after, key=lambda row: row.position)
        if wanted.streams is None and wanted.wires is None:
            return rows[start : start + limit]
        found: list[StoredRow] = []
        for index in range(start, len(rows)):
            if wanted.wants(rows[index]):
                found.append(rows[index])
                if len(found) == limit:
                    break
        return found

    def _candidates(self, wanted: Filter) -> list[StoredRow]:
        if wanted.streams is not None:
            return sorted(row for stream in set(wanted.streams) for row in self._streams.get(stream, ()))
        if wanted.pool is not None:
            return self._pools.get(wanted.pool, [])
        return self._rows

    async def stream_rows(self, stream: str, after_version: int) -> Sequence[StoredRow]:
        rows = self._streams.get(stream, [])
        return rows[bisect_right(rows, after_version, key=lambda row: row.version) :]

    async def once_row(self, key: str) -> OnceRow | None:
        return self._once.get(key)

    async def head(self) -> int:
        return self._rows[-1].position if self._rows else 0

    async def pools(self) -> Sequence[str]:
        return sorted(self._pools)

    async def restore(self, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow) -> bool:
        if marker.key in self._once:
            return False
        follows(rows, await self.head())
        for row in rows:
            self._keep(row)
        self._once.update((entry.key, entry) for entry in (*once, marker))
        self._news.poke()
        return True

    async def once_rows(self, after_key: str, limit: int) -> Sequence[OnceRow]:
        keys = sorted(self._once, key=str.encode)
        start = bisect_right(keys, after_key.encode(), key=str.encode)
        return [self._once[key] for key in keys[start : start + limit]]

    async def segments(self, after: int, limit: int) -> Sequence[Segment]:
        start = bisect_left(self._segments, after + 1, key=lambda segment: segment.number)
        return self._segments[start : start + limit]

    async def last_segment(self) -> Segment | None:
        return self._segments[-1] if self._segments else None

    async def add_segment(self, segment: Segment) -> None:
        if not self._segments or self._segments[-1].number < segment.number:
            self._segments.append(segment)

    async def _submit(self, batchable: Batchable) -> Appended:
        """At once: there is no disk to wait for, so nothing to gather a batch for, and no task to leave behind."""
        head = self._rows[-1].position if self._rows else 0
        accepted = evaluate([batchable], head, self._end, self._once.get)
        now = max(self._clock(), self._rows[-1].recorded_at if self._rows else _BEGINNING)
        for position, row in enumerate(accepted.rows, head + 1):
            self._keep(_stored(position, row, now))
        self._once.update((entry.key, entry) for entry in accepted.once)
        if accepted.rows:
            self._news.poke()
        (outcome,) = accepted.outcomes
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _end(self, stream: str) -> StreamEnd:
        rows = self._streams.get(stream)
        return StreamEnd(rows[-1].version, rows[-1].pool) if rows else StreamEnd(0, None)

    def _keep(self, row: StoredRow) -> None:
        self._rows.append(row)
        self._streams.setdefault(row.stream, []).append(row)
        self._pools.setdefault(row.pool, []).append(row)


def _stored(position: int, row: NewRow, now: datetime) -> StoredRow:
    return StoredRow(position, row.stream, row.version, row.wire, row.state, row.pool, now)
