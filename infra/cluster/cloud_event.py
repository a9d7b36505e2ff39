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
from infra.operations.tracing import exporting, traceparent_told

Header = tuple[str, bytes]
SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/json; charset=utf-8"


class Carried(NamedTuple):
    """A record of the topic. Everything in its partition up to `previous` stands before it."""

    row: StoredRow
    previous: int


class ForeignRecord(ValueError):
    """A record that no relay of ours wrote."""


class Attributes:
    """What the headers of a log's events say. `source`: the URI of the log, `ce_source`."""

    def __init__(self, source: str) -> None:
        self._source: Header = ("ce_source", source.encode())
        self._sampled = exporting()
        self._of_types: dict[str, tuple[Header, Header]] = {}
        self._recorded = (datetime.min.replace(tzinfo=UTC), b"")

    def of(self, row: StoredRow, previous: int) -> list[Header]:
        """The attributes of an event; `previous` is the position of the record before it in its partition."""
        position, stream, version, wire, state, pool, recorded_at = row
        meta = _meta(state)
        event_id = meta["id"]
        trace = traceparent_told(meta["chain"], event_id, sampled=self._sampled)
        event_type, schema = self._of_types.get(wire) or self._of_type(wire)
        told = [
            ("content-type", CONTENT_TYPE),
            ("ce_specversion", SPEC_VERSION),
            ("ce_id", event_id.encode()),
            self._source,
            event_type,
            ("ce_subject", stream.encode()),
            ("ce_time", meta["at"].encode()),
            schema,
            ("ce_sequence", b"%020d" % position),
            ("ce_previous", b"%020d" % previous),
            ("ce_partitionkey", pool.encode()),
            ("ce_project", meta["project"].encode()),
            ("ce_streamversion", b"%d" % version),
            ("ce_recordedtime", self._instant(recorded_at)),
        ]
        if trace is not None:
            told.append(("traceparent", trace))
        return told

    def _instant(self, at: datetime) -> bytes:
        """Events that were written together were written at the same time."""
        known, told = self._recorded
        if at != known:
            told = _instant(at)
            self._recorded = at, told
        return told

    def _of_type(self, wire: str) -> tuple[Header, Header]:
        made = ("ce_type", wire.encode()), ("ce_dataschema", f"urn:trunkline:stored:{wire}".encode())
        self._of_types[wire] = made
        return made


def _meta(state: bytes) -> dict[str, str]:
    """What is said about an event. It stands last, as the log writes it: what comes before need not be read for it."""
    try:
        # quotation marks within a text are escaped: these letters are a key wherever they stand
        return from_json(state[state.rindex(b'"meta":') + 7 : -1])
    except ValueError:
        return from_json(state)["meta"]


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
    return b"%bZ" % utc.isoformat(timespec="microseconds")[:-6].encode()  # without +00:00
