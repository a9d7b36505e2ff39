"""The recordings' part of a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.recordings.expiring import Expiring

if TYPE_CHECKING:
    from infra.node import Node


def expiring(node: Node) -> Expiring:
    """What removes recordings whose time is over."""
    parts = node.stores
    return Expiring(
        executor=parts.executor,
        questions=node.questions,
        configured=node.configured,
        recordings=parts.recordings,
        clock=parts.clock,
    )
