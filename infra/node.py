"""One process with all roles: the web, routers, projections, delivery and mail, on one event loop.

Each part follows the log by itself and may fail by itself; what fails in a way nobody foresaw ends the process
with its reason, since a part that is silently missing is worse than a restart.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
import uvicorn
from fastapi import FastAPI

from domain.centre.documents import ProjectDocument
from domain.ports import LogUnavailable
from infra.accounts.database import Database
from infra.accounts.drafts import DraftStore
from infra.accounts.leases import LeaseStore
from infra.accounts.messages import StaffMessageStore
from infra.accounts.replies import ReplyStore
from infra.accounts.store import AccountStore
from infra.accounts.visits import VisitStore
from infra.alerting.starting import start_alerting, webhook_secret
from infra.asking import Questions
from infra.closing import Closing
from infra.configured import Configured
from infra.erasing import Erasing
from infra.holidays_named import with_holidays
from infra.log.segments import Sealer
from infra.mail.letters import StoredLetters
from infra.mail.starting import start_mail
from infra.projecting import Projecting
from infra.reviewing import Reviewing
from infra.routing import RouterProcess, tune_collector
from infra.rows.opened import open_rows
from infra.rows.port import RowStore
from infra.settings import Settings
from infra.stores import Stores, new_id, open_accounts, open_stores
from infra.voice.opening import start_voice
from infra.voice.telephones import telephones
from projections.catalogue import PROJECTIONS
from projections.reading import USES
from web.accounts import Accounts
from web.app import create_app
from web.doors import Doors
from web.doors import Settings as WebSettings
from web.links import Links

_log = structlog.get_logger("node")
#: Seconds between looks at the configuration: a pool that is new gets its router within that time.
LOOK = 1.0
T = TypeVar("T")


class _Asked:
    """The read models as the web wants them."""

    def __init__(self, questions: Questions, projecting: Projecting) -> None:
        self._questions, self._projecting = questions, projecting
        self.ask = questions.ask

    async def caught_up(self, query: Callable[..., Any], pool: str, position: int, seconds: float) -> bool:
        return await self._projecting.reached(USES[query], pool, position, seconds)


@dataclass(slots=True, kw_only=True)
class Node:
    """A running centre."""

    stores: Stores
    rows: RowStore
    accounts: Accounts
    configured: Configured
    projecting: Projecting
    questions: Questions
    base_url: str
    http_port: int
    smtp_in_port: int = 0
    _failed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list[asyncio.Task[Any]])

    @property
    def ask(self) -> Callable[..., Any]:
        """Ask a query of the read models."""
        return self.questions.ask

    @property
    def erasing(self) -> Erasing:
        """Forgets customers: keys, attachments, rows."""
        parts = self.stores
        return Erasing(
            log=parts.log, executor=parts.executor, keyring=parts.keyring, blobs=parts.blobs, settle=self.settle
        )

    async def settle(self, position: int) -> None:
        """Wait until every projection has come to `position`, then let the store overwrite what was deleted."""
        for pool in self.configured.pools or [""]:
            if not await self.projecting.reached(PROJECTIONS, pool, position, 60.0):
                raise TimeoutError(f"the projections have not come to position {position} within a minute")
        await asyncio.to_thread(self.rows.scrub)

    async def forever(self) -> None:
        """Run until a part fails; raises what it failed with."""
        await asyncio.shield(self._failed)

    def run(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a part; if it ends before the node does, that is a failure of the node."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled() or self._failed.done():
            return
        fault = task.exception() or RuntimeError(f"{task.get_name()} ended by itself")
        _log.error("a part of this process has failed", part=task.get_name(), kind=type(fault).__name__)
        self._failed.set_exception(fault)

    async def stop(self) -> None:
        """End every part, the youngest first."""
        self._failed.cancel()
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def running_node(settings: Settings) -> AsyncGenerator[Node]:
    """Start every part, and end them all on the way out.

    Raises what opening the stores raises, and `OSError` for an address that is taken.
    """
    async with AsyncExitStack() as closing:
        stores = await closing.enter_async_context(open_stores(settings))
        rows = await asyncio.to_thread(open_rows, settings.rows_location, tuple(PROJECTIONS.values()))
        closing.callback(rows.close)
        database = await open_accounts(settings.accounts_location)
        closing.push_async_callback(database.close)
        projecting = Projecting(stores.log, rows, stores.opener, PROJECTIONS.values(), clock=stores.clock)
        questions = Questions(rows, projecting)
        closing.callback(questions.close)
        listening = _listen(settings)
        closing.callback(listening.close)
        port = listening.getsockname()[1]
        node = Node(
            stores=stores,
            rows=rows,
            accounts=AccountStore(database),
            configured=Configured(stores.log),
            projecting=projecting,
            questions=questions,
            base_url=settings.public_url or settings.base_url.replace(f":{settings.http_port}", f":{port}"),
            http_port=port,
        )
        closing.push_async_callback(node.stop)
        await node.configured.catch_up()
        node.run("projections", projecting.run())
        node.run("forgetting", node.erasing.follow())
        node.run("routers", _route_every_pool(node))
        node.run("closing", _closing(node).run())
        node.run("sealing", Sealer(stores.log).run())
        links = Links(stores.secrets.links, node.base_url)
        await start_mail(node, links, closing)
        start_alerting(node, closing)
        doors = _doors(node, links, database)
        app = create_app(doors)
        app.include_router(await start_voice(node, closing))
        await _serve(node, app, listening, closing)
        yield node


def _listen(settings: Settings) -> socket.socket:
    """The HTTP socket, bound before anything is started, so that its port is known and a taken one is told early."""
    family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
    # The protocol is named so that asyncio turns off Nagle's algorithm on it: without, each answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.http_host, settings.http_port))
    except OSError as fault:
        listening.close()
        where = f"{settings.http_host}:{settings.http_port}"
        raise OSError(f"cannot listen on {where}: {fault.strerror}; set TRUNKLINE_HTTP_PORT to a free one") from fault
    return listening


async def _route_every_pool(node: Node) -> None:
    """A router for each pool that is configured, now or later."""
    pools: set[str] = set()
    while True:
        try:
            await node.configured.catch_up()
        except LogUnavailable as fault:
            _log.warning("the log is unavailable, new pools wait", reason=type(fault).__name__)
        wanted = set(node.configured.pools)
        for pool in sorted(wanted - pools):
            router = RouterProcess(
                node.stores.log, node.stores.executor, pool=pool, clock=node.stores.clock, settle=tune_collector
            )
            node.run(f"router of {pool}", router.run())
        pools |= wanted
        await asyncio.sleep(LOOK)


def _closing(node: Node) -> Closing:
    parts = node.stores
    return Closing(executor=parts.executor, questions=node.questions, configured=node.configured, clock=parts.clock)


def _doors(node: Node, links: Links, database: Database) -> Doors:
    stores = node.stores

    def complete(project: ProjectDocument) -> ProjectDocument:
        return with_holidays(project, stores.clock().date())

    return Doors(
        executor=stores.executor,
        log=stores.log,
        opener=stores.opener,
        queries=_Asked(node.questions, node.projecting),
        accounts=node.accounts,
        replies=ReplyStore(database),
        leases=LeaseStore(database),
        messages=StaffMessageStore(database),
        drafts=DraftStore(database, stores.keyring),
        visits=VisitStore(database),
        letters=StoredLetters(stores.blobs),
        fingerprints=stores.fingerprints,
        links=links,
        clock=stores.clock,
        new_id=new_id,
        telephones=telephones(stores.settings),
        settings=WebSettings(base_url=node.base_url, time_zone=stores.settings.time_zone),
        documents=node.configured,
        check=node.configured.faults_with,
        webhook_secret=lambda project: webhook_secret(stores.secrets.webhooks, project),
        complete=complete,
        reviewer=Reviewing(node.configured, complete),
    )


async def _serve(node: Node, app: FastAPI, listening: socket.socket, closing: AsyncExitStack) -> None:
    """Start the web server and wait until it answers."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5, proxy_headers=False)
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign]  # the process ends by `stop`, not by uvicorn
    task = node.run("web", server.serve(sockets=[listening]))

    async def stop() -> None:
        task.remove_done_callback(node._ended)
        app.state.live.end()
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)

    closing.push_async_callback(stop)
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)


def _no_signals() -> AbstractContextManager[None]:
    return nullcontext()
