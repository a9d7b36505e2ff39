"""Whoever carries texts in the simulation, and the webhooks by which they tell of them: slow, forgetful, repetitive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from channels.sms.ports import TextGone, TextOutcomeUnknown, TextState, TextUnavailable
from channels.twilio.moments import IncomingMessage
from channels.twilio.signature import Signatures
from domain.execute import Executor, TooBusy
from domain.ports import LogUnavailable
from infra.blobs import FolderBlobs
from infra.configured import Configured
from infra.texts.accounts import TextAccount
from infra.texts.opening import TextParts, parts_of
from infra.texts.todo import Todo
from tests.simulation.centre import LINE
from tests.simulation.faults import Weather
from tests.simulation.people import fingerprint

if TYPE_CHECKING:
    from tests.simulation.world import World


@dataclass(slots=True)
class Sent:
    """A text that was handed over. `mark`: the attempt that it is."""

    to: str
    body: str
    mark: str
    at: datetime
    state: TextState


class Carrier:
    """`channels.sms.ports.TextSender`. `told` is whom it tells what became of a text, at its webhook."""

    def __init__(
        self, random: Random, weather: Weather, now: Callable[[], datetime],
        told: Callable[[str, TextState], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._random, self._weather, self._now, self._told = random, weather, now, told
        self.sent: list[Sent] = []
        self._telling: set[asyncio.Task[None]] = set()

    async def send(self, to: str, sender: str, body: str, *, mark: str) -> TextState:
        """Some are refused for now, of some nothing is heard, and some of those were taken all the same."""
        await asyncio.sleep(self._random.uniform(0.05, 2))
        mood = self._random.random()
        if mood < self._weather.mail:
            raise TextUnavailable("too many requests", "20429", retry_after=self._random.choice([None, 5.0]))
        if mood < 1.5 * self._weather.mail:
            raise TextOutcomeUnknown("the connection broke before anything was taken")
        text = Sent(to, body, mark, self._now(), TextState(f"SM{len(self.sent):032x}", "under_way", 1))
        self.sent.append(text)
        task = asyncio.create_task(self._carry(text))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        if mood < 2.5 * self._weather.mail:
            raise TextOutcomeUnknown("the connection broke before the answer came")
        return text.state

    async def state(self, reference: str) -> TextState:
        found = next((one for one in self.sent if one.state.reference == reference), None)
        if found is None:
            raise TextGone("there is no such text")
        return found.state

    async def sent_since(self, to: str, body: str, since: datetime, known: Collection[str]) -> TextState | None:
        for one in self.sent:
            if one.to == to and one.body == body and one.at >= since and one.state.reference not in known:
                return one.state
        return None

    async def picture(self, url: str) -> bytes:
        raise TextUnavailable("no pictures are sent here")

    def away(self) -> float:
        return 0.0

    async def _carry(self, text: Sent) -> None:
        """On its way, and told of: now and then not at all, or twice."""
        await asyncio.sleep(self._random.uniform(0.5, 20))
        lost = self._random.random() < self._weather.mail
        ended = replace(text.state, status="failed", code="30003", temporary=True) if lost else text.state
        text.state = ended if lost else replace(text.state, status="delivered")
        if self._random.random() < self._weather.mail:
            return
        for _ in range(2 if self._random.random() < self._weather.duplicates else 1):
            await self._tell(text)

    async def _tell(self, text: Sent) -> None:
        """A webhook that is not answered comes again."""
        while True:
            try:
                return await self._told(text.mark, text.state)
            except (LogUnavailable, TooBusy):
                await asyncio.sleep(self._random.uniform(1, 5))


class Texting:
    """The processes of the SMS channel, and the webhooks that reach them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.carrier = Carrier(Random(world.random.random()), world.weather, world.now, self._told)
        self.account = TextAccount("twilio", self.carrier, Signatures(["a token"], "https://shop.example"))
        self._desks: dict[int, tuple[Executor, TextParts]] = {}

    async def sending(self) -> None:
        sending = self._parts(self._world.fresh()).sending
        sending.pause = 5
        await sending.permitting.lines.configured.catch_up()  # whose the texts are, as a process knows from its start
        await sending.run()

    def _parts(self, executor: Executor) -> TextParts:
        """The parts of a process that takes texts or sends them."""
        configured = Configured(self._world.log)
        return parts_of(
            log=self._world.log,
            executor=executor,
            opener=self._world.opener,
            configured=configured,
            fingerprints=fingerprint,
            blobs=FolderBlobs(Path("pictures"), self._world.keyring),
            clock=self._world.clock,
            links=self._world.links,
            accounts={"twilio": self.account},
            todo=Todo(self, configured),  # type: ignore[arg-type]
            zone=ZoneInfo("UTC"),
        )

    def _desk(self) -> TextParts:
        """Those of the process which happens to take the request, as long as it lives."""
        executor = self._world.executor()
        kept = self._desks.setdefault(id(executor), (executor, self._parts(executor)))
        return kept[1]

    async def ask(self, query: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """What a process asks of the read models."""
        with self._world.rows.reading() as reader:
            return query(reader, *given, **named)

    async def _told(self, mark: str, state: TextState) -> None:
        await self._desk().reporting.told(mark, state)

    async def text(self, message: str, sender: str, body: str) -> None:
        """A webhook with a text, which comes until it is answered, and now and then once more."""
        coming = IncomingMessage(message, sender, LINE, body, 1, (), None, None)
        for _ in range(2 if self._world.random.random() < self._world.weather.duplicates else 1):
            while True:
                try:
                    await self._desk().receiving.accept(self.account, coming)
                    break
                except (LogUnavailable, TooBusy):
                    await asyncio.sleep(self._world.random.uniform(1, 5))
