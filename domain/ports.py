"""What the core asks of the outside. One Protocol per outside thing; adapters live in `infra` and `channels`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from domain.event import Event, Proposed, Recorded


class Change(NamedTuple):
    """Events to append to one stream that must stand at `expected_version` (0: must not exist yet).

    With no events it only asserts the version: what was read for a decision must still hold when
    the decision is recorded.
    """

    stream: str
    expected_version: int
    events: Sequence[Proposed]


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append led to: the last position written and the new version of each stream.

    `replayed` is true when the `once` key had been seen before: nothing was written and the values are
    those of the first time.
    """

    position: int
    versions: Mapping[str, int] = field(default_factory=dict[str, int])
    replayed: bool = False


class VersionConflict(Exception):
    """Another writer was faster. Load the named stream again and decide again."""

    def __init__(self, stream: str, expected: int, actual: int | None = None) -> None:
        self.stream, self.expected, self.actual = stream, expected, actual
        seen = "" if actual is None else f", it is at {actual}"
        super().__init__(f"stream {stream}: expected version {expected}{seen}")


class LogUnavailable(Exception):
    """The log cannot be reached or cannot write (disk full, connection lost). Nothing was acknowledged."""


class UnreadableEvent(Exception):
    """A stored event that this version of the software cannot read; says which and what to do."""


class Log(Protocol):
    """One totally ordered log of many versioned streams."""

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        """Append atomically across streams.

        Raises `VersionConflict` naming the stream, `LogUnavailable` when nothing could be stored.
        `once`: a key stored in the same transaction; a repeated key returns the first result.
        """
        ...

    async def read(
        self,
        after: int = 0,
        limit: int = 1000,
        *,
        pool: str | None = None,
        streams: Sequence[str] | None = None,
        types: Sequence[str] | None = None,
    ) -> Sequence[Recorded]:
        """At most `limit` events with position > `after`, in the total order, filters combined by AND."""
        ...

    async def read_stream(self, stream: str, after_version: int = 0) -> Sequence[Recorded]:
        """The events of one stream with version > `after_version`, in order."""
        ...

    async def read_streams(self, streams: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        """The events of several whole streams, by stream, asked for at once; none for a stream that does not exist."""
        ...

    def subscribe(
        self, after: int = 0, *, pool: str | None = None, limit: int = 500
    ) -> AsyncIterator[Sequence[Recorded]]:
        """Everything with position > `after` for ever, in batches of 1 to `limit`, pushed as it is committed.

        Never misses an event, never yields one late or twice, with any number of writing processes.
        Closing the iterator (`aclose`) releases what it holds.
        """
        ...

    async def recall(self, once: str) -> Appended | None:
        """What was appended under this `once` key, or None if the key has not been seen."""
        ...

    async def head(self) -> int:
        """The last position, 0 for an empty log."""
        ...

    async def close(self) -> None: ...


class KeyDestroyed(Exception):
    """The customer was erased: nothing can be sealed under that key any more."""

    def __init__(self, customer_id: str) -> None:
        self.customer_id = customer_id
        super().__init__(f"customer {customer_id} was erased")


class Keyring(Protocol):
    """The customers' keys, kept apart from the log and wrapped by a master key."""

    def ensure(self, customers: Iterable[str]) -> None:
        """Create, durably and in one step, the keys that do not exist yet. Raises `KeyDestroyed`."""
        ...

    def seal(self, customer_id: str, plaintext: str, context: str) -> str:
        """Ciphertext token bound to `context` (wire name and field). Raises `KeyDestroyed`."""
        ...

    def open(self, customer_id: str, token: str, context: str) -> str | None:
        """The plaintext, or None when the key was destroyed. Raises `ValueError` on a forged token."""
        ...

    def destroy(self, customers: Iterable[str]) -> None:
        """Destroy keys for ever; harmless twice. Leaves a tombstone so that none is made again."""
        ...

    def destroyed(self) -> Sequence[str]:
        """Every customer whose key was ever destroyed, oldest first."""
        ...


class Opener(Protocol):
    """Opens the personal fields of events for a reader with a right to them."""

    def __call__(self, event: Event) -> Event: ...


class Fingerprints(Protocol):
    """HMAC of an address under a secret: finds what is unique without telling what it is."""

    def __call__(self, kind: str, value: str) -> str:
        """`kind` separates name spaces (`email`, `phone`, `message-id`); `value` is already normalised."""
        ...


class Rows(Protocol):
    """Where a projection keeps its rows; reads see what the same batch has written.

    Tables and columns are declared by the projection. Keys are tuples in the order of the table's key.
    """

    def get(self, table: str, key: tuple[Any, ...]) -> Mapping[str, Any] | None: ...
    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert or replace the row with this key."""
        ...

    def delete(self, table: str, key: tuple[Any, ...]) -> None: ...
    def find(self, table: str, **equal: Any) -> Sequence[Mapping[str, Any]]:
        """Rows whose columns equal the given values, ordered by key. The columns must be indexed."""
        ...


Clock = Callable[[], datetime]
NewId = Callable[[], str]


class Blobs(Protocol):
    """Large bytes (raw mails, attachments), stored encrypted under the customer's key."""

    async def put(self, customer_id: str, content: bytes) -> str:
        """Store durably, return a reference."""
        ...

    async def get(self, customer_id: str, reference: str) -> bytes | None:
        """The bytes, or None when they were erased or never existed."""
        ...

    async def remove(self, customer_id: str, reference: str) -> object:
        """Remove one thing; one that is gone is gone. What it gives is the store's own."""
        ...

    async def destroy(self, customer_id: str) -> None:
        """Remove everything stored for the customer."""
        ...


class RecordingStoreUnavailable(Exception):
    """The store of recordings does not answer, or refused. The text bears no personal data."""


class RecordingStore(Blobs, Protocol):
    """Sound of calls, kept as blobs are, perhaps elsewhere.

    Everything raises `RecordingStoreUnavailable` or `OSError` when the store is away.
    """
