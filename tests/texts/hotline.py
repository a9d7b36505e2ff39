"""A hotline that texts, in hand: a real log and read models, webhooks behind a real web server, and an emulated Twilio.

Time is the emulator's: virtual, moved by `advance`. `works` lets the sender do what is due.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI

from channels.twilio.answers import Retries
from channels.twilio.breaker import Breaker
from channels.twilio.rest import TwilioRest
from channels.twilio.signature import Signatures
from channels.twilio.text_control import TwilioTexts
from channels.twilio.transport import Account, Bounds
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Text
from channels.twilio_emulator.serving import serving
from channels.twilio_emulator.webhooks import sign
from domain.agent.commands import BecomeReady, SignIn
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.decide import Command
from domain.event import Event
from domain.execute import Done, Executor, Origin
from domain.interaction.events import Candidate, Decision
from domain.interaction.offers import AcceptOffer, OfferInteraction
from domain.interaction.work import CompleteWork, Reply
from domain.ports import Appended, Change, LogUnavailable
from infra.asking import Questions
from infra.blobs import FolderBlobs
from infra.configured import Configured
from infra.keys.fingerprints import HmacFingerprints
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.projecting import Projecting
from infra.rows.memory import MemoryRows
from infra.stores import new_id
from infra.texts.accounts import TextAccount
from infra.texts.opening import TextParts, parts_of, told_at
from infra.texts.todo import Todo
from infra.texts.webhooks import texts_router
from projections.catalogue import PROJECTIONS
from tests.domain.documents import BOTH, centre, project
from tests.web.running import _ended, _serve
from web.links import Links

SID, TOKEN = "AC" + "a1" * 16, "a token of thirty-two characters"
#: Ours: `main` of Poland, `tech` of France.
MAIN, TECH = "+48221112233", "+33140112233"
ADA, BORIS = "+48601234567", "+48602345678"
ORIGIN = Origin(project="hotline", pool="main", actor="test")
#: A Monday morning in Poland and in France.
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
E = TypeVar("E", bound=Event)


def numbers(**main: Any) -> dict[str, Any]:
    return {
        "main": {
            "number": MAIN,
            "title": "Main",
            "texts": {"department": "billing", "interval": 0.01, "keywords": {"callback": ["ODDZWON"]}, **main},
            "language": "pl",
        },
        "tech": {
            "number": TECH,
            "title": "Tech",
            "texts": {"department": "technical", "interval": 0.01},
            "language": "fr",
        },
    }


class Storage(MemoryLog):
    """A log whose disk may be full, or have `room` for so many further appends."""

    full = False
    room: int | None = None

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        if self.full or self.room == 0:
            raise LogUnavailable("no space left on the device")
        if self.room is not None:
            self.room -= 1
        return await super().append(*changes, once=once)


@dataclass
class Hotline:
    """`emulator` is the world outside; `url` where we are reached."""

    log: Storage
    executor: Executor
    opener: KeyOpener
    blobs: FolderBlobs
    emulator: Emulator
    rest: TwilioRest
    breaker: Breaker
    parts: TextParts
    projecting: Projecting
    questions: Questions
    url: str
    client: httpx2.AsyncClient
    made_anew: Any
    account: TextAccount
    keyring: MemoryKeyring

    async def forget(self, customer_id: str) -> None:
        """What erasing does beside the log: the customer's key is gone."""
        self.keyring.destroy([customer_id])
        self.executor.forget()

    async def do(self, command: Command) -> Done:
        return await self.executor.execute(command, ORIGIN)

    async def events(self, kind: type[E]) -> list[E]:
        found = await self.log.read(0, 10_000, types=[kind.wire])
        return [self.opener(one.event) for one in found]  # type: ignore[misc]

    async def one(self, kind: type[E]) -> E:
        (found,) = await self.events(kind)
        return found

    async def caught_up(self) -> None:
        """The read models, the to-do list among them, are as new as the log."""
        assert await self.projecting.reached(PROJECTIONS, "main", await self.log.head(), 60.0)

    async def works(self, times: int = 10) -> None:
        """The sender does what is due until nothing is, with the read models as new as the log."""
        idle = 0
        for _ in range(times):
            await self.caught_up()
            idle = 0 if await self.parts.sending.work_due() else idle + 1
            if idle == 2:
                break
            # a number rests for an instant between two texts
            await self.emulator.advance(0.02)

    async def advance(self, seconds: float) -> None:
        """Time goes by, and whatever falls due is done."""
        await self.emulator.advance(seconds)
        await self.works()

    async def texts(self, sender: str = ADA, body: str = "Where is my parcel?", to: str = MAIN, *media: str) -> Text:
        """A customer writes, and what that leads to is sent."""
        text = await self.emulator.text(sender, to, body, media)
        await self.works()
        return text

    def got(self, number: str = ADA) -> list[tuple[str, str, str]]:
        """What a customer got from us: from where, the words, how far it came; Twilio's own answers left out."""
        return [
            (text.sender, text.body, text.status)
            for text in self.emulator.world.texts.values()
            if text.to == number and text.direction == "outbound-api"
        ]

    async def post(
        self, topic: str, form: dict[str, str], *, query: str = "", token: str = TOKEN, **headers: str
    ) -> int:
        """A webhook made by hand; the status of the answer."""
        url = f"{self.url}/texts/twilio/{topic}{query}"
        signature = {"X-Twilio-Signature": sign(token, url, form)} | headers
        return (await self.client.post(url, data=form, headers=signature)).status_code

    async def incoming(self, body: str, sender: str = ADA, *, sid: str = "", to: str = MAIN, **more: str) -> int:
        """A text that comes in, by a webhook made by hand."""
        form = {
            "MessageSid": sid or self.emulator.world.sids("SM"),
            "From": sender,
            "To": to,
            "Body": body,
            "NumMedia": "0",
        }
        return await self.post("incoming", form | more)

    async def in_hand(self, interaction_id: str, agent: str = "anna") -> dict[str, str]:
        """Work that an agent has accepted."""
        chosen = Candidate(agent_id=agent, place=1, idle_since=None)
        decision = Decision(position=1, at=self.emulator.world.now, policy="", strategy="longest_idle", chosen=chosen)
        offer = OfferInteraction(
            project="hotline", interaction_id=interaction_id, leg="1", agent_id=agent, decision=decision
        )
        work_id = (await self.do(offer)).result["work_id"]
        await self.do(AcceptOffer(interaction_id=interaction_id, leg="1", work_id=work_id, agent_id=agent))
        return {"project": "hotline", "interaction_id": interaction_id, "leg": "1", "agent_id": agent}

    async def replies(self, work: dict[str, str], text: str = "It comes tomorrow.") -> str:
        """An agent replies; the delivery's id. Nothing is sent yet."""
        return (await self.do(Reply(**work, text=text))).result["delivery_id"]

    async def resolves(self, work: dict[str, str]) -> None:
        await self.do(CompleteWork(**work, ticket="resolve"))


