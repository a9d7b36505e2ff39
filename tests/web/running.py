"""A centre with a real web server on loopback, a real log, real read models and real accounts; no router, no mail."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI

from domain.agent.commands import BecomeReady, SignIn
from domain.belonging import Referred
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.customer.contact import contact
from domain.decide import Command
from domain.execute import Done, Executor, Origin
from domain.intake import ReceiveMessage
from domain.interaction.events import Candidate, Decision
from domain.interaction.offers import OfferInteraction
from infra.accounts.database import SqliteDatabase
from infra.accounts.draft_files import DraftFileStore
from infra.accounts.drafts import DraftStore
from infra.accounts.leases import LeaseStore
from infra.accounts.messages import StaffMessageStore
from infra.accounts.passwords import Passwords
from infra.accounts.replies import ReplyStore
from infra.accounts.store import AccountStore
from infra.accounts.visits import VisitStore
from infra.asking import Questions
from infra.blobs import FolderBlobs
from infra.clock import SteadyClock, system_clock
from infra.configured import Configured
from infra.keys.fingerprints import HmacFingerprints
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.mail.enclosing import Enclosing
from infra.mail.letters import StoredLetters
from infra.projecting import Projecting
from infra.reviewing import Reviewing
from infra.rows.memory import MemoryRows
from infra.rows.port import EVERY_POOL
from infra.stores import new_id
from projections.catalogue import PROJECTIONS
from projections.reading import USES
from tests.domain.documents import centre, project
from web.access import read_grants
from web.accounts import Account
from web.app import create_app
from web.doors import RATES, Doors, Settings
from web.links import Links

PASSWORD = "correct horse battery"
POOL, PROJECT, OTHER = "main", "hotline", "otherline"
#: Enough for what happens at once on a busy machine; reached only when something is broken.
PATIENCE = 20.0
PASSWORDS = Passwords()


class MovableClock:
    """The machine's clock, which a test can set ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


class Asked:
    """The read models, as the process's own wiring hands them to the web."""

    def __init__(self, questions: Questions, projecting: Projecting) -> None:
        self._projecting = projecting
        self.ask = questions.ask

    async def caught_up(self, query: Callable[..., Any], pool: str, position: int, seconds: float) -> bool:
        return await self._projecting.reached(USES[query], pool, position, seconds)


@dataclass
class Running:
    """A running centre, with what tests do to it."""

    doors: Doors
    app: FastAPI
    url: str
    clock: MovableClock
    accounts: AccountStore
    keyring: MemoryKeyring
    closing: AsyncExitStack
    projecting: Projecting
    blobs: FolderBlobs
    ids: dict[str, str] = field(default_factory=dict[str, str])
    #: what serves at `url` now
    serving: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def stop(self) -> None:
        """End the web process, as for a restart; what it stores stays."""
        await self.serving.aclose()

    async def start(self) -> None:
        """Serve again at the same address."""
        self.app = create_app(self.doors)
        await _serve(self.app, _listening(int(self.url.rpartition(":")[2])), self.serving)

    async def execute(self, command: Command, project: str = PROJECT) -> Done:
        return await self.doors.executor.execute(command, Origin(project=project, pool=POOL, actor="test"))

    async def account(self, name: str, roles: dict[str, list[str]], agent_id: str = "") -> Account:
        account = Account(new_id(), name, POOL, agent_id, read_grants(roles))
        await self.accounts.add(account, PASSWORD, self.clock())
        return account

    async def client(self, name: str = "", roles: dict[str, list[str]] | None = None, agent_id: str = "") -> Client:
        """A client with an API token of a new account; without roles one that is nobody."""
        headers: dict[str, str] = {}
        if roles is not None:
            account = await self.account(name, roles, agent_id)
            _, token = await self.accounts.issue_token(account.account_id, "test", (), self.clock(), None)
            headers["Authorization"] = f"Bearer {token}"
        return self.anybody(headers)

    def anybody(self, headers: dict[str, str] | None = None) -> Client:
        """A client with these headers and nothing else."""
        client = Client(base_url=self.url, headers=headers, timeout=PATIENCE, trust_env=False)
        self.closing.push_async_callback(client.aclose)
        return client

    async def agent(self, agent_id: str = "anna") -> Client:
        """A ready agent with a client of their own, with a role in every project."""
        for command in (SignIn(agent_id=agent_id), BecomeReady(agent_id=agent_id)):
            await self.execute(command)
        return await self.client(agent_id, {"*": ["agent"]}, agent_id)

    async def mail(self, sender: str = "ada@example.org", *, project: str = PROJECT, **fields: Any) -> Done:
        values: dict[str, Any] = {
            "project": project,
            "entry": "help",
            "via": "email",
            "sender": contact(self.doors.fingerprints, project, "email", sender),
            "sender_name": "Ada Lovelace",
            "subject": "Invoice 4711",
            "text": "The amount is wrong.",
            "external_id": f"<{new_id()}@example.org>",
            "fingerprint": "",
            "refers": Referred(),
        }
        return await self.execute(ReceiveMessage(**(values | fields)), project)

    async def offer(self, interaction_id: str, agent_id: str = "anna", leg: str = "1") -> str:
        """Let a leg ring at an agent; the offer's work id."""
        chosen = Candidate(agent_id=agent_id, place=1, idle_since=None)
        decision = Decision(position=0, at=self.clock(), policy="0" * 64, strategy="longest_idle", chosen=chosen)
        done = await self.execute(
            OfferInteraction(
                project=PROJECT, interaction_id=interaction_id, leg=leg, agent_id=agent_id, decision=decision
            )
        )
        return done.result["work_id"]

    async def resolved(self, **fields: Any) -> dict[str, str]:
        """A ticket that Anna has settled; its ids."""
        came = dict((await self.mail(**fields)).result)
        agent = await self.agent()
        came["work_id"] = await self.offer(came["interaction_id"])
        work = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/legs/1"
        for path, body in (
            (f"{work}/offers/{came['work_id']}/accept", None),
            (f"{work}/reply", {"text": "Dear Ada, we have corrected it."}),
            (f"{work}/complete", {"ticket": "resolve", "disposition": "answered"}),
        ):
            answer = await agent.post(path, json=body)
            assert answer.status_code == 200, answer.text
        return came

    async def head(self) -> int:
        return await self.doors.log.head()


