"""The web of a node: API, pages and live events, with what they need of the rest handed in."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware
from starlette.routing import Route

from channels.sms.preview import preview
from domain.centre.documents import ProjectDocument
from infra.accounts.draft_files import DraftFileStore
from infra.accounts.drafts import DraftStore
from infra.accounts.leases import LeaseStore
from infra.accounts.messages import StaffMessageStore
from infra.accounts.replies import ReplyStore
from infra.accounts.visits import VisitStore
from infra.alerting.starting import webhook_secret
from infra.holidays_named import with_holidays
from infra.listening import serve
from infra.mail.enclosing import Enclosing, scanner_of
from infra.mail.letters import StoredLetters
from infra.operations.figures import Figures
from infra.operations.requests import Observed
from infra.reviewing import Reviewing
from infra.stores import new_id
from infra.texts.opening import start_texts
from infra.voice.opening import start_voice
from infra.voice.telephones import telephone_sources, telephones
from projections.reading import USES
from web.app import create_app
from web.doors import Doors
from web.doors import Settings as WebSettings
from web.links import Links
from web.shortcut import Shortcut

if TYPE_CHECKING:
    from infra.node import Node


class _Asked:
    """The read models as the web wants them."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.ask = node.questions.ask

    async def caught_up(self, query: Callable[..., Any], pool: str, position: int, seconds: float) -> bool:
        return await self._node.reached(USES[query], pool, position, seconds)


async def start_web(node: Node, links: Links, listening: socket.socket, closing: AsyncExitStack) -> None:
    """Serve the web; it ends with `closing`, telling browsers to come back elsewhere."""
    replies = ReplyStore(node.database)
    closing.push_async_callback(replies.close)
    app = create_app(_doors(node, links, replies))
    routers = (await start_voice(node, closing), await start_texts(node, links, closing))
    webhooks = [route for router in routers for route in router.routes if isinstance(route, Route)]
    for router in routers:
        app.include_router(router)  # says of other methods that they are not allowed
    app.user_middleware.append(Middleware(Shortcut, routes=webhooks))  # innermost: all others see webhooks too
    live = app.state.live

    def streams(figures: Figures) -> None:
        figures.streams.set(live.connected)
        figures.live_position.set(live.position)

    node.looking.gauges.append(streams)
    node.looking.followers["live events"] = lambda head: head - live.position
    await serve(node, "web", Observed(app, node.figures, node.tracing), listening, closing, ending=live.end)


def _doors(node: Node, links: Links, replies: ReplyStore) -> Doors:
    stores = node.stores
    enclosing = Enclosing(stores.blobs, scanner_of(stores.settings))

    def complete(project: ProjectDocument) -> ProjectDocument:
        return with_holidays(project, stores.clock().date())

    return Doors(
        executor=stores.executor,
        log=stores.log,
        opener=stores.opener,
        queries=_Asked(node),
        accounts=node.accounts,
        replies=replies,
        leases=LeaseStore(node.database),
        messages=StaffMessageStore(node.database),
        drafts=DraftStore(node.database, stores.keyring),
        draft_files=DraftFileStore(node.database, stores.keyring, stores.blobs, enclosing),
        visits=VisitStore(node.database),
        letters=StoredLetters(stores.blobs, enclosing),
        fingerprints=stores.fingerprints,
        links=links,
        clock=stores.clock,
        new_id=new_id,
        telephones=telephones(stores.settings),
        telephone_sources=telephone_sources(stores.settings),
        recordings=stores.recordings,
        settings=WebSettings(base_url=node.base_url, time_zone=stores.settings.time_zone),
        documents=node.configured,
        check=node.configured.faults_with,
        webhook_secret=lambda project: webhook_secret(stores.secrets.webhooks, project),
        complete=complete,
        preview_text=preview,
        reviewer=Reviewing(node.configured, complete),
    )
