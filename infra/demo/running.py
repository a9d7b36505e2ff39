"""One run of the demo, from the opening of the doors to the last check."""

from __future__ import annotations

import asyncio
import contextlib
import mailbox
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from domain.centre.faults import suggest
from infra.demo.agent import Agent, Firsts
from infra.demo.cast import Cast
from infra.demo.checking import Checking
from infra.demo.cluster import own_cluster
from infra.demo.customer import Customer, Surroundings
from infra.demo.desk import DeskClient
from infra.demo.incidents import Incidents
from infra.demo.ledger import Ledger
from infra.demo.pace import Day, Pace
from infra.demo.post_office import CustomersServer, Deliver, Post
from infra.demo.setting_up import (
    GUEST,
    YOUR_MAIL,
    Documents,
    LogIn,
    configure,
    make_accounts,
    port_or_any,
    read_documents,
    settings_for,
)
from infra.demo.start.opening import open_start_page
from infra.demo.telephones import PROVIDER, Telephones, telephone_network
from infra.demo.tempo import Tempo
from infra.demo.watching import Watching
from infra.load_settings import BadSettings
from infra.node import Node
from infra.process import running_node, watching_node
from infra.settings import Settings

MOST_KEPT = 10_000
#: Seconds between looks at whether everything is done, and how many quiet looks make an end.
LOOK, QUIET = 0.2, 3


@dataclass(slots=True, kw_only=True)
class Run:
    """A running demo, for those who tell of it."""

    pace: Pace
    data: Path
    node: Node
    documents: Documents
    log_ins: list[LogIn]
    ledger: Ledger
    day: Day
    watching: Watching
    telephones: Telephones
    since: int
    agents: list[Agent] = field(default_factory=list[Agent])
    incidents: Incidents | None = None
    start_url: str = ""
    customers: int = 0
    began: float = field(default_factory=time.monotonic)
    simulated: float = 0.0
    drained: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether the day came to its end by itself, among simulated people alone: then everything must add up."""
        return self.pace.seconds is not None and self.simulated >= self.pace.lasts and not self.day.cut

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began


@asynccontextmanager
async def opened(
    pace: Pace,
    *,
    data: Path | None = None,
    http_port: int = 0,
    smtp_port: int = 0,
    start_port: int = 0,
    cluster: bool = False,
) -> AsyncGenerator[tuple[Run, CustomersServer]]:
    """A centre with its documents and accounts, and the customers' mail server; nobody lives there yet.

    `cluster`: the centre is many processes on a PostgreSQL of its own, and this one only watches.
    """
    documents = read_documents(speed=pace.speed)
    if pace.power_cut is not None and pace.power_cut not in documents.centre.sites:
        known = suggest(pace.power_cut, documents.centre.sites)
        raise BadSettings([f"the power cannot fail there: there is no site {pace.power_cut!r}; {known}"])
    async with AsyncExitStack() as closing:
        folder = data or closing.enter_context(_temporary())
        ledger = Ledger()
        server = CustomersServer(ledger=ledger, deliver=_nobody)
        await server.start()
        closing.push_async_callback(server.stop)
        tempo = Tempo()
        telephones = await closing.enter_async_context(telephone_network(lambda: pace.speed * tempo.now))
        settings = settings_for(folder, server.port, port_or_any(http_port), port_or_any(smtp_port))
        # one process has nobody to carry its log to, and a demo's is none of a real centre's topic
        topic = {"kafka_topic": f"trunkline.demo.{secrets.token_hex(4)}"} if cluster else {"kafka_servers": ""}
        settings = settings.model_copy(update={**topic, "twilio": {PROVIDER: telephones.account}})
        starting = _cluster(settings) if cluster else running_node(settings)
        node = await closing.enter_async_context(starting)
        since = await node.stores.log.head()
        sites = {agent_id: agent.site for agent_id, agent in documents.centre.agents.items()}
        watching = Watching(node.stores.opener, since, sites)
        await configure(node, documents)
        log_ins = await make_accounts(node, documents)
        telephones.connect(node.base_url, documents.projects, documents.centre.agents)
        run = Run(
            pace=pace,
            data=folder,
            node=node,
            documents=documents,
            log_ins=log_ins,
            ledger=ledger,
            day=Day(pace, tempo),
            watching=watching,
            telephones=telephones,
            since=since,
        )
        run.start_url = await open_start_page(run, server.outbox, start_port, closing)
        yield run, server


@asynccontextmanager
async def _cluster(settings: Settings) -> AsyncGenerator[Node]:
    """A way into a cluster of this machine's; a process of it that ends is a failure of the node."""
    settings.data.mkdir(parents=True, exist_ok=True)
    starting = own_cluster(settings, settings.data, http_port=settings.http_port, smtp_port=settings.smtp_in_port)
    async with starting as cluster, watching_node(cluster.settings) as node:
        node.base_url = cluster.member("web").settings.base_url
        node.smtp_in_port = cluster.member("mail").settings.smtp_in_port
        node.run("cluster", cluster.forever())
        yield node


@contextlib.contextmanager
def _temporary() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="trunkline-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _nobody(recipient: str, sender: str, content: bytes) -> None:
    """Nobody lives anywhere yet."""


