"""One process of a centre: the parts that its role asks for, on one event loop.

Each part follows the log by itself and may fail by itself; what fails in a way nobody foresaw ends the process
with its reason, since a part that is silently missing is worse than a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from infra.accounts.database import Database
from infra.accounts.store import AccountStore
from infra.alerting.starting import start_alerting
from infra.asking import Questions
from infra.carrying import start_carried_projections, start_carried_routers, start_relay
from infra.closing import Closing
from infra.cluster.broker import broker_of
from infra.configured import RECENT, Configured, keep_configured
from infra.elections import Candidate, Standing, Unopposed, lead
from infra.erasing import Erasing
from infra.kept_states import forget_states, keep_states
from infra.listening import listen, serve
from infra.log.rest import Rest
from infra.log.segments import Sealer
from infra.mail.starting import start_receiving, start_sending
from infra.operations.figures import Figures
from infra.operations.listener import Operations
from infra.operations.looking import Looking
from infra.operations.observing import ObservedExecutor
from infra.operations.tracing import Tracing, provider
from infra.outcomes import Acting
from infra.pools import route_every_pool
from infra.projecting import Projecting
from infra.recordings.starting import expiring
from infra.roles import Role, check_role, plays, rest_of
from infra.rows.opened import open_rows
from infra.rows.port import RowStore
from infra.serving import start_web
from infra.settings import Settings
from infra.settling import settled
from infra.stores import Stores, new_id, open_accounts, open_stores
from infra.texts.opening import start_sending_texts
from infra.voice.opening import start_voice
from infra.webhooks.starting import start_telling
from projections.catalogue import PROJECTIONS
from web.accounts import Accounts
from web.links import Links

_log = structlog.get_logger("node")
#: Seconds that parts get to finish what is under way when the process is told to end.
DRAIN = 20.0
#: Seconds after which a part that does not end is told once more.
AGAIN = 5.0
VERSION = "0.1.0"


@dataclass(slots=True, kw_only=True)
class Node:
    """A running process of a centre."""

    role: Role
    stores: Stores
    rows: RowStore
    database: Database
    accounts: Accounts
    configured: Configured
    projecting: Projecting
    questions: Questions
    figures: Figures
    tracing: Tracing
    looking: Looking
    base_url: str
    http_port: int = 0
    smtp_in_port: int = 0
    operations_port: int = 0
    _name: str = field(default_factory=new_id)
    _failed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list[asyncio.Task[Any]])
    _stops: list[tuple[Callable[[], None], asyncio.Task[Any]]] = field(
        default_factory=list[tuple[Callable[[], None], asyncio.Task[Any]]]
    )

    @property
    def settings(self) -> Settings:
        return self.stores.settings

    @property
    def ask(self) -> Callable[..., Any]:
        """Ask a query of the read models."""
        return self.questions.ask

    @property
    def erasing(self) -> Erasing:
        """Forgets customers: keys, attachments, rows."""
        parts = self.stores
        return Erasing(
            log=parts.log,
            executor=parts.executor,
            keyring=parts.keyring,
            blobs=parts.blobs,
            recordings=parts.recordings,
            settle=self.settle,
        )

    def plays(self, part: Role) -> bool:
        """Whether what this role is for is this process' work."""
        return plays(self.role, part)

    async def settle(self, position: int) -> None:
        """Wait until every projection has come to `position`, then let the store overwrite what was deleted."""
        if not await settled(self.stores.log, self.rows, PROJECTIONS, position):
            raise TimeoutError(f"the projections have not come to position {position} within a minute")
        await asyncio.to_thread(self.rows.scrub)

    async def reached(self, projections: Iterable[str], pool: str, position: int, seconds: float) -> bool:
        """Wait until these projections stand at `position`, wherever they run, at most so long; whether they do."""
        if any(one.leads for one in self.looking.candidates if one.name == "projections"):
            return await self.projecting.reached(projections, pool, position, seconds)
        return await self.questions.look(projections, pool, position, seconds)

    async def forever(self) -> None:
        """Run until a part fails; raises what it failed with."""
        await asyncio.shield(self._failed)

    def run(self, name: str, work: Coroutine[Any, Any, Any], *, outlasts: bool = False) -> asyncio.Task[Any]:
        """Run a part; if it ends before the node does, that is a failure of the node.

        One that `outlasts` the others is ended by whoever started it: a web server that is cancelled leaves its
        sockets with the event loop.
        """
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        if not outlasts:
            self._tasks.append(task)
        return task

    def excuse(self, task: asyncio.Task[Any]) -> None:
        """Let a part end without that being a failure."""
        task.remove_done_callback(self._ended)

    def stand(self, name: str) -> Candidate:
        """Stand for an office among the processes of the centre, from now on until the node ends."""
        candidate = self._candidate(name)
        self.run(f"election {name}", candidate.run())
        return candidate

    def lead(self, name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run a part in one process of the centre: in this one whenever it is elected."""
        candidate = self._candidate(name)
        self.run(name, work() if isinstance(candidate, Unopposed) else lead(candidate, work))

    def on_stop(self, stop: Callable[[], None], task: asyncio.Task[Any]) -> None:
        """Tell a part to finish when the node ends; it gets `DRAIN` seconds before it is cancelled."""
        self._stops.append((stop, task))

    def _candidate(self, name: str) -> Candidate:
        alone = self.settings.embedded
        made = Unopposed(name) if alone else Standing(self.database, name, f"{self.role} {self._name}")
        self.looking.candidates.append(made)
        return made

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled() or self._failed.done():
            return
        fault = task.exception() or RuntimeError(f"{task.get_name()} ended by itself")
        _log.error("a part of this process has failed", part=task.get_name(), kind=type(fault).__name__)
        self._failed.set_exception(fault)

    async def stop(self) -> None:
        """Let parts finish what is under way, then end every part, the youngest first."""
        self._failed.cancel()
        for stop, _ in self._stops:
            stop()
        finishing = [task for _, task in self._stops]
        if finishing:
            await asyncio.wait(finishing, timeout=DRAIN)
        left = set(self._tasks)
        while left:
            for task in reversed(self._tasks):
                if task in left:
                    task.cancel()
            # again, should a library lose what it was told: nobody may wait for ever for a part that has not heard
            _, left = await asyncio.wait(left, timeout=AGAIN)
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def running_node(settings: Settings, role: Role = "all") -> AsyncGenerator[Node]:
    """Start the parts of a role, and end them all on the way out.

    Raises what opening the stores raises, `BadSettings` for a role that these settings do not allow, and `OSError`
    for an address that is taken.
    """
    check_role(settings, role)
    async with AsyncExitStack() as closing:
        node = await _opened(settings, role, closing)
        await _tell_operations(node, closing)
        closing.push_async_callback(node.stop)
        web = listen(settings.http_host, settings.http_port, "TRUNKLINE_HTTP_PORT") if node.plays("web") else None
        if web is not None:
            closing.callback(web.close)
            node.http_port = web.getsockname()[1]
            node.base_url = settings.public_url or settings.base_url.replace(
                f":{settings.http_port}", f":{node.http_port}"
            )
        await node.configured.catch_up()
        node.run("configuration", keep_configured(node.configured))
        node.run("forgotten states", forget_states(node.stores.log, node.stores.executor))
        if node.plays("web"):
            node.run("kept states", keep_states(node.stores.log, node.stores.executor))
        links = Links(node.stores.secrets.links, node.base_url)
        await _start(node, links, closing)
        if web is not None:
            await start_web(node, links, web, closing)
        node.looking.started = True
        try:
            yield node
        finally:
            node.looking.draining = True


@asynccontextmanager
async def watching_node(settings: Settings) -> AsyncGenerator[Node]:
    """No part of a centre but a way into its stores, beside the processes that run it."""
    async with AsyncExitStack() as closing:
        node = await _opened(settings, "web", closing)
        closing.push_async_callback(node.stop)
        await node.configured.catch_up()
        node.run("configuration", keep_configured(node.configured))
        yield node


async def _opened(settings: Settings, role: Role, closing: AsyncExitStack) -> Node:
    figures, tracing = Figures(), Tracing(provider(role))
    closing.callback(tracing.close)
    figures.process.labels(role, VERSION).set(1)
    executing = partial(ObservedExecutor, figures=figures, tracing=tracing)
    stores = await closing.enter_async_context(open_stores(settings, executing=executing))
    stores.log.rest = Rest(rest_of(role))
    rows = await asyncio.to_thread(open_rows, settings.rows_location, tuple(PROJECTIONS.values()))
    closing.callback(rows.close)
    database = await open_accounts(settings.accounts_location)
    closing.push_async_callback(database.close)
    projecting = Projecting(stores.log, rows, stores.opener, PROJECTIONS.values(), clock=stores.clock)
    questions = Questions(rows)
    closing.callback(questions.close)
    looking = Looking(
        role=role,
        figures=figures,
        head=stores.log.head,
        stores={
            "rows": lambda: asyncio.to_thread(rows.positions, next(iter(PROJECTIONS))),
            "accounts": lambda: database.run("SELECT 1"),
        },
    )
    if plays(role, "projections"):
        looking.standing = projecting.standing
    return Node(
        role=role,
        stores=stores,
        rows=rows,
        database=database,
        accounts=AccountStore(database),
        configured=Configured(stores.log, 0.0 if role == "all" else RECENT),
        projecting=projecting,
        questions=questions,
        figures=figures,
        tracing=tracing,
        looking=looking,
        base_url=settings.base_url,
    )


async def _start(node: Node, links: Links, closing: AsyncExitStack) -> None:
    """Every part but the web, which starts last: whoever reaches it reaches a whole process."""
    broker = None if node.settings.embedded else broker_of(node.settings)
    if node.plays("projections"):
        if broker is None:
            node.lead("projections", node.projecting.run)
        else:
            start_carried_projections(node, broker)
        node.lead("forgetting", node.erasing.follow)
        node.lead("closing", _closing(node).run)
        node.lead("expiring", expiring(node).run)
        node.lead("sealing", Sealer(node.stores.log).run)
        node.lead("next actions", Acting(executor=node.stores.executor, ask=node.ask).run)
    if node.plays("router"):
        if broker is None:
            node.run("routers", route_every_pool(node))
        else:
            start_carried_routers(node, broker)
    if node.plays("mail"):
        await start_receiving(node, closing)
    if node.plays("delivery"):
        await start_sending(node, links, closing)
        await start_sending_texts(node, links, closing)
        start_alerting(node, closing)
        start_telling(node, closing)
        if not node.plays("web"):
            await start_voice(node, closing)
    if node.plays("relay"):
        start_relay(node)


def _closing(node: Node) -> Closing:
    parts = node.stores
    return Closing(executor=parts.executor, questions=node.questions, configured=node.configured, clock=parts.clock)


async def _tell_operations(node: Node, closing: AsyncExitStack) -> None:
    """The first to start and the last to end: it says that the process is starting, and that it is ending."""
    settings = node.settings
    listening = listen(settings.operations_host, settings.operations_port, "TRUNKLINE_OPERATIONS_PORT")
    closing.callback(listening.close)
    node.operations_port = listening.getsockname()[1]
    await serve(node, "operations", Operations(node.looking), listening, closing, ending=lambda: None)
