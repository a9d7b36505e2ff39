"""Keeping projections up to date: one task for each projection and pool follows the log and applies its batches.

A fault stops the projection it concerns and no other; it starts again from its position after a pause that
grows to a bound, for as long as the process runs. Nothing is skipped. While the log, the rows or the keys do not answer
it waits: that is no fault of its own. What is not written yet is at most one batch of events per task.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol, Self, TypeVar, cast

import structlog

from domain.event import Recorded
from domain.ports import Clock, LogUnavailable, Opener, UnreadableEvent
from infra.clock import system_clock
from infra.rows.applying import Applier, PoisonEvent
from infra.rows.port import EVERY_POOL, PositionMoved, RowStore, position_in
from infra.rows.together import Beat, Together
from projections.schema import Projection

_log = structlog.get_logger("projecting")
T = TypeVar("T")

#: Events in one transaction at most.
BATCH = 500
#: Seconds without an event after which nothing is to be done.
QUIET = 1.0
#: Seconds for which a position is held back that no row depends on: events that a projection does not handle.
HOLD = 0.1
#: Pauses before another try, in seconds: the first, doubled each time up to the longest; and up to the longest while
#: what is needed does not answer, which may come back at any moment.
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_WAIT = 0.1, 30.0, 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How one projection of one pool is doing.

    `fault` says what stopped it, where `state` is `stopped`, and what does not answer, where it is `waiting`.
    """

    projection: str
    pool: str
    state: Literal["starting", "following", "waiting", "stopped"]
    position: int
    since: datetime
    failures: int = 0
    fault: str = ""


class Source(Protocol):
    """What projections follow: the log, or what carries it."""

    def subscribe(
        self, after: int = 0, *, pool: str | None = None, limit: int = 500
    ) -> AsyncIterator[Sequence[Recorded]]:
        """As `domain.ports.Log.subscribe`."""
        ...


class Arriving:
    """Batches as they come, waited for no longer than one likes."""

    def __init__(self, batches: AsyncIterator[Sequence[Recorded]]) -> None:
        self._batches = batches
        self._coming: asyncio.Future[Sequence[Recorded]] | None = None

    async def next(self, seconds: float | None) -> Sequence[Recorded] | None:
        """The next batch; None when none has come within so many seconds (None: as long as it takes)."""
        coming = await self._within(seconds)
        if coming is None:
            return None
        self._coming = None
        return coming.result()

    async def any_within(self, seconds: float) -> bool:
        """Whether there is a batch, or a fault, within so many seconds; `next` gives it."""
        return await self._within(seconds) is not None

    async def _within(self, seconds: float | None) -> asyncio.Future[Sequence[Recorded]] | None:
        if self._coming is None:
            self._coming = asyncio.ensure_future(anext(self._batches))  # type: ignore[arg-type]
        await asyncio.wait({self._coming}, timeout=None if seconds is None else max(0.0, seconds))
        return self._coming if self._coming.done() else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Before the batches are closed: nobody may wait for them any more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)


