"""One seed, one world: real processes on virtual time, under faults, watched after every event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from channels.email.identity import Identity
from channels.email.ports import Deferred, Outbox, Outcome, Refused, Sent
from domain.event import Recorded
from domain.execute import Executor
from domain.invariants import Broken, Checker
from domain.ports import Appended, Change
from infra.blobs import FolderBlobs
from infra.clock import SteadyClock
from infra.configured import Configured
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.mail.going_along import GoingAlong
from infra.mail.sending import Due, Sending
from infra.projecting import Projecting
from infra.routing import RouterProcess
from infra.rows.memory import MemoryRows
from projections.catalogue import PROJECTIONS
from projections.queries import due_notifications
from tests.simulation.centre import CENTRE, POOL
from tests.simulation.comparing import compare
from tests.simulation.faults import FaultyLog, Weather
from tests.simulation.meddling import Meddler
from tests.simulation.people import Customer, Desk
from tests.simulation.texting import Texting
from tests.simulation.virtual_time import VirtualTimeLoop
from web.links import Links

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = b"a secret of the simulation alone"
#: Customers text on one day of so many: such a day costs a quarter more processor than one without.
TEXTING = 3


class WatchedLog(MemoryLog):
    """The log in memory; every append goes past the checker before anybody hears of it."""

    def __init__(self, keyring: MemoryKeyring, clock: Callable[[], datetime], checker: Checker) -> None:
        super().__init__(keyring, clock)
        self._checker = checker
        self._checked = 0

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        appended = await super().append(*changes, once=once)
        self.check()
        return appended

    def recorded(self) -> Sequence[Recorded]:
        """Everything in it, personal fields sealed."""
        return self.mapper.decode(self._rows)

    def check(self) -> None:
        """Fold what is new, in the log's order, append by append as far as positions tell."""
        fresh = self._rows[self._checked :]
        self._checked = len(self._rows)
        self._checker.fold(self.mapper.decode(fresh))


