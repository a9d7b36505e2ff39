"""The relay: the log into Kafka, in its order, nothing left out, going on from what the topic really holds.

Any number of processes may run one; PostgreSQL gives one of them the turn. Whatever goes wrong, the remedy is the same:
let go of everything, look again what the topic holds, and go on from there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, cast

import structlog

from domain.ports import LogUnavailable
from infra.cluster.broker import Broker
from infra.cluster.cloud_event import ForeignRecord
from infra.cluster.publishing import OtherLog, Publishing
from infra.cluster.turn import Held, OnlyOne, Turn
from infra.log.stored import StoredLog

_log = structlog.get_logger("relay")
Thread = Callable[[Callable[[], Any]], Awaitable[Any]]

#: Events in one transaction at most.
WINDOW = 1_000
#: Between two windows the relay rests so many times as long as a window took, and so many seconds at most: a
#: transaction costs relay and broker about the same for one event as for fifty.
REST, LONGEST_REST = 1.5, 0.1
#: Seconds before another try: the first, doubled each time up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
SOURCE = "urn:trunkline:log"


@dataclass(frozen=True, slots=True)
class RelayStanding:
    """How the relay of this process is doing; it waits for its turn. Everything up to `position` is in the topic."""

    state: Literal["waiting", "publishing", "stopped"]
    position: int = 0
    published: int = 0
    failures: int = 0
    fault: str = ""


class Relay:
    """Publishes `log` until it is cancelled or told to `stop`."""

    def __init__(self, log: StoredLog, broker: Broker, *, turn: Turn | None = None, source: str = SOURCE) -> None:
        self._source_log, self._broker, self._source = log, broker, source
        self._turn: Turn = OnlyOne() if turn is None else turn
        self._stopping = asyncio.Event()
        self.standing = RelayStanding("waiting")

    def stop(self) -> None:
        """Finish the window under way, then let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Raises nothing that may pass; what it waits for is told in the log of the process and in `standing`."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            before = self.standing.published
            try:
                await self._until_stopped(self._take_turn())
            except (LogUnavailable, ForeignRecord, OtherLog) as fault:
                pause = FIRST_PAUSE if self.standing.published > before else min(pause * 2, LONGEST_PAUSE)
                _log.warning("the relay waits", reason=str(fault), seconds=pause)
                self._stand("stopped", failures=self.standing.failures + 1, fault=str(fault))
                await self._until_stopped(asyncio.sleep(pause))
        self._stand("stopped")

    async def _take_turn(self) -> None:
        self._stand("waiting")
        async with self._turn.taken() as held, self._begun() as (publishing, thread):
            position = await publishing.first_missing(self._source_log)
            self._stand("publishing", position=position, fault="")
            _log.info("the relay publishes", topic=self._broker.topic, after=position)
            await self._publish_from(position, held, publishing, thread)

    async def _publish_from(self, position: int, held: Held, publishing: Publishing, thread: Thread) -> None:
        batches = cast("AsyncGenerator[Any]", self._source_log.follow_rows(position, WINDOW))
        async with aclosing(batches) as following:
            async for rows in following:
                began = asyncio.get_running_loop().time()
                await held.check()
                done = await thread(partial(publishing.publish, rows))
                published = self.standing.published + done
                self._stand("publishing", position=rows[-1].position, published=published)
                publishing.check_partitions()
                if len(rows) < WINDOW:
                    took = asyncio.get_running_loop().time() - began
                    await asyncio.sleep(min(took * REST, LONGEST_REST))

    @asynccontextmanager
    async def _begun(self) -> AsyncGenerator[tuple[Publishing, Thread]]:
        """The producer and the one thread it is used from; a window under way is finished before it is closed."""
        with ThreadPoolExecutor(1, "relay") as threads:
            loop = asyncio.get_running_loop()

            async def thread(work: Callable[[], Any]) -> Any:
                running = loop.run_in_executor(threads, work)
                try:
                    return await asyncio.shield(running)
                except asyncio.CancelledError:
                    with contextlib.suppress(Exception):  # nobody is left to tell
                        await running
                    raise

            publishing = await thread(lambda: Publishing.begin(self._broker, self._source))
            try:
                yield publishing, thread
            finally:
                await thread(publishing.close)

    async def _until_stopped(self, work: Any) -> None:
        """Work that a stop ends, at the next point where it waits."""
        working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
        finally:
            working.cancel()
            stopping.cancel()
            await asyncio.wait({working, stopping})

    def _stand(self, state: Literal["waiting", "publishing", "stopped"], **changes: Any) -> None:
        told = self.standing
        kept = {"position": told.position, "published": told.published, "failures": told.failures, "fault": told.fault}
        self.standing = RelayStanding(state, **{**kept, **changes})
