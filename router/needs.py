"""Items that need the same are interchangeable but for their rank, so agents are indexed by need, not by item.

A need is what an item asks of an agent whatever they hold. Its agents stand in lanes, one per ring, own or other
site, and delay after which their profiles see the queue's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain.centre.routing import Strategy
from router.kept import Kept
from router.lanes import Lane
from router.qualifications import Qualification
from router.records import AgentRecord, Item
from router.rules import OPEN, tries_of
from router.seating import Room, Row
from router.shelf import Shelf
from router.strategies import STRATEGIES


class NeedKey(NamedTuple):
    """A channel, and the fields of a `Qualification`."""

    queues: tuple[str, ...]
    channel: str
    skills: tuple[tuple[str, int], ...]
    rings: int
    sites: tuple[str, ...]
    language: str
    origin: str


#: The same without its name: an item's key is made for one look-up, and a plain tuple in a fifth of the time.
Key = tuple[tuple[str, ...], str, tuple[tuple[str, int], ...], int, tuple[str, ...], str, str]


class Seat(NamedTuple):
    """Where an agent who qualifies for a need stands in its index: the lane, and their room on the channel."""

    agent: AgentRecord
    lane: Lane
    room: Room


#: Behind every place: nothing of the need is offered. Before every place: more than its head must be looked at.
NOTHING, LOOK = 1 << 80, -(1 << 80)


class Need(Kept):
    """Waiting items that need the same, and the ready agents who qualify."""

    __slots__ = (
        "asked", "best", "channel", "delayed", "head", "kept", "key", "lanes", "new_delays", "odd", "order", "queue",
        "queues", "shut", "sites", "size", "skills", "special", "specials", "tiers", "tried", "unable",
    )  # fmt: skip

    def __init__(self, key: NeedKey, asked: Qualification, strategy: Strategy) -> None:
        self.key, self.channel, self.asked, self.order = key, key.channel, asked, STRATEGIES[strategy]
        self.queue, self.queues, self.skills, self.sites = asked.queue, asked.queues, asked.skills, asked.sites
        #: Whether its queue is closed now: nothing of it is offered.
        self.shut = False
        #: Whether more than `head` must be looked at to find what somebody may have: it is shut, or has specials.
        self.odd = False
        #: How many agents cannot take its items whatever they hold, by rule, and when that was counted.
        self.unable: tuple[tuple[int, int], dict[str, int]] | None = None
        #: Sorted by ring, own sites before others, and delay.
        self.lanes: list[Lane] = []
        #: Whether some lane has a delay, and delays that the items are not waited for yet.
        self.delayed = False
        self.new_delays: set[int] = set()
        #: Plain items by priority: within a tier they stand by arrival, so who sees the first sees enough.
        self.tiers: dict[int, Shelf] = {}
        #: Items tried before, ringing, with agents banned, with moved place or scheduled.
        self.special = Shelf()
        #: Items kept for their preferred agent, by that agent.
        self.kept: dict[str, Shelf] = {}
        self.tried: dict[Item, None] = {}
        self.size = self.specials = 0
        #: The first plain item, whoever may see it.
        self.head: Item | None = None
        #: What its first item is compared by where no delay matters: the place of `head`, `NOTHING` or `LOOK`.
        self.best = NOTHING

    # --- agents

    @property
    def members(self) -> int:
        """How many ready agents who work on its channel qualify, with or without room."""
        return sum(sum(lane.tally) for lane in self.lanes)

    def seat(self, agent_id: str) -> Seat | None:
        """Where an agent stands, if they are a member."""
        agent = self.asked.members.get(agent_id)
        room = None if agent is None else agent.room(self.channel)
        if agent is None or room is None:
            return None
        return Seat(agent, agent.rows[self.asked].lanes[self.channel], room)

    def lane(self, row: Row) -> Lane:
        """The lane of the agents of this row."""
        lane = row.lanes.get(self.channel)
        if lane is None:
            lane = row.lanes[self.channel] = Lane(self, row)
            self.lanes = sorted([*self.lanes, lane], key=_before)
            if lane.delay_us:
                self.delayed = True
                self.new_delays.add(lane.delay_us)
        return lane

    def take_new_delays(self) -> list[int]:
        """Delays that came up since this was last asked."""
        new = sorted(self.new_delays)
        self.new_delays.clear()
        return new

    # --- items

    def put(self, item: Item, *, plain: bool) -> None:
        """Shelve an item; `plain` says where."""
        self.size += 1
        item.need = self
        if plain:
            shelf = self.tiers.get(item.priority)
            if shelf is None:
                shelf = self.tiers[item.priority] = Shelf()
            shelf.add(item)
            if self.head is None or item.shelved < self.head.shelved:
                self.head = item
                if not self.odd:
                    self.best = item.shelved[0]
        else:
            shelf = self.kept.setdefault(item.preferred, Shelf()) if item.kept else self.special
            shelf.add(item)
            if item.tries:
                self.tried[item] = None
            self.specials += 1
            self._judge()

    def take(self, item: Item) -> None:
        shelf = item.shelf
        assert shelf is not None, "only an item on a shelf can be taken"
        shelf.remove(item)
        item.need = None
        self.size -= 1
        if item is self.head:
            self.head = head = self._first_of_tiers() if len(self.tiers) > 1 else shelf.first()
            if not self.odd:
                self.best = NOTHING if head is None else head.shelved[0]
        elif shelf is self.special:
            self._take_special(item)
        elif not any(shelf is tier for tier in self.tiers.values()):
            self._take_kept(item, shelf)
        if not self.size:
            self.tiers.clear()

    def close(self, shut: bool) -> None:
        """The queue closes or opens."""
        self.shut = shut
        self._judge()

    def _judge(self) -> None:
        """See whether more than the head is to be looked at."""
        self.odd = self.shut or self.specials > 0
        if self.odd:
            self.best = NOTHING if self.shut else LOOK
        else:
            self.best = NOTHING if self.head is None else self.head.shelved[0]

    def before(self, other: Need) -> bool:
        """Whether its first plain item comes before that of another need."""
        mine, theirs = self.head, other.head
        return mine is not None and theirs is not None and mine.shelved < theirs.shelved

    def _first_of_tiers(self) -> Item | None:
        heads = [first for shelf in self.tiers.values() if (first := shelf.first()) is not None]
        return min(heads, key=_shelved) if heads else None

    def _take_special(self, item: Item) -> None:
        self.specials -= 1
        self._judge()
        self.tried.pop(item, None)

    def _take_kept(self, item: Item, shelf: Shelf) -> None:
        self._take_special(item)
        if not len(shelf):
            self.kept = {agent_id: one for agent_id, one in self.kept.items() if one is not shelf}

    def items(self) -> Iterator[Item]:
        for shelf in (*self.tiers.values(), self.special, *self.kept.values()):
            yield from shelf

    def others(self) -> Iterator[Item]:
        """All but the plain ones."""
        for shelf in (self.special, *self.kept.values()):
            yield from shelf

    # --- who may have what

    def fewest_tries(self, item: Item) -> int:
        """How often the least tried of the qualified ready agents, banned ones left out, was tried with this item."""
        if not item.tries:
            return 0
        banned = item.excluded
        touched = {*item.tries, *(offer.agent_id for offer in item.offers.values())} - banned
        tries = [tries_of(item, agent_id) for agent_id in touched if self.seat(agent_id) is not None]
        asked = self.members - sum(self.seat(agent_id) is not None for agent_id in banned)
        return 0 if len(tries) < asked else min(tries, default=0)

    def admits(self, agent_id: str, item: Item) -> bool:
        """Whether the rules about bans, the preferred agent, earlier and open offers of the item allow a member."""
        if agent_id in item.excluded or (item.kept and agent_id != item.preferred) or item.rings_at(agent_id):
            return False
        mine = item.tries.get(agent_id, 0)
        return not mine or (not item.never and mine <= self.fewest_tries(item))

    def first_plain(self, lane: Lane, now_us: int) -> Item | None:
        """The first plain item that the lane's agents may see now."""
        if not lane.delay_us:
            return self.head
        best: Item | None = None
        for shelf in self.tiers.values():
            item = shelf.first()
            if item is not None and lane.sees(item, now_us) and (best is None or item.shelved < best.shelved):
                best = item
        return best

    def first_reachable(self, now_us: int) -> Item | None:
        """The first plain item that some parked agent may have now."""
        best: Item | None = None
        for lane in self.lanes:
            if lane.heap and lane.anybody():
                item = self.first_plain(lane, now_us)
                if item is not None and (best is None or item.shelved < best.shelved):
                    best = item
        return best

    def first_for(self, agent_id: str, lane: Lane, now_us: int) -> Item | None:
        """The first item that this agent of the lane may have now."""
        best = self.first_plain(lane, now_us)
        if self.specials:
            for shelf in (self.special, self.kept.get(agent_id)):
                for item in shelf or ():
                    if best is not None and best.shelved < item.shelved:
                        break
                    if lane.sees(item, now_us) and self.admits(agent_id, item):
                        best = item
                        break
        return best

    def candidates(self, item: Item, now_us: int, limit: int) -> list[AgentRecord]:
        """The first `limit` parked agents, in order, who may have the item now: the preferred one before all."""
        first = self._preferred(item, now_us) if item.preferred else None
        if item.kept:
            return [first] if first is not None else []
        wanted = limit + len(item.tries) + len(item.offers) + len(item.excluded) + (first is not None)
        found: list[AgentRecord] = [] if first is None else [first]
        for group in self._groups(item, now_us):
            entries = group[0].firsts(wanted)
            if len(group) > 1:
                entries = sorted(entry for lane in group for entry in lane.firsts(wanted))
            agents = [entry[-1] for entry in entries if entry[-1] is not first]
            found.extend(agents if item.plain else [one for one in agents if self.admits(one.agent_id, item)])
            if len(found) >= limit:
                break
        return found[:limit]

    def _preferred(self, item: Item, now_us: int) -> AgentRecord | None:
        """The preferred agent, if they may have the item now."""
        seat = self.seat(item.preferred)
        if seat is None or not seat.agent.parked or seat.room.full != OPEN:
            return None
        return seat.agent if seat.lane.sees(item, now_us) and self.admits(item.preferred, item) else None

    def _groups(self, item: Item, now_us: int) -> Iterator[list[Lane]]:
        """Lanes with agents who see the item, those whose agents sort among each other together."""
        group: list[Lane] = []
        for lane in self.lanes:
            if lane.heap and lane.sees(item, now_us):
                if group and (group[0].ring, group[0].away) != (lane.ring, lane.away):
                    yield group
                    group = []
                group.append(lane)
        if group:
            yield group


def _before(lane: Lane) -> tuple[int, bool, int]:
    return lane.ring, lane.away, lane.delay_us


def _shelved(item: Item) -> tuple[int, str, str]:
    return item.shelved
