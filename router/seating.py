"""Where an agent stands in the index: per channel whether there is room, and the seats at what waits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.centre.documents import ChannelUse, Profile
from router.records import AgentRecord
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN, Fullness

if TYPE_CHECKING:
    from router.lanes import Lane
    from router.needs import Need


class Seat(NamedTuple):
    """An agent's part in a need: the lane they stand in, whether it sees items only after a delay, and the priority of
    the queue in their profile."""

    need: Need
    lane: Lane
    late: bool
    priority: int


class Room:
    """One channel of an agent's profile. `full` is as it is, `counted` as the tallies of the lanes have it."""

    __slots__ = ("channel", "concurrency", "counted", "full", "interrupts", "most", "seats")

    def __init__(self, channel: str, use: ChannelUse, profile: Profile) -> None:
        self.channel, self.concurrency, self.interrupts = channel, use.concurrency, use.interrupts
        #: As many units may be in use, on channels that this one does not interrupt, for one more item to fit.
        self.most = profile.capacity - use.units
        self.full: Fullness = OPEN
        self.counted: Fullness = OPEN
        self.seats: list[Seat] = []

    def fullness(self, agent: AgentRecord) -> Fullness:
        """The same as `rules.fullness`, without a look at the profile."""
        if agent.counts.get(self.channel, 0) >= self.concurrency:
            return NO_CONCURRENCY
        used = agent.used
        for channel in self.interrupts:
            used -= agent.units.get(channel, 0)
        return NO_CAPACITY if used > self.most else OPEN
