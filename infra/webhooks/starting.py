"""The webhooks of a node: one process of the centre tells the peers."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from channels.webhooks.addresses import networks
from channels.webhooks.posting import Poster
from infra.operations.figures import Figures
from infra.webhooks.standing import Standings
from infra.webhooks.telling import Telling

if TYPE_CHECKING:
    from infra.node import Node


def start_telling(node: Node, closing: AsyncExitStack) -> None:
    """Tell peers whenever this process is elected to; ends with `closing`."""
    settings, stores = node.settings, node.stores
    poster = Poster(networks(settings.webhook_networks))
    closing.push_async_callback(poster.close)
    standings = Standings(node.database)
    telling = Telling(
        log=stores.log,
        opener=stores.opener,
        configured=node.configured,
        standings=standings,
        poster=poster,
        clock=stores.clock,
        secrets=settings.webhooks,
        tell=lambda endpoint, outcome: node.figures.webhooks.labels(endpoint, outcome).inc(),
    )

    async def standing(figures: Figures) -> None:
        head, parked, known = await stores.log.head(), await standings.parked(), await standings.all()
        named = {f"{one.project}/{name}" for one in node.configured.projects.values() for name in one.webhooks}
        figures.webhooks_behind.clear()
        figures.webhooks_parked.clear()
        for one in known:
            if one.endpoint not in named:
                continue  # taken out of its document: nobody waits for it any more
            figures.webhooks_behind.labels(one.endpoint).set(max(0, head - one.position))
            figures.webhooks_parked.labels(one.endpoint).set(sum(p.endpoint == one.endpoint for p in parked))

    node.looking.gauges.append(standing)
    node.lead("webhooks", telling.run)