class Client(httpx2.AsyncClient):
    """An HTTP client that can listen to events too."""

    @asynccontextmanager
    async def listen(self, wallboard: str = "", **headers: str) -> AsyncGenerator[AsyncIterator[dict[str, Any]]]:
        query = {"wallboard": wallboard} if wallboard else {}
        async with self.stream("GET", "/api/stream", params=query, headers=headers, timeout=PATIENCE) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["x-accel-buffering"] == "no"
            async with aclosing(_events(response)) as events:
                yield events


async def _events(response: httpx2.Response) -> AsyncGenerator[dict[str, Any]]:
    """Server-sent events, by the rules of the HTML standard as far as we need them."""
    event: dict[str, Any] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        if not line:
            if "data" in event:
                yield event | {"event": event.get("event", "message"), "data": json.loads(event["data"])}
            event = {}
        elif name:
            event[name] = value.strip()


async def next_event(events: AsyncIterator[dict[str, Any]], event: str = "message") -> dict[str, Any]:
    """The next event of this kind; fails when none comes."""
    async with asyncio.timeout(PATIENCE):
        async for one in events:
            if one["event"] == event:
                return one
    raise AssertionError(f"the stream ended without {event}")


async def until(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until something holds, a bounded time; what it gave."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(**settings: Any) -> AsyncGenerator[Running]:
    """Start everything, and end it."""
    async with AsyncExitStack() as closing:
        listening = _listening()
        closing.callback(listening.close)
        here = f"http://127.0.0.1:{listening.getsockname()[1]}"
        centre_ = await _centre(closing, settings.pop("url", here), settings)
        centre_.url = here
        closing.push_async_callback(centre_.stop)
        await _serve(centre_.app, listening, centre_.serving)
        await _configure(centre_)
        yield centre_


def _listening(port: int = 0) -> socket.socket:
    # The protocol is named so that asyncio turns off Nagle's algorithm on it: without, each answer waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()
    return listening


async def _centre(closing: AsyncExitStack, url: str, settings: dict[str, Any]) -> Running:
    clock, keyring = MovableClock(), MemoryKeyring()
    folder = Path(closing.enter_context(TemporaryDirectory()))
    log, opener = settings.pop("log", MemoryLog)(keyring), KeyOpener(keyring)
    closing.push_async_callback(log.close)
    rows, database = MemoryRows(), SqliteDatabase(":memory:")
    blobs = FolderBlobs(Path(closing.enter_context(TemporaryDirectory(prefix="tl-blobs-"))), keyring)
    closing.push_async_callback(database.close)
    replies = ReplyStore(database)
    closing.push_async_callback(replies.close)
    projecting = Projecting(log, rows, opener, PROJECTIONS.values())
    questions = Questions(rows, projecting)
    closing.callback(questions.close)
    task = asyncio.create_task(projecting.run())
    closing.push_async_callback(_ended, task)
    executor = Executor(log, opener=opener, clock=SteadyClock(clock), new_id=new_id)
    accounts, documents = AccountStore(database, PASSWORDS), Configured(log)
    doors = Doors(
        executor=executor,
        log=log,
        opener=opener,
        queries=Asked(questions, projecting),
        accounts=accounts,
        replies=replies,
        leases=LeaseStore(database),
        messages=StaffMessageStore(database),
        drafts=DraftStore(database, keyring),
        draft_files=DraftFileStore(database, keyring, blobs, Enclosing(blobs, settings.pop("scanner", None))),
        visits=VisitStore(database),
        letters=StoredLetters(blobs),
        fingerprints=HmacFingerprints(b"fingerprints-in-tests"),
        recordings=FolderBlobs(folder, keyring),
        links=Links(b"links-of-the-tests", url),
        clock=clock,
        new_id=new_id,
        documents=documents,
        reviewer=Reviewing(documents, lambda project: project),
        webhook_secret=lambda project: f"secret of {project}".encode(),
        settings=Settings(base_url=url, rates=RATES | {"sign_in_address": "1000/minute"}, **settings),
    )
    return Running(doors, create_app(doors), url, clock, accounts, keyring, closing, projecting, blobs)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _serve(app: FastAPI, listening: socket.socket, closing: AsyncExitStack) -> None:
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign]  # the signals are pytest's
    task = asyncio.create_task(server.serve(sockets=[listening]))

    async def stop() -> None:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)

    closing.push_async_callback(stop)
    await until(lambda: server.started or (task.done() and task.result()))


async def _configure(running: Running) -> None:
    await running.execute(ConfigureCentre(document=centre(), expected_revision=0), "")
    await running.execute(ConfigureProject(document=project(), expected_revision=0))
    other = project(project=OTHER, title="Otherline")
    done = await running.execute(ConfigureProject(document=other, expected_revision=0), OTHER)
    # who asks without `min_position` finds the projects on the read models all the same
    assert await running.projecting.reached(PROJECTIONS, EVERY_POOL, done.position, PATIENCE)
