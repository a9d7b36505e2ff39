"""Arrivals, handling times and patience as a log tells them, per queue, channel and interval of the day.

Handling runs from the accepted offer to the end of the agent's work, wrap-up included. Patience is exponential,
estimated from those who gave up and those who were answered first: all waiting time / those who gave up (the maximum
likelihood of censored data; L. Brown et al., "Statistical analysis of a telephone call center", JASA 100, 2005, §6).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from domain.event import Recorded
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionQueued,
    InteractionTransferred,
    OfferAccepted,
    WorkGivenUp,
    WrapUpCompleted,
)
from domain.ports import Log

PAGE = 5_000
TYPES = tuple(
    kind.wire
    for kind in (
        InteractionQueued, OfferAccepted, WrapUpCompleted, WorkGivenUp, InteractionTransferred, InteractionAbandoned
    )
)  # fmt: skip


class Key(NamedTuple):
    """Work of one queue and channel in one interval."""

    queue: str
    channel: str
    start: datetime


@dataclass(slots=True)
class Interval:
    """Counts, and sums of seconds."""

    arrivals: int = 0
    handled: int = 0
    handling: float = 0.0
    abandoned: int = 0
    waiting: float = 0.0

    @property
    def mean_handling(self) -> float | None:
        return self.handling / self.handled if self.handled else None

    @property
    def mean_patience(self) -> float | None:
        """Seconds; None when nobody gave up."""
        return self.waiting / self.abandoned if self.abandoned else None


@dataclass(slots=True)
class _Leg:
    key: Key
    arrived: datetime
    answered: datetime | None = None


@dataclass(slots=True)
class Demand:
    """Fold the log's events into it, in order. `interval` in seconds divides the time since midnight UTC."""

    interval: int
    intervals: dict[Key, Interval] = field(default_factory=dict[Key, Interval])
    _legs: dict[tuple[str, str], _Leg] = field(default_factory=dict[tuple[str, str], _Leg])

    def fold(self, recorded: Recorded) -> None:
        event: Any = recorded.event
        match event:
            case InteractionQueued():
                self._queued(event, recorded)
            case OfferAccepted():
                if (leg := self._legs.get((event.interaction_id, event.leg))) is not None:
                    leg.answered = recorded.occurred_at
                    self.intervals[leg.key].waiting += _seconds(leg.arrived, recorded.occurred_at)
            case InteractionAbandoned():
                if (leg := self._legs.pop((event.interaction_id, event.leg), None)) is not None:
                    self.intervals[leg.key].abandoned += 1
                    self.intervals[leg.key].waiting += _seconds(leg.arrived, recorded.occurred_at)
            case WrapUpCompleted() | WorkGivenUp() | InteractionTransferred():
                self._ended((event.interaction_id, event.leg), recorded.occurred_at)
            case _:
                return

    def _queued(self, event: InteractionQueued, recorded: Recorded) -> None:
        """Work that lost its agent is no new arrival; a callback arrives when it falls due."""
        at = max(event.arrived_at, event.not_before or event.arrived_at)
        since = int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
        start = datetime.fromtimestamp(since - since % self.interval, UTC)
        key = Key(f"{recorded.project}/{event.queue}", event.channel, start)
        if event.reason in ("new", "transferred"):
            self.intervals.setdefault(key, Interval()).arrivals += 1
            self._legs[event.interaction_id, event.leg] = _Leg(key, at)

    def _ended(self, leg_id: tuple[str, str], at: datetime) -> None:
        leg = self._legs.pop(leg_id, None)
        if leg is not None and leg.answered is not None:
            self.intervals[leg.key].handled += 1
            self.intervals[leg.key].handling += _seconds(leg.answered, at)

    def average_day(self) -> dict[Key, tuple[float, Interval]]:
        """Per interval of the day: arrivals an hour on the mean of all days seen, and everything added up.

        The key's `start` is that of the first day.
        """
        days = {key.start.date() for key in self.intervals}
        if not days:
            return {}
        first = min(days)
        span = (max(days) - first).days + 1
        added: dict[Key, Interval] = {}
        for key, one in self.intervals.items():
            start = datetime.combine(first, key.start.timetz())
            add(added.setdefault(key._replace(start=start), Interval()), one)
        hours = self.interval / 3600
        return {key: (one.arrivals / hours / span, one) for key, one in sorted(added.items())}


def add(to: Interval, one: Interval) -> None:
    """Add one interval's counts to another's."""
    to.arrivals += one.arrivals
    to.handled += one.handled
    to.handling += one.handling
    to.abandoned += one.abandoned
    to.waiting += one.waiting


def together(intervals: Iterable[Interval]) -> Interval:
    """All added up."""
    total = Interval()
    for one in intervals:
        add(total, one)
    return total


async def events(log: Log, since: datetime | None, until: datetime | None) -> AsyncIterator[Recorded]:
    """The log's events that matter here, of interactions that arrived between two moments."""
    position = 0
    while page := await log.read(position, PAGE, types=TYPES):
        position = page[-1].position
        for recorded in page:
            event: Any = recorded.event
            arrival = event.arrived_at if isinstance(event, InteractionQueued) else None
            if arrival is None or ((since is None or arrival >= since) and (until is None or arrival < until)):
                yield recorded


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())
