"""What the log is measured against: the least anybody could do with the same bytes and the same table."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.types.numeric import Int8BinaryDumper

from infra.log.postgres_recorder import datastore
from infra.log.rows import NewRow

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_INSERT = (
    "INSERT INTO raw_events (originator_id, originator_version, topic, state, notification_id, pool, recorded_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
_UNNEST = (
    "INSERT INTO raw_events (originator_id, originator_version, topic, state, notification_id, pool, recorded_at)"
    " SELECT *, now() FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::bytea[], %b::bigint[], %b::text[])"
)
#: Streams and positions that no other round uses.
_fresh = itertools.count(1)


def make_raw_table(dsn: str) -> None:
    """The log's own table, indexes and all, without its function."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE raw_events (LIKE stored_events INCLUDING ALL)")


def in_threads(clients: int, seconds: float, one: Callable[[int], Callable[[], None]]) -> float:
    """`clients` threads, each calling its own function until time is up; calls a second."""
    counts = [0] * clients
    start = threading.Barrier(clients + 1)
    end = [0.0]

    def client(number: int) -> None:
        call = one(number)
        start.wait()
        while time.perf_counter() < end[0]:
            call()
            counts[number] += 1

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(client, number) for number in range(clients)]
        end[0] = time.perf_counter() + seconds + 3600
        start.wait()
        began = time.perf_counter()
        end[0] = began + seconds
        for each in running:
            each.result()
        return sum(counts) / (time.perf_counter() - began)


class RawInserts:
    """One autocommitted INSERT an event, a connection a client."""

    def __init__(self, dsn: str, rows: Sequence[tuple[str, bytes]], clients: int) -> None:
        self._connections = [psycopg.connect(dsn, autocommit=True) for _ in range(clients)]
        self._rows = rows

    async def round(self, seconds: float) -> float:
        return await asyncio.to_thread(in_threads, len(self._connections), seconds, self._client)

    def _client(self, number: int) -> Callable[[], None]:
        cursor, rows = self._connections[number].cursor(), itertools.cycle(self._rows)

        def insert() -> None:
            wire, state = next(rows)
            fresh = next(_fresh)
            row = (f"raw-{fresh}", 1, wire, state, fresh, "main", _NOW)
            cursor.execute(_INSERT, row, prepare=True)

        return insert

    async def close(self) -> None:
        for connection in self._connections:
            connection.close()


class BareGroupCommit:
    """asyncio clients and one writer that stores what has gathered in one INSERT: no checks, lock or notification."""

    def __init__(self, dsn: str, rows: Sequence[tuple[str, bytes]], clients: int) -> None:
        self._dsn, self._rows, self._clients = dsn, rows, clients
        self._waiting: list[tuple[str, str, bytes, asyncio.Future[None]]] = []
        self._connection: psycopg.AsyncConnection | None = None

    async def round(self, seconds: float) -> float:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
            self._connection.adapters.register_dumper(int, Int8BinaryDumper)
        work = asyncio.Event()
        writer = asyncio.create_task(self._write(self._connection, work))
        began = time.perf_counter()
        counts = await asyncio.gather(*(self._client(began + seconds, work) for _ in range(self._clients)))
        taken = time.perf_counter() - began
        writer.cancel()
        return sum(counts) / taken

    async def _client(self, until: float, work: asyncio.Event) -> int:
        rows, done = itertools.cycle(self._rows), 0
        loop = asyncio.get_running_loop()
        while time.perf_counter() < until:
            wire, state = next(rows)
            stored: asyncio.Future[None] = loop.create_future()
            self._waiting.append((f"bare-{next(_fresh)}", wire, state, stored))
            work.set()
            await stored
            done += 1
        return done

    async def _write(self, connection: psycopg.AsyncConnection, work: asyncio.Event) -> None:
        while True:
            await work.wait()
            work.clear()
            while self._waiting:
                batch, self._waiting = self._waiting, []
                size = len(batch)
                columns = (
                    [stream for stream, _, _, _ in batch],
                    [1] * size,
                    [wire for _, wire, _, _ in batch],
                    [state for _, _, state, _ in batch],
                    [next(_fresh) for _ in batch],
                    ["main"] * size,
                )
                await connection.execute(_UNNEST, columns, prepare=True)
                for *_, stored in batch:
                    stored.set_result(None)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


class EventsourcingDefault:
    """eventsourcing's recorder as it comes: its own table, its default pool, a thread a client."""

    def __init__(self, dsn: str, rows: Sequence[tuple[str, bytes]], clients: int) -> None:
        self._datastore = datastore(dsn, pool_size=5)
        self._recorder = PostgresApplicationRecorder(self._datastore, events_table_name="theirs")
        self._recorder.create_table()
        self._rows, self._clients = rows, clients

    async def round(self, seconds: float) -> float:
        return await asyncio.to_thread(in_threads, self._clients, seconds, self._client)

    def _client(self, _: int) -> Callable[[], None]:
        rows = itertools.cycle(self._rows)

        def insert() -> None:
            wire, state = next(rows)
            self._recorder.insert_events([StoredEvent(f"theirs-{next(_fresh)}", 1, wire, state)])

        return insert

    async def close(self) -> None:
        self._datastore.close()


class BinaryCopy:
    """COPY BINARY of ready bytes into the same table, a transaction for every `size` rows."""

    def __init__(self, dsn: str, rows: Sequence[tuple[str, bytes]], size: int) -> None:
        self._connection = psycopg.connect(dsn)
        self._rows, self._size = rows, size

    async def round(self, transactions: int) -> float:
        return await asyncio.to_thread(self._copy, transactions)

    def _copy(self, transactions: int) -> float:
        rows = itertools.cycle(self._rows)
        began = time.perf_counter()
        for _ in range(transactions):
            with self._connection.cursor().copy("COPY raw_events FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["text", "int8", "text", "bytea", "int8", "text", "timestamptz"])
                for _ in range(self._size):
                    wire, state = next(rows)
                    fresh = next(_fresh)
                    copy.write_row((f"copy-{fresh}", 1, wire, state, fresh, "main", _NOW))
            self._connection.commit()
        return transactions * self._size / (time.perf_counter() - began)

    async def close(self) -> None:
        self._connection.close()


class RawSqlite:
    """The same table in a file of its own, the same pragmas, ready bytes."""

    def __init__(self, path: Path, rows: Sequence[tuple[str, bytes]], create: Sequence[str]) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        for statement in create:
            self._db.execute(statement.format(table="stored_events"))
        self._rows = rows
        self._insert = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state, pool, recorded_at)"
            " VALUES (?, ?, ?, ?, ?, ?)"
        )

    def _take(self, count: int) -> list[NewRow]:
        rows = itertools.islice(itertools.cycle(self._rows), count)
        return [(f"raw-{next(_fresh)}", 1, wire, state, "main", 1) for wire, state in rows]  # type: ignore[misc]

    async def single(self, seconds: float) -> float:
        def run() -> float:
            began, done = time.perf_counter(), 0
            while time.perf_counter() - began < seconds:
                self._db.execute(self._insert, self._take(1)[0])
                done += 1
            return done / (time.perf_counter() - began)

        return await asyncio.to_thread(run)

    async def many(self, transactions: int, size: int) -> float:
        ready = [self._take(size) for _ in range(transactions)]

        def run() -> float:
            began = time.perf_counter()
            for batch in ready:
                self._db.execute("BEGIN")
                self._db.executemany(self._insert, batch)
                self._db.execute("COMMIT")
            return transactions * size / (time.perf_counter() - began)

        return await asyncio.to_thread(run)

    async def close(self) -> None:
        self._db.close()
