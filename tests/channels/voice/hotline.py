"""A hotline in hand: real stores on SQLite, the voice channel behind a real web server, and an emulated Twilio."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from channels.twilio.answers import Retries
from channels.twilio.call_control import TwilioCallControl
from channels.twilio.rest import TwilioRest
from channels.twilio.signature import Signatures
from channels.twilio.steps import Addresses
from channels.twilio.transport import Account as TwilioAccount
from channels.twilio.transport import Bounds
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Call, Person
from channels.twilio_emulator.serving import serving
from domain.agent.commands import BecomeReady, SignIn
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.decide import Command
from domain.event import Event
from domain.execute import Done, Origin
from domain.interaction.events import Candidate, Decision, InteractionQueued
from domain.interaction.offers import AcceptOffer, OfferInteraction
from infra.configured import Configured
from infra.settings import Settings
from infra.stores import Stores, open_stores
from infra.voice.accounts import Account
from infra.voice.starting import Voice, voice_of
from infra.voice.webhooks import voice_router
from tests.channels.voice.flows import LINE, STEPS, project

SID, TOKEN = "AC" + "a1" * 16, "a token of thirty-two characters"
CALLER = "+48601234567"
E = TypeVar("E", bound=Event)
ORIGIN = Origin(project="hotline", pool="main", actor="test")


def centre(**anna: Any) -> CentreDocument:
    return CentreDocument.model_validate(
        {
            "schema_version": 1,
            "centre": "demo",
            "title": "Demo",
            "pool": "main",
            "sites": {"paris": {"title": "Paris"}},
            "profiles": {
                "calls": {
                    "capacity": 1,
                    "channels": {"voice": {"concurrency": 1}, "callback": {"concurrency": 1}},
                    "queues": {"hotline/orders": {}},
                }
            },
            "agents": {
                "anna": {"name": "Anna", "site": "paris", "profile": "calls", **anna},
                "boris": {"name": "Boris", "site": "paris", "profile": "calls"},
            },
        }
    )


@dataclass
class Hotline:
    """`emulator` is the world outside; `stores` what we know of it."""

    stores: Stores
    emulator: Emulator
    voice: Voice
    base: str
    following: asyncio.Task[None]
    made_anew: Callable[[], Voice]

    async def do(self, command: Command) -> Done:
        return await self.stores.executor.execute(command, ORIGIN)

    async def events(self, kind: type[E]) -> list[E]:
        found = await self.stores.log.read(0, 5000, types=[kind.wire])
        return [self.stores.opener(one.event) for one in found]  # type: ignore[misc]

    async def until(self, kind: type[E], count: int = 1) -> E:
        """The `count`-th event of a kind, as soon as there is one; virtual time goes on meanwhile."""

        async def there() -> E | None:
            found = await self.events(kind)
            return found[count - 1] if len(found) >= count else None

        return await self.when(there, kind.__name__)

    async def when(self, there: Callable[[], Any], what: str) -> Any:
        async with asyncio.timeout(20):
            with contextlib.suppress(TimeoutError):
                while True:
                    if self.following.done() and not self.following.cancelled():
                        await self.following
                    found = await there()
                    if found:
                        return found
                    await self.emulator.advance(0.5)
                    await asyncio.sleep(0.02)
        raise AssertionError(f"{what} did not come about")

    async def hears(self, call: Call, words: str) -> None:
        """Wait until the words are heard on a leg."""

        async def heard() -> bool:
            return any(words in line for line in self.emulator.heard(call.sid))

        await self.when(heard, f"{words!r} on {self.emulator.heard(call.sid)}")

    async def press(self, call: Call, keys: str) -> None:
        """Press keys as soon as something listens."""

        async def pressed() -> bool:
            return await self.emulator.press(call.sid, keys)

        await self.when(pressed, f"listening for {keys}")

    async def accept(self, agent: str = "anna", leg: str = "1", *, count: int = 1) -> AcceptOffer:
        """The leg that waits is offered to the agent, who accepts."""
        waiting = await self.until(InteractionQueued, count)
        chosen = Candidate(agent_id=agent, place=1, idle_since=None)
        decision = Decision(position=1, at=self.stores.clock(), policy="", strategy="longest_idle", chosen=chosen)
        offered = await self.do(
            OfferInteraction(
                project="hotline", interaction_id=waiting.interaction_id, leg=leg, agent_id=agent, decision=decision
            )
        )
        accept = AcceptOffer(
            interaction_id=waiting.interaction_id, leg=leg, work_id=offered.result["work_id"], agent_id=agent
        )
        await self.do(accept)
        return accept

    async def over(self, call: Call) -> None:
        async def ended() -> bool:
            return call.is_over

        await self.when(ended, "the end of the call")


@asynccontextmanager
async def hotline(
    folder: Path, document: ProjectDocument | None = None, *, ahead: timedelta = timedelta(), **anna: Any
) -> AsyncGenerator[Hotline]:
    """Everything, with Anna and Boris ready. `ahead`: how far the provider's clock is before ours."""
    async with AsyncExitStack() as closing:
        settings = Settings(data=folder, keys_url=SecretStr("memory:"))
        stores = await closing.enter_async_context(open_stores(settings))
        emulator = Emulator(SID, TOKEN, datetime.now(UTC) + ahead)
        api = await closing.enter_async_context(serving(emulator))
        listener = closing.enter_context(contextlib.closing(socket.create_server(("127.0.0.1", 0))))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        quick = Bounds(answer=10.0, retries=Retries(attempts=3, first=0.01, longest=1.0))
        rest = await closing.enter_async_context(TwilioRest(TwilioAccount(SID, TOKEN, api), quick))
        at = Addresses(f"{base}/voice/twilio")
        account = Account("twilio", TwilioCallControl(rest, at), Signatures([TOKEN], base))

        def made() -> Voice:
            return voice_of(
                log=stores.log,
                executor=stores.executor,
                opener=stores.opener,
                configured=Configured(stores.log),
                fingerprints=stores.fingerprints,
                recordings=stores.recordings,
                clock=stores.clock,
                accounts={"twilio": account},
                patience=1,
            )

        voice = made()
        await closing.enter_async_context(_served(voice_router({"twilio": account}, voice.answering), listener))
        one = Hotline(stores, emulator, voice, base, asyncio.create_task(voice.following.run()), made)
        closing.push_async_callback(_ended, one)
        await one.do(ConfigureProject(document=document or project(ALWAYS, "tongue", announce=30), expected_revision=0))
        await one.do(ConfigureCentre(document=centre(**anna), expected_revision=0))
        for agent in ("anna", "boris"):
            await one.do(SignIn(agent_id=agent))
            await one.do(BecomeReady(agent_id=agent))
        emulator.number(LINE, voice_url=at.of("voice"), status_callback=at.of("progress"))
        for agent in ("anna", "boris"):
            emulator.declare(f"client:{agent}", Person("answers", after=1.0))
        yield one


#: The flow of the other tests, open at any hour.
ALWAYS: dict[str, Any] = {**STEPS, "welcome": {"greet": {"say": {"en": "Welcome", "pl": "Witamy"}, "then": "tongue"}}}


async def _ended(line: Hotline) -> None:
    line.following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await line.following


@asynccontextmanager
async def _served(router: Any, listener: socket.socket) -> AsyncGenerator[None]:
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
