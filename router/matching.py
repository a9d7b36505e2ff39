"""One decision after another until nobody who has room may have anything that waits.

The rule, said without any index. Of the items that some agent may have, take the first, in the pool's order without
the priorities of profiles; of the agents who may have it, the first; of the items that agent may have, the first. If
that is the item begun with, it is offered; else go on with it: its first agent, their first item, until a pair is first
for each other. An item that comes round again goes to its first agent. Begin again until nobody may have anything.

So a new item goes to the first of the agents who may have it, and an agent who becomes free takes their first item,
then the next, for as many as fit. What had been looked at before cannot change the outcome, which is why a stored log
can be decided again. Only what changed since the last decision is looked at: the rest had been left with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from domain.interaction.events import Decision
from router.board import Board
from router.deciding import RUNNERS_UP, decided
from router.index import Source
from router.needs import LOOK, NOTHING, Need
from router.records import AgentRecord, Item, Rank
from router.rules import OPEN

#: So many freed agents are asked one by one what comes first; of more, what waits for them is asked.
FEW = 8

#: The pool's order: what the policy makes of the moment, then the rank.
_Key = tuple[float, Rank]


class Match(NamedTuple):
    """This agent for this item, and why."""

    agent: AgentRecord
    item: Item
    decision: Decision


class Matching:
    """The decisions of one moment. Holds agent and item on the board for each match it makes."""

    def __init__(self, board: Board, now: datetime, now_us: int) -> None:
        self._board, self._now, self._now_us = board, now, now_us
        self._order = board.order

    def run(self) -> Iterator[Match]:
        board, index = self._board, self._board.index
        index.settle(board.place)
        while True:
            sources = [source for source in index.take_stirred() if self._first_of(source) is not None]
            if len(index.loose) <= FEW:
                yield from self._alone(index.loose, others=bool(sources))
                if index.stirs:
                    for source in sources:
                        index.stir(source)
                    continue
            if not sources and not index.loose:
                return
            if len(sources) == 1 and not index.loose:
                yield from self._of_source(sources[0])
            else:
                yield from self._of_all(sources)

    def _alone(self, loose: Mapping[AgentRecord, None], *, others: bool) -> Iterator[Match]:
        """Who may have nothing is parked. If then a single agent is left, and nobody else may have anything, they take
        their first items."""
        index = self._board.index
        for agent in list(loose):
            item = self._first_item(agent)
            if item is None:
                index.park(agent)
            elif not others and len(loose) == 1:
                while item is not None:
                    yield self._match(agent, item, [agent])
                    if index.stirs or agent not in loose:
                        return
                    item = self._first_item(agent)
                index.park(agent)

    def _of_source(self, source: Source) -> Iterator[Match]:
        """Nothing but this may be had by anybody: the first item of it goes to its first agent."""
        item = self._first_of(source)
        assert item is not None, "somebody may have something of it"
        order = self._candidates(item, 1 + RUNNERS_UP)
        yield self._match(order[0], item, order)
        self._board.index.park(order[0])
        self._board.index.stir(source)

    # --- the general case

    def _of_all(self, sources: list[Source]) -> Iterator[Match]:
        """Agents and items in any number. Whoever takes nothing more is parked."""
        index = self._board.index
        freed = list(index.loose)
        entries: list[AgentRecord | Source] = [*(freed if len(freed) <= FEW else self._open_to(freed)), *sources]
        for agent in freed:
            index.park(agent)
        firsts = _Firsts(self, entries)
        while (item := firsts.pop()) is not None:
            agent, item = self._pair(item)
            yield self._match(agent, item, self._candidates(item, 1 + RUNNERS_UP))
            index.park(agent)
            for source in index.take_stirred():
                firsts.add(source)

    def _open_to(self, agents: list[AgentRecord]) -> list[Source]:
        """What may have something for one of many agents: to ask each of them again and again would take too long."""
        rooms = [room for agent in agents for room in agent.rooms if room.full == OPEN]
        needs = dict.fromkeys(lane.need for room in rooms for lane in room.lanes if lane.need.size)
        sources: list[Source] = []
        for need in needs:
            sources += (need, *need.others())
        return sources

    def _pair(self, item: Item) -> tuple[AgentRecord, Item]:
        """From the first item on: an agent and an item that are first for each other."""
        seen: dict[Item, None] = {}
        while True:
            agent = self._candidates(item, 1)[0]
            seen[item] = None
            first = self._first_item(agent)
            assert first is not None, "who may have an item has a first item"
            if first is item:
                return agent, item
            if first in seen:
                return self._candidates(first, 1)[0], first
            item = first

    def first(self, entry: AgentRecord | Source) -> tuple[_Key, Item] | None:
        """The first item, in the pool's order, that a parked agent may have, or that somebody may have of a source."""
        if isinstance(entry, AgentRecord):
            return self._first_of_pool(entry)
        item = self._first_of(entry)
        return None if item is None else (self._key(item, None), item)

    @property
    def by_moment(self) -> bool:
        return self._order.by_moment

    # --- parts

    def _match(self, agent: AgentRecord, item: Item, order: list[AgentRecord]) -> Match:
        match = Match(agent, item, decided(self._board, item, order, self._now, self._now_us))
        self._board.propose(agent, item)
        return match

    def _candidates(self, item: Item, limit: int) -> list[AgentRecord]:
        assert item.need is not None, "only an item that can be found has candidates"
        return item.need.candidates(item, self._now_us, limit)

    def _first_of(self, source: Source) -> Item | None:
        if isinstance(source, Need):
            return None if source.shut else source.first_reachable(self._now_us)
        need = source.need
        if need is None or need.shut or not need.candidates(source, self._now_us, 1):
            return None
        return source

    def _key(self, item: Item, agent: AgentRecord | None) -> _Key:
        if not self._order.by_moment:
            return 0, item.shelved
        rules = self._board.policies.rules(item.project, item.queue_name)
        assert rules is not None, "an item that can be found is in a known queue"
        return self._order.urgency(item, rules, agent, self._now_us), item.shelved

    def _first_item(self, agent: AgentRecord) -> Item | None:
        """The agent's own first item: by the priorities of their profile, then by the pool's policy."""
        if self._order.by_moment:
            keyed = [(priority, self._key(item, agent), item) for priority, item in self._heads(agent)]
            return min(keyed, key=_priority_and_key)[2] if keyed else None
        best: Item | None = None
        first = 0
        for room in agent.rooms:
            if room.full != OPEN:
                continue
            for priority, needs in room.tiers.items():
                if best is not None and priority > first:
                    break
                need = _earliest(needs)
                if need.best == LOOK or room.late:
                    return self._first_seen(agent)
                item = need.head
                if item is not None and need.best != NOTHING:
                    if best is None or priority < first or item.shelved < best.shelved:
                        best, first = item, priority
                    break
        return best

    def _first_seen(self, agent: AgentRecord) -> Item | None:
        """The same where the agent sees some queues later, or where it matters who was asked before."""
        heads = [(priority, item.shelved, item) for priority, item in self._heads(agent)]
        return min(heads, default=(0, None, None))[2]

    def _first_of_pool(self, agent: AgentRecord) -> tuple[_Key, Item] | None:
        """The first in the pool's order of the items that the agent may have."""
        best: tuple[_Key, Item] | None = None
        for _, item in self._heads(agent):
            key = self._key(item, None)
            if best is None or key < best[0]:
                best = key, item
        return best

    def _heads(self, agent: AgentRecord) -> Iterator[tuple[int, Item]]:
        """The first item of each need that the agent may have now, with the profile's priority of its queue."""
        for room in agent.rooms:
            if room.full != OPEN:
                continue
            for priority, needs in room.tiers.items():
                for need in needs:
                    item = need.head
                    if room.late or need.odd:
                        lane = agent.rows[need.asked].lanes[room.channel]
                        item = None if need.shut else need.first_for(agent.agent_id, lane, self._now_us)
                    if item is not None:
                        yield priority, item


