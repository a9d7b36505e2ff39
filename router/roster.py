"""Ready agents: where they are seated, what room they have, and how many there are of each kind.

The counts are what a recorded decision needs to say how many agents each rule excluded, without asking them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from domain.centre.documents import Profile, QueueUse
from router.kept import Kept
from router.lanes import Entry
from router.needs import Need
from router.qualifications import REFUSALS, Qualification
from router.records import AgentRecord
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN
from router.seating import Room


class Roster(Kept):
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
                    self._decide(agent, asking, use)
                    self._take_seats(agent, agent.rooms, asking, use.priority, delayed)
        return delayed

    def unable(self, need: Need, agents: int) -> dict[str, int]:
        """How many, of so many agents, cannot take the need's items whatever they hold, by the first rule that says so.

        Counted once until somebody comes, goes or moves; not to be changed.
        """
        known = need.unable
        if known is None or known[0] != (self._moves, agents):
            ready, up, on_channel = len(self.ready), len(self.up), self.by_channel.get(need.channel, 0)
            refused = need.asked.refused.get(need.channel, [0] * len(REFUSALS))
            counts = (
                ("state", agents - ready),
                ("site", ready - up),
                ("channel", up - on_channel),
                ("queue", on_channel - need.members - sum(refused)),
                *zip(REFUSALS, refused, strict=True),
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
            for lane in room.lanes:
                lane.tally[room.counted] -= 1
                left.append(lane.need)
        for asking in agent.rows:
            del asking.members[agent.agent_id]
        for asking, rule in agent.refusals.items():
            asking.refuse(agent, rule, -1)
        self.uncounted.pop(agent, None)
        agent.rooms, agent.rows, agent.refusals = (), {}, {}
        return left

    def take_seat(self, agent: AgentRecord, need: Need, use: QueueUse) -> None:
        """Seat a seated agent at one more need, if they qualify."""
        self._moves += 1
        asking = need.asked
        if asking not in agent.rows and asking not in agent.refusals:
            self._decide(agent, asking, use)
        room = agent.room(need.channel)
        if room is not None and asking in agent.rows:
            self._take_seats(agent, (room,), asking, use.priority, [])
            if agent.parked and room.full == OPEN:
                room.lanes[-1].park(self.entry(agent, need))

    def _decide(self, agent: AgentRecord, asking: Qualification, use: QueueUse) -> None:
        """Whether an agent qualifies, whatever the channel, and then in which row."""
        rule = asking.refusal(agent, use.ring, self._down)
        if rule is None:
            asking.members[agent.agent_id] = agent
            agent.rows[asking] = asking.row(agent, use)
        else:
            agent.refusals[asking] = rule
            asking.refuse(agent, rule, 1)

    def _take_seats(
        self, agent: AgentRecord, rooms: Iterable[Room], asking: Qualification, priority: int, delayed: list[Need]
    ) -> None:
        """Seats at the needs of these channels; needs that have new delays by it."""
        row = agent.rows.get(asking)
        if row is None:
            return
        lanes, needs = row.lanes, asking.needs
        for room in rooms:
            lane = lanes.get(room.channel)
            if lane is None:
                need = needs.get(room.channel)
                if need is None:
                    continue
                lane = need.lane(row)
            room.lanes.append(lane)
            (room.tiers.get(priority) or room.tier(priority)).append(lane.need)
            lane.tally[room.counted] += 1
            if row.delay_us:
                room.late = True
                if lane.need.new_delays:
                    delayed.append(lane.need)

    def unseat(self, asking: Qualification) -> None:
        """Take all that ask for the same from all their agents; who qualifies is to be decided anew."""
        self._moves += 1
        for agent in {agent for queue in asking.queues for agent in self._serving.get(queue, ())}:
            agent.refusals.pop(asking, None)
            row = agent.rows.pop(asking, None)
            if row is not None:
                for room in agent.rooms:
                    room.give_up(row.lanes.get(room.channel))
        asking.clear()
        for need in asking.needs.values():
            need.lanes.clear()
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
                    for lane in room.lanes:
                        tally = lane.tally
                        tally[before] -= 1
                        tally[full] += 1
        self.uncounted.clear()

    def park(self, agent: AgentRecord) -> None:
        """Enter an agent into the lanes of the channels with room."""
        agent.parked = True
        shared: dict[str, Entry] = {}
        for room in agent.rooms:
            if room.full == OPEN:
                for lane in room.lanes:
                    order = lane.need.order
                    entry = shared.get(order.name)
                    if entry is None:
                        entry = self.entry(agent, lane.need)
                        if order.shared:
                            shared[order.name] = entry
                    lane.park(entry)

    def entry(self, agent: AgentRecord, need: Need) -> Entry:
        """The agent as they stand in a lane of the need now."""
        return (*need.order.key(agent, need), agent.agent_id, agent.stamp, agent)
