"""The two orders of routing: which agent comes first, and which item. Both are total and end in an id.

Each is a small object, so that a queue or a pool may be given another one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.centre.documents import QueueUse
from router.records import AgentKey, AgentRecord, Item, Rank


class AgentOrder(Protocol):
    """Orders the agents who may have an item; the smallest key is chosen."""

    name: str

    def key(self, agent: AgentRecord) -> AgentKey:
        """Depends on the agent alone, so that agents can be kept sorted; ends in the agent's id."""
        ...

    def idle_since(self, agent: AgentRecord) -> datetime | None:
        """What a recorded decision shows of the key."""
        ...


class LongestIdle:
    """An agent who holds nothing comes before one who holds something; then least held, then idle longest.

    Idle time is since the last interaction ended or the agent became ready, whichever is later. An offer that
    was declined, missed or taken back is no interaction and leaves it as it was.
    """

    name = "longest_idle"

    def key(self, agent: AgentRecord) -> AgentKey:
        return agent.used, agent.idle_us, agent.agent_id

    def idle_since(self, agent: AgentRecord) -> datetime | None:
        return None if agent.work else agent.idle_since


class ItemOrder(Protocol):
    """Orders the items that an agent may have; the smallest key is taken."""

    name: str

    def rank(self, item: Item) -> Rank:
        """The order among items of equal needs: fixed while the item waits; ends in interaction id and leg.

        Of two items with equal priority and no age credit, the one that arrived earlier has the smaller rank.
        """
        ...

    def key(self, use: QueueUse, item: Item, now_us: int) -> Rank:
        """The order among the first items of different needs, for an agent who uses the queue so, now."""
        ...


class ByPriority:
    """The profile's priority of the queue, the item's own priority (1 is most urgent), then arrival.

    Age credit moves an item's place as if it had arrived earlier, without changing its measured wait.
    """

    name = "priority"

    def rank(self, item: Item) -> Rank:
        return item.priority, item.arrived_us - item.credit_us, item.interaction_id, item.leg

    def key(self, use: QueueUse, item: Item, now_us: int) -> Rank:
        return (use.priority, *item.rank)
