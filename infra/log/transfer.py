"""Export and import: the whole log as JSON lines, byte for byte the same there and back.

Positions are kept. Everything derived from a log refers to them (checkpoints, resumed streams, recorded
decisions, sealed segments), so a log that moves to another backend keeps them; that is why an import goes into
an empty log only.

An import reads the file twice: first to find whatever is wrong, storing nothing, then to store, in
transactions of bounded size each marked with a `once` key. Broken off, it is started again and goes on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from infra.log.lines import (
    HEADER,
    BadLine,
    end_line,
    event_line,
    once_line,
    parse_event,
    parse_once,
)
from infra.log.mapper import MAX_STATE_BYTES, EventMapper
from infra.log.rows import OnceRow, RowStore, StoredRow

BATCH_ROWS = 1_000
MAX_LINE_BYTES = 2 * MAX_STATE_BYTES
#: Keys of imports' own markers: they belong to this copy of the log and are not exported.
MARKER = "trunkline import "

#: Called with events done so far and, where known, the last position or the number there will be.
Progress = Callable[[int, int], None]


class ImportRefused(Exception):
    """The log is not empty, or holds part of another import."""


class Transferred(NamedTuple):
    events: int
    once_keys: int


async def export_log(
    store: RowStore, out: BinaryIO, progress: Progress | None = None, *, head: int | None = None
) -> Transferred:
    """Everything up to `head`, the present one unless told otherwise.

    Raises `LogUnavailable`, `ValueError` for a damaged event, `OSError`.
    """
    head = await store.head() if head is None else head
    out.write(HEADER)
    events = keys = 0
    async for rows in _pages(store, head):
        out.writelines(map(event_line, rows))
        events += len(rows)
        if progress is not None:
            progress(events, head)
    key = ""
    while found := await store.once_rows(key, BATCH_ROWS):
        kept = [row for row in found if row.position <= head and not row.key.startswith(MARKER)]
        out.writelines(map(once_line, kept))
        keys += len(kept)
        key = found[-1].key
    out.write(end_line(events, keys))
    out.flush()
    return Transferred(events, keys)


async def _pages(store: RowStore, head: int) -> AsyncIterator[list[StoredRow]]:
    after = 0
    while rows := [row for row in await store.rows(after, BATCH_ROWS) if row.position <= head]:
        yield rows
        after = rows[-1].position


async def import_log(store: RowStore, mapper: EventMapper, path: Path, progress: Progress | None = None) -> Transferred:
    """Raises `BadLine`, `ImportRefused`, `LogUnavailable`, `OSError`. Progress counts both readings."""
    checked = _check(path, mapper, progress)
    await _refuse_other_content(store, checked.sha256)
    batch = _Batch()
    number = done = 0
    for row in _rows(path):
        batch.add(row)
        if batch.full:
            number, done = await _store(store, batch, checked, number, done, progress)
            batch = _Batch()
    await _store(store, batch, checked, number, done, progress)
    return Transferred(checked.events, checked.once)


class _Batch:
    def __init__(self) -> None:
        self.events: list[StoredRow] = []
        self.once: list[OnceRow] = []

    def add(self, row: StoredRow | OnceRow) -> None:
        if isinstance(row, StoredRow):
            self.events.append(row)
        else:
            self.once.append(row)

    @property
    def full(self) -> bool:
        return len(self.events) + len(self.once) >= BATCH_ROWS


class _Checked(NamedTuple):
    sha256: str
    events: int
    once: int


async def _store(
    store: RowStore, batch: _Batch, checked: _Checked, number: int, done: int, progress: Progress | None
) -> tuple[int, int]:
    """A batch stored before (its marker is there) is passed over."""
    marker = OnceRow(f"{MARKER}{checked.sha256} {number:09d}", batch.events[-1].position if batch.events else 0)
    await store.restore(batch.events, batch.once, marker)
    done += len(batch.events)
    if progress is not None:
        progress(checked.events + done, 2 * checked.events)
    return number + 1, done


async def _refuse_other_content(store: RowStore, sha256: str) -> None:
    if await store.head() == 0:
        return
    begun = await store.once_rows(f"{MARKER}{sha256} ", 1)
    if not begun or not begun[0].key.startswith(f"{MARKER}{sha256} "):
        raise ImportRefused("the log is not empty: positions are kept, so an import needs a new log to go into")


def _check(path: Path, mapper: EventMapper, progress: Progress | None) -> _Checked:
    """Reads the whole file once, storing nothing. Raises `BadLine` for the first thing that is wrong."""
    digest = hashlib.sha256()
    order = _FileOrder(mapper)
    ended = False
    number = 0
    for number, line in _numbered(path):
        digest.update(line)
        if ended:
            raise BadLine(number, "there is something after the end")
        try:
            ended = order.take(number, line)
        except (ValueError, TypeError, OverflowError) as fault:
            raise BadLine(number, str(fault)) from fault
        if progress is not None and number % BATCH_ROWS == 0:
            progress(order.events, 0)
    if not ended:
        raise BadLine(number + 1, "the file ends before its last line: it was cut")
    return _Checked(digest.hexdigest(), order.events, order.once)


class _FileOrder:
    """What must hold from line to line."""

    def __init__(self, mapper: EventMapper) -> None:
        self._mapper = mapper
        self.events = self.once = 0
        self._position = 0
        self._recorded_at = datetime.min.replace(tzinfo=UTC)
        self._streams: dict[str, tuple[int, str]] = {}

    def take(self, number: int, line: bytes) -> bool:
        """Whether this was the last line."""
        if number == 1:
            if line != HEADER:
                raise ValueError("this is not an export of a Trunkline log of a version known here")
            return False
        document: Any = json.loads(line)
        if not isinstance(document, dict):
            raise ValueError("not a JSON object")
        if "state" in document:
            self._event(parse_event(line, document))
        elif "once" in document:
            parse_once(document)
            self.once += 1
        elif "end" in document:
            if (document.get("events"), document.get("once_keys")) != (self.events, self.once):
                raise ValueError(f"the file says it has {document}, read were {self.events} and {self.once}")
            return True
        else:
            raise ValueError("neither an event nor a once key nor the end")
        return False

    def _event(self, row: StoredRow) -> None:
        if self.once:
            raise ValueError("an event after the once keys")
        if row.position <= self._position:
            raise ValueError(f"position {row.position} does not follow {self._position}")
        if row.recorded_at < self._recorded_at:
            raise ValueError("recorded before the event above it")
        version, pool = self._streams.get(row.stream, (0, row.pool))
        if (row.version, row.pool) != (version + 1, pool):
            raise ValueError(
                f"stream {row.stream}: version {row.version} in pool {row.pool} follows {version} in {pool}"
            )
        fault = self._mapper.decode_until_fault([row]).fault
        if fault is not None:
            raise ValueError(str(fault))
        self.events += 1
        self._position, self._recorded_at = row.position, row.recorded_at
        self._streams[row.stream] = (row.version, pool)


def _rows(path: Path) -> Iterator[StoredRow | OnceRow]:
    """The second reading; a file that changed since the first fails on its markers or its form."""
    for number, line in _numbered(path):
        document: Any = json.loads(line)
        if "state" in document:
            yield parse_event(line, document)
        elif "once" in document:
            yield parse_once(document)
        elif number > 1:
            return


def _numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES):
            number += 1
            if not line.endswith(b"\n"):
                what = "longer than any event can be" if len(line) == MAX_LINE_BYTES else "the line is cut"
                raise BadLine(number, what)
            yield number, line
