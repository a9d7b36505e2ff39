"""The parts of a node that go by Kafka, where there is one: relay, and projections and routers shared out by pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.cluster.broker import Broker, broker_of
from infra.cluster.projections import ProjectionWorker
from infra.cluster.relay import Relay
from infra.cluster.router_pools import RouterPools
from infra.cluster.snapshots import Snapshots
from infra.cluster.snapshotting import Snapshotting
from infra.cluster.turn import PostgresTurn
from infra.operations.figures import Figures
from infra.pools import tell_board
from infra.secrets import derived
from projections.catalogue import PROJECTIONS

if TYPE_CHECKING:
    from infra.node import Node


def start_relay(node: Node) -> None:
    """Publish the log whenever it is this process' turn, until the node ends."""
    broker = broker_of(node.settings)
    if broker is None:
        return  # a whole centre in one process has nobody to carry the log to
    turn = None if node.settings.embedded else PostgresTurn(node.settings.log_url, "relay")
    relay = Relay(node.stores.log, broker, turn=turn)

    def standing(figures: Figures) -> None:
        figures.relay_publishing.set(relay.standing.state == "publishing")
        figures.relay_published.set(relay.standing.published)
        figures.relay_failures.set(relay.standing.failures)

    node.looking.gauges.append(standing)
    node.looking.followers["relay"] = lambda head: (
        head - relay.standing.position if relay.standing.state == "publishing" else 0
    )
    node.on_stop(relay.stop, node.run("relay", relay.run()))


def start_carried_projections(node: Node, broker: Broker) -> None:
    """Keep the rows of the pools that the group gives this process."""
    stores = node.stores
    worker = ProjectionWorker(stores.log, node.rows, stores.opener, broker, PROJECTIONS.values(), clock=stores.clock)
    node.looking.standing, node.looking.asked = worker.standing, worker.behind
    node.on_stop(worker.stop, node.run("projections", worker.run()))


def start_carried_routers(node: Node, broker: Broker) -> None:
    """Route the pools that the group gives this process, their boards from snapshots and the log's tail."""
    stores, key = node.stores, derived(node.stores.secrets.master_key, "snapshots")
    dsn = node.settings.log_url

    async def configured() -> list[str]:
        return node.configured.pools

    routers = RouterPools(
        stores.log,
        stores.executor,
        broker,
        configured,
        clock=stores.clock,
        snapshots=Snapshots(dsn, key),
        snapshotting=Snapshotting(dsn, key),
        on_built=node.on_built,
    )

    def boards(figures: Figures) -> None:
        # a pool that went to another process is told by that one
        figures.waiting.clear()
        figures.ready_agents.clear()
        figures.snapshot_behind.clear()
        for pool, positions in routers.behind_snapshots().items():
            figures.snapshot_behind.labels(pool).set(positions)
        for pool, process in routers.routing.items():
            tell_board(figures, pool, process.router.board)

    def behind(head: int) -> int:
        return max((0 if one.waits else head - one.router.position for one in routers.routing.values()), default=0)

    node.looking.followers["routers"] = behind
    node.looking.gauges.append(boards)
    node.on_stop(routers.stop, node.run("routers", routers.run()))
