"""The process that runs one pool's router: follow the log, decide when caught up, make the decisions so.

Any number may run on one pool, though one is enough: an offer is appended against the versions of agent and
interaction, so of two routers that want the same, the log refuses one, who then sees what happened and decides again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, cast

import structlog

from domain.decide import Command
from domain.event import Recorded
from domain.execute import Executor, Origin, TooBusy
from domain.ports import Clock, Log, LogUnavailable
from domain.rejection import Rejection
from domain.stream import category_of
from router import Router
from router.records import Cause

_log = structlog.get_logger("routing")

ACTOR = "system:router"
#: Events per batch when reading the past, and when following.
CATCH_UP_BATCH, BATCH = 5000, 500
#: Commands under way at once.
AT_ONCE = 16
#: How often a command meets a busy or unavailable log before the router decides anew.
TRIES = 5
#: Seconds between two tries: doubled each time, from the first to the second.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
#: Seconds after a full batch to wait for the next before deciding: a decision on an old board is soon refused.
SETTLING = 0.05
#: Seconds after which the clock is read again however far the next deadline is: clocks get set.
LONGEST_SLEEP = 60.0
#: Seconds between looks at whether it is this process' turn now.
STANDBY = 0.2

Work = tuple[Command, Cause]


class RouterProcess:
    """Runs the router of `pool` until it is cancelled or told to `stop`.

    `executor` should read the same `clock`, so that a deadline that has passed here has passed there. `on_built` is
    called before and after the board is built: a process of its own passes `tune_collector`. While `decides` says no,
    the board is kept up to date and nothing is decided: another process does it, and this one stands by.
    """

    def __init__(
        self,
        log: Log,
        executor: Executor,
        pool: str,
        *,
        clock: Clock,
        router: Router | None = None,
        on_built: Callable[[], None] = lambda: None,
        decides: Callable[[], bool] = lambda: True,
    ) -> None:
        self._log, self._executor, self._pool, self._clock, self._on_built = log, executor, pool, clock, on_built
        self._decides = decides
        self.router = Router(pool) if router is None else router
        #: Whether everything that the log has for the pool was seen at the last look.
        self.waits = False
        #: What the past is read for: of all else the board learns nothing.
        self._types = sorted(kind.wire for kind in self.router.board.kinds)
        self._stopping = asyncio.Event()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def stop(self) -> None:
        """Finish what is under way, then let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Raises what is no passing fault, such as `UnreadableEvent`: a router must not route on half a log."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            before = self.router.position
            try:
                self._on_built()
                await self._catch_up()
                self._on_built()
                await self._follow()
            except LogUnavailable as fault:
                pause = FIRST_PAUSE if self.router.position > before else min(pause * 2, LONGEST_PAUSE)
                _log.warning("log unavailable, routing waits", pool=self._pool, fault=str(fault), seconds=pause)
                await self._rest(pause)

    async def _catch_up(self) -> None:
        self.waits = False
        while not self._stopping.is_set():
            past = await self._log.read(self.router.position, CATCH_UP_BATCH, pool=self._pool, types=self._types)
            if not past:
                return
            self._fold(past)

    async def _follow(self) -> None:
        news = self._log.subscribe(self.router.position, pool=self._pool, limit=BATCH)
        async with aclosing(cast("AsyncGenerator[Sequence[Recorded]]", news)) as following:
            upcoming = asyncio.ensure_future(anext(following))
            stopping = asyncio.ensure_future(self._stopping.wait())
            try:
                self.waits = True
                while not self._stopping.is_set():
                    if self._decides():
                        await self._act()
                    await self._wait(upcoming, stopping, self._until_deadline())
                    while upcoming.done():
                        batch = upcoming.result()
                        self._fold(batch, live=self._decides())
                        self.waits = len(batch) < BATCH
                        upcoming = asyncio.ensure_future(anext(following))
                        if len(batch) == BATCH:
                            await self._wait(upcoming, stopping, SETTLING)
            finally:
                upcoming.cancel()
                stopping.cancel()
                await asyncio.wait({upcoming, stopping})

    def _fold(self, events: Sequence[Recorded], *, live: bool = False) -> None:
        for recorded in events:
            self.router.fold(recorded)
            # what begins now will be offered soon; most of the past is over
            self._executor.saw(recorded, begin=live and category_of(recorded.stream) == "interaction")

    async def _wait(
        self, upcoming: asyncio.Future[Sequence[Recorded]], stopping: asyncio.Future[Any], seconds: float
    ) -> None:
        await asyncio.wait({upcoming, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _until_deadline(self) -> float:
        if not self._decides():
            return STANDBY
        wake_at = self.router.wake_at()
        if wake_at is None:
            return LONGEST_SLEEP
        return min(max((wake_at - self._clock()).total_seconds(), 0.0), LONGEST_SLEEP)

    async def _act(self) -> None:
        commands = self.router.decide(self._clock())
        if not commands:
            return
        async with asyncio.TaskGroup() as group:
            for chain in independent([(command, self.router.cause(command)) for command in commands]):
                group.create_task(self._execute_in_order(chain))

    async def _execute_in_order(self, chain: Sequence[Work]) -> None:
        async with self._turn:
            for command, cause in chain:
                await self._execute(command, cause)

    async def _execute(self, command: Command, cause: Cause) -> None:
        """Make a command so, or tell the router that it changed nothing."""
        origin = Origin(
            project=cause.project,
            pool=self._pool,
            actor=ACTOR,
            causation_id=cause.event_id,
            correlation_id=cause.correlation_id,
        )
        pause = FIRST_PAUSE
        for _ in range(TRIES):
            try:
                done = await self._executor.execute(command, origin)
            except Rejection as rejection:
                # the board was behind the log: the event that says so is on its way
                _log.debug("refused", command=type(command).__name__, code=rejection.code, reason=rejection.reason)
                break
            except (TooBusy, LogUnavailable) as fault:
                _log.warning("not executed, trying again", command=type(command).__name__, fault=str(fault))
                await self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                if done.position:
                    return
                break
            if self._stopping.is_set():
                break
        self.router.refused(command)

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not through a stop."""
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({stopping}, timeout=seconds)
        finally:
            stopping.cancel()


def independent(works: Sequence[Work]) -> list[list[Work]]:
    """Works that touch a common agent or interaction go one after another; the chains may go side by side."""
    chain_of: dict[str, list[Work]] = {}
    chains: list[list[Work]] = []
    for work in works:
        touched = _touches(work[0])
        joined = [chain for chain in chains if any(chain_of.get(key) is chain for key in touched)]
        chain = joined[0] if joined else []
        if not joined:
            chains.append(chain)
        for other in joined[1:]:
            chain.extend(other)
            chains = [one for one in chains if one is not other]
            chain_of.update({key: chain for key, one in chain_of.items() if one is other})
        chain.append(work)
        chain_of.update(dict.fromkeys(touched, chain))
    return chains


def _touches(command: Command) -> list[str]:
    """The interaction and the agent that a command names, as far as it names them."""
    named = ((kind, getattr(command, f"{kind}_id", "")) for kind in ("interaction", "agent"))
    return [f"{kind} {one}" for kind, one in named if one]
