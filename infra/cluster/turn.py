"""Whose turn it is, of several processes that may do the same: a lock that a connection to PostgreSQL holds.

The server gives it up when the connection ends, so a process that dies frees it at once, and one whose machine
vanished within seconds (keepalive). It only keeps processes out of one another's way: that a relay which lost its turn
without noticing does no harm is Kafka's doing, which refuses a producer once a younger one of the same name came.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, LiteralString, Protocol

import psycopg

from domain.ports import LogUnavailable
from infra.addresses import with_options

CONNECT_SECONDS = 5
#: Seconds between two looks whether the turn is free.
LOOK = 0.3
#: "relay", so that no other advisory lock in the database is taken for ours.
_KIND = 0x72656C79
_TRY = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"


class Held(Protocol):
    """A turn that one has."""

    async def check(self) -> None:
        """Raises `LogUnavailable` when it is lost."""
        ...


class Turn(Protocol):
    """A turn that one may wait for."""

    def taken(self) -> contextlib.AbstractAsyncContextManager[Held]:
        """Wait until it is ours; given back at the end of the block. Raises `LogUnavailable`."""
        ...


class OnlyOne:
    """Where there can be no other: a log that one process writes."""

    @asynccontextmanager
    async def taken(self) -> AsyncGenerator[OnlyOne]:
        yield self

    async def check(self) -> None:
        """Never lost."""


class PostgresTurn:
    """The turn called `name` among all processes that use the database."""

    def __init__(self, dsn: str, name: str) -> None:
        options = (
            "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c statement_timeout=5s"
        )
        self._dsn = with_options(dsn, options, application_name=f"trunkline-{name}"[:63])
        self._name = name

    @asynccontextmanager
    async def taken(self) -> AsyncGenerator[Held]:
        connection = await self._connect()
        try:
            held = _Held(connection)
            while not (await held.ask(_TRY, _KIND, self._name))[0]:  # noqa: ASYNC110  another process ends it
                await asyncio.sleep(LOOK)
            yield held
        finally:
            with contextlib.suppress(psycopg.Error):
                await connection.close()

    async def _connect(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
        except (psycopg.Error, OSError, TimeoutError) as fault:
            raise LogUnavailable(f"the turn of the relay cannot be asked for: {fault}") from fault


class _Held:
    def __init__(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        self._connection = connection

    async def ask(self, query: LiteralString, *parameters: object) -> tuple[Any, ...]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                cursor = await self._connection.execute(query, parameters)
            row = await cursor.fetchone()
        except (psycopg.Error, OSError, TimeoutError) as fault:
            raise LogUnavailable(f"the connection that holds the relay's turn is lost: {fault}") from fault
        assert row is not None, "each question has one answer"
        return row

    async def check(self) -> None:
        await self.ask("SELECT 1")
