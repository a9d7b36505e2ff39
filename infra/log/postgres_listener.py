"""One listening connection a process, shared by all its subscribers.

A notification says only that there is something: subscribers read from where they stand. A slow poll beside it
catches whatever a broken connection swallowed, and finds out that it is broken.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from infra.log.news import News
from infra.log.rest import Rest

POLL_SECONDS = 1.0
CONNECT_SECONDS = 5
MAX_PAUSE_SECONDS = 2.0


class PostgresListener:
    """Pokes `news` at every notification on `channel`, and once a `POLL_SECONDS` in any case."""

    def __init__(self, dsn: str, channel: str, news: News) -> None:
        #: Between two looks for notifications: what comes meanwhile is told at once, at the next.
        self.rest = Rest()
        self._dsn = make_conninfo(dsn, application_name="trunkline-listener")
        self._channel = channel
        self._news = news
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()
        self._rested = 0.0

    async def start(self) -> None:
        """Returns when it listens, or after a while when the database is away: the poll makes up for it."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="log-listener")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._listening.wait()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        pause = 0.05
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError):
                self._listening.clear()
                self._news.poke()
                await asyncio.sleep(pause)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            else:
                pause = 0.05

    async def _listen(self) -> None:
        async with asyncio.timeout(CONNECT_SECONDS):
            connection = await psycopg.AsyncConnection[Any].connect(self._dsn, autocommit=True)
        async with connection:
            await connection.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
            self._listening.set()
            self._news.poke()  # whatever was stored while nobody listened
            while True:
                async for _ in connection.notifies(timeout=POLL_SECONDS):
                    self._news.poke()
                    await self._take_rest()
                self._news.poke()
                async with asyncio.timeout(CONNECT_SECONDS):
                    await connection.execute("SELECT 1")

    async def _take_rest(self) -> None:
        """Those that were fetched together pass by one rest together."""
        now, length = asyncio.get_running_loop().time(), self.rest.length
        if length and now - self._rested > length:
            await self.rest.until(now + length)
            self._rested = asyncio.get_running_loop().time()
