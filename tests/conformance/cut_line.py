"""A line to PostgreSQL that can be cut at any point: a proxy on a socket of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class CutLine:
    """Passes bytes between clients and the server until it is told to swallow answers, cut or refuse."""

    def __init__(self, dsn: str, folder: Path) -> None:
        known = conninfo_to_dict(dsn)
        self._server = (str(known.get("host") or "/tmp"), int(known.get("port") or 5432))
        self.dsn = make_conninfo(dsn, host=str(folder), port=5432)
        self._path = folder / ".s.PGSQL.5432"
        self._connections: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        #: While set, what the server answers is thrown away and the line cut at once.
        self.swallow_answers = False
        self.swallowed = asyncio.Event()

    async def open(self) -> None:
        self._listening = await asyncio.start_unix_server(self._serve, self._path)

    async def cut(self) -> None:
        """Nobody gets through any more, those who were through are cut."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for connection in list(self._connections):
            connection.transport.abort()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._server
        if host.startswith("/"):
            server_reader, server_writer = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            server_reader, server_writer = await asyncio.open_connection(host, port)
        self._connections |= {writer, server_writer}
        try:
            await asyncio.gather(self._pass(reader, server_writer), self._pass(server_reader, writer, answers=True))
        except OSError:
            pass  # cut, which is what this is for
        finally:
            for end in (writer, server_writer):
                self._connections.discard(end)
                end.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, answers: bool = False) -> None:
        while data := await source.read(65536):
            if answers and self.swallow_answers:
                self.swallow_answers = False
                self.swallowed.set()
                raise ConnectionResetError
            target.write(data)
            await target.drain()
        raise ConnectionResetError
