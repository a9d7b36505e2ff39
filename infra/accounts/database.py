"""One small way to run SQL on SQLite and on PostgreSQL, for the few tables that are no event's business.

Statements are written once, with named parameters `:name`, in the dialect that both understand.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from domain.ports import LogUnavailable
from infra.accounts.schema import TABLES
from infra.addresses import with_options

Row = tuple[Any, ...]
_NAMED = re.compile(r"(?<![:\w]):([a-z_]+[0-9]*)")
Pool = AsyncConnectionPool[psycopg.AsyncConnection[Row]]
POOL_SIZE, HASTY_SIZE = 4, 4
TIMEOUT_SECONDS = 10.0
#: Seconds for which a pool tries by itself to be let in again, and after which whoever waits makes it try anew. Left to
#: itself it tries ever more rarely: after ten minutes without a server, minutes after the server is back.
TRIES_SECONDS, ASKS_SECONDS = 2.0, 2.5
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={int(TIMEOUT_SECONDS * 1000)}",
)
#: Any number, the same in every process.
SCHEMA_LOCK = 0x7472756E6B


class Duplicate(Exception):
    """A row with this key is there already."""


class _Died(Exception):
    """The connection was lost: with another one the same may succeed. `sent`: the statement may have been done."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__()
        self.sent = sent


class Database(Protocol):
    """Runs one statement in a transaction of its own. Raises `Duplicate`, `LogUnavailable`."""

    async def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, *, durable: bool = True
    ) -> Sequence[Row]:
        """The rows that it returns, none for a statement that returns none.

        Not `durable`: it is not waited for until it is on the disk, so that a crash of the database's server may undo
        the last second of such statements; one of our own processes undoes nothing. It must do no harm to run it
        twice: where a connection was lost, it is.
        """
        ...

    async def close(self) -> None: ...


class SqliteDatabase:
    """A file (or `:memory:`), its tables created where they are missing.

    Statements run one at a time, on a thread: the event loop never waits for a disk.
    """

    def __init__(self, path: str | Path) -> None:
        """Raises `LogUnavailable` for a file that cannot be opened or is no database."""
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
            for statement in (*PRAGMAS, *TABLES):
                self._connection.execute(statement)
        except sqlite3.Error as fault:
            raise LogUnavailable(f"the store of accounts at {Path(path).name}: {fault}") from fault

    async def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, *, durable: bool = True
    ) -> Sequence[Row]:
        return await asyncio.to_thread(self._run, statement, dict(parameters or {}))

    def _run(self, statement: str, parameters: dict[str, Any]) -> Sequence[Row]:
        with self._lock:
            try:
                return self._connection.execute(statement, parameters).fetchall()
            except sqlite3.IntegrityError as fault:
                raise Duplicate from fault
            except sqlite3.Error as fault:
                raise LogUnavailable(f"the store of accounts: {type(fault).__name__}") from fault

    async def close(self) -> None:
        with self._lock:
            self._connection.close()


class PostgresDatabase:
    """Two pools of connections, one for what need not be durable; `connect` opens them."""

    def __init__(self, pool: Pool, hasty: Pool) -> None:
        self._pool, self._hasty = pool, hasty

    @classmethod
    async def connect(cls, conninfo: str) -> PostgresDatabase:
        """Open the pool and create what tables are missing. Raises `LogUnavailable` when the server does not answer."""
        pool = _pool(conninfo, POOL_SIZE)
        hasty = _pool(with_options(conninfo, "-c synchronous_commit=off"), HASTY_SIZE)
        database = cls(pool, hasty)
        try:
            for one in (pool, hasty):
                await one.open()
                async with _connection(one):
                    pass
        except PoolTimeout as fault:
            await database.close()
            raise LogUnavailable("the store of accounts: the database does not answer") from fault
        async with pool.connection() as connection, connection.transaction():
            # of several processes that start at once, one creates the tables
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])
            for statement in TABLES:
                await connection.execute(statement.encode())
        return database

    async def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, *, durable: bool = True
    ) -> Sequence[Row]:
        pool = self._pool if durable else self._hasty
        repeatable = not durable or statement.startswith("SELECT")
        # after a restart of the server each connection of the pool is found out to be dead by who uses it first
        tries = pool.max_size + 1
        while True:
            tries -= 1
            try:
                return await self._run(pool, _for_postgres(statement), dict(parameters or {}), repeatable)
            except psycopg.errors.UniqueViolation as fault:
                raise Duplicate from fault
            except _Died as fault:
                if not tries or (fault.sent and not repeatable):
                    raise LogUnavailable("the store of accounts: the connection was lost") from fault
            except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
                raise LogUnavailable(f"the store of accounts: {type(fault).__name__}") from fault

    async def _run(self, pool: Pool, statement: Any, parameters: dict[str, Any], repeatable: bool) -> Sequence[Row]:
        async with _connection(pool) as connection:
            if not repeatable:
                await _listening(connection)
            try:
                cursor = await connection.execute(statement, parameters)
                return await cursor.fetchall() if cursor.description else []
            except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
                if connection.closed:
                    raise _Died(sent=True) from fault
                raise

    async def close(self) -> None:
        await self._pool.close()
        await self._hasty.close()


@asynccontextmanager
async def _connection(pool: Pool) -> AsyncGenerator[psycopg.AsyncConnection[Row]]:
    """A connection of the pool's. Raises `PoolTimeout` when there is none for `TIMEOUT_SECONDS`."""
    asked, ends = _cancellations(), time.monotonic() + TIMEOUT_SECONDS
    connection: psycopg.AsyncConnection[Row] | None = None
    try:
        while connection is None:
            try:
                connection = await pool.getconn(timeout=ASKS_SECONDS)
            except PoolTimeout:
                if time.monotonic() >= ends:
                    raise
            if _cancellations() > asked:
                # the pool waits by `asyncio.wait_for`, which before Python 3.12 may lose one
                raise asyncio.CancelledError
        yield connection
    finally:
        if connection is not None:
            await pool.putconn(connection)


async def _listening(connection: psycopg.AsyncConnection[Row]) -> None:
    """Raises `_Died` where nobody listens any more: what may not be done twice is not sent there to be lost."""
    try:
        await AsyncConnectionPool.check_connection(connection)
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise _Died(sent=False) from fault


def _cancellations() -> int:
    """How often the task at hand has been told to end."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def _pool(conninfo: str, size: int) -> Pool:
    settings = {"autocommit": True, "connect_timeout": int(TIMEOUT_SECONDS)}
    return AsyncConnectionPool(
        conninfo, min_size=1, max_size=size, open=False, kwargs=settings, reconnect_timeout=TRIES_SECONDS
    )


@cache
def _for_postgres(statement: str) -> Any:
    """`:name` as psycopg writes it; statements are constants of this package and hold no percent signs."""
    return _NAMED.sub(r"%(\1)s", statement)
