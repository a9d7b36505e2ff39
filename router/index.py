"""The index: ready agents by what they can take, waiting items by what they need, and what changed since last looked.

Folding only notes what changed; `settle` brings the index up to date before a decision, so that rebuilding a
board from a long log pays for its last state, not for every state on the way.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.centre.documents import Profile, QueueUse
from router.deadlines import Deadline, Deadlines
from router.instants import SECOND
from router.needs import Lane, Need, Seat
from router.orders import AgentOrder
from router.records import AgentRecord, Item
from router.rules import OPEN, Fullness, fullness

NeedKey = tuple[str, tuple[tuple[str, int], ...]]


class _Seating:
    """A ready agent as indexed: under which profile, in which seats, and what is full by channel."""

    __slots__ = ("full", "profile", "seats")

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.seats: dict[str, list[Seat]] = {}
        self.full: dict[str, Fullness] = {}


class Index:
    def __init__(self, order: AgentOrder, deadlines: Deadlines) -> None:
        self._order, self._deadlines = order, deadlines
        self._needs: dict[str, dict[NeedKey, Need]] = {}
        self._serving: dict[str, dict[str, AgentRecord]] = {}
        self._seatings: dict[str, _Seating] = {}
        self._stamp = 0
        # What changed since the last decision; a moved agent needs new seats, not only a new place.
        self._touched: dict[AgentRecord, bool] = {}
        self._unseated: dict[Need, None] = {}
        self._stirred_needs: dict[Need, None] = {}
        self._stirred_items: dict[Item, None] = {}
        self._stirred_agents: dict[AgentRecord, None] = {}
        #: Agents with room: loose while it is not known whether anything waits for them, parked in lanes afterwards.
        self.loose: dict[AgentRecord, None] = {}
        self.parked: dict[AgentRecord, None] = {}
        # Ready agents, counted by what the rules ask first.
        self.ready: dict[str, None] = {}
        self.by_channel: dict[str, int] = {}
        self.by_queue: dict[tuple[str, str], int] = {}

    def need_of(self, item: Item) -> Need:
        needs = self._needs.setdefault(item.queue, {})
        key = (item.channel, item.skills)
        need = needs.get(key)
        if need is None:
            need = needs[key] = Need(item.queue, *key)
            self._unseated[need] = None
        return need

    # --- items

    def put(self, item: Item) -> None:
        """Let an item be found by agents, anew if it was there already."""
        need = self.need_of(item)
        if item.shelf is not None:
            need.take(item)
        need.put(item)
        if need.delayed:
            self._await_sight(need, item)
        if item.plain:
            self._stirred_needs[need] = None
        else:
            self._stirred_items[item] = None

    def take(self, item: Item) -> None:
        """Let an item be found no more."""
        if item.shelf is not None:
            self.need_of(item).take(item)
        self._stirred_items.pop(item, None)

    def came_in_sight(self, item: Item, now_us: int) -> None:
        """A delay of the item has passed: look again at who may have it, and wait for the next delay."""
        need = self.need_of(item)
        if item.plain:
            self._stirred_needs[need] = None
        else:
            self._stirred_items[item] = None
        later = [delay for delay in need.lanes if item.ready_us + delay > now_us]
        if later:
            self._sight(item, min(later))

    def _await_sight(self, need: Need, item: Item) -> None:
        delays = [delay for delay in need.lanes if delay]
        if delays:
            self._sight(item, min(delays))

    def _sight(self, item: Item, delay_us: int) -> None:
        self._deadlines.set(Deadline(item.ready_us + delay_us, "visible", item.interaction_id, item.leg))

    # --- agents

    def touch(self, agent: AgentRecord, *, moved: bool = False) -> None:
        """Note that an agent changed; `moved` when it was presence, profile or skills."""
        self._touched[agent] = moved or self._touched.get(agent, False)

    def settle(self) -> None:
        """Bring the index up to date with what was noted."""
        for need in self._unseated:
            for agent_id, agent in self._serving.get(need.queue, {}).items():
                seating = self._seatings[agent_id]
                if not self._touched.get(agent) and need.fits(agent):
                    self._take_seat(agent, seating, need, seating.profile.queues[need.queue])
                    if agent not in self.parked:
                        self._touched.setdefault(agent, False)
                    elif seating.full[need.channel] == OPEN:
                        need.members[agent_id].lane.park(agent)
        self._unseated.clear()
        touched, self._touched = self._touched, {}
        for agent, moved in touched.items():
            self._sync(agent, moved)
            self._stirred_agents[agent] = None

    def resettle(self, agent: AgentRecord) -> None:
        """Bring one agent up to date at once, whose work alone changed."""
        self._touched.pop(agent, None)
        self._sync(agent, moved=False)

    def take_stirred_agents(self) -> list[AgentRecord]:
        """Ready agents who may have become able to take something since this was last asked."""
        stirred, self._stirred_agents = self._stirred_agents, {}
        return [agent for agent in stirred if agent.ready]

    def take_stirred(self) -> Iterable[Need | Item]:
        """Needs and items that somebody may have become able to take since this was last asked."""
        stirred = [*self._stirred_needs, *self._stirred_items]
        self._stirred_needs.clear()
        self._stirred_items.clear()
        return stirred

    def open_seats(self, agent: AgentRecord) -> Iterable[Seat]:
        """The agent's seats at needs with waiting items, on channels with room."""
        seating = self._seatings.get(agent.agent_id)
        if seating is not None:
            for channel, seats in seating.seats.items():
                if seating.full[channel] == OPEN:
                    yield from (seat for seat in seats if seat.lane.need.size)

    def has_room(self, agent_id: str, channel: str) -> bool:
        """Whether a ready agent has room for one more item of the channel."""
        seating = self._seatings.get(agent_id)
        return seating is not None and seating.full.get(channel) == OPEN

    def _sync(self, agent: AgentRecord, moved: bool) -> None:
        if moved:
            self._leave(agent)
            if agent.ready:
                self._join(agent)
        seating = self._seatings.get(agent.agent_id)
        self._stamp += 1
        agent.stamp, agent.key = self._stamp, self._order.key(agent)
        self.loose.pop(agent, None)
        self.parked.pop(agent, None)
        if seating is None:
            return
        room = False
        for channel, seats in seating.seats.items():
            before, full = seating.full[channel], fullness(agent, channel)
            room = room or full == OPEN
            if full != before:
                seating.full[channel] = full
                for lane, _ in seats:
                    lane.tally[before] -= 1
                    lane.tally[full] += 1
        if room:
            self.loose[agent] = None

    def park(self, agent: AgentRecord) -> None:
        """Enter an agent into the lanes of the channels with room, where new items find them."""
        if agent not in self.loose:
            return
        del self.loose[agent]
        self.parked[agent] = None
        seating = self._seatings[agent.agent_id]
        for channel, seats in seating.seats.items():
            if seating.full[channel] == OPEN:
                for seat in seats:
                    seat.lane.park(agent)

    def _join(self, agent: AgentRecord) -> None:
        self.ready[agent.agent_id] = None
        if agent.profile is None:
            return
        seating = self._seatings[agent.agent_id] = _Seating(agent.profile)
        for channel in agent.profile.channels:
            self.by_channel[channel] = self.by_channel.get(channel, 0) + 1
        for queue, use in agent.profile.queues.items():
            self._serving.setdefault(queue, {})[agent.agent_id] = agent
            for channel in agent.profile.channels:
                self.by_queue[queue, channel] = self.by_queue.get((queue, channel), 0) + 1
            for need in self._needs.get(queue, {}).values():
                if need.fits(agent):
                    self._take_seat(agent, seating, need, use)

    def _take_seat(self, agent: AgentRecord, seating: _Seating, need: Need, use: QueueUse) -> None:
        lane = self._lane(need, use.delay * SECOND)
        seat = need.members[agent.agent_id] = Seat(lane, use)
        seats = seating.seats.setdefault(need.channel, [])
        seats.append(seat)
        if len(seats) == 1:
            seating.full[need.channel] = fullness(agent, need.channel)
        lane.tally[seating.full[need.channel]] += 1

    def _lane(self, need: Need, delay_us: int) -> Lane:
        lane = need.lanes.get(delay_us)
        if lane is None:
            lane = need.lanes[delay_us] = Lane(need, delay_us)
            if delay_us:
                need.delayed = True
                for item in need.items():
                    self._sight(item, delay_us)
        return lane

    def _leave(self, agent: AgentRecord) -> None:
        """Give up every seat. Who was waited for first is waited for no more, so tried items are looked at again."""
        self.ready.pop(agent.agent_id, None)
        seating = self._seatings.pop(agent.agent_id, None)
        if seating is None:
            return
        for channel in seating.profile.channels:
            self.by_channel[channel] -= 1
        for queue in seating.profile.queues:
            del self._serving[queue][agent.agent_id]
            for channel in seating.profile.channels:
                self.by_queue[queue, channel] -= 1
        for channel, seats in seating.seats.items():
            for seat in seats:
                need = seat.lane.need
                del need.members[agent.agent_id]
                seat.lane.tally[seating.full[channel]] -= 1
                self._stirred_items.update(need.tried)
