"""The log in one SQLite file: one writing process, any number of reading ones."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteCursor

from domain.ports import Appended, Clock, Keyring, LogUnavailable
from infra.clock import system_clock
from infra.log.evaluate import Accepted, evaluate
from infra.log.group_commit import GroupCommit, Pending
from infra.log.rows import EVERYTHING, Batchable, Filter, OnceRow, PlainRow, Segment, StoredRow
from infra.log.sqlite_file import check_file, explain
from infra.log.sqlite_recorder import SqliteEventRecorder, datastore
from infra.log.sqlite_rows import (
    SELECT_POOLS,
    SELECT_ROW,
    find_once,
    insert_once,
    micros,
    once_row,
    plain_rows,
    restore,
    select_rows,
    stored_row,
    stream_end,
)
from infra.log.stored import StoredLog
from infra.log.writer_lock import WriterLock

READERS = 3
#: How often a process that does not write looks whether another one did.
TAIL_SECONDS = 0.05

T = TypeVar("T")


class SqliteLog(StoredLog):
    """`domain.ports.Log` in a SQLite file."""

    def __init__(self, path: Path, keyring: Keyring, *, clock: Clock = system_clock, write: bool = True) -> None:
        """`write=False` opens it for reading beside the process that writes.

        Raises `LogInUse` when another process writes, `LogUnavailable` when the file cannot be used.
        """
        super().__init__(keyring)
        self._path, self._clock = path, clock
        check_file(path, must_exist=not write)
        self._lock = WriterLock(path) if write else None
        self._recorder = SqliteEventRecorder(datastore(path))
        # One thread writes: a commit waits for the disk, and nothing else may wait with it.
        self._writing = ThreadPoolExecutor(1, "log-writer")
        self._reading = ThreadPoolExecutor(READERS, "log-reader")
        self._group = GroupCommit(self._store)
        self._tailing: asyncio.Task[None] | None = None
        self._refuse = LogUnavailable(f"the log {path} was opened for reading only") if not write else None
        try:
            self._prepare()
        except BaseException:
            self._release()
            raise

    def _prepare(self) -> None:
        if self._lock is not None:
            self._explained(self._create)
        self._explained(self._recorder.max_notification_id)

    def _create(self) -> None:
        with self._recorder.datastore.transaction(commit=False) as c:
            c.execute("SELECT 1 FROM sqlite_master WHERE name = 'customer_keys'")
            if c.fetchone():
                raise LogUnavailable(f"{self._path} holds the customers' keys: the log must lie in another file")
        self._recorder.create_table()

    # --- reading

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        return [stored_row(row) for row in await self.raw_page(after, limit, wanted)]

    async def _plain_rows(self, after: int, limit: int, wanted: Filter) -> Sequence[PlainRow]:
        return plain_rows(await self.raw_page(after, limit, wanted))

    async def raw_page(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> list[Any]:
        """Rows as the driver gives them: what reading cannot be faster than."""
        query, parameters = select_rows(after, limit, wanted)
        return await self._fetch(query, parameters)

    async def stream_rows(self, stream: str, after_version: int) -> Sequence[StoredRow]:
        query = f"{SELECT_ROW} WHERE originator_id = ? AND originator_version > ? ORDER BY originator_version"
        return [stored_row(row) for row in await self._fetch(query, (stream, after_version))]

    async def once_row(self, key: str) -> OnceRow | None:
        rows = await self._fetch("SELECT * FROM stored_events_once WHERE key = ?", (key,))
        return once_row(rows[0]) if rows else None

    async def head(self) -> int:
        return (await self._fetch("SELECT coalesce(max(rowid), 0) FROM stored_events"))[0][0]

    async def pools(self) -> Sequence[str]:
        return [row[0] for row in await self._fetch(SELECT_POOLS)]

    async def once_rows(self, after_key: str, limit: int) -> Sequence[OnceRow]:
        query = "SELECT * FROM stored_events_once WHERE key > ? ORDER BY key LIMIT ?"
        return [once_row(row) for row in await self._fetch(query, (after_key, limit))]

    async def segments(self, after: int, limit: int) -> Sequence[Segment]:
        query = "SELECT * FROM stored_events_segments WHERE number > ? ORDER BY number LIMIT ?"
        return [Segment._make(row) for row in await self._fetch(query, (after, limit))]

    async def last_segment(self) -> Segment | None:
        rows = await self._fetch("SELECT * FROM stored_events_segments ORDER BY number DESC LIMIT 1")
        return Segment._make(rows[0]) if rows else None

    # --- writing

    async def add_segment(self, segment: Segment) -> None:
        await self._write(
            lambda c: c.execute("INSERT OR IGNORE INTO stored_events_segments VALUES (?,?,?,?,?)", segment)
        )

    async def restore(self, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow) -> bool:
        done = await self._write(lambda c: restore(c, rows, once, marker))
        self._news.poke()
        return done

    async def _submit(self, batchable: Batchable) -> Appended:
        return await self._group.submit(batchable)

    async def _store(self, batch: list[Pending]) -> Sequence[Pending]:
        accepted = await self._write(lambda c: self._store_batch(c, batch))
        for pending, outcome in zip(batch, accepted.outcomes, strict=True):
            pending.settle(outcome)
        self._news.poke()
        return ()

    def _store_batch(self, c: SQLiteCursor, batch: list[Pending]) -> Accepted:
        c.execute("SELECT rowid, recorded_at FROM stored_events ORDER BY rowid DESC LIMIT 1")
        head, latest = c.fetchone() or (0, 0)
        wanted = [pending.batchable for pending in batch]
        accepted = evaluate(wanted, head, lambda stream: stream_end(c, stream), lambda key: find_once(c, key))
        if accepted.rows:
            self._recorder.insert_rows(c, accepted.rows, max(latest, micros(self._clock())))
        insert_once(c, accepted.once)
        return accepted

    async def _write(self, work: Callable[[SQLiteCursor], T]) -> T:
        if self._refuse is not None:
            raise self._refuse

        def transaction() -> T:
            with self._recorder.datastore.transaction(commit=True) as c:
                return work(c)

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writing, self._explained, transaction)

    # --- following what another process writes

    async def _start_following(self) -> None:
        if self._lock is None and (self._tailing is None or self._tailing.done()):
            self._tailing = asyncio.create_task(self._tail(), name="log-tail")

    async def _tail(self) -> None:
        """Pokes when SQLite's data version says that another process has committed."""
        known = -1
        with closing(sqlite3.connect(self._path.absolute().as_uri() + "?mode=ro", uri=True)) as connection:
            while True:
                try:
                    (version,) = connection.execute("PRAGMA data_version").fetchone()
                except sqlite3.OperationalError:
                    version = known - 1  # cannot be asked just now: let the subscribers look for themselves
                if version != known:
                    known = version
                    self._news.poke()
                await asyncio.sleep(TAIL_SECONDS)

    # --- inside

    async def _fetch(self, query: str, parameters: Sequence[Any] = ()) -> list[Any]:
        if self._closed:
            raise LogUnavailable("the log was closed")

        def fetch() -> list[Any]:
            with self._recorder.datastore.transaction(commit=False) as c:
                c.sqlite_cursor.row_factory = None  # plain tuples: nobody here asks a row by name
                c.execute(query, parameters)
                return c.fetchall()

        return await asyncio.get_running_loop().run_in_executor(self._reading, self._explained, fetch)

    def _explained(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (PersistenceError, sqlite3.Error) as fault:
            raise LogUnavailable(explain(self._path, fault)) from fault

    async def _close(self) -> None:
        await self._group.close()
        if self._tailing is not None:
            self._tailing.cancel()
        await asyncio.to_thread(self._release)

    def _release(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()
        self._recorder.datastore.close()
        if self._lock is not None:
            self._lock.release()
