"""Where agents stand in the index: the row they share with others at what is asked of them, and what room they have
on each channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.centre.documents import ChannelUse, Profile
from router.kept import Kept
from router.rules import OPEN, Fullness

if TYPE_CHECKING:
    from router.lanes import Lane
    from router.needs import Need


class Row(Kept):
    """Ready agents who qualify and come in one ring, at own (or any) or other sites, with one delay after which they
    see items: they share the lanes, one on each channel."""

    __slots__ = ("away", "delay_us", "lanes", "ring")

    def __init__(self, ring: int, away: bool, delay_us: int) -> None:
        self.ring, self.away, self.delay_us = ring, away, delay_us
        self.lanes: dict[str, Lane] = {}


class Room(Kept):
    """One channel of an agent's profile. `full` is as it is, `counted` as the tallies of the lanes have it."""

    __slots__ = ("channel", "concurrency", "counted", "full", "interrupts", "lanes", "late", "most", "tiers")

    def __init__(self, channel: str, use: ChannelUse, profile: Profile) -> None:
        self.channel, self.concurrency, self.interrupts = channel, use.concurrency, use.interrupts
        #: As many units may be in use, on channels that this one does not interrupt, for one more item to fit.
        self.most = profile.capacity - use.units
        self.full: Fullness = OPEN
        self.counted: Fullness = OPEN
        #: The lane at each need of the channel that the agent qualifies for, with or without room.
        self.lanes: list[Lane] = []
        #: These needs by the priority of their queues, first to last, and whether some are seen late.
        self.tiers: dict[int, list[Need]] = {}
        self.late = False

    def tier(self, priority: int) -> list[Need]:
        """The needs of this priority, to be added to."""
        tier = self.tiers.get(priority)
        if tier is None:
            self.tiers[priority] = tier = []
            self.tiers = dict(sorted(self.tiers.items()))
        return tier

    def give_up(self, lane: Lane | None) -> None:
        """The lane is no more; there may be none here."""
        if lane not in self.lanes:
            return
        self.lanes.remove(lane)
        for tier in self.tiers.values():
            if lane.need in tier:
                tier.remove(lane.need)
        self.tiers = {priority: tier for priority, tier in self.tiers.items() if tier}
        self.late = any(one.delay_us for one in self.lanes)
