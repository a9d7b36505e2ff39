"""A cable between a program and a server, to be cut: nothing gets through and nobody is told.

A listener that stops forwarding is not the same: its kernel goes on acknowledging what it gets, and a peer that asks
whether anybody is there hears "yes". Here the kernel itself drops every segment, by a filter on the sockets (socket(7),
SO_ATTACH_FILTER; tcp(7)).
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from psycopg.conninfo import conninfo_to_dict

_ATTACH, _DETACH = 26, 27
#: One instruction of classic BPF: return 0, keep nothing.
_DROP = struct.pack("HBBI", 0x06, 0, 0, 0)
Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Cable:
    """Lies between `port` on the loopback address and the server that `connect` reaches; a thread of its own."""

    def __init__(self, connect: Connect, listening: socket.socket) -> None:
        self._connect, self._listening = connect, listening
        self._near: set[socket.socket] = set()
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._whole.set()
        self.port: int = listening.getsockname()[1]

    def cut(self) -> None:
        """From now on nothing that is sent to the server arrives, and nothing that is asked for is answered."""
        self._loop.call_soon_threadsafe(self._whole.clear)
        for one in (self._listening, *self._near):
            _drop_all(one)

    def mend(self) -> None:
        """The server can be reached again, by new connections."""
        self._listening.setsockopt(socket.SOL_SOCKET, _DETACH, 0)
        self._loop.call_soon_threadsafe(self._whole.set)

    def carry(self) -> None:
        """Carry what comes until told to `stop`; for a thread."""
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._run())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(lambda: self._task.cancel())

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as carrying:
            while True:
                near, _ = await self._loop.sock_accept(self._listening)
                carrying.create_task(self._carry(near))

    async def _carry(self, near: socket.socket) -> None:
        self._near.add(near)
        reader, writer = await asyncio.open_connection(sock=near)
        with suppress(OSError):
            far_reader, far_writer = await self._connect()
            ways = (self._pump(reader, far_writer), self._pump(far_reader, writer))
            tasks = [asyncio.create_task(way) for way in ways]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                far_writer.close()
        self._near.discard(near)
        writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._whole.wait()
            writer.write(data)
            await writer.drain()


def to_postgres(dsn: str) -> Connect:
    """The way to a server of PostgreSQL, by its socket's folder or its port."""
    known = conninfo_to_dict(dsn)
    host, port = str(known["host"]), int(known.get("port") or 5432)
    if host.startswith("/"):
        return lambda: asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return lambda: asyncio.open_connection(host, port)


def _drop_all(one: socket.socket) -> None:
    program = ctypes.create_string_buffer(_DROP)
    one.setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("HP", 1, ctypes.addressof(program)))


@contextmanager
def cable(connect: Connect) -> Iterator[Cable]:
    """A cable that is whole, and gone afterwards."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        listening.setblocking(False)
        one = Cable(connect, listening)
        thread = threading.Thread(target=one.carry, name="cable", daemon=True)
        thread.start()
        try:
            yield one
        finally:
            one.stop()
            thread.join()
