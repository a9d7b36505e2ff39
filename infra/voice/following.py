"""The process that follows the log and makes the calls that events ask for.

It remembers nothing that the log does not: what is due is decided from the board after every batch, done a bounded
number at once, and again after a pause where the provider did not do it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Literal

from channels.voice.control import CallFault, CallGone, CallUnavailable
from domain.event import REGISTRY, Recorded
from domain.execute import Origin, TooBusy
from domain.ports import Clock, KeyDestroyed, Log, LogUnavailable, Opener, RecordingStoreUnavailable
from domain.rejection import Rejection
from infra.voice.board import Board
from infra.voice.deeds import Deed, Pull, key_of
from infra.voice.doing import Doing
from infra.voice.due import due
from infra.voice.lookup import ACTOR
from infra.voice.seen import Calling
from infra.voice.talking import Asked, Talking

_log = logging.getLogger("trunkline.voice.following")
#: Provider requests under way at once.
AT_ONCE = 32
#: Seconds between tries of a deed that the provider did not do: doubled each time, from the first to the last.
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
#: Times that a recording is asked for before it is given up with a word: some eight hours.
PULLS = 500
#: Seconds after which what is due is looked at again although nothing has happened: attempts run into deadlines.
LOOK = 2.0
#: Seconds between two looks at least, however much happens: one look sees all of it.
BREATH = 0.02
_BATCH = 5000
#: The streams that tell of calls.
_TYPES = [name for name in REGISTRY if name.split(".")[0] in ("call", "dial", "interaction", "recording")]


@dataclass(slots=True)
class _Tried:
    times: int
    again: float


@dataclass(slots=True, kw_only=True)
class Following:
    """Runs until it is cancelled. One such process per centre acts: what it does twice is told so by the provider.

    Others keep their boards up to date: to answer webhooks by them, and to act when `acts` says that it is their turn.
    """

    log: Log
    opener: Opener
    clock: Clock
    doing: Doing
    talking: Talking
    board: Board
    acts: Callable[[], bool] = lambda: True
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _caught_up: bool = False
    _under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    _tried: dict[str, _Tried] = field(default_factory=dict[str, _Tried])

    async def run(self) -> None:
        """Fold the past, then follow; tasks that are under way end with it. A log that is away is waited for."""
        parts = (asyncio.create_task(self._follow()), asyncio.create_task(self._look()))
        try:
            await asyncio.gather(*parts)
        finally:
            for task in (*parts, *self._under_way.values()):
                task.cancel()
            await asyncio.gather(*parts, *self._under_way.values(), return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            try:
                await self.catch_up()
                async with aclosing(self.log.subscribe(self.board.position)) as batches:  # type: ignore[type-var]
                    async for batch in batches:
                        await self._happened(batch)
            except LogUnavailable as fault:
                _log.warning("the log is unavailable, calls wait: %s", type(fault).__name__)
                await asyncio.sleep(LOOK)

    async def catch_up(self) -> None:
        """Read all that the log has of calls; nothing of it is done but what is still due."""
        head = await self.log.head()
        while self.board.position < head:
            batch = await self.log.read(self.board.position, _BATCH, types=_TYPES)
            for one in batch:
                self._fold(one)
            if len(batch) < _BATCH:
                self.board.position = max(self.board.position, head)
        await self.doing.reaching.configured.catch_up()
        self._caught_up = True
        self._news.set()

    async def _happened(self, batch: Sequence[Recorded]) -> None:
        concerned = False
        for one in batch:
            if not self._fold(one):
                continue
            concerned = True
            deed = self.talking.asked(one)
            if deed is not None and self.acts():
                self._start(f"event {one.position}", self._talk(deed))
        if concerned:
            await self.doing.reaching.configured.catch_up()
            self._news.set()

    def _fold(self, recorded: Recorded) -> bool:
        """Whether it is any of a call: what is not is neither opened nor folded."""
        if not self.board.concerns(recorded):
            self.board.position = recorded.position
            return False
        self.board.fold(recorded._replace(event=self.opener(recorded.event)))
        return True

    async def _look(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._news.wait()
            self._news.clear()
            if self._caught_up and self.acts():
                self.look()
            await asyncio.sleep(BREATH)

    def look(self) -> None:
        """Start everything that is due and not under way."""
        now = asyncio.get_running_loop().time()
        wanted = {key_of(deed): deed for deed in due(self.board, self.clock(), self._consent, self._order)}
        self._tried = {key: tried for key, tried in self._tried.items() if key in wanted}
        for key, deed in wanted.items():
            tried = self._tried.get(key)
            if len(self._under_way) >= AT_ONCE:
                return
            if key not in self._under_way and (tried is None or now >= tried.again):
                self._start(key, self._do(key, deed))

    def _start(self, key: str, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._under_way[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: str, done: asyncio.Task[None]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled() and done.exception() is not None:
            _log.error("a deed failed in a way nobody foresaw", exc_info=done.exception())

    async def _do(self, key: str, deed: Deed) -> None:
        """A deed stays due until the log has what came of it, so each try is paced, also where it went well."""
        tried = self._tried.setdefault(key, _Tried(0, 0.0))
        tried.times += 1
        pause = min(FIRST_PAUSE * 2 ** min(tried.times - 1, 10), LAST_PAUSE)
        tried.again = asyncio.get_running_loop().time() + pause
        try:
            await self.doing.do(deed)
        except Rejection as rejection:
            _log.info("no longer wanted: %s (%s)", type(deed).__name__, rejection.code)
        except CallGone:
            _log.info("nobody is there any more: %s", type(deed).__name__)
        except (CallFault, TooBusy, LogUnavailable, KeyDestroyed, RecordingStoreUnavailable, OSError) as fault:
            if isinstance(deed, Pull) and tried.times >= PULLS:
                await self.doing.pulling.give_up(deed.kept, f"tried {tried.times} times: {type(fault).__name__}")
            if isinstance(fault, CallUnavailable) and fault.retry_after is not None:
                tried.again = max(tried.again, asyncio.get_running_loop().time() + fault.retry_after)
            _log.warning("%s is tried again: %s", type(deed).__name__, type(fault).__name__)

    async def _talk(self, asked: Asked) -> None:
        try:
            await self.talking.do(asked)
        except CallFault as fault:
            _log.warning("%s was not done: %s", asked.what, fault)
            await self._otherwise(asked)

    async def _otherwise(self, asked: Asked) -> None:
        if asked.otherwise is None:
            return
        origin = Origin(project=asked.call.project, pool=asked.call.pool, actor=ACTOR)
        try:
            await self.doing.executor.execute(asked.otherwise, origin)
        except (Rejection, TooBusy, LogUnavailable) as fault:
            _log.warning("%s was not taken back: %s", asked.what, fault)

    def _order(self, interaction_id: str) -> Literal["agent_first", "customer_first"] | None:
        """Whose telephone rings first, by the project's document; None where we have no number to call from."""
        promised = self.board.callbacks.get(interaction_id)
        if promised is None or not promised.number:
            return None
        line = self.doing.reaching.line_out(promised.project, promised.line)
        if line is None or promised.placed:
            return None if line is None else "agent_first"
        return line.project.callbacks.order if line.project.callbacks is not None else None

    def _consent_called_back(self, call: Calling) -> str:
        """Whom we call hears so on answering, or agreed in the call before."""
        document = self.doing.reaching.configured.projects.get(call.project)
        rules = document.callbacks if document is not None else None
        if rules is None or rules.record == "never":
            return ""
        if rules.record == "always":
            return "announced"
        return "asked" if call.state.interaction_id in self.board.agreed else ""

    def _consent(self, call: Calling) -> str:
        """How the caller agreed to be recorded, by the step of the flow where they wait."""
        if call.outbound:
            return self._consent_called_back(call)
        place = call.state.place
        line = self.doing.turning.lookup.line(call.project, call.state.number)
        step = line.flow.steps.get(place.step) if line is not None and place is not None else None
        if step is None or step.queue is None or place is None:
            return ""
        if step.queue.record == "always":
            return "announced"
        return "asked" if step.queue.record == "with_consent" and place.consent else ""
