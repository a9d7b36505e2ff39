"""The stored form of events, common to all backends: what verify, export and the sealer read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.ports import Appended
from domain.upcasting import stored_as


class NewRow(NamedTuple):
    """An event ready to be stored: everything but its position and the time it was recorded."""

    stream: str
    version: int
    wire: str
    state: bytes
    pool: str


class StoredRow(NamedTuple):
    """An event as it lies in a backend. `state` is compact JSON: `{"data":{...},"meta":{...}}`."""

    position: int
    stream: str
    version: int
    wire: str
    state: bytes
    pool: str
    recorded_at: datetime


#: A stored row's fields in their order, as a driver gives them.
PlainRow = tuple[int, str, int, str, bytes, str, datetime]


class Filter(NamedTuple):
    """Which rows a reader wants; what is None does not filter. Combined by AND."""

    pool: str | None = None
    streams: Sequence[str] | None = None
    wires: Sequence[str] | None = None

    @classmethod
    def of(cls, pool: str | None, streams: Sequence[str] | None, types: Sequence[str] | None) -> Filter:
        """`types` are today's wire names; rows stored under an older version are wanted too."""
        wires = None if types is None else sorted({stored for wire in types for stored in stored_as(wire)})
        return cls(pool, None if streams is None else list(streams), wires)

    def wants(self, row: StoredRow) -> bool:
        return (
            (self.pool is None or row.pool == self.pool)
            and (self.streams is None or row.stream in self.streams)
            and (self.wires is None or row.wire in self.wires)
        )


EVERYTHING = Filter()


class Assertion(NamedTuple):
    """A stream that an append touches: where it must stand and, if events follow, whose pool it is."""

    stream: str
    expected_version: int
    pool: str | None


@dataclass(frozen=True, slots=True)
class Batchable:
    """One append, encoded: it is stored as a whole or fails as a whole."""

    assertions: Sequence[Assertion]
    rows: Sequence[NewRow]
    #: Where each touched stream stands after this append.
    versions: Mapping[str, int]
    #: Bytes of state in all rows.
    size: int
    once: str | None = None


class Segment(NamedTuple):
    """A sealed piece of the global order; `digest` chains over the one before it (hex SHA-256)."""

    number: int
    first_position: int
    last_position: int
    events: int
    digest: str


@dataclass(frozen=True, slots=True)
class OnceRow:
    """A `once` key and the first result under it."""

    key: str
    position: int
    versions: Mapping[str, int] = field(default_factory=dict[str, int])

    def replay(self) -> Appended:
        return Appended(self.position, dict(self.versions), replayed=True)


class WrongPool(ValueError):
    """An event for a stream of another pool: every stream belongs to one pool for life."""

    def __init__(self, stream: str, pool: str, proposed: str) -> None:
        super().__init__(f"stream {stream} belongs to pool {pool!r} for life; an event for pool {proposed!r} came")


def follows(rows: Sequence[StoredRow], head: int) -> None:
    """Raises `ValueError` unless the positions rise strictly from after `head`."""
    for row in rows:
        if row.position <= head:
            raise ValueError(f"position {row.position} does not follow {head}, where the log stands")
        head = row.position


class RowStore(Protocol):
    """The raw door of a backend, for tools that work on stored bytes rather than on events."""

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        """At most `limit` rows with position > `after`, in order."""
        ...

    async def restore(self, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow) -> bool:
        """Store rows as they are, positions and times included, after the present head, with `marker`.

        False, with nothing written, when the marker's key was there already.
        Raises `ValueError` when a row does not follow the head.
        """
        ...

    async def once_rows(self, after_key: str, limit: int) -> Sequence[OnceRow]:
        """`once` keys in order of key (bytewise), from the one after `after_key`."""
        ...

    async def segments(self, after: int, limit: int) -> Sequence[Segment]:
        """Sealed segments with number > `after`, in order."""
        ...

    async def last_segment(self) -> Segment | None: ...

    async def add_segment(self, segment: Segment) -> None:
        """Store a sealed segment; harmless when another process stored the same one."""
        ...

    async def head(self) -> int: ...
