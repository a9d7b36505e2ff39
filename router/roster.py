"""Ready agents: where they are seated, what room they have, and how many there are of each kind.

The counts are what a recorded decision needs to say how many agents each rule excluded, without asking them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from domain.centre.documents import Profile, QueueUse
from router.instants import SECOND
from router.lanes import Entry, Lane
from router.needs import Need
from router.qualifications import REFUSALS, Qualification
from router.records import AgentRecord
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN
from router.seating import Room, Seat

#: Makes a seat in a third of the time that its class takes: a board of 10,000 agents has 440,000 of them.
_seat: Callable[[tuple[Need, Lane, bool, int, AgentRecord, Room]], Seat] = partial(cast("Any", tuple).__new__, Seat)


class Roster:
    """`down` are the sites that are down, as the board knows them."""

    def __init__(self, down: set[str]) -> None:
        self._down = down
        self._stamp = 0
        #: How often somebody came, went or got another seat.
        self._moves = 0
        self._profiles: dict[AgentRecord, Profile] = {}
        self._serving: dict[str, dict[AgentRecord, None]] = {}
        #: Ready agents, of these those whose site is up, and of these how many have a channel.
        self.ready: set[AgentRecord] = set()
        self.up: set[AgentRecord] = set()
        self.by_channel: dict[str, int] = {}
        #: Agents whose room may be other than the tallies have it.
        self.uncounted: dict[AgentRecord, None] = {}

    def serving(self, queues: tuple[str, ...]) -> Iterator[tuple[AgentRecord, QueueUse]]:
        """Agents whose profiles serve one of the queues, with how they use the first of these."""
        for place, queue in enumerate(queues):
            for agent in self._serving.get(queue, ()):
                served = self._profiles[agent].queues
                if not any(earlier in served for earlier in queues[:place]):
                    yield agent, served[queue]

    def join(self, agent: AgentRecord, asked: Mapping[str, Iterable[Qualification]]) -> list[Need]:
        """Seat an agent, if they are to be seated, at the needs that ask for their queues; those with new delays."""
        self._moves += 1
        if agent.ready:
            self.ready.add(agent)
            if agent.up:
                self.up.add(agent)
        if not agent.eligible or agent.profile is None:
            return []
        profile = self._profiles[agent] = agent.profile
        taken = (one for one in profile.channels.items() if one[0] not in agent.paused)
        agent.rooms = tuple(Room(channel, use, profile) for channel, use in taken)
        self.update(agent)
        for room in agent.rooms:
            room.counted = room.full
            self.by_channel[room.channel] = self.by_channel.get(room.channel, 0) + 1
        delayed: list[Need] = []
        for queue, use in profile.queues.items():
            self._serving.setdefault(queue, {})[agent] = None
            for asking in asked.get(queue, ()):
                if asking.queue == queue or asking.seen_by(profile) == queue:
                    delayed += self._take_seats(agent, agent.rooms, asking, use)
        return delayed

    def unable(self, need: Need, agents: int) -> dict[str, int]:
        """How many, of so many agents, cannot take the need's items whatever they hold, by the first rule that says so.

        Counted once until somebody comes, goes or moves; not to be changed.
        """
        known = need.unable
        if known is None or known[0] != (self._moves, agents):
            ready, up, on_channel = len(self.ready), len(self.up), self.by_channel.get(need.channel, 0)
            counts = (
                ("state", agents - ready),
                ("site", ready - up),
                ("channel", up - on_channel),
                ("queue", on_channel - len(need.members) - sum(need.refused)),
                *zip(REFUSALS, need.refused, strict=True),
            )
            known = need.unable = (self._moves, agents), {rule: count for rule, count in counts if count}
        return known[1]

    def leave(self, agent: AgentRecord) -> list[Need]:
        """Give up every seat; the needs that lost a member."""
        self._moves += 1
        self.ready.discard(agent)
        self.up.discard(agent)
        profile = self._profiles.pop(agent, None)
        if profile is None:
            return []
        for queue in profile.queues:
            del self._serving[queue][agent]
        left: list[Need] = []
        for room in agent.rooms:
            self.by_channel[room.channel] -= 1
            for seat in room.seats:
                del seat.need.members[agent.agent_id]
                seat.lane.tally[room.counted] -= 1
                left.append(seat.need)
        for need, rule in agent.refusals:
            need.refused[rule] -= 1
        self.uncounted.pop(agent, None)
        agent.rooms, agent.refusals = (), []
        return left

    def take_seat(self, agent: AgentRecord, need: Need, use: QueueUse) -> None:
        """Seat a seated agent at one more need, if they qualify."""
        self._take_seats(agent, [room for room in agent.rooms if room.channel == need.channel], need.asked, use)

    def _take_seats(
        self, agent: AgentRecord, rooms: Iterable[Room], asking: Qualification, use: QueueUse
    ) -> list[Need]:
        """Seats at the needs of these channels; needs that have new delays by it."""
        self._moves += 1
        needs, delay_us, priority, delayed = asking.needs, use.delay * SECOND, use.priority, list[Need]()
        rule = asking.refusal(agent, use.ring, self._down)
        where = (use.ring, asking.away(agent), delay_us)
        for room in rooms:
            need = needs.get(room.channel)
            if need is None:
                continue
            if rule is not None:
                need.refused[rule] += 1
                agent.refusals.append((need, rule))
                continue
            lane = need.lanes.get(where) or need.lane(*where)
            need.members[agent.agent_id] = seat = _seat((need, lane, delay_us > 0, priority, agent, room))
            room.seats.append(seat)
            (room.tiers.get(priority) or room.tier(priority)).append(need)
            lane.tally[room.counted] += 1
            if delay_us:
                room.late = True
            if need.new_delays:
                delayed.append(need)
        return delayed

    def unseat(self, need: Need) -> None:
        """Take a need from all its agents."""
        self._moves += 1
        for agent in [agent for queue in need.queues for agent in self._serving.get(queue, ())]:
            agent.refusals = [one for one in agent.refusals if one[0] is not need]
        for member in need.members.values():
            member.room.give_up(member)
        need.members.clear()
        need.lanes.clear()
        need.refused = [0] * len(need.refused)
        need.delayed = False

    def update(self, agent: AgentRecord) -> bool:
        """See what room an agent has now; whether there is any. The tallies are brought up to date by `count`."""
        self._stamp += 1
        agent.stamp, agent.parked = self._stamp, False
        counts, units, room_left = agent.counts, agent.units, False
        for room in agent.rooms:
            if counts.get(room.channel, 0) >= room.concurrency:
                room.full = NO_CONCURRENCY
                continue
            used = agent.used
            for channel in room.interrupts:
                used -= units.get(channel, 0)
            if used > room.most:
                room.full = NO_CAPACITY
            else:
                room.full = OPEN
                room_left = True
        self.uncounted[agent] = None
        return room_left

    def count(self) -> None:
        """Bring the tallies up to date with the room that agents have."""
        for agent in self.uncounted:
            for room in agent.rooms:
                before, full = room.counted, room.full
                if full != before:
                    room.counted = full
                    for seat in room.seats:
                        tally = seat.lane.tally
                        tally[before] -= 1
                        tally[full] += 1
        self.uncounted.clear()

    def park(self, agent: AgentRecord) -> None:
        """Enter an agent into the lanes of the channels with room."""
        agent.parked = True
        shared: dict[str, Entry] = {}
        for room in agent.rooms:
            if room.full == OPEN:
                for seat in room.seats:
                    order = seat.need.order
                    entry = shared.get(order.name)
                    if entry is None:
                        entry = self.entry(agent, seat.need)
                        if order.shared:
                            shared[order.name] = entry
                    seat.lane.park(entry)

    def entry(self, agent: AgentRecord, need: Need) -> Entry:
        """The agent as they stand in a lane of the need now."""
        return (*need.order.key(agent, need), agent.agent_id, agent.stamp, agent)