def _priority_and_key(row: tuple[int, _Key, Item]) -> tuple[int, _Key]:
    return row[:2]


def _earliest(needs: list[Need]) -> Need:
    """The need whose first item comes first."""
    earliest = needs[0]
    place = earliest.best
    for need in needs:
        best = need.best
        if best < place or (best == place < NOTHING and need.before(earliest)):
            earliest, place = need, best
    return earliest


class _Firsts:
    """The first of the items that some entry leads to, while items are taken one after another.

    Where the order stands still, an entry's first item only ever comes later, so a heap is corrected where it is
    looked at; where it depends on the moment, every entry is looked at again.
    """

    def __init__(self, matching: Matching, entries: list[AgentRecord | Source]) -> None:
        self._matching = matching
        self._heap: list[tuple[_Key, int, AgentRecord | Source]] = []
        self._entered = 0
        for entry in entries:
            self._enter(entry)
        heapify(self._heap)

    def add(self, entry: Source) -> None:
        found = self._matching.first(entry)
        if found is not None:
            self._entered += 1
            heappush(self._heap, (found[0], self._entered, entry))

    def pop(self) -> Item | None:
        """The first item; its entry stays, for it may lead to more."""
        if self._matching.by_moment:
            entries, self._heap = [entry for _, _, entry in self._heap], []
            for entry in entries:
                self._enter(entry)
            heapify(self._heap)
        heap = self._heap
        while heap:
            key, number, entry = heappop(heap)
            found = self._matching.first(entry)
            if found is not None:
                heappush(heap, (found[0], number, entry))
                if found[0] == key:
                    return found[1]
        return None

    def _enter(self, entry: AgentRecord | Source) -> None:
        found = self._matching.first(entry)
        if found is not None:
            self._entered += 1
            self._heap.append((found[0], self._entered, entry))