class World:
    """Everything that runs in one simulation."""

    def __init__(self, seed: int, *, customers: int, actions: int, texts: bool) -> None:
        """`texts`: whether customers text, too."""
        self.random = Random(seed)
        self.weather = Weather()
        self.skew = timedelta()
        keyring = self.keyring = MemoryKeyring(self.random.randbytes)
        self.opener = KeyOpener(keyring)
        self.checker = Checker(self.opener)
        self.log = WatchedLog(keyring, self.clock, self.checker)
        self.rows = MemoryRows()
        self.outbox = Outbox()
        self.identity = Identity("shop.example", (SECRET,))
        self.links = Links(SECRET, "https://shop.example")
        self._desks = [self.fresh() for _ in range(2)]
        self._customers = [
            Customer(
                self,
                Random(self.random.random()),
                f"customer:{n}",
                address=f"c{n}@example.org",
                telephone=f"+4860123450{n}" if texts else "",
            )
            for n in range(customers)
        ]
        self.texting = Texting(self)
        self.meddler = Meddler(self)
        self._agents = [
            Desk(self, Random(self.random.random()), f"agent:{name}", agent_id=name) for name in CENTRE.agents
        ]
        self._actions, self.texts = actions, texts

    # --- what people and processes see

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=asyncio.get_event_loop().time())

    def clock(self) -> datetime:
        """The machine's clock: right until somebody sets it."""
        return self.now() + self.skew

    def new_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def executor(self) -> Executor:
        """That of the process which happens to take the request."""
        return self.random.choice(self._desks)

    def deliveries_of(self, ticket_id: str) -> list[str]:
        return sorted(d.delivery_id for d in self.checker.of("delivery") if d.ticket_id == ticket_id)

    def fresh(self) -> Executor:
        """An executor as a process has it that has just started: nothing in memory."""
        log = FaultyLog(self.log, Random(self.random.random()), self.weather)
        return Executor(log, opener=self.opener, clock=SteadyClock(self.clock), new_id=self.new_id)

    def restart_a_desk(self) -> None:
        self._desks[self.random.randrange(len(self._desks))] = self.fresh()

    # --- the run

    async def run(self) -> None:
        """Configure, live through the faults, end them, and see that everything comes to rest."""
        await self.meddler.begin()
        starts = [self._route, self._route, self.project, self._send, *([self.texting.sending] if self.texts else [])]
        processes = [asyncio.create_task(self._restarting(start)) for start in starts]
        agents = [asyncio.create_task(agent.live()) for agent in self._agents]
        meddler = asyncio.gather(self.meddler.meddle(), self.meddler.administer())
        try:
            await _all(asyncio.create_task(customer.live(self._actions)) for customer in self._customers)
            await self._come_to_rest(agents, meddler, processes)
        finally:
            for task in (*processes, *agents, meddler):
                task.cancel()
            await asyncio.gather(*processes, *agents, meddler, return_exceptions=True)
        await compare(self)

    async def _come_to_rest(self, agents: list[asyncio.Task[None]], *others: Any) -> None:
        """No more faults, and agents who do their work: within hours nothing may be left over."""
        self.weather.calm()
        await self.meddler.settle_down()
        for agent in self._agents:
            agent.diligent = True
        watched = [*agents, others[0], *others[1]]
        for _ in range(4000):
            await asyncio.sleep(60)
            for task in watched:
                if task.done() and not task.cancelled():
                    task.result()
            if not self.checker.unfinished() and not self.checker.still_held():
                return
        left = self.checker.unfinished() + self.checker.still_held()
        raise Broken(f"days after the last fault this is unfinished: {', '.join(left[:10])}")

    # --- the processes, each of which may be killed at any moment

    async def _restarting(self, start: Callable[[], Awaitable[None]]) -> None:
        """Run a process; kill it now and then, and start it with nothing in memory."""
        while True:
            task = asyncio.ensure_future(start())
            lifetime = self.random.expovariate(1 / self.weather.lifetime) if self.weather.lifetime else None
            try:
                done, _ = await asyncio.wait([task], timeout=lifetime)
            finally:
                task.cancel()
                await asyncio.wait([task])
            if done:
                task.result()
                raise Broken(f"{start.__name__} ended by itself")
            await asyncio.sleep(self.random.uniform(0, 5))

    async def _route(self) -> None:
        log = FaultyLog(self.log, Random(self.random.random()), self.weather)
        clock = SteadyClock(self.clock)
        executor = Executor(log, opener=self.opener, clock=clock, new_id=self.new_id)
        await RouterProcess(log, executor, pool=POOL, clock=clock).run()

    async def project(self) -> None:
        await Projecting(self.log, self.rows, self.opener, PROJECTIONS.values(), clock=self.clock).run()

    async def _send(self) -> None:
        executor = self.fresh()
        configured = Configured(self.log)
        sending = Sending(
            log=self.log,
            executor=executor,
            opener=self.opener,
            configured=configured,
            identity=self.identity,
            links=self.links,
            sender=self,
            going_along=GoingAlong(*[FolderBlobs(Path("blobs"), self.keyring)] * 2),
            todo=self._due,
            lately=self._lately,
            clock=self.clock,
            pause=5,
        )
        await sending.run()

    async def _due(self, now: datetime, limit: int) -> Sequence[Due]:
        with self.rows.reading() as reader:
            due = due_notifications(reader, POOL, now, limit=limit)
            return [Due(one.delivery_id, one.project, POOL, one.due_at) for one in due]

    async def _lately(self, customer_id: str, now: datetime) -> Sequence[datetime]:
        return []

    async def send(self, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        """The world's mail server: takes most mail, sometimes so slowly that nobody hears that it did."""
        await asyncio.sleep(self.random.uniform(0.05, 2))
        mood = self.random.random()
        if mood < self.weather.mail:
            return Deferred(451, "try again later")
        if mood < 1.5 * self.weather.mail:
            return Refused(550, "no such mailbox")
        await self.outbox.send(mail, envelope_from, to)
        if mood < 2.5 * self.weather.mail:
            return Deferred(0, "connection lost", maybe_accepted=True)
        return Sent("250 taken")

    async def close(self) -> None:
        """The mail server outlives its clients."""


async def _all(tasks: Any) -> None:
    for task in list(tasks):
        await task


def simulate(seed: int) -> Checker:
    """Run one seed to its end; raises what went wrong."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_world(seed)).checker


async def _world(seed: int) -> World:
    # most days are short, so that there can be many; every tenth is long enough for things to pile up
    customers, actions = (4, 6) if seed % 10 == 0 else (2, 4)
    world = World(seed, customers=customers, actions=actions, texts=seed % TEXTING == 0)
    await world.run()
    return world
