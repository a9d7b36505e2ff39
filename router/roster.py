"""Ready agents: where they are seated, what room they have, and how many there are of each kind.

The counts are what a recorded decision needs to say how many agents each rule excluded, without asking them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from domain.centre.documents import Profile, QueueUse
from router.instants import SECOND
from router.lanes import Entry, Lane
from router.needs import Member, Need
from router.records import AgentRecord
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN
from router.seating import Room, Seat
from router.strategies import AgentKey


class Roster:
    """`down` are the sites that are down, as the board knows them."""

    def __init__(self, down: set[str]) -> None:
        self._down = down
        self._stamp = 0
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

    def join(self, agent: AgentRecord, needs: Mapping[str, Iterable[Need]]) -> list[Need]:
        """Seat an agent, if they are to be seated, at the needs of their queues; the needs with a seat."""
        if agent.ready:
            self.ready.add(agent)
            if agent.up:
                self.up.add(agent)
        if not agent.eligible or agent.profile is None:
            return []
        profile = self._profiles[agent] = agent.profile
        agent.rooms = tuple(Room(channel, use, profile) for channel, use in profile.channels.items())
        for room in agent.rooms:
            room.full = room.counted = room.fullness(agent)
            self.by_channel[room.channel] = self.by_channel.get(room.channel, 0) + 1
        seated: list[Need] = []
        for queue, use in profile.queues.items():
            self._serving.setdefault(queue, {})[agent] = None
            for need in needs.get(queue, ()):
                first = need.queue == queue or _first_served(need, profile) == queue
                if first and self.take_seat(agent, need, use) is not None:
                    seated.append(need)
        return seated

    def leave(self, agent: AgentRecord) -> list[Need]:
        """Give up every seat; the needs that lost a member."""
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

    def take_seat(self, agent: AgentRecord, need: Need, use: QueueUse) -> Lane | None:
        """The lane that a seated agent stands in from now on; None when they do not qualify."""
        room = next((one for one in agent.rooms if one.channel == need.channel), None)
        if room is None:
            return None
        rule = need.refusal(agent, use, self._down)
        if rule is not None:
            need.refused[rule] += 1
            agent.refusals.append((need, rule))
            return None
        away = bool(need.origin) and agent.site != need.origin
        lane = need.lane(use.ring, away, use.delay * SECOND)
        need.members[agent.agent_id] = Member(agent, lane, room)
        room.seats.append(Seat(need, lane, lane.delay_us > 0, use.priority))
        lane.tally[room.counted] += 1
        return lane

    def unseat(self, need: Need) -> None:
        """Take a need from all its agents."""
        for agent in [agent for queue in need.queues for agent in self._serving.get(queue, ())]:
            agent.refusals = [one for one in agent.refusals if one[0] is not need]
        for member in need.members.values():
            member.room.seats = [seat for seat in member.room.seats if seat.need is not need]
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
        agent_id, stamp = agent.agent_id, agent.stamp
        shared: dict[str, Entry] = {}
        for room in agent.rooms:
            if room.full != OPEN:
                continue
            for need, lane, _, _ in room.seats:
                entry = shared.get(need.order.name)
                if entry is None:
                    key: AgentKey = need.order.key(agent, need)
                    entry = (key, agent_id, stamp, agent)
                    if need.order.shared:
                        shared[need.order.name] = entry
                lane.park(entry)


def _first_served(need: Need, profile: Profile) -> str | None:
    return next((queue for queue in need.queues if queue in profile.queues), None)
