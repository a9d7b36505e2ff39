"""Which agent comes first for an item: the strategies of queues, each a total order that ends in the agent's id.

A strategy orders agents of one ring (and of own and other sites); the preferred agent and the rings come before it.
Keys depend on what events told of the agent, never on the clock, so that agents can be kept sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.centre.routing import Strategy
from router.records import AgentRecord

#: The smallest comes first; within one strategy keys can be compared.
AgentKey = tuple[float, ...]


class Wanted(Protocol):
    """What of an item a strategy may look at: its own queue and the skills that it asks for."""

    @property
    def queue(self) -> str: ...
    @property
    def skills(self) -> Sequence[tuple[str, int]]: ...


class AgentOrder(Protocol):
    """`shared`: the key is the same whatever the item, so that it is worked out once for all of them."""

    name: Strategy
    shared: bool

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey: ...

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        """What a recorded decision shows of the key."""
        ...


class LongestIdle:
    """Least held first, so that who holds nothing comes before who holds something; then idle longest.

    Idle time is since the last interaction ended or the agent became ready, whichever is later. An offer that
    was declined, missed or taken back is no interaction and leaves it as it was.
    """

    name: Strategy = "longest_idle"
    shared = True

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return agent.used, agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return None


class MostSpare:
    """Most units of capacity to spare (Zendesk's "highest spare capacity")."""

    name: Strategy = "most_spare"
    shared = True

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return -spare(agent), agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return float(spare(agent))


class MostSpareShare:
    """Largest share of the capacity to spare."""

    name: Strategy = "most_spare_share"
    shared = True

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return -spare_share(agent), agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return spare_share(agent)


class LeastOccupied:
    """Least share of the time since they signed in with accepted work in hand.

    It is taken when a piece of work is accepted or released, and stays until the next.
    """

    name: Strategy = "least_occupied"
    shared = True

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return agent.occupancy, agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return agent.occupancy


class MostSkilled:
    """Highest level in that of the skills asked for in which they are weakest."""

    name: Strategy = "most_skilled"
    shared = False

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return -least_level(agent, wanted), agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return float(least_level(agent, wanted))


class LeastSkilled:
    """Lowest such level, then fewest skills in all: generalists are kept free for work that needs them."""

    name: Strategy = "least_skilled"
    shared = False

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return least_level(agent, wanted), len(agent.skills), agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return float(least_level(agent, wanted))


class RoundRobin:
    """Whose last offer from this queue is longest ago; offers count, not what became of them."""

    name: Strategy = "round_robin"
    shared = False

    def key(self, agent: AgentRecord, wanted: Wanted) -> AgentKey:
        return agent.turn(wanted.queue), agent.idle_us

    def value(self, agent: AgentRecord, wanted: Wanted) -> float | None:
        return float(agent.turn(wanted.queue))


def spare(agent: AgentRecord) -> int:
    """Units of capacity not in use; below zero while calls interrupt other work."""
    return 0 if agent.profile is None else agent.profile.capacity - agent.used


def spare_share(agent: AgentRecord) -> float:
    return 0.0 if agent.profile is None else spare(agent) / agent.profile.capacity


def least_level(agent: AgentRecord, wanted: Wanted) -> int:
    """The agent's least level in the skills asked for; how many skills they have, where none are."""
    if not wanted.skills:
        return len(agent.skills)
    return min(agent.skills.get(skill, 0) for skill, _ in wanted.skills)


STRATEGIES: dict[Strategy, AgentOrder] = {
    order.name: order
    for order in (
        LongestIdle(), MostSpare(), MostSpareShare(), LeastOccupied(), MostSkilled(), LeastSkilled(), RoundRobin()
    )
}  # fmt: skip
