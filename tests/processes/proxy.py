"""The network between a site and the database: a TCP proxy that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from infra.settings import LOOPBACK


@dataclass(slots=True)
class Proxy:
    """Passes bytes to the database at `dsn`. `cut`: drops every connection and takes no further one."""

    dsn: str
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    def url(self, dsn: str) -> str:
        """The address of one of the server's databases, by way of this proxy."""
        known = conninfo_to_dict(dsn)
        return f"postgresql://{quote(str(known['user']))}@{LOOPBACK}:{self.port}/{known['dbname']}"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """The cable is cut."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known = conninfo_to_dict(self.dsn)
        host, port = str(known["host"]), int(str(known.get("port") or 5432))
        if host.startswith("/"):
            other, there = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            other, there = await asyncio.open_connection(host, port)
        self._writers |= {writer, there}
        await asyncio.gather(_copy(reader, there), _copy(other, writer))
        self._writers -= {writer, there}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxy(dsn: str) -> AsyncGenerator[Proxy]:
    made = Proxy(dsn)
    await made.open()
    try:
        yield made
    finally:
        await made.cut()
