"""What every backend's log has in common: encode, group, read, decode, follow."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from domain.event import Recorded
from domain.ports import Appended, Change, KeyDestroyed, Keyring, LogUnavailable
from infra.gathering import Gathering
from infra.log.mapper import EventMapper
from infra.log.news import News
from infra.log.past import Past
from infra.log.rest import Rest
from infra.log.rows import EVERYTHING, Batchable, Filter, OnceRow, PlainRow, Segment, StoredRow
from infra.log.tail import Tail

_logger = logging.getLogger(__name__)
R = TypeVar("R")

#: Customers whose keys this process knows to exist; forgotten wholesale when there are too many.
MAX_KNOWN_OWNERS = 20_000
MAX_READ = 100_000


class StoredLog(ABC):
    """`domain.ports.Log` and the raw door `RowStore` over stored rows. Bound to the event loop of its first use."""

    def __init__(self, keyring: Keyring) -> None:
        self.mapper = EventMapper(keyring)
        self._keyring = keyring
        self._owners: set[str] = set()
        self._make_key = Gathering(self._ensure)
        self._news = News()
        #: Between two reads for who subscribes, at least; set before anybody does.
        self.rest = Rest()
        self._tails: dict[str | None, Tail] = {}
        self._closed = False

    # --- what a backend provides

    @abstractmethod
    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]: ...

    @abstractmethod
    async def stream_rows(self, stream: str, after_version: int) -> Sequence[StoredRow]: ...

    @abstractmethod
    async def once_row(self, key: str) -> OnceRow | None: ...

    @abstractmethod
    async def head(self) -> int: ...

    @abstractmethod
    async def pools(self) -> Sequence[str]:
        """Every pool that has an event, in order of name."""
        ...

    @abstractmethod
    async def restore(self, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow) -> bool: ...

    @abstractmethod
    async def once_rows(self, after_key: str, limit: int) -> Sequence[OnceRow]: ...

    @abstractmethod
    async def segments(self, after: int, limit: int) -> Sequence[Segment]: ...

    @abstractmethod
    async def last_segment(self) -> Segment | None: ...

    @abstractmethod
    async def add_segment(self, segment: Segment) -> None: ...

    @abstractmethod
    async def _submit(self, batchable: Batchable) -> Appended: ...

    async def _close(self) -> None:  # noqa: B027  memory holds nothing
        """Let go of connections, threads, files."""

    async def _start_following(self) -> None:  # noqa: B027  most backends have nothing to start
        """Called before a subscriber waits: a backend whose news come from elsewhere starts to listen."""

    # --- the port

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        await self._make_keys(changes)
        batchable = self.mapper.encode(changes, once)
        if not batchable.assertions and once is None:
            return Appended(await self.head())
        if self._closed:
            raise LogUnavailable("the log was closed")
        return await self._submit(batchable)

    async def read(
        self,
        after: int = 0,
        limit: int = 1000,
        *,
        pool: str | None = None,
        streams: Sequence[str] | None = None,
        types: Sequence[str] | None = None,
    ) -> Sequence[Recorded]:
        if not 1 <= limit <= MAX_READ:
            raise ValueError(f"limit {limit}: from 1 to {MAX_READ} events can be read at once")
        return self.mapper.decode(await self._plain_rows(after, limit, Filter.of(pool, streams, types)))

    async def read_stream(self, stream: str, after_version: int = 0) -> Sequence[Recorded]:
        return self.mapper.decode(await self.stream_rows(stream, after_version))

    async def read_streams(self, streams: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        found = await asyncio.gather(*(self.read_stream(stream) for stream in streams))
        return dict(zip(streams, found, strict=True))

    async def subscribe(
        self, after: int = 0, *, pool: str | None = None, limit: int = 500
    ) -> AsyncGenerator[Sequence[Recorded]]:
        _check_batch(limit)
        with self._news.watch() as woken, self._sharing(pool) as tail:
            await self._start_following()
            while True:
                woken.clear()
                events, fault = await self._patiently(after, partial(tail.after, after, limit))
                if events:
                    after = events[-1].position
                    yield events
                if fault is not None:
                    raise fault
                if not events:
                    await woken.wait()

    async def follow_rows(self, after: int, limit: int) -> AsyncGenerator[Sequence[StoredRow]]:
        """`subscribe` for the whole log as it lies there, for who passes it on without reading it."""
        _check_batch(limit)
        with self._news.watch() as woken:
            await self._start_following()
            while True:
                woken.clear()
                rows = await self._patiently(after, partial(self.rows, after, limit))
                if rows:
                    after = rows[-1].position
                    yield rows
                if len(rows) < limit:
                    await woken.wait()

    def past(self, pool: str) -> Past:
        """What lies behind, for those whom a pool's new events reach another way."""
        wanted = Filter.of(pool, None, None)
        return Past(lambda after, limit: self._plain_rows(after, limit, wanted), self.mapper)

    @contextmanager
    def _sharing(self, pool: str | None) -> Iterator[Tail]:
        """What the followers of a pool share, for as long as there are any."""
        wanted = Filter.of(pool, None, None)
        tail = self._tails.get(pool)
        if tail is None:
            tail = Tail(lambda after, limit: self._plain_rows(after, limit, wanted), self.mapper, self._news, self.rest)
            self._tails[pool] = tail
        tail.followers += 1
        try:
            yield tail
        finally:
            tail.followers -= 1
            if not tail.followers and self._tails.get(pool) is tail:
                del self._tails[pool]

    async def recall(self, once: str) -> Appended | None:
        row = await self.once_row(once)
        return None if row is None else row.replay()

    async def close(self) -> None:
        """Store what is waiting, then let go of everything; harmless twice."""
        if self._closed:
            return
        self._closed = True
        self._news.poke()  # who waits for more learns that there will be none
        await self._close()

    # --- inside

    async def _make_keys(self, changes: Sequence[Change]) -> None:
        """Keys exist durably before anything sealed under them: else a crash between would lose the text."""
        unknown = self.mapper.owners(changes) - self._owners
        for customer in sorted(unknown):
            fault = await self._make_key(customer)
            if fault is not None:
                raise fault

    async def _ensure(self, customers: Sequence[str]) -> Mapping[str, KeyDestroyed | None]:
        """Make what keys are missing, in one go; what is told of each is whether it was destroyed."""
        ordered = sorted(customers)
        try:
            await asyncio.to_thread(self._keyring.ensure, ordered)
        except KeyDestroyed as gone:
            if len(ordered) == 1:
                return {ordered[0]: gone}
            # none was made: each for itself
            return {name: told for one in ordered for name, told in (await self._ensure([one])).items()}
        if len(self._owners) > MAX_KNOWN_OWNERS:
            self._owners.clear()
        self._owners.update(ordered)
        return dict.fromkeys(ordered)

    async def _plain_rows(self, after: int, limit: int, wanted: Filter) -> Sequence[PlainRow]:
        """Rows on their way to be decoded: as the driver gave them, where it gives what the mapper takes."""
        return await self.rows(after, limit, wanted)

    async def _patiently(self, after: int, read: Callable[[], Awaitable[R]]) -> R:
        """A subscription outlives a database that goes away: it resumes by position when it is back."""
        pause = 0.05
        while True:
            if self._closed:
                raise LogUnavailable("the log was closed")
            try:
                return await read()
            except LogUnavailable as fault:
                if pause > 1:  # a blink is no news
                    _logger.warning("a subscriber waits at position %d: %s", after, fault)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)


def _check_batch(limit: int) -> None:
    if not 1 <= limit <= MAX_READ:
        raise ValueError(f"limit {limit}: a batch has from 1 to {MAX_READ} events")
