"""The lines of an export: one JSON object a line, stored bytes verbatim.

    {"format":"trunkline log","version":1}
    {"position":1,"stream":"...","version":1,"type":"...","pool":"...","recorded_at":"...","state":{...}}
    {"once":"...","position":1,"versions":{"...":1}}
    {"end":true,"events":1,"once_keys":1}

Events in the order of the log, then `once` keys in order of key, then the count, so that a cut file is noticed.
`state` is the stored bytes as they are: personal fields stay sealed, hashes stay the same.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from infra.log.rows import OnceRow, StoredRow

HEADER = b'{"format":"trunkline log","version":1}\n'
_STATE = b',"state":'


class BadLine(ValueError):
    """A line of an import that cannot be taken; nothing of the file was stored because of it."""

    def __init__(self, number: int, what: str) -> None:
        self.number = number
        super().__init__(f"line {number}: {what}")


def _compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _head(row: StoredRow) -> bytes:
    at = row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    head = _compact(
        {
            "position": row.position,
            "stream": row.stream,
            "version": row.version,
            "type": row.wire,
            "pool": row.pool,
            "recorded_at": at,
        }
    )
    return head[:-1] + _STATE


def event_line(row: StoredRow) -> bytes:
    """Raises `ValueError` when the stored bytes are not JSON and so cannot stand in a line of it."""
    try:
        json.loads(row.state)
    except ValueError as fault:
        raise ValueError(f"event at position {row.position} (stream {row.stream}) is damaged: {fault}") from fault
    return _head(row) + row.state + b"}\n"


def once_line(row: OnceRow) -> bytes:
    return _compact({"once": row.key, "position": row.position, "versions": dict(row.versions)}) + b"\n"


def end_line(events: int, once: int) -> bytes:
    return _compact({"end": True, "events": events, "once_keys": once}) + b"\n"


def parse_event(line: bytes, document: dict[str, Any]) -> StoredRow:
    """The row, its state cut out of the line byte for byte. Raises `ValueError` saying what is wrong."""
    row = StoredRow(
        _typed(document, "position", int),
        _typed(document, "stream", str),
        _typed(document, "version", int),
        _typed(document, "type", str),
        b"",
        _typed(document, "pool", str),
        datetime.fromisoformat(_typed(document, "recorded_at", str)),
    )
    head = _head(row)
    if not line.startswith(head) or not line.endswith(b"}\n"):
        raise ValueError("not written as export writes it (other order, spacing or fields)")
    return row._replace(state=line[len(head) : -2])


def parse_once(document: dict[str, Any]) -> OnceRow:
    versions = _typed(document, "versions", dict)
    if not all(isinstance(version, int) for version in versions.values()):
        raise ValueError("versions must be whole numbers")
    return OnceRow(_typed(document, "once", str), _typed(document, "position", int), versions)


def _typed(document: dict[str, Any], name: str, kind: type) -> Any:
    value = document.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name} is missing or not a {kind.__name__}")
    return value
