"""A router for each pool that is configured, now or later.

Every process of the role follows every pool, so that its board is ready; one of them is elected to decide for a pool.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from infra.operations.figures import Figures
from infra.routing import RouterProcess
from router.board import Board

if TYPE_CHECKING:
    from infra.node import Node

#: Seconds between looks at the configuration: a pool that is new gets its router within that time.
LOOK = 1.0


async def route_every_pool(node: Node) -> None:
    """Start routers until cancelled; they are parts of the node."""
    routed: set[str] = set()
    while True:
        for pool in sorted(set(node.configured.pools) - routed):
            route(node, pool)
            routed.add(pool)
        await asyncio.sleep(LOOK)


def route(node: Node, pool: str) -> None:
    """Start the router of one pool."""
    stores, candidate = node.stores, node.stand(f"router of {pool}")
    router = RouterProcess(
        stores.log,
        stores.executor,
        pool=pool,
        clock=stores.clock,
        on_built=node.on_built,
        decides=lambda: candidate.leads,
    )

    # a log may hold other pools' events: who waits for news has seen all of their own
    node.looking.followers[f"router of {pool}"] = lambda head: 0 if router.waits else head - router.router.position
    node.looking.gauges.append(lambda figures: tell_board(figures, pool, router.router.board))
    task = node.run(f"router of {pool}", router.run())
    node.on_stop(router.stop, task)


def tell_board(figures: Figures, pool: str, board: Board) -> None:
    """How many items wait and how many agents are ready; looks at each, when somebody asks."""
    figures.waiting.labels(pool).set(sum(item.status == "waiting" for item in board.legs.all()))
    figures.ready_agents.labels(pool).set(sum(agent.ready and agent.up for agent in board.agents.values()))
