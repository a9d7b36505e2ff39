"""Events to stored bytes and back: `Proposed` -> `{"data":{...},"meta":{...}}` -> `Recorded`.

Stored under the event's wire name, never a Python path. Personal fields are sealed on the way in and stay
sealed on the way out. Reading is the hot path of every projection: one call into pydantic-core per
event, straight from the bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from json import dumps
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, from_json
from typing_extensions import TypedDict

from domain.event import REGISTRY, Event, Proposed, Recorded
from domain.ports import Change, Keyring, UnreadableEvent
from domain.upcasting import STEPS, upcast
from infra.log.rows import Assertion, Batchable, NewRow, PlainRow, StoredRow
from infra.log.sealing import SealPlan, owner, seal_field

MAX_STATE_BYTES = 4 * 1024 * 1024
MAX_NAME_BYTES = 500


class Meta(TypedDict):
    """The envelope as stored. Short keys: they are repeated in every event for ever."""

    id: str
    project: str
    actor: str
    at: datetime
    cause: str
    chain: str


class EventTooLarge(ValueError):
    """Large content belongs into the blob store; the event refers to it."""


class _Codec(NamedTuple):
    event: type[Event]
    envelope: SchemaValidator
    plan: SealPlan
    hidden: set[str] | None


class _UnknownType(Exception):
    """No class in this process bears the wire name."""


class Decoded(NamedTuple):
    """What could be read, in order, and the fault that stopped the reading, if one did."""

    events: list[Recorded]
    fault: UnreadableEvent | None


class EventMapper:
    """Encodes and decodes events. Thread-safe; one per process is enough."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._codecs: dict[str, _Codec] = {}
        #: What reads the stored bytes of a type; types with an upcaster are not among them.
        self._readers: dict[str, Callable[[bytes], Any]] = {}

    def encode(self, changes: Sequence[Change], once: str | None = None) -> Batchable:
        """Raises `KeyDestroyed` for an erased customer, `EventTooLarge`, `ValueError` for a faulty change."""
        rows: list[NewRow] = []
        assertions: list[Assertion] = []
        versions: dict[str, int] = {}
        size = 0
        if once is not None:
            _check_name("once key", once)
        for stream, expected, events in changes:
            _check_name("stream", stream)
            if expected < 0:
                raise ValueError(f"stream {stream}: expected version {expected}; versions start at 0, an empty stream")
            if stream in versions:
                raise ValueError(f"stream {stream} appears in two changes of one append: join them")
            pool = None
            for number, proposed in enumerate(events, expected + 1):
                if pool is None:
                    pool = proposed.pool
                    _check_name("pool", pool)
                if pool != proposed.pool:
                    raise ValueError(f"stream {stream}: one append with events for pools {pool} and {proposed.pool}")
                wire, state = self.encode_event(proposed)
                size += len(state)
                rows.append(NewRow(stream, number, wire, state, pool))
            assertions.append(Assertion(stream, expected, pool))
            versions[stream] = expected + len(events)
        return Batchable(assertions, rows, versions, size, once)

    def encode_event(self, proposed: Proposed) -> tuple[str, bytes]:
        """Wire name and stored bytes of one event."""
        event, event_id, project, _, actor, at, cause, chain = proposed
        codec = self._codecs.get(event.wire) or self._codec(event.wire)
        data = codec.event.__pydantic_serializer__.to_json(event, exclude=codec.hidden)
        if codec.hidden:
            data = self._with_sealed(data, event, event_id, codec.plan)
        if at.tzinfo is None:
            raise ValueError(f"{event.wire}: occurred_at {at} has no time zone")
        quote = encode_basestring
        meta = (
            f'"meta":{{"id":{quote(event_id)},"project":{quote(project)},"actor":{quote(actor)}'
            f',"at":"{_instant(at)}","cause":{quote(cause)},"chain":{quote(chain)}}}}}'
        )
        state = b'{"data":%b,%b' % (data, meta.encode())
        if len(state) > MAX_STATE_BYTES:
            raise EventTooLarge(f"{event.wire}: {len(state)} bytes, at most {MAX_STATE_BYTES}: put content into blobs")
        return event.wire, state

    def _with_sealed(self, data: bytes, event: Event, event_id: str, plan: SealPlan) -> bytes:
        sealed: list[str] = []
        for name, adapter in plan.fields:
            value = seal_field(self._keyring, event, event_id, name, adapter)
            sealed.append(f'"{name}":{value or "null"}')
        separator = b"," if len(data) > 2 else b""
        return b"%b%b%b}" % (data[:-1], separator, ",".join(sealed).encode())

    def owners(self, changes: Iterable[Change]) -> set[str]:
        """Customers under whose keys these changes will be sealed."""
        return {
            owner(proposed.event) for change in changes for proposed in change.events if type(proposed.event).personal
        }

    def decode(self, rows: Iterable[PlainRow]) -> list[Recorded]:
        """Raises `UnreadableEvent` at the first row that cannot be read."""
        events, fault = self.decode_until_fault(rows)
        if fault is not None:
            raise fault
        return events

    def decode_until_fault(self, rows: Iterable[PlainRow]) -> Decoded:
        """As far as it goes: a subscriber gets what stands before an unreadable event, then the fault."""
        with _no_collection():
            return self._decode(rows)

    def _decode(self, rows: Iterable[PlainRow]) -> Decoded:
        events: list[Recorded] = []
        add, readers, new = events.append, self._readers, tuple.__new__
        for row in rows:
            position, stream, version, wire, state, pool, recorded_at = row
            read = readers.get(wire)
            try:
                envelope = self._decode_rare(wire, state) if read is None else read(state)
            except (ValueError, _UnknownType) as fault:
                return Decoded(events, _unreadable(row, fault))
            event_id, project, actor, at, cause, chain = envelope["meta"].values()
            fields = (
                position, stream, version, envelope["data"], event_id, project, pool, actor, at, recorded_at,
                cause, chain,
            )  # fmt: skip
            add(new(Recorded, fields))
        return Decoded(events, None)

    def _decode_rare(self, wire: str, state: bytes) -> dict[str, Any]:
        """An event stored under an older version, or the first of its type that this process meets."""
        if wire not in STEPS:
            read = self._readers[wire] = self._codec(wire).envelope.validate_json
            return read(state)
        raw = from_json(state)
        try:
            newer, data = upcast(wire, raw["data"])
        except (LookupError, TypeError, AttributeError, ArithmeticError) as fault:
            raise ValueError(f"its old form is not what the upcaster from {wire} expects") from fault
        return self._codec(newer).envelope.validate_json(dumps({"data": data, "meta": raw["meta"]}))

    def _codec(self, wire: str) -> _Codec:
        codec = self._codecs.get(wire)
        if codec is None:
            event = REGISTRY.get(wire)
            if event is None:
                raise _UnknownType(wire)
            codec = self._codecs[wire] = _codec_of(event)
        return codec


