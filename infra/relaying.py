"""The relay of a node: the log to Kafka, where the settings name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.cluster.broker import broker_of
from infra.cluster.relay import Relay
from infra.cluster.turn import PostgresTurn
from infra.operations.figures import Figures

if TYPE_CHECKING:
    from infra.node import Node


def start_relay(node: Node) -> None:
    """Publish the log whenever it is this process' turn, until the node ends."""
    broker = broker_of(node.settings)
    if broker is None:
        return
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