@asynccontextmanager
async def hotline(
    folder: Path, *, failures: int = 5, ahead: timedelta = timedelta(), recent: float = 0.0, **changes: Any
) -> AsyncGenerator[Hotline]:
    """Everything, with Anna and Boris ready.

    `failures`: how many in a row open the circuit breaker. `ahead`: how far our clock is before the provider's.
    `recent`: seconds that a look at the documents may be old.
    """
    async with AsyncExitStack() as stack:
        emulator = Emulator(SID, TOKEN, BEGAN)
        api = await stack.enter_async_context(serving(emulator))
        listening = stack.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)))
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        keyring = MemoryKeyring()

        def clock() -> datetime:
            return emulator.world.now + ahead

        log, opener = Storage(keyring, clock), KeyOpener(keyring)
        stack.push_async_callback(log.close)
        executor = Executor(log, opener=opener, clock=clock, new_id=new_id)
        rows = MemoryRows()
        projecting = Projecting(log, rows, opener, PROJECTIONS.values())
        stack.push_async_callback(_ended, asyncio.create_task(projecting.run()))
        questions = Questions(rows)
        stack.callback(questions.close)
        breaker = Breaker(failures, 60.0)
        bounds = Bounds(answer=5.0, largest=1024 * 1024, retries=Retries(attempts=1))
        rest = await stack.enter_async_context(TwilioRest(Account(SID, TOKEN, api), bounds, breaker))
        texts = TwilioTexts(rest, lambda mark: told_at(url, "twilio", mark))
        accounts = {"twilio": TextAccount("twilio", texts, Signatures([TOKEN], url))}
        blobs = FolderBlobs(folder / "blobs", keyring)
        configured = Configured(log, recent)

        def made() -> TextParts:
            return parts_of(
                log=log,
                executor=executor,
                opener=opener,
                configured=configured,
                fingerprints=HmacFingerprints(b"fingerprints-in-tests"),
                blobs=blobs,
                clock=clock,
                links=Links(b"links-of-the-tests", url),
                accounts=accounts,
                todo=Todo(questions, configured),
                zone=ZoneInfo("Europe/Warsaw"),
            )

        parts = made()
        app = FastAPI(openapi_url=None)
        app.include_router(texts_router(accounts, parts.receiving, parts.reporting))
        await _serve(app, listening, stack)
        client = await stack.enter_async_context(httpx2.AsyncClient(trust_env=False, timeout=60))
        one = Hotline(
            log, executor, opener, blobs, emulator, rest, breaker, parts, projecting, questions, url, client, made,
            accounts["twilio"], keyring,
        )  # fmt: skip
        await _configure(one, changes)
        await configured.catch_up()
        for number in (MAIN, TECH):
            emulator.number(number, sms_url=f"{url}/texts/twilio/incoming")
        yield one


async def _configure(one: Hotline, changes: dict[str, Any]) -> None:
    channels = {"sms": {"concurrency": 3, "units": 1}, "callback": {"concurrency": 1, "units": 1}}
    profiles = {"mixed": {"capacity": 4, "channels": channels, "queues": BOTH}}
    person = {"site": "paris", "profile": "mixed", "skills": {"french": 5}}
    agents = {name: {"name": name.title(), **person} for name in ("anna", "boris")}
    document = {
        "numbers": numbers(),
        "status": {"sender": "help", "texts": ["opened", "resolved", "reopened"]},
    } | changes
    await one.do(ConfigureProject(document=project(**document), expected_revision=0))
    await one.do(ConfigureCentre(document=centre(profiles=profiles, agents=agents), expected_revision=0))
    for agent in ("anna", "boris"):
        await one.do(SignIn(agent_id=agent))
        await one.do(BecomeReady(agent_id=agent))


def bodies(got: Sequence[tuple[str, str, str]]) -> list[str]:
    return [body for _, body, _ in got]
