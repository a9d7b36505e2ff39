"""SQLite's rows and the log's: queries, conversions, the statements of one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from eventsourcing.sqlite import SQLiteCursor

from infra.log.evaluate import StreamEnd
from infra.log.rows import Filter, OnceRow, PlainRow, StoredRow, follows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SELECT_ROW = "SELECT rowid, originator_id, originator_version, topic, state, pool, recorded_at FROM stored_events"
#: One look into the index for each pool: a plain DISTINCT would read all of it.
SELECT_POOLS = """
WITH RECURSIVE found (pool) AS (
    SELECT min(pool) FROM stored_events
    UNION ALL
    SELECT (SELECT min(pool) FROM stored_events WHERE pool > found.pool) FROM found WHERE found.pool IS NOT NULL
)
SELECT pool FROM found WHERE pool IS NOT NULL"""
_RESTORE_ROW = (
    "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state, pool, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def micros(at: datetime) -> int:
    """Microseconds since 1970, UTC, exactly."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def stored_row(row: Sequence[Any]) -> StoredRow:
    position, stream, version, wire, state, pool, recorded_at = row
    return StoredRow(position, stream, version, wire, state, pool, _EPOCH + timedelta(microseconds=recorded_at))


def plain_rows(rows: Sequence[tuple[Any, ...]]) -> list[PlainRow]:
    """With times for microseconds; what was stored together has the same, so one is made for all of it."""
    made: list[PlainRow] = []
    known, at = -1, _EPOCH
    for position, stream, version, wire, state, pool, recorded_at in rows:
        if recorded_at != known:
            known, at = recorded_at, _EPOCH + timedelta(microseconds=recorded_at)
        made.append((position, stream, version, wire, state, pool, at))
    return made


def once_row(row: Sequence[Any]) -> OnceRow:
    return OnceRow(row[0], row[1], json.loads(row[2]))


def select_rows(after: int, limit: int, wanted: Filter) -> tuple[str, list[Any]]:
    """The query for a filter. Lists go as one JSON parameter each, so their length is not SQLite's limit."""
    conditions = ["rowid > ?"]
    parameters: list[Any] = [after]
    for column, value in (("pool", wanted.pool), ("originator_id", wanted.streams), ("topic", wanted.wires)):
        if isinstance(value, str):
            conditions.append(f"{column} = ?")
            parameters.append(value)
        elif value is not None:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")  # noqa: S608  our own column names
            parameters.append(json.dumps(list(value)))
    return f"{SELECT_ROW} WHERE {' AND '.join(conditions)} ORDER BY rowid LIMIT ?", [*parameters, limit]


def stream_end(c: SQLiteCursor, stream: str) -> StreamEnd:
    c.execute(
        "SELECT originator_version, pool FROM stored_events WHERE originator_id = ?"
        " ORDER BY originator_version DESC LIMIT 1",
        (stream,),
    )
    row = c.fetchone()
    return StreamEnd(row[0], row[1]) if row else StreamEnd(0, None)


def find_once(c: SQLiteCursor, key: str) -> OnceRow | None:
    c.execute("SELECT key, position, versions FROM stored_events_once WHERE key = ?", (key,))
    row = c.fetchone()
    return once_row(row) if row else None


def insert_once(c: SQLiteCursor, entries: Sequence[OnceRow]) -> None:
    c.executemany(
        "INSERT INTO stored_events_once VALUES (?, ?, ?)",
        [(entry.key, entry.position, json.dumps(dict(entry.versions))) for entry in entries],
    )


def restore(c: SQLiteCursor, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow) -> bool:
    """See `RowStore.restore`."""
    if find_once(c, marker.key) is not None:
        return False
    c.execute("SELECT coalesce(max(rowid), 0) FROM stored_events")
    follows(rows, c.fetchone()[0])
    c.executemany(_RESTORE_ROW, [(*row[:6], micros(row.recorded_at)) for row in rows])
    insert_once(c, [*once, marker])
    return True
