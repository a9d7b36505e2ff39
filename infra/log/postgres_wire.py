"""One connection that calls one prepared statement over and over, straight on libpq.

A lone client pays for every round trip and every layer: psycopg's own asyncio path costs about as much as the
database does. Parameters go as binary arrays (PostgreSQL's `array_send` format: dimensions, null flag,
element type, length, lower bound, then each element with its length).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncGenerator, Callable, Sequence

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

TEXT, BIGINT, BYTEA = 25, 20, 17

_HEADER = struct.Struct(">iiiii")
_EMPTY = struct.Struct(">iii")
_LENGTH = struct.Struct(">i")
_NULL = _LENGTH.pack(-1)


def array_of(element: int, items: Sequence[bytes | None]) -> bytes:
    """A binary array of texts (UTF-8) or byte strings; None becomes NULL."""
    if not items:
        return _EMPTY.pack(0, 0, element)
    parts: list[bytes] = [_HEADER.pack(1, 1, element, len(items), 1)]
    add, length = parts.append, _LENGTH.pack
    for item in items:
        if item is None:
            add(_NULL)
        else:
            add(length(len(item)))
            add(item)
    return b"".join(parts)


def array_of_ints(items: Sequence[int]) -> bytes:
    """A binary array of bigints."""
    if not items:
        return _EMPTY.pack(0, 0, BIGINT)
    flat = [8] * (2 * len(items))
    flat[1::2] = items
    return struct.pack(">iiiii" + "iq" * len(items), 1, 0, BIGINT, len(items), 1, *flat)


class ConnectionLost(Exception):
    """The connection broke. If a call was under way, whether it was committed is not known."""


class CallConnection:
    """Calls one prepared statement from the running event loop, one call at a time."""

    STATEMENT = b"call"

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._loop = asyncio.get_running_loop()
        # A descriptor of our own: libpq closes its own as soon as it finds the server gone, and the number may then
        # be another connection's, whose reader we would take away.
        self._socket = os.dup(self._pg.socket)
        self._readable: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._loop.add_reader(self._socket, self._on_readable)

    @classmethod
    async def open(cls, dsn: str, statement: bytes, setup: Sequence[str], seconds: float) -> CallConnection:
        """Connect within `seconds`. Raises `psycopg.Error`, `TimeoutError` or `OSError`."""
        async with asyncio.timeout(seconds):
            connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
        try:
            for text in setup:
                await connection.execute(text)  # type: ignore[arg-type]  # texts of the caller's own module
            wire = cls(connection)
        except BaseException:
            await connection.close()
            raise
        try:
            await wire._query(lambda: wire._pg.send_prepare(cls.STATEMENT, statement))
        except BaseException:
            await wire.close()
            raise
        return wire

    async def call(self, parameters: Sequence[bytes | None]) -> pq.abc.PGresult:
        """The result, binary. Raises `ConnectionLost`, or `psycopg.Error` when the server refused."""
        formats = [1] * len(parameters)
        return await self._query(
            lambda: self._pg.send_query_prepared(self.STATEMENT, parameters, formats, result_format=1)
        )

    @property
    def broken(self) -> bool:
        return self._connection.closed or self._pg.status != pq.ConnStatus.OK

    @contextlib.asynccontextmanager
    async def queries(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        """The same connection in psycopg's own hands, for the rare statement that is not the call."""
        self._loop.remove_reader(self._socket)
        try:
            yield self._connection
        finally:
            if not self._connection.closed:
                self._loop.add_reader(self._socket, self._on_readable)

    async def close(self) -> None:
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            os.close(self._socket)
            self._socket = -1
        await self._connection.close()

    async def _query(self, send: Callable[[], None]) -> pq.abc.PGresult:
        try:
            send()
            while self._pg.flush() == 1:
                await self._until_writable()
            result = await self._last_result()
        except psycopg.OperationalError as fault:
            raise ConnectionLost(str(fault)) from fault
        if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return result
        fault = error_from_result(result)
        if self._pg.status != pq.ConnStatus.OK or isinstance(fault, psycopg.errors.AdminShutdown):
            raise ConnectionLost(str(fault)) from fault
        raise fault

    async def _last_result(self) -> pq.abc.PGresult:
        last: pq.abc.PGresult | None = None
        while True:
            while self._pg.is_busy():
                await self._until_readable()
                self._pg.consume_input()
            result = self._pg.get_result()
            if result is None:
                break
            last = result
        if last is None:
            raise psycopg.OperationalError("the server closed the connection")
        return last

    async def _until_readable(self) -> None:
        self._readable = self._loop.create_future()
        try:
            await self._readable
        finally:
            self._readable = None

    async def _until_writable(self) -> None:
        self._writable = self._loop.create_future()
        self._loop.add_writer(self._socket, self._on_writable)
        try:
            await self._writable
        finally:
            self._loop.remove_writer(self._socket)
            self._writable = None

    def _on_readable(self) -> None:
        if self._readable is None:
            # Nobody waits: a notice, or the server went away. Take it in, else this fires for ever.
            try:
                self._pg.consume_input()
            except psycopg.OperationalError:
                self._loop.remove_reader(self._socket)
        elif not self._readable.done():
            self._readable.set_result(None)

    def _on_writable(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