@cache
def _codec_of(event: type[Event]) -> _Codec:
    """Made once per process: building a validator costs more than thousands of events read by it."""
    return _Codec(event, _envelope(event), SealPlan.of(event), set(event.personal) or None)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cycle collector: what is decoded has no cycles, and it would walk all of it again and again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _envelope(event: type[Event]) -> SchemaValidator:
    fields: Any = {"data": event, "meta": Meta}
    document: Any = TypedDict("document", fields)  # pyright: ignore[reportArgumentType]  # one class per event
    document.__pydantic_config__ = {"extra": "forbid"}
    validator = TypeAdapter(document).validator
    assert isinstance(validator, SchemaValidator)
    return validator


def _check_name(what: str, name: str) -> None:
    """Names go into indexes and, in PostgreSQL, into texts that know no null character."""
    if not name or "\x00" in name or len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"{what} {name[:80]!r}: from 1 to {MAX_NAME_BYTES} bytes, without null characters")


def _instant(at: datetime) -> str:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.isoformat()[:-6]}Z"


def _unreadable(plain: PlainRow, fault: Exception) -> UnreadableEvent:
    row = StoredRow._make(plain)
    where = f"event at position {row.position} (stream {row.stream}, version {row.version}, type {row.wire})"
    if isinstance(fault, _UnknownType):
        return UnreadableEvent(
            f"{where}: this process does not know the type. It was written by a newer Trunkline: upgrade this process."
        )
    return UnreadableEvent(
        f"{where}: {_what_is_wrong(fault)}. Either a newer Trunkline wrote it (upgrade this process) or the stored "
        "bytes were damaged: run `trunkline log verify` and restore from a backup or an export."
    )


def _what_is_wrong(fault: Exception) -> str:
    if not isinstance(fault, ValidationError):
        return f"its stored bytes cannot be decoded ({fault})"
    errors = fault.errors(include_input=False, include_url=False, include_context=False)[:3]
    return "; ".join(f"{'.'.join(map(str, error['loc'])) or 'document'}: {error['msg']}" for error in errors)