class Projecting:
    """Runs projections. `pools` None follows the whole log as one."""

    def __init__(
        self,
        log: Source,
        store: RowStore,
        opener: Opener,
        projections: Iterable[Projection],
        *,
        pools: Sequence[str] | None = None,
        clock: Clock = system_clock,
        batch: int = BATCH,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._source, self._store, self._opener, self._clock = log, store, opener, clock
        self._projections = tuple(projections)
        self._pools = (EVERY_POOL,) if pools is None else tuple(pools)
        self._batch, self._first_pause, self._longest_pause = batch, first_pause, longest_pause
        self._moved = asyncio.Event()
        #: One: projecting does not run in parallel anyway, and what is stored is stored together.
        self._thread: ThreadPoolExecutor | None = None
        self._beat, self._together = Beat(), Together(store, self._in_thread)
        #: Those that stopped because of an event, not because of their surroundings.
        self._stuck: set[tuple[str, str]] = set()
        self._standing = {
            (projection.name, pool): Standing(projection.name, pool, "starting", 0, clock())
            for projection in self._projections
            for pool in self._pools
        }

    def standing(self) -> list[Standing]:
        """How every projection is doing."""
        return list(self._standing.values())

    def position(self, projection: str, pool: str) -> int:
        """How far a projection has come, 0 while it starts. Raises `KeyError` when it does not run here."""
        found = self._standing.get((projection, pool)) or self._standing[projection, EVERY_POOL]
        return found.position

    async def reached(self, projections: Iterable[str], pool: str, position: int, patience: float) -> bool:
        """Wait until all of these stand at `position` or further, at most `patience` seconds; whether they do."""
        names = tuple(projections)
        try:
            async with asyncio.timeout(patience):
                while any(self.position(name, pool) < position for name in names):
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Keep all projections up to date until cancelled; may be run again after that."""
        thread = self._thread = ThreadPoolExecutor(1, "projecting")
        try:
            async with asyncio.TaskGroup() as tasks:
                for projection in self._projections:
                    for pool in self._pools:
                        tasks.create_task(self._keep(projection, pool), name=f"projecting {projection.name} {pool}")
        finally:
            thread.shutdown(wait=True)

    async def _keep(self, projection: Projection, pool: str) -> None:
        """Follow, and after a fault follow again."""
        pause = self._first_pause
        while True:
            before = self._standing[projection.name, pool].position
            try:
                await self._follow(projection, pool)
            except PositionMoved as moved:
                # another process works on these rows, or a rebuilt generation has taken their place
                _log.info("rows moved", projection=projection.name, pool=pool, reason=str(moved))
            except LogUnavailable as fault:  # the rows' and the keys' are of the same kind
                self._wait(projection, pool, fault)
                pause = min(pause, LONGEST_WAIT)
            except Exception as fault:  # noqa: BLE001  whatever it is, it stops this projection alone, and is told
                self._stop(projection, pool, fault)
            if self._standing[projection.name, pool].position > before:
                pause = self._first_pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._longest_pause)

    async def _follow(self, projection: Projection, pool: str) -> None:
        applier = await self._in_thread(lambda: Applier(self._store.live(projection, pool), self._opener))
        try:
            positions = await self._in_thread(lambda: self._store.positions(projection.name))
            position = max(applier.position, position_in(positions, pool))
            # at an event that could not be projected it stays stopped until it gets past it; who waited for something
            # knows that it is back when something was stored, or nothing is to be
            waited = self._standing[projection.name, pool].state == "waiting"
            if not waited and (projection.name, pool) not in self._stuck:
                self._stand(projection, pool, position)
            wanted = None if pool == EVERY_POOL else pool
            batches = self._source.subscribe(applier.position, pool=wanted, limit=self._batch)
            async with aclosing(cast("Any", batches)), Arriving(aiter(batches)) as arriving:
                if waited and not await arriving.any_within(QUIET):
                    self._stand(projection, pool, position)
                await self._project(projection, pool, applier, arriving)
        finally:
            await self._in_thread(applier.close)

    async def _project(self, projection: Projection, pool: str, applier: Applier, arriving: Arriving) -> None:
        """Apply what comes. What concerns no row moves the position with what does, or after a while by itself.

        After a batch events gather until the next beat, so that a transaction is paid for many: on a busy day rows are
        so much older, and an event that comes alone waits for nothing.
        """
        held: Sequence[Recorded] = ()
        until = 0.0
        while True:
            now = asyncio.get_running_loop().time()
            batch = await arriving.next(until - now if held else None)
            if batch is not None and not any(type(one.event) in projection.handlers for one in batch):
                until = until if held else now + HOLD
                held = batch
                self._stand(projection, pool, batch[-1].position)
                continue
            await self._apply(applier, held if batch is None else batch)
            self._stand(projection, pool, applier.position)
            held = ()
            if batch is not None and len(batch) < self._batch:
                await self._beat.next()

    async def _apply(self, applier: Applier, batch: Sequence[Recorded]) -> None:
        began = asyncio.get_running_loop().time()
        if await self._in_thread(lambda: applier.prepare(batch)):
            await self._together.store(applier)
            self._beat.took(asyncio.get_running_loop().time() - began)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Run to the end even when this task is cancelled: a connection is never left to two threads."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):  # the task is being cancelled: nobody is left to tell
                await running
            raise

    def _stand(self, projection: Projection, pool: str, position: int) -> None:
        before = self._standing[projection.name, pool]
        self._stuck.discard((projection.name, pool))
        since = before.since if before.state == "following" else self._clock()
        self._standing[projection.name, pool] = Standing(
            projection.name, pool, "following", position, since, before.failures
        )
        self._moved.set()
        self._moved = asyncio.Event()

    def _wait(self, projection: Projection, pool: str, fault: LogUnavailable) -> None:
        before = self._standing[projection.name, pool]
        if (projection.name, pool) not in self._stuck:
            since = before.since if before.state == "waiting" else self._clock()
            self._fail(replace(before, state="waiting", since=since), fault)
        _log.warning(
            "a projection waits", projection=projection.name, pool=pool, position=before.position, reason=str(fault)
        )

    def _stop(self, projection: Projection, pool: str, fault: Exception) -> None:
        before = self._standing[projection.name, pool]
        if isinstance(fault, PoisonEvent | UnreadableEvent):
            self._stuck.add((projection.name, pool))
        since = before.since if before.state == "stopped" else self._clock()
        position = fault.position - 1 if isinstance(fault, PoisonEvent) else before.position
        self._fail(replace(before, state="stopped", since=since, position=position), fault)
        _log.error(
            "projection stopped",
            projection=projection.name,
            pool=pool,
            position=before.position,
            fault=str(fault) if type(fault).__module__.startswith(("infra.", "domain.")) else type(fault).__name__,
        )

    def _fail(self, standing: Standing, fault: Exception) -> None:
        told = replace(standing, failures=standing.failures + 1, fault=f"{type(fault).__name__}: {fault}")
        self._standing[standing.projection, standing.pool] = told
