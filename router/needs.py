"""Items that need the same are interchangeable but for their rank, so agents are indexed by need, not by item.

A need is a queue, a channel and skills with levels. Its agents stand in lanes, one per delay after which their
profiles see the queue's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from domain.centre.documents import QueueUse
from router.records import AgentKey, AgentRecord, Item, Rank
from router.rules import OPEN, fullness, tries_of
from router.shelf import Shelf

#: Below this size a lane's heap is never swept.
SMALL = 64


class Lane:
    """The agents of a need with room who were left with nothing, by the agent order.

    Entries that are no longer true are dropped when met.
    """

    __slots__ = ("delay_us", "heap", "need", "tally")

    def __init__(self, need: Need, delay_us: int) -> None:
        self.need, self.delay_us = need, delay_us
        self.heap: list[tuple[AgentKey, int, AgentRecord]] = []
        #: How many agents of this lane have room, or lack it, by `Fullness`.
        self.tally = [0, 0, 0]

    def park(self, agent: AgentRecord) -> None:
        """Enter an agent with room, under their present key and stamp."""
        heappush(self.heap, (agent.key, agent.stamp, agent))
        if len(self.heap) > 2 * len(self.need.members) + SMALL:
            self.heap = [entry for entry in self.heap if entry[1] == entry[2].stamp]
            heapify(self.heap)

    def firsts(self, limit: int) -> list[AgentRecord]:
        """At most `limit` agents with room, in order."""
        heap, taken = self.heap, list[tuple[AgentKey, int, AgentRecord]]()
        while heap and len(taken) < limit:
            entry = heappop(heap)
            if entry[1] == entry[2].stamp:
                taken.append(entry)
        for entry in taken:
            heappush(heap, entry)
        return [agent for _, _, agent in taken]

    def sees(self, item: Item, now_us: int) -> bool:
        """Without a delay always: the clock that stamped the arrival may be ahead of ours."""
        return not self.delay_us or item.ready_us + self.delay_us <= now_us


class Seat(NamedTuple):
    """An agent's part in a need: the lane they stand in and how their profile uses the queue."""

    lane: Lane
    use: QueueUse


class Need:
    """Waiting items that need the same, and the ready agents who qualify, with or without room."""

    __slots__ = (
        "channel", "delayed", "head", "lanes", "members", "queue", "size", "skills", "special", "specials",
        "tiers", "tried",
    )  # fmt: skip

    def __init__(self, queue: str, channel: str, skills: tuple[tuple[str, int], ...]) -> None:
        self.queue, self.channel, self.skills = queue, channel, skills
        self.members: dict[str, Seat] = {}
        self.lanes: dict[int, Lane] = {}
        #: Whether some lane has a delay.
        self.delayed = False
        #: Plain items by priority: within a tier they stand by arrival, so who sees the first sees enough.
        self.tiers: dict[int, Shelf] = {}
        #: All other items: tried before, ringing, with moved place or scheduled.
        self.special = Shelf()
        self.tried: dict[Item, None] = {}
        self.size = self.specials = 0
        #: The first plain item, whoever may see it.
        self.head: Item | None = None

    def fits(self, agent: AgentRecord) -> bool:
        """Whether an agent whose profile serves the queue qualifies for the need."""
        if agent.profile is None or self.channel not in agent.profile.channels:
            return False
        return all(agent.skills.get(skill, 0) >= level for skill, level in self.skills)

    def put(self, item: Item) -> None:
        self.size += 1
        if item.plain:
            shelf = self.tiers.get(item.priority)
            if shelf is None:
                shelf = self.tiers[item.priority] = Shelf()
            if self.head is None or item.rank < self.head.rank:
                self.head = item
        else:
            shelf = self.special
            self.specials += 1
            if item.tries:
                self.tried[item] = None
        shelf.add(item)
        item.shelf = shelf

    def take(self, item: Item) -> None:
        assert isinstance(item.shelf, Shelf), "only an item on a shelf can be taken"
        item.shelf.remove(item)
        self.size -= 1
        if item.shelf is self.special:
            self.specials -= 1
            self.tried.pop(item, None)
        elif item is self.head:
            heads = [first for shelf in self.tiers.values() if (first := shelf.first()) is not None]
            self.head = min(heads, key=_rank) if heads else None
        item.shelf = None
        if not self.size:
            self.tiers.clear()

    def items(self) -> Iterator[Item]:
        for shelf in self.tiers.values():
            yield from shelf
        yield from self.special

    def fewest_tries(self, item: Item) -> int:
        """How often the least tried of the qualified ready agents was tried with this item."""
        if not item.tries:
            return 0
        touched = {*item.tries, *(offer.agent_id for offer in item.offers.values())}
        tries = [tries_of(item, agent_id) for agent_id in touched if agent_id in self.members]
        return 0 if len(tries) < len(self.members) else min(tries, default=0)

    def admits(self, agent_id: str, item: Item) -> bool:
        """Whether the rules about earlier and open offers of the item allow the agent."""
        if not item.tries and not item.offers:
            return True
        if item.rings_at(agent_id):
            return False
        mine = item.tries.get(agent_id, 0)
        return not mine or mine <= self.fewest_tries(item)

    def first_plain(self, lane: Lane, now_us: int) -> Item | None:
        """The first plain item that the lane's agents may see now."""
        if not lane.delay_us:
            return self.head
        best: Item | None = None
        for shelf in self.tiers.values():
            item = shelf.first()
            if item is not None and lane.sees(item, now_us) and (best is None or item.rank < best.rank):
                best = item
        return best

    def first_for(self, agent_id: str, lane: Lane, now_us: int) -> Item | None:
        """The first item that this agent of the lane may have now."""
        best = self.first_plain(lane, now_us)
        if not self.specials:
            return best
        for item in self.special:
            if best is not None and best.rank < item.rank:
                break
            if lane.sees(item, now_us) and self.admits(agent_id, item):
                return item
        return best

    def candidates(self, item: Item, now_us: int, limit: int, loose: Iterable[AgentRecord]) -> list[AgentRecord]:
        """The first `limit` agents, in order, who may have the item now; `loose` have room but stand in no lane."""
        wanted = limit + len(item.tries) + len(item.offers)
        found = [agent for agent in loose if self._sees(agent, item, now_us)]
        ordered = not found
        for lane in self.lanes.values():
            if lane.heap and lane.sees(item, now_us):
                ordered = ordered and not found
                found.extend(lane.firsts(wanted))
        if not item.plain:
            found = [agent for agent in found if self.admits(agent.agent_id, item)]
        if not ordered:
            found.sort(key=_key)
        return found[:limit]

    def _sees(self, agent: AgentRecord, item: Item, now_us: int) -> bool:
        seat = self.members.get(agent.agent_id)
        return seat is not None and fullness(agent, self.channel) == OPEN and seat.lane.sees(item, now_us)

    def first_plain_agent(self, now_us: int) -> AgentRecord | None:
        """The first agent in a lane who may have some plain item now."""
        best: AgentRecord | None = None
        for lane in self.lanes.values():
            if lane.heap and self.first_plain(lane, now_us) is not None:
                for agent in lane.firsts(1):
                    if best is None or agent.key < best.key:
                        best = agent
        return best


def _key(agent: AgentRecord) -> AgentKey:
    return agent.key


def _rank(item: Item) -> Rank:
    return item.rank
