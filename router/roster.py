"""Ready agents: where they are seated, what room they have, and how many there are of each kind.

The counts are what a recorded decision needs to say how many agents each rule excluded, without asking them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from domain.centre.documents import Profile, QueueUse
from router.instants import SECOND
from router.lanes import Entry
from router.needs import Need
from router.records import AgentRecord
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN
from router.seating import Room, Seat


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

    def join(self, agent: AgentRecord, needs: Mapping[tuple[str, str], Iterable[Need]]) -> list[Need]:
        """Seat an agent, if they are to be seated, at the needs of their queues and channels; those with new delays."""
        if agent.ready:
            self.ready.add(agent)
            if agent.up:
                self.up.add(agent)
        if not agent.eligible or agent.profile is None:
            return []
        profile = self._profiles[agent] = agent.profile
        uses = [(queue, use.ring, use.delay * SECOND, use.priority) for queue, use in profile.queues.items()]
        for queue in profile.queues:
            self._serving.setdefault(queue, {})[agent] = None
        agent.rooms = tuple(Room(channel, use, profile) for channel, use in profile.channels.items())
        self.update(agent)
        delayed: list[Need] = []
        for room in agent.rooms:
            room.counted = room.full
            channel = room.channel
            self.by_channel[channel] = self.by_channel.get(channel, 0) + 1
            for queue, ring, delay_us, priority in uses:
                for need in needs.get((queue, channel), ()):
                    if need.queue == queue or _first_served(need, profile) == queue:
                        self._take_seat(agent, room, need, ring, delay_us, priority)
                        if delay_us and need.new_delays:
                            delayed.append(need)
        return delayed

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

    def take_seat(self, agent: AgentRecord, need: Need, use: QueueUse) -> Seat | None:
        """The seat that a seated agent has at a need from now on; None when they do not qualify."""
        for room in agent.rooms:
            if room.channel == need.channel:
                return self._take_seat(agent, room, need, use.ring, use.delay * SECOND, use.priority)
        return None

    def _take_seat(
        self, agent: AgentRecord, room: Room, need: Need, ring: int, delay_us: int, priority: int
    ) -> Seat | None:
        rule = need.refusal(agent, ring, self._down)
        if rule is not None:
            need.refused[rule] += 1
            agent.refusals.append((need, rule))
            return None
        away = agent.site != need.origin if need.origin else False
        lane = need.lanes.get((ring, away, delay_us)) or need.lane(ring, away, delay_us)
        seat = need.members[agent.agent_id] = Seat(need, lane, delay_us > 0, priority, agent, room)
        room.seats.append(seat)
        lane.tally[room.counted] += 1
        return seat

    def unseat(self, need: Need) -> None:
        """Take a need from all its agents."""
        for agent in [agent for queue in need.queues for agent in self._serving.get(queue, ())]:
            agent.refusals = [one for one in agent.refusals if one[0] is not need]
        for member in need.members.values():
            member.room.seats.remove(member)
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


def _first_served(need: Need, profile: Profile) -> str | None:
    return next((queue for queue in need.queues if queue in profile.queues), None)
