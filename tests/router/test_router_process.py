"""The process around the router, on real logs: it routes, fires deadlines, and two of them do not double-book."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import pytest

from domain.agent.commands import BecomeReady, RegisterAgent, SignIn
from domain.callback import RequestCallback
from domain.centre.configuration import ConfigureProject
from domain.centre.documents import Profile, ProjectDocument
from domain.customer.decide import Contact
from domain.decide import Command
from domain.event import Event, Recorded
from domain.execute import Executor, Origin
from domain.interaction.events import InteractionOffered, InteractionQueued, OfferTimedOut
from domain.interaction.offers import AcceptOffer
from domain.interaction.work import CompleteWork
from domain.invariants import Checker
from domain.ports import Appended, Change, Clock, Log, LogUnavailable, Opener
from domain.rejection import Rejection
from infra.clock import SteadyClock, system_clock
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.log.postgres import PostgresLog
from infra.routing import ACTOR, RouterProcess, independent
from router import Router
from router.records import Cause
from tests.router.pool import POOL, Pool

PROJECT = "p"
ORIGIN = Origin(project=PROJECT, pool=POOL, actor="test")


class Centre:
    """A log with a small centre on it and the means to act in it."""

    def __init__(self, log: Log, opener: Opener) -> None:
        self.log, self.opener = log, opener
        self.clock: Clock = SteadyClock()
        self.executor = self.new_executor()

    def new_executor(self) -> Executor:
        return Executor(self.log, opener=self.opener, clock=self.clock, new_id=lambda: str(uuid4()))

    async def do(self, *commands: Command) -> None:
        for command in commands:
            await self.executor.execute(command, ORIGIN)

    async def configure(self, agents: int, *, timeout: int = 30, ring_width: int = 1) -> None:
        document = {
            "schema_version": 1,
            "project": PROJECT,
            "title": "P",
            "pool": POOL,
            "departments": {"all": {"title": "All", "queue": "a"}},
            "queues": {"a": {"title": "A", "offer": {"timeout": timeout, "misses": 20, "ring_width": ring_width}}},
            "callbacks": {"queue": "a"},
        }
        await self.do(ConfigureProject(document=ProjectDocument.model_validate(document), expected_revision=0))
        profile = {"capacity": 2, "channels": {"callback": {"concurrency": 2}}, "queues": {"p/a": {}}}
        for number in range(agents):
            register = RegisterAgent(
                agent_id=f"agent{number}",
                name="A",
                site="here",
                profile_name="usual",
                profile=Profile.model_validate(profile),
                skills={},
            )
            await self.do(register, SignIn(agent_id=f"agent{number}"), BecomeReady(agent_id=f"agent{number}"))

    async def call_me(self, number: int) -> None:
        phone = f"+4822123{number:04}"
        contact = Contact(kind="phone", address=phone, fingerprint=f"phone{number}")
        request = RequestCallback(
            project=PROJECT, number=contact, key=f"key{number}", name="Ada", about="", due_at=None, entry="form"
        )
        await self.do(request)

    async def events(self, *kinds: type[Event]) -> list[Recorded]:
        found = await self.log.read(0, 100_000, pool=POOL)
        return [one for one in found if not kinds or isinstance(one.event, kinds)]

    async def until(self, kind: type[Event], count: int) -> list[Recorded]:
        async with asyncio.timeout(30):
            found: list[Recorded] = []
            async with aclosing(cast("Any", self.log.subscribe(0, pool=POOL))) as batches:
                async for batch in batches:
                    found += [one for one in batch if isinstance(one.event, kind)]
                    if len(found) >= count:
                        break
            return found

    def process(self, executor: Executor | None = None) -> RouterProcess:
        return RouterProcess(self.log, executor or self.executor, POOL, clock=self.clock)

    async def check(self) -> None:
        """The domain's invariants after every append of the whole log."""
        checker = Checker(self.opener)
        batch: list[Recorded] = []
        for one in await self.events():
            if batch and one.correlation_id != batch[-1].correlation_id:
                checker.fold(batch)
                batch = []
            batch.append(one)
        checker.fold(batch)


