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
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from psycopg.conninfo import conninfo_to_dict

_ATTACH, _DETACH = 26, 27
#: One instruction of classic BPF: return 0, keep nothing.
_DROP = struct.pack("HBBI", 0x06, 0, 0, 0)
#: Of TCP, or a socket in the file system, whose other end hears of everything.
Address = tuple[str, int] | str


class Cable:
    """Lies between `port` on the loopback address and the server at `address`; a thread of its own.

    A connection that outlives the time that it is cut for, at both ends, goes on afterwards, as it would.
    """

    def __init__(self, address: Address, listening: socket.socket) -> None:
        self._address, self._listening = address, listening
        self._ends: set[socket.socket] = set()
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._whole.set()
        self.port: int = listening.getsockname()[1]

    def cut(self) -> None:
        """From now on nothing that is sent to the server arrives, and nothing that is asked for is answered."""
        self._tell(self._whole.clear, self._drop)

    def mend(self) -> None:
        """What is sent arrives again."""
        self._tell(self._pass, self._whole.set)

    def carry(self) -> None:
        """Carry what comes until told to `stop`; for a thread."""
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._run())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(lambda: self._task.cancel())

    def _tell(self, *what: Callable[[], None]) -> None:
        """In the thread, before anything else happens there."""
        done = threading.Event()
        for one in (*what, done.set):
            self._loop.call_soon_threadsafe(one)
        done.wait()

    def _drop(self) -> None:
        program = ctypes.create_string_buffer(_DROP)
        for one in (self._listening, *self._ends):
            one.setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("HP", 1, ctypes.addressof(program)))

    def _pass(self) -> None:
        for one in (self._listening, *self._ends):
            with suppress(OSError):  # one that was made since has nothing to detach
                one.setsockopt(socket.SOL_SOCKET, _DETACH, 0)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as carrying:
            while True:
                near, _ = await self._loop.sock_accept(self._listening)
                carrying.create_task(self._carry(near))

    async def _carry(self, near: socket.socket) -> None:
        with suppress(OSError):
            async with self._end(near) as (reader, writer), self._end(self._far()) as (far_reader, far_writer):
                ways = (self._pump(reader, far_writer), self._pump(far_reader, writer))
                tasks = [asyncio.create_task(way) for way in ways]
                try:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)

    def _far(self) -> socket.socket:
        if isinstance(self._address, tuple):
            return socket.create_connection(self._address)
        far = socket.socket(socket.AF_UNIX)
        far.connect(self._address)
        return far

    @asynccontextmanager
    async def _end(self, one: socket.socket) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """An end that asks all the time whether the other is there, and never gives it up for being silent."""
        if one.family == socket.AF_INET:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 127)):
                one.setsockopt(socket.IPPROTO_TCP, option, value)
        self._ends.add(one)
        reader, writer = await asyncio.open_connection(sock=one)
        try:
            yield reader, writer
        finally:
            self._ends.discard(one)
            writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._whole.wait()
            writer.write(data)
            await writer.drain()


def to_postgres(dsn: str) -> Address:
    """The address of a server of PostgreSQL, by its socket's folder or its port."""
    known = conninfo_to_dict(dsn)
    host, port = str(known["host"]), int(known.get("port") or 5432)
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)


#: For an address of PostgreSQL: our end notices in three seconds what it would in eleven.
SOON = "connect_timeout=2&keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=3000"


@contextmanager
def cable(address: Address) -> Iterator[Cable]:
    """A cable that is whole, and gone afterwards."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        listening.setblocking(False)
        one = Cable(address, listening)
        thread = threading.Thread(target=one.carry, name="cable", daemon=True)
        thread.start()
        try:
            yield one
        finally:
            one.stop()
            thread.join()
