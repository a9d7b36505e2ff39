"""Where an agent stands in the index: per channel whether there is room, and the seats at what waits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.centre.documents import ChannelUse, Profile
from router.records import AgentRecord
from router.rules import OPEN, Fullness

if TYPE_CHECKING:
    from router.lanes import Lane
    from router.needs import Need


class Seat(NamedTuple):
    """A ready agent who qualifies for a need, with or without room: the lane they stand in, whether it sees items only
    after a delay, the priority of the queue in their profile, and their room on the channel."""

    need: Need
    lane: Lane
    late: bool
    priority: int
    agent: AgentRecord
    room: Room


class Room:
    """One channel of an agent's profile. `full` is as it is, `counted` as the tallies of the lanes have it."""

    __slots__ = ("channel", "concurrency", "counted", "full", "interrupts", "late", "most", "seats", "tiers")

    def __init__(self, channel: str, use: ChannelUse, profile: Profile) -> None:
        self.channel, self.concurrency, self.interrupts = channel, use.concurrency, use.interrupts
        #: As many units may be in use, on channels that this one does not interrupt, for one more item to fit.
        self.most = profile.capacity - use.units
        self.full: Fullness = OPEN
        self.counted: Fullness = OPEN
        self.seats: list[Seat] = []
        #: The needs of the seats by the priority of their queues, first to last, and whether some are seen late.
        self.tiers: dict[int, list[Need]] = {}
        self.late = False

    def tier(self, priority: int) -> list[Need]:
        """The needs of this priority, to be added to."""
        tier = self.tiers.get(priority)
        if tier is None:
            self.tiers[priority] = tier = []
            self.tiers = dict(sorted(self.tiers.items()))
        return tier

    def give_up(self, seat: Seat) -> None:
        """The seat's need is no more."""
        self.seats.remove(seat)
        tier = self.tiers[seat.priority]
        tier.remove(seat.need)
        if not tier:
            del self.tiers[seat.priority]
        self.late = any(one.late for one in self.seats)
