"""The processes of a centre: what each opens, and the parts that its role asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from infra.accounts.store import AccountStore
from infra.alerting.starting import start_alerting
from infra.asking import Questions
from infra.carrying import start_carried_projections, start_carried_routers, start_relay
from infra.closing import Closing
from infra.cluster.broker import broker_of
from infra.configured import RECENT, Configured, keep_configured
from infra.kept_states import forget_states, keep_states
from infra.listening import listen, serve
from infra.log.rest import Rest
from infra.log.segments import Sealer
from infra.mail.starting import start_receiving, start_sending
from infra.node import Node
from infra.operations.figures import Figures
from infra.operations.listener import Operations
from infra.operations.looking import Looking
from infra.operations.observing import ObservedExecutor
from infra.operations.tracing import Tracing, provider
from infra.operations.watchdog import Watchdog
from infra.outcomes import Acting
from infra.pools import route_every_pool
from infra.projecting import Projecting
from infra.recordings.starting import expiring
from infra.roles import Role, check_role, plays, rest_of
from infra.rows.opened import open_rows
from infra.serving import start_web
from infra.settings import Settings
from infra.stores import open_accounts, open_stores
from infra.texts.opening import start_sending_texts
from infra.voice.opening import start_voice
from infra.webhooks.starting import start_telling
from projections.catalogue import PROJECTIONS
from web.links import Links

VERSION = "0.1.0"


@asynccontextmanager
async def running_node(
    settings: Settings, role: Role = "all", *, on_built: Callable[[], None] = lambda: None
) -> AsyncGenerator[Node]:
    """Start the parts of a role, and end them all on the way out.

    `on_built` is called when something large that lasts was built, such as a router's board: a process that serves
    until it ends passes `tune_collector`, which is for the whole of a process.

    Raises what opening the stores raises, `BadSettings` for a role that these settings do not allow, and `OSError`
    for an address that is taken.
    """
    check_role(settings, role)
    async with AsyncExitStack() as closing:
        node = await _opened(settings, role, closing)
        node.on_built = on_built
        await _tell_operations(node, closing)
        closing.push_async_callback(node.stop)
        node.run("watchdog", Watchdog(node.figures).run())
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
            "keyring": lambda: asyncio.to_thread(stores.check_keys),
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
