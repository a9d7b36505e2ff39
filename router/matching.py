"""One decision after another until nobody who has room may have anything that waits.

The rule, said without any index: *of the agents who may have some waiting item, the first in the agent order takes
the first of those items in the item order; begin again.* So a new item goes to the first of the agents who may have
it, and an agent who becomes free takes the first item, then the next, for as many as fit. What had been looked
at before cannot change the outcome, which is why a stored log can be decided again.

Only agents and needs that changed since the last decision are looked at: the others had been left with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from domain.interaction.events import Candidate, Decision
from router.board import Board
from router.needs import Need
from router.orders import AgentOrder, ItemOrder
from router.records import AgentKey, AgentRecord, Item, Rank
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN

#: How many who came next a recorded decision names.
RUNNERS_UP = 5
#: Up to so many agents are asked one by one whether they come next; more are put into the lanes first.
MANY = 32


class Match(NamedTuple):
    """This agent for this item, and why; `cause` is whichever of the two changed last."""

    agent: AgentRecord
    item: Item
    decision: Decision


class Matching:
    """The decisions of one moment. Holds agent and item on the board for each match it makes."""

    def __init__(self, board: Board, agents: AgentOrder, items: ItemOrder, now: datetime, now_us: int) -> None:
        self._board, self._agents, self._items = board, agents, items
        self._now, self._now_us = now, now_us
        self._heap: list[tuple[AgentKey, int, AgentRecord]] = []
        self._entered = 0
        #: What an agent was named for: once the agent was heard, the next in line must be named.
        self._named: dict[str, list[Need | Item]] = {}

    def run(self) -> Iterator[Match]:
        index = self._board.index
        index.settle()
        somebody_parked = bool(index.parked)
        for agent in index.take_stirred_agents():
            self._enter(agent)
        if len(index.loose) > MANY:
            for agent in list(index.loose):
                index.park(agent)
        stirred = index.take_stirred()
        if somebody_parked:  # else whoever has room is heard anyway
            self._name_each(stirred)
        while self._heap:
            key, _, agent = heappop(self._heap)
            if agent.key == key and agent.ready:
                yield from self._hear(agent)

    def _hear(self, agent: AgentRecord) -> Iterator[Match]:
        """Let an agent take their first item, if there is one."""
        item = self._first_item(agent)
        named = self._named.pop(agent.agent_id, ())
        if item is None:
            self._board.index.park(agent)
        else:
            yield Match(agent, item, self._decision(agent, item))
            self._board.propose(agent, item)
            self._enter(agent)
            self._name_each(self._board.index.take_stirred())
        self._name_each(named)

    def _name_each(self, sources: Iterable[Need | Item]) -> None:
        for source in sources:
            self._name_first(source)

    def _enter(self, agent: AgentRecord) -> None:
        self._entered += 1
        heappush(self._heap, (agent.key, self._entered, agent))

    def _name_first(self, source: Need | Item) -> None:
        """Enter the first agent who may have the item, or something of the need."""
        first = self._first_agent(source)
        if first is not None:
            self._named.setdefault(first.agent_id, []).append(source)
            self._enter(first)

    def _first_agent(self, source: Need | Item) -> AgentRecord | None:
        if isinstance(source, Need):
            return source.first_plain_agent(self._now_us)
        if source.shelf is None:
            return None
        found = self._board.index.need_of(source).candidates(source, self._now_us, 1, self._board.index.loose)
        return found[0] if found else None

    def _first_item(self, agent: AgentRecord) -> Item | None:
        best: Item | None = None
        best_key: Rank = ()
        for lane, use in self._board.index.open_seats(agent):
            need = lane.need
            plain = not (need.specials or lane.delay_us)
            item = need.head if plain else need.first_for(agent.agent_id, lane, self._now_us)
            if item is not None:
                key = self._items.key(use, item, self._now_us)
                if best is None or key < best_key:
                    best, best_key = item, key
        return best

    def _decision(self, agent: AgentRecord, item: Item) -> Decision:
        need = self._board.index.need_of(item)
        order = need.candidates(item, self._now_us, 1 + RUNNERS_UP, self._board.index.loose)
        assert order[0] is agent, "the agent who is first of all is first for the item they take"
        chosen, *runners_up = (
            Candidate(agent_id=one.agent_id, place=place, idle_since=self._agents.idle_since(one))
            for place, one in enumerate(order, 1)
        )
        return Decision(
            position=self._board.position,
            at=self._now,
            policy=self._board.policies[item.project].sha256,
            strategy=self._agents.name,
            chosen=chosen,
            runners_up=tuple(runners_up),
            excluded=self._excluded(need, item),
        )

    def _excluded(self, need: Need, item: Item) -> dict[str, int]:
        """How many agents each rule excluded, from counts that the index keeps."""
        index = self._board.index
        ready, on_channel = len(index.ready), index.by_channel.get(item.channel, 0)
        in_queue, qualified = index.by_queue.get((item.queue, item.channel), 0), len(need.members)
        lanes = need.lanes.values()
        counts = {
            "state": len(self._board.agents) - ready,
            "channel": ready - on_channel,
            "queue": on_channel - in_queue,
            "skill": in_queue - qualified,
            "concurrency": sum(lane.tally[NO_CONCURRENCY] for lane in lanes),
            "capacity": sum(lane.tally[NO_CAPACITY] for lane in lanes),
            "delay": sum(lane.tally[OPEN] for lane in lanes if not lane.sees(item, self._now_us)),
        }
        if not item.plain:
            counts |= self._excluded_by_offers(need, item)
        return {rule: count for rule, count in counts.items() if count}

    def _excluded_by_offers(self, need: Need, item: Item) -> dict[str, int]:
        counts = {"ringing": 0, "tried": 0}
        for agent_id in {**item.tries, **{offer.agent_id: 1 for offer in item.offers.values()}}:
            seat = need.members.get(agent_id)
            if seat is None or not self._board.index.has_room(agent_id, item.channel):
                continue
            if seat.lane.sees(item, self._now_us) and not need.admits(agent_id, item):
                counts["ringing" if item.rings_at(agent_id) else "tried"] += 1
        return counts
