"""Which item comes first: the pool's policies. Every order is total and ends in interaction id and leg.

Among items of equal needs the order is a rank that stands as long as an item waits, so that they can be kept
sorted. Between the first items of different needs it may depend on the moment (how many wait, how long) and on the
agent. Age credit moves an item's place as if it had arrived earlier, without changing its measured wait.
"""

from __future__ import annotations

from typing import Protocol

from domain.centre.routing import ItemPolicy, Routing
from router.backlog import Backlog
from router.instants import SECOND
from router.kept import Kept
from router.policies import QueueRules
from router.records import AgentRecord, Item

#: Above any instant in microseconds, so that a tier outweighs any wait.
_TIER = 1 << 60


class ItemOrder(Protocol):
    """Orders waiting items; the smallest comes first. `by_moment`: `urgency` orders before the rank does."""

    name: ItemPolicy
    by_moment: bool

    def place(self, item: Item) -> int:
        """The order among items of equal needs. Within a tier and with equal credit, by arrival."""
        ...

    def urgency(self, item: Item, rules: QueueRules, agent: AgentRecord | None, now_us: int) -> float:
        """The order between the first items of different needs, for an agent, or for the pool as a whole (None)."""
        ...


class AgedPriority(Kept):
    """Longest wait plus age credit plus the head start of its priority (Genesys)."""

    name: ItemPolicy = "aged_priority"
    by_moment = False

    def __init__(self, routing: Routing) -> None:
        self._head_starts = {tier: routing.head_start(tier) * SECOND for tier in range(1, 11)}

    def place(self, item: Item) -> int:
        return item.arrived_us - item.credit_us - self._head_starts.get(item.priority, 0)

    def urgency(self, item: Item, rules: QueueRules, agent: AgentRecord | None, now_us: int) -> float:
        return 0


class StrictPriority:
    """Most urgent first, whatever the wait."""

    name: ItemPolicy = "strict_priority"
    by_moment = False

    def place(self, item: Item) -> int:
        return item.priority * _TIER + item.arrived_us - item.credit_us

    def urgency(self, item: Item, rules: QueueRules, agent: AgentRecord | None, now_us: int) -> float:
        return 0


class FirstCome(Kept):
    """First come, first served."""

    name: ItemPolicy = "fifo"
    by_moment = False

    def place(self, item: Item) -> int:
        return item.arrived_us - item.credit_us

    def urgency(self, item: Item, rules: QueueRules, agent: AgentRecord | None, now_us: int) -> float:
        return 0


class FixedQueueRatio(FirstCome):
    """From the queue that most exceeds its share of all that waits, inside it by arrival.

    Source: I. Gurvich, W. Whitt, "Queue-and-idleness-ratio controls in many-server service systems" (2009).
    """

    name: ItemPolicy = "fixed_queue_ratio"
    by_moment = True

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog

    def urgency(self, item: Item, rules: QueueRules, agent: AgentRecord | None, now_us: int) -> float:
        return -self._backlog.excess(item.queue)


class GeneralisedCMu(FirstCome):
    """Where waiting costs most per second of handling: wait ÷ target, rising in a straight line, ÷ handling time.

    For an agent the handling time is that of their least level in the queue's skills. Source: A. Mandelbaum,
    A. L. Stolyar, "Scheduling flexible servers with convex delay costs" (2004): the largest C′(wait)·μ, here with the
    quadratic cost (wait/target)²/2.
    """

    name: ItemPolicy = "gcmu"
    by_moment = True

    def urgency(self, item: Item, rules: QueueRules, agent: AgentRecord | None, now_us: int) -> float:
        handling = rules.handling if agent is None else rules.handling_of(agent.skills)
        return (item.arrived_us - item.credit_us - now_us) / (rules.target * handling)


def item_order(routing: Routing, backlog: Backlog) -> ItemOrder:
    """The order that a pool's routing names."""
    match routing.policy:
        case "aged_priority":
            return AgedPriority(routing)
        case "strict_priority":
            return StrictPriority()
        case "fifo":
            return FirstCome()
        case "fixed_queue_ratio":
            return FixedQueueRatio(backlog)
        case "gcmu":
            return GeneralisedCMu()
