"""A few reading connections, made when needed, replaced when broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed

from domain.ports import LogUnavailable
from infra.addresses import with_options

MAX_READERS = 4
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 60
#: What a page out of order costs beside one in order. PostgreSQL's own 4 is a turning disk's: the planner then reads a
#: whole log in order rather than a few events by the index of their type.
RANDOM_PAGE = 1.1

Query = SQL | Composed
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class PostgresReaders:
    """Runs queries on up to `MAX_READERS` connections of this process."""

    def __init__(self, dsn: str, *, patience: float = CONNECT_SECONDS) -> None:
        """`patience`: seconds that a server may take to let us in."""
        self._patience = patience
        self._dsn = with_options(
            dsn,
            application_name="trunkline-reader",
            options=f"-c TimeZone=UTC -c statement_timeout={STATEMENT_SECONDS}s -c random_page_cost={RANDOM_PAGE}",
        )
        self._idle: list[Connection] = []
        self._room = asyncio.Semaphore(MAX_READERS)
        self._closed = False

    async def fetch(self, query: Query, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows. A connection found broken is replaced once. Raises `LogUnavailable`."""
        try:
            return await self._fetch(query, parameters)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError, TimeoutError):
            # a server that is busy coming back lets nobody in for longer than we wait: that is no other fault
            await self._drop_idle()
        try:
            return await self._fetch(query, parameters)
        except (psycopg.Error, OSError, TimeoutError) as fault:
            raise LogUnavailable(f"the log's database cannot be read: {fault}") from fault

    async def close(self) -> None:
        self._closed = True
        await self._drop_idle()

    async def _fetch(self, query: Query, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        async with self.connection() as connection:
            cursor = await connection.cursor(binary=True).execute(query, parameters, prepare=True)
            return await cursor.fetchall() if cursor.description else []

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection in autocommit, for this block alone; closed when the block fails."""
        async with self._room:
            connection = self._idle.pop() if self._idle else await self._connect()
            try:
                yield connection
            except BaseException:
                await connection.close()
                raise
            if self._closed:
                await connection.close()
            else:
                self._idle.append(connection)

    async def _connect(self) -> Connection:
        if self._closed:
            raise LogUnavailable("the log was closed")
        async with asyncio.timeout(self._patience):
            return await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)

    async def _drop_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()
