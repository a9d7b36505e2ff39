"""A day in a centre that runs as a process of its own: the demo's customers and agents, and a clerk with commands."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.customer.events import CustomerRegistered, FactRecorded
from domain.delivery.state import Delivery
from domain.interaction.state import Interaction
from domain.personal import plain
from infra.demo.agent import Agent, Firsts
from infra.demo.cast import Cast
from infra.demo.checking import Checking
from infra.demo.customer import Surroundings
from infra.demo.ledger import Ledger
from infra.demo.pace import Day, Pace
from infra.demo.ports import free_port
from infra.demo.post_office import CustomersServer
from infra.demo.setting_up import (
    GUEST,
    Documents,
    LogIn,
    configure,
    make_accounts,
    read_documents,
    settings_for,
)
from infra.demo.watching import Watching
from infra.process import running_node
from infra.settings import Settings
from infra.stores import Stores, open_stores
from tests.faults.forking import Nursery
from tests.faults.people import PatientCustomer, PatientDesk, PatientPost, Population
from tests.faults.serving import Centre, run

LOOK = 0.3
#: People who may be at something at once: a crowd that waits for a centre to live would only keep it busy refusing.
MOST_AT_ONCE = 40


@dataclass(slots=True)
class Clerk:
    """Registers customers and writes down facts, each under a name that is used once."""

    desk: PatientDesk
    project: str
    #: Names whose registration, and values whose recording, was acknowledged.
    registered: list[str] = field(default_factory=list[str])
    recorded: list[str] = field(default_factory=list[str])

    async def work(self, stop: asyncio.Event, pause: float) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await self._one(number)
            await asyncio.sleep(pause)

    async def _one(self, number: int) -> None:
        name, path = f"Clerk's customer {number}", f"/api/projects/{self.project}/customers"
        contacts = [{"kind": "email", "address": f"clerk.{number}@registered.example"}]
        done = await self.desk.post(path, {"name": name, "language": "en", "contacts": contacts})
        if done is None:
            self.desk._ledger.refusals.append(f"{name} was not registered")
            return
        self.registered.append(name)
        customer_id = done["result"]["customer_id"]
        value = f"fact {number}"
        if await self.desk.post(f"{path}/{customer_id}/facts", {"name": "number", "value": value}) is not None:
            self.recorded.append(value)


@dataclass(slots=True, kw_only=True)
class Life:
    """A populated centre. `centre` is the process; everything else lives here, outside of it."""

    centre: Centre
    pace: Pace
    documents: Documents
    log_ins: list[LogIn]
    ledger: Ledger
    server: CustomersServer
    day: Day
    clerk: Clerk
    customers: int = 0
    #: What processes said that could not start because their database was away, as they should.
    excused: set[str] = field(default_factory=set[str])
    stop_arrivals: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _agents: list[Agent] = field(default_factory=list[Agent])

    def desk(self, name: str) -> PatientDesk:
        """A client signed in as this account."""
        token = next(one.token for one in self.log_ins if one.name == name)
        return PatientDesk(self.centre.url, token, self.ledger, self.pace.dice(f"client {name}"))

    def begin(self) -> None:
        """Let everybody live."""
        self.begin_work()
        self._tasks.append(asyncio.create_task(self._arrivals()))
        self._tasks.append(asyncio.create_task(self.clerk.work(self.stop_arrivals, 2 * self.pace.gap)))

    def begin_work(self, *, settling: bool = False) -> None:
        """Let the agents come to work. `settling`: for once nobody declines, passes work on or asks a customer back."""
        projects = {project.project: project for project in self.documents.projects}
        for agent_id in self.documents.centre.agents:
            if agent_id != GUEST:
                dice = self.pace.dice(f"agent {agent_id}")
                agent = Agent(agent_id=agent_id, desk=self.desk(agent_id), day=self.day, projects=projects, dice=dice)
                agent.firsts = Firsts(["work"] * 100 if settling else [], [])
                self._agents.append(agent)
                self._tasks.append(asyncio.create_task(agent.work()))

    async def _arrivals(self) -> None:
        population, dice = Population(Cast(self.pace, self.documents.projects)), self.pace.dice("arrivals")
        post = PatientPost(ledger=self.ledger, port=self.centre.settings.smtp_in_port, most=self.pace.most_mails)
        office = self.desk("supervisor")
        around = Surroundings(day=self.day, ledger=self.ledger, post=post, base_url=self.centre.url, office=office)
        homes: dict[str, PatientCustomer] = {}

        async def deliver(recipient: str, sender: str, content: bytes) -> None:
            if recipient in homes:
                await homes[recipient].receive(sender, content)

        self.server.deliver = deliver
        while not self.stop_arrivals.is_set():
            person = population.next()
            customer = PatientCustomer(person, around)
            homes[person.address] = homes[person.other_address] = customer
            if person.story == "refused":
                self.server.refused.add(person.address)
            self.customers += 1
            self.day.begin(customer.get_in_touch())
            await asyncio.sleep(dice.expovariate(1 / self.pace.gap))
            while len(self.day.tasks) > MOST_AT_ONCE and not self.stop_arrivals.is_set():  # noqa: ASYNC110
                await asyncio.sleep(LOOK)

    async def drain(self, seconds: float, *, wait_for_attempts: bool) -> list[str]:
        """No new customers; wait until all work is done, at most `seconds`. What is left then, in words.

        A delivery whose attempt was cut off is tried again when its deadline has passed, after minutes:
        `wait_for_attempts` says whether to wait for those too.
        """
        self.stop_arrivals.set()
        self.day.closing.set()
        left = ["nothing was looked at"]
        async with open_stores(self.centre.settings, write=False) as stores:
            watching = Watching(stores.opener)
            ends = asyncio.get_running_loop().time() + seconds
            while left and asyncio.get_running_loop().time() < ends:
                await asyncio.sleep(LOOK)
                assert self.centre.alive, f"the centre ended by itself: {self.centre.last_words()}"
                await watching.read(stores.log)
                left = [*self._left(watching, stores, wait_for_attempts), *self._busy()]
        return left

    def _left(self, watching: Watching, stores: Stores, wait_for_attempts: bool) -> list[str]:
        found: list[str] = []
        now = stores.clock()
        for stream in watching.left(now):
            state = watching.checker.states[stream]
            cut_off = state.status == "attempting" and state.deadline is not None and state.deadline > now
            if not cut_off or wait_for_attempts:
                why = f", put off by {state.deferred}" if isinstance(state, Delivery) and state.deferred else ""
                if isinstance(state, Interaction):
                    why = "".join(f", {name} {leg.status} {leg.agent_id}" for name, leg in state.legs.items())
                found.append(f"{stream} is {state.status}{why}")
        return found

    def _busy(self) -> list[str]:
        """Where people stand who are not done."""
        return sorted({f"somebody is still at {_where(one)}" for one in self.day.tasks})

    async def end(self) -> None:
        """Everybody stops where they are."""
        for task in self._tasks:
            task.cancel()
        await self.day.rest()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self.clerk.desk.close(), *(agent.desk.close() for agent in self._agents))
        self.ledger.refusals.extend(self.day.faults)


def _where(task: asyncio.Task[Any]) -> str:
    """What a task is about, from the outermost of its own steps inwards."""
    steps: list[str] = []
    waited: Any = task.get_coro()
    while waited is not None:
        code = getattr(waited, "cr_code", None)
        if code is None:
            break
        steps.append(code.co_name)
        waited = waited.cr_await
    return " > ".join(steps[:6])


@asynccontextmanager
async def populated(
    data: Path, pace: Pace, forks: Nursery, make: Callable[[Settings, Path, Nursery], Centre] = Centre, **stores: object
) -> AsyncGenerator[Life]:
    """A configured centre with accounts, not running yet. `stores`: settings that name other stores than files.

    `make` says what runs it: one process, or many.
    """
    documents = read_documents(speed=pace.speed)
    async with AsyncExitStack() as closing:
        ledger = Ledger()
        server = CustomersServer(ledger=ledger, deliver=_nobody)
        await server.start()
        closing.push_async_callback(server.stop)
        settings = settings_for(data, server.port, free_port(), free_port()).model_copy(update=dict(stores))
        log_ins = await _set_up(settings, documents) if stores else await _copied(data, pace.speed, documents)
        centre = make(settings, data / "said.jsonl", forks)
        token = next(one.token for one in log_ins if one.name == "supervisor")
        desk = PatientDesk(centre.url, token, ledger, pace.dice("clerk"))
        life = Life(
            centre=centre,
            pace=pace,
            documents=documents,
            log_ins=log_ins,
            ledger=ledger,
            server=server,
            day=Day(pace),
            clerk=Clerk(desk, documents.projects[0].project),
        )
        try:
            yield life
        finally:
            await life.end()
            await centre.kill_all()


async def _set_up(settings: Settings, documents: Documents) -> list[LogIn]:
    """Put documents and accounts into empty stores."""
    async with running_node(settings) as node:
        await configure(node, documents)
        return await make_accounts(node, documents)


#: Folders of centres that were set up and never worked, by the speed of their documents, with who may sign in.
_READY: dict[float, tuple[Path, list[LogIn]]] = {}


async def _copied(data: Path, speed: float, documents: Documents) -> list[LogIn]:
    """The same on files, as a copy of the first one: most of the time goes into the passwords of thirty accounts."""
    if speed not in _READY:
        first = Path(tempfile.mkdtemp(prefix="tl-ready-")) / "data"
        atexit.register(shutil.rmtree, first.parent, ignore_errors=True)
        _READY[speed] = first, await _set_up(settings_for(first, free_port(), free_port(), free_port()), documents)
    first, log_ins = _READY[speed]
    await asyncio.to_thread(shutil.copytree, first, data, dirs_exist_ok=True)
    return list(log_ins)


async def _nobody(recipient: str, sender: str, content: bytes) -> None:
    """Nobody lives anywhere yet."""


async def judge(life: Life) -> dict[str, list[str]]:
    """Hold the log of a centre that was stopped against what was acknowledged to people outside; faults by check."""
    async with running_node(life.centre.settings) as node:
        head = await node.stores.log.head()
        await node.settle(head)
        watched = Watching(node.stores.opener)
        await watched.read(node.stores.log)
        checking = Checking(node=node, ledger=life.ledger, watched=watched, since=0, whole=True)
        found = await checking.everything()
        found["every acknowledged command's effect is in the log once"] = await _effects(life.clerk, node.stores)
    return found


async def _effects(clerk: Clerk, stores: Stores) -> list[str]:
    counted: Counter[str] = Counter()
    position = 0
    types = [CustomerRegistered.wire, FactRecorded.wire]
    while batch := await stores.log.read(position, 1_000, types=types):
        for one in batch:
            match stores.opener(one.event):
                case CustomerRegistered() as event:
                    counted[plain(event.name)] += 1
                case FactRecorded() as event:
                    counted[plain(event.value)] += 1
                case _:
                    pass
        position = batch[-1].position
    told = (*clerk.registered, *clerk.recorded)
    return [f"{one!r} is in the log {counted[one]} times" for one in told if counted[one] != 1]


def attempts_cut_off(faults: list[str]) -> list[str]:
    """Those of "nothing is left undone" that wait for the deadline of a cut-off attempt."""
    return [one for one in faults if one.startswith("delivery-") and one.endswith(" is attempting")]


async def end_and_judge(life: Life) -> dict[str, list[str]]:
    """End a centre that has done its work; the checks that found something. An attempt that was cut off may wait."""
    assert await life.centre.stop() == 0, life.centre.last_words()
    await life.end()
    verified = await run(life.centre.settings, life.centre.nursery, "log", "verify")
    assert verified.code == 0, verified.out + verified.err
    faults = await judge(life)
    waiting = attempts_cut_off(faults["nothing is left undone"])
    left = {check: [one for one in found if one not in waiting] for check, found in faults.items()}
    return {check: found for check, found in left.items() if found}
