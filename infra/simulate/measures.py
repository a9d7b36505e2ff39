"""What is counted while a run goes on, and the measures it makes of it. Times inside are microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from infra.simulate.draws import MICROS

#: What each measure is. All waits are from arrival to the first answer, or to giving up; seconds.
MEASURES = {
    "offered": "arrivals in the measured time",
    "blocked_share": "of those offered: met the busy tone",
    "abandoned_share": "of those not blocked: gave up",
    "mean_wait": "of those not blocked",
    "mean_wait_of_those_who_wait": "of those whose wait was not zero",
    "waiting_share": "P(wait > 0) of those not blocked",
    "queue_length": "mean number of those who wait",
    "queue_share": "realised queue ratio: share of all who wait",
    "flowed_out_share": "of those not blocked: were sent to voicemail or given up as expired",
    "interrupted": "lost their agent in contact (power cut) and waited again",
    "left_waiting": "still waited when the simulation ended",
}
GROUP_MEASURES = {"occupancy": "share of its time at work, work after contact included"}

Values = dict[str, float | None]


class Window:
    """The measured part of a run."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end

    def overlap(self, since: int, until: int) -> int:
        """How much of a stretch of time is measured."""
        return max(0, min(until, self.end) - max(since, self.start))


class Tally:
    """The counts of one class."""

    __slots__ = (
        "_area", "_since", "_window", "abandoned", "answered", "answered_within", "blocked", "flowed_out",
        "interrupted", "limits", "offered", "wait", "waited", "waiting", "within",
    )  # fmt: skip

    def __init__(self, window: Window, limits: Sequence[int]) -> None:
        self._window, self.limits = window, limits
        self.offered = self.blocked = self.abandoned = self.answered = self.interrupted = 0
        self.flowed_out = 0
        self.wait = self.waited = 0
        self.within, self.answered_within = [0] * len(limits), [0] * len(limits)
        self.waiting = self._area = self._since = 0

    def queue(self, change: int, now: int) -> None:
        """One more waits from now on, or one less."""
        if self.waiting and now > self._window.start:
            self._area += self.waiting * self._window.overlap(self._since, now)
        self._since = now
        self.waiting += change

    def end_wait(self, wait: int, *, answered: bool, flowed_out: bool = False) -> None:
        """A measured arrival was answered, flowed out or gave up, after so long."""
        if answered:
            self.answered += 1
        elif flowed_out:
            self.flowed_out += 1
        else:
            self.abandoned += 1
        if wait:
            self.wait += wait
            self.waited += 1
        for place, limit in enumerate(self.limits):
            if wait <= limit:
                self.within[place] += 1
                self.answered_within[place] += answered

    def area(self, now: int) -> int:
        self.queue(0, now)
        return self._area


@dataclass(slots=True)
class Counts:
    """Tallies of one class, or added up."""

    offered: int = 0
    blocked: int = 0
    abandoned: int = 0
    answered: int = 0
    interrupted: int = 0
    flowed_out: int = 0
    waited: int = 0
    wait: int = 0
    area: int = 0
    within: list[int] = field(default_factory=list[int])
    answered_within: list[int] = field(default_factory=list[int])

    @classmethod
    def of(cls, tallies: Iterable[Tally], now: int) -> Counts:
        found, tallies = cls(), list(tallies)
        for name in ("offered", "blocked", "abandoned", "answered", "interrupted", "flowed_out", "waited", "wait"):
            setattr(found, name, sum(getattr(tally, name) for tally in tallies))
        found.area = sum(tally.area(now) for tally in tallies)
        found.within = [sum(column) for column in zip(*(tally.within for tally in tallies), strict=True)]
        found.answered_within = [sum(column) for column in zip(*(t.answered_within for t in tallies), strict=True)]
        return found

    def values(self, seconds: float, all_area: int, within: Sequence[float]) -> Values:
        """Every measure; None where there is nothing to measure."""
        ended = self.answered + self.abandoned + self.flowed_out
        values: Values = {
            "offered": self.offered,
            "blocked_share": _share(self.blocked, self.offered),
            "abandoned_share": _share(self.abandoned, ended),
            "mean_wait": _share(self.wait / MICROS, ended),
            "mean_wait_of_those_who_wait": _share(self.wait / MICROS, self.waited),
            "waiting_share": _share(self.waited, ended),
            "queue_length": self.area / MICROS / seconds,
            "queue_share": _share(self.area, all_area),
            "flowed_out_share": _share(self.flowed_out, ended),
            "interrupted": self.interrupted,
            "left_waiting": self.offered - self.blocked - ended,
        }
        for place, limit in enumerate(within):
            values[f"wait_within_{limit:g}"] = _share(self.within[place], ended)
            values[f"answered_within_{limit:g}"] = _share(self.answered_within[place], ended)
        return values


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