async def live(run: Run, server: CustomersServer, stop: asyncio.Event) -> None:
    """Let everybody live until the pace says so or `stop` is set, then let the agents finish; bounded both ways.

    Raises what a part of the centre failed with.
    """
    following = asyncio.create_task(run.watching.follow(run.node.stores.log))
    agents = await _agents(run)
    days = [asyncio.create_task(agent.work()) for agent in agents]
    failing = asyncio.create_task(run.node.forever())
    office = _client(run, "supervisor")
    run.incidents = _incidents(run, office)
    happening = asyncio.create_task(run.incidents.happen())
    arriving = asyncio.create_task(_arrivals(run, server, office))
    stopping = asyncio.create_task(stop.wait())
    try:
        run.began = time.monotonic()
        watched = {stopping, failing, following, *days, arriving}
        done, _ = await asyncio.wait(watched, timeout=run.pace.lasts, return_when=asyncio.FIRST_COMPLETED)
        for one in done - {stopping}:
            one.result()
        arriving.cancel()
        run.simulated = run.elapsed
        run.day.closing.set()
        await happening
        await _drain(run)
        run.drained = run.elapsed - run.simulated
        await asyncio.gather(*(agent.go_home() for agent in agents))
    finally:
        for task in (arriving, happening, stopping, failing, *days):
            task.cancel()
        await run.day.rest()
        await asyncio.gather(arriving, happening, stopping, failing, *days, return_exceptions=True)
        await asyncio.gather(office.close(), *(agent.desk.close() for agent in agents))
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    await run.watching.read(run.node.stores.log)
    run.ledger.refusals.extend(run.day.faults)


async def _agents(run: Run) -> list[Agent]:
    projects = {project.project: project for project in run.documents.projects}
    firsts = Firsts()
    agents = [
        Agent(
            agent_id=agent_id,
            desk=_client(run, agent_id),
            day=run.day,
            projects=projects,
            dice=run.pace.dice(f"agent {agent_id}"),
            telephones=run.telephones,
            firsts=firsts,
        )
        for agent_id in run.documents.centre.agents
        if agent_id != GUEST
    ]
    run.agents = agents
    return agents


def _incidents(run: Run, office: DeskClient) -> Incidents:
    return Incidents(
        node=run.node,
        documents=run.documents,
        office=office,
        day=run.day,
        agents=run.agents,
        lasts=run.pace.lasts,
        telephones=run.telephones,
        site=run.pace.power_cut,
        policy_changes=run.pace.policy_changes,
    )


def _client(run: Run, name: str) -> DeskClient:
    token = next(one.token for one in run.log_ins if one.name == name)
    return DeskClient(run.node.base_url, token, run.ledger, run.pace.dice(f"client {name}"))


async def _arrivals(run: Run, server: CustomersServer, office: DeskClient) -> None:
    """One customer after another gets in touch, at random times (a Poisson process), on time on a slow machine too."""
    cast, dice = Cast(run.pace, run.documents.projects, telephones=True), run.pace.dice("arrivals")
    post = Post(ledger=run.ledger, port=run.node.smtp_in_port, most=run.pace.most_mails)
    around = Surroundings(
        day=run.day,
        ledger=run.ledger,
        post=post,
        base_url=run.node.base_url,
        office=office,
        telephones=run.telephones,
    )
    homes: dict[str, Customer] = {}
    due, began = 0.0, run.day.tempo.lived
    server.deliver = _delivering(run, homes)
    while run.ledger.mails < run.pace.most_mails and not run.day.closing.is_set():
        person = cast.person(run.customers)
        customer = Customer(person, around)
        homes[person.address] = homes[person.other_address] = customer
        if person.story == "refused":
            server.refused.add(person.address)
        run.customers += 1
        run.day.begin(customer.get_in_touch())
        due += dice.expovariate(1 / run.pace.gap)
        await run.day.pause(due - (run.day.tempo.lived - began))
    await asyncio.Event().wait()


def _delivering(run: Run, homes: dict[str, Customer]) -> Deliver:
    yours = mailbox.Maildir(run.data / YOUR_MAIL)

    async def deliver(recipient: str, sender: str, content: bytes) -> None:
        customer = homes.get(recipient)
        if customer is not None:
            await customer.receive(sender, content)
        elif len(yours) < MOST_KEPT:
            await asyncio.to_thread(yours.add, content)

    return deliver


async def _drain(run: Run) -> None:
    """Until nobody has anything left to do, at most as long as the pace allows."""
    ends, quiet = run.elapsed + run.pace.drain, 0
    while run.elapsed < ends and quiet < QUIET and not run.day.over.is_set():
        head = await run.node.stores.log.head()
        seen = run.watching.position >= head
        idle = not run.day.tasks and not run.watching.left(run.node.stores.clock()) and not run.watching.unstored
        quiet = quiet + 1 if seen and idle else 0
        await asyncio.sleep(LOOK)


async def check(run: Run) -> dict[str, list[str]]:
    """Hold the log against everything there is, after `live`."""
    checking = Checking(
        node=run.node,
        ledger=run.ledger,
        watched=run.watching,
        telephones=run.telephones,
        since=run.since,
        whole=run.whole,
    )
    return await checking.everything()
