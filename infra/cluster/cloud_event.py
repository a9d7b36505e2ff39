"""An event as others meet it: a CloudEvent 1.0 in Kafka's binary mode.

The key is the pool, the value the stored bytes as they lie in the log (`{"data": …, "meta": …}`, sealed fields sealed),
the headers say the rest. Source: CloudEvents 1.0.2 and its Kafka protocol binding; `sequence`, `partitionkey` and
`recordedtime` are documented extensions, the others our own. `traceparent` is the header of W3C Trace Context, for
events whose conversation is a trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic_core import from_json

from infra.log.rows import StoredRow
from infra.operations.tracing import traceparent_told

Header = tuple[str, bytes]
SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/json; charset=utf-8"


class Carried(NamedTuple):
    """A record of the topic. Everything in its partition up to `previous` stands before it."""

    row: StoredRow
    previous: int


class ForeignRecord(ValueError):
    """A record that no relay of ours wrote."""


def headers(row: StoredRow, previous: int, source: str) -> list[Header]:
    """The attributes of an event; `previous` is the position of the record before it in its partition."""
    meta = from_json(row.state)["meta"]
    trace = traceparent_told(meta["chain"], meta["id"])
    return [
        ("content-type", CONTENT_TYPE),
        ("ce_specversion", SPEC_VERSION),
        ("ce_id", meta["id"].encode()),
        ("ce_source", source.encode()),
        ("ce_type", row.wire.encode()),
        ("ce_subject", row.stream.encode()),
        ("ce_time", meta["at"].encode()),
        ("ce_dataschema", f"urn:trunkline:stored:{row.wire}".encode()),
        ("ce_sequence", b"%020d" % row.position),
        ("ce_previous", b"%020d" % previous),
        ("ce_partitionkey", row.pool.encode()),
        ("ce_project", meta["project"].encode()),
        ("ce_streamversion", str(row.version).encode()),
        ("ce_recordedtime", _instant(row.recorded_at)),
        *([("traceparent", trace)] if trace is not None else ()),
    ]


def carried(told: Iterable[Header], value: bytes) -> Carried:
    """The event again. Raises `ForeignRecord` for a record that lacks what ours have."""
    said = dict(told)
    try:
        row = StoredRow(
            int(said["ce_sequence"]),
            said["ce_subject"].decode(),
            int(said["ce_streamversion"]),
            said["ce_type"].decode(),
            value,
            said["ce_partitionkey"].decode(),
            datetime.fromisoformat(said["ce_recordedtime"].decode()),
        )
        return Carried(row, int(said["ce_previous"]))
    except (KeyError, ValueError, AttributeError) as fault:
        raise ForeignRecord(f"a record in the topic is no event of ours ({fault})") from fault


def position_of(told: Iterable[Header]) -> int:
    """Where a record's event stands in the log. Raises `ForeignRecord`."""
    for name, value in told:
        if name == "ce_sequence" and value.isdigit():
            return int(value)
    raise ForeignRecord("a record in the topic has no ce_sequence: something else writes into it")


def _instant(at: datetime) -> bytes:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z".encode()
