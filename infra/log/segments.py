"""Sealed segments: a chain of hashes over the global order, computed off the append path.

Every `size` events make a segment. Its digest is SHA-256 over the digest before it and over each row,
length-prefixed, so that nothing can be altered, removed, inserted or moved in sealed history without every later
digest changing. Who keeps the last digest elsewhere can tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import struct
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from domain.ports import LogUnavailable
from infra.log.rows import RowStore, Segment, StoredRow

SEGMENT_EVENTS = 10_000
READ_ROWS = 1_000
_NUMBERS = struct.Struct(">QQq")
_LENGTH = struct.Struct(">I")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SegmentHash:
    """The digest of one segment in the making."""

    def __init__(self, before: str) -> None:
        """`before`: the digest of the segment before, empty for the first."""
        self._hash = hashlib.sha256(b"trunkline segment v1" + bytes.fromhex(before))

    def add(self, row: StoredRow) -> None:
        since = row.recorded_at - _EPOCH
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        parts = [_NUMBERS.pack(row.position, row.version, micros)]
        for value in (row.stream.encode(), row.wire.encode(), row.pool.encode(), row.state):
            parts += (_LENGTH.pack(len(value)), value)
        self._hash.update(b"".join(parts))

    def digest(self) -> str:
        return self._hash.hexdigest()


class Sealer:
    """Seals what is complete. Any number of processes may: the same rows give the same digest."""

    def __init__(self, store: RowStore, size: int = SEGMENT_EVENTS) -> None:
        """`size` in events."""
        self._store = store
        self._size = size

    async def seal(self) -> int:
        """Seals every complete segment; how many were sealed. Raises `LogUnavailable`."""
        last = await self._store.last_segment()
        sealed = 0
        async for segment in self._complete(last):
            await self._store.add_segment(segment)
            sealed += 1
        return sealed

    async def run(self, every: float = 10.0) -> None:
        """Seals for ever, looking every so many seconds; sits out a log that is away."""
        while True:
            # When the log is away, whoever appends says so loudly; sealing can wait until it is back.
            with contextlib.suppress(LogUnavailable):
                await self.seal()
            await asyncio.sleep(every)

    async def _complete(self, last: Segment | None) -> AsyncIterator[Segment]:
        number, after, before = (last.number, last.last_position, last.digest) if last else (0, 0, "")
        rows: list[StoredRow] = []
        while True:
            wanted = min(READ_ROWS, self._size - len(rows))
            read = await self._store.rows(rows[-1].position if rows else after, wanted)
            rows.extend(read)
            if len(rows) == self._size:
                number += 1
                segment = _segment(number, before, rows)
                yield segment
                after, before, rows = segment.last_position, segment.digest, []
            elif len(read) < wanted:
                return


def _segment(number: int, before: str, rows: Iterable[StoredRow]) -> Segment:
    rows = list(rows)
    digest = SegmentHash(before)
    for row in rows:
        digest.add(row)
    return Segment(number, rows[0].position, rows[-1].position, len(rows), digest.digest())