async def becomes(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nobody tells of it
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(*processes: RouterProcess) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(process.run()) for process in processes]
    try:
        yield
    finally:
        for process in processes:
            process.stop()
        async with asyncio.timeout(20):
            await asyncio.gather(*tasks)


@pytest.fixture(params=["memory", "postgres"])
async def centre(request: pytest.FixtureRequest) -> AsyncIterator[Centre]:
    if request.param == "memory":
        yield in_memory()
        return
    keyring = MemoryKeyring()
    log = await PostgresLog.open(request.getfixturevalue("postgres"), keyring)
    yield Centre(log, KeyOpener(keyring))
    await log.close()


def in_memory() -> Centre:
    keyring = MemoryKeyring()
    return Centre(MemoryLog(keyring, system_clock), KeyOpener(keyring))


async def test_waiting_work_is_offered_as_the_routers_doing_with_cause_and_correlation(centre: Centre) -> None:
    await centre.configure(1)
    await centre.call_me(1)
    (queued,) = await centre.events(InteractionQueued)
    async with running(centre.process()):
        (offered,) = await centre.until(InteractionOffered, 1)
    assert offered.actor == ACTOR
    assert offered.causation_id == queued.event_id
    assert (offered.correlation_id, offered.project) == (queued.correlation_id, PROJECT)


async def test_an_unanswered_offer_times_out_without_any_further_event(centre: Centre) -> None:
    await centre.configure(1, timeout=1)
    await centre.call_me(1)
    async with running(centre.process()):
        await centre.until(OfferTimedOut, 1)
        await centre.until(InteractionOffered, 2)


async def test_a_router_keeps_what_begins_before_its_eyes_and_nothing_of_the_past(centre: Centre) -> None:
    """Nobody is ready, so that nothing is offered: what it keeps it was told."""
    await centre.configure(0)
    await centre.call_me(1)
    executor = centre.new_executor()
    process = centre.process(executor)
    async with running(process), asyncio.timeout(30):
        await becomes(lambda: process.waits)
        await centre.call_me(2)
        past, new = [one.stream for one in await centre.events(InteractionQueued)]
        await becomes(lambda: executor.known(new) is not None)
        assert executor.known(past) is None


async def test_two_routers_on_one_pool_do_not_double_book(centre: Centre) -> None:
    await centre.configure(3, ring_width=2)
    other = centre.new_executor()
    async with running(centre.process(), centre.process(other)):
        for number in range(12):
            await centre.call_me(number)
        finished = 0
        async with asyncio.timeout(60):
            while finished < 12:
                finished += await answer_everything(centre)
                await asyncio.sleep(0.005)
    await centre.check()
    held = Counter(one.event.agent_id for one in await centre.events(InteractionOffered))  # type: ignore[attr-defined]
    assert sum(held.values()) >= 12


async def answer_everything(centre: Centre) -> int:
    """Accept and complete whatever rings; how much was completed."""
    done = 0
    for one in await centre.events(InteractionOffered):
        offer = one.event
        assert isinstance(offer, InteractionOffered)
        where = {"interaction_id": offer.interaction_id, "leg": offer.leg, "agent_id": offer.agent_id}
        try:
            await centre.do(AcceptOffer(**where, work_id=offer.work_id))
        except Rejection:
            continue  # answered, or taken back because the other agent was faster
        await centre.do(CompleteWork(project=PROJECT, disposition="answered", **where))
        done += 1
    return done


async def test_a_log_made_by_the_process_decides_again_as_it_was_decided(centre: Centre) -> None:
    await centre.configure(3, ring_width=2)
    async with running(centre.process()):
        for number in range(8):
            await centre.call_me(number)
        finished = 0
        async with asyncio.timeout(60):
            while finished < 8:
                finished += await answer_everything(centre)
                await asyncio.sleep(0.005)
    log = await centre.events()
    for offered in (one.event for one in log if isinstance(one.event, InteractionOffered)):
        router = Router(POOL)
        for one in log:
            if one.position <= offered.decision.position:
                router.fold(one)
        decided = [
            command.decision  # type: ignore[attr-defined]
            for command in router.decide(offered.decision.at)
            if getattr(command, "interaction_id", "") == offered.interaction_id
            and getattr(command, "agent_id", "") == offered.agent_id
        ]
        assert [one.model_dump_json() for one in decided] == [offered.decision.model_dump_json()]


class Flaky:
    """A log that is unavailable for its first `faults` appends and reads, and works from then on."""

    def __init__(self, log: Log, faults: int) -> None:
        self._log, self.faults = log, faults

    def _fail(self) -> None:
        if self.faults:
            self.faults -= 1
            raise LogUnavailable("the database is away")

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        self._fail()
        return await self._log.append(*changes, once=once)

    async def read(self, *args: Any, **kwargs: Any) -> Sequence[Recorded]:
        self._fail()
        return await self._log.read(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


async def test_a_log_that_goes_away_and_comes_back_holds_routing_up_and_no_longer() -> None:
    centre = in_memory()
    await centre.configure(1)
    await centre.call_me(1)
    flaky: Any = Flaky(centre.log, 3)
    executor = Executor(flaky, opener=centre.opener, clock=centre.clock, new_id=lambda: str(uuid4()))
    async with running(RouterProcess(flaky, executor, POOL, clock=centre.clock)):
        await centre.until(InteractionOffered, 1)
    assert flaky.faults == 0


async def test_a_router_among_others_in_a_process_takes_nothing_from_its_garbage_collector() -> None:
    centre = in_memory()
    await centre.configure(1)
    await centre.call_me(1)
    before = gc.get_freeze_count(), gc.get_threshold()
    async with running(centre.process()):
        await centre.until(InteractionOffered, 1)
    assert (gc.get_freeze_count(), gc.get_threshold()) == before


async def test_a_router_with_nothing_to_do_sleeps() -> None:
    centre = in_memory()
    await centre.configure(1)
    looks, looked = 0, asyncio.Event()

    def clock() -> Any:
        nonlocal looks
        looks += 1
        looked.set()
        return system_clock()

    process = RouterProcess(centre.log, centre.executor, POOL, clock=clock)
    async with running(process):
        async with asyncio.timeout(10):
            await looked.wait()
        await asyncio.sleep(0.2)
        assert looks < 5


@pytest.fixture
def offers() -> Callable[..., list[tuple[Command, Cause]]]:
    """Offers of interactions to agents, as (interaction, agent)."""
    pool = Pool()
    pool.project(PROJECT, {"a": {}})
    pool.agent("x", {"capacity": 1, "channels": {"email": {"concurrency": 1}}, "queues": {"p/a": {}}})
    pool.arrive("a")
    router = Router(POOL)
    pool.fold(router)
    (made,) = router.decide(pool.now)

    def make(*pairs: tuple[str, str]) -> list[tuple[Command, Cause]]:
        works: list[Any] = []
        for interaction_id, agent_id in pairs:
            works.append((replace(made, interaction_id=interaction_id, agent_id=agent_id), router.cause(made)))  # type: ignore[call-arg]
        return works

    return make


def test_only_commands_that_share_no_agent_and_no_interaction_run_side_by_side(offers: Any) -> None:
    chains = independent(offers(("i1", "a"), ("i2", "b"), ("i3", "a"), ("i4", "c"), ("i3", "b")))
    shape = [[(c.interaction_id, c.agent_id) for c, _ in chain] for chain in chains]
    assert shape == [[("i1", "a"), ("i3", "a"), ("i2", "b"), ("i3", "b")], [("i4", "c")]]
