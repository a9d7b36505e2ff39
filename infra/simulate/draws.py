"""Chance, from a seed: durations and Poisson arrivals. Each kind of draw has its own stream.

So a change of the agents leaves the customers as they were, and mirrored runs (1 − u for every u) meet few calls
where the others met many: the mean of such a pair differs less from pair to pair (antithetic variates; A. M. Law,
"Simulation Modeling and Analysis", 5th ed., §11.3).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import repeat
from math import exp, log, log1p, sqrt
from random import Random
from statistics import NormalDist

from infra.simulate.scenario import Arrivals, Duration, Step

#: Draws one time in microseconds.
Draw = Callable[[], int]
MICROS = 1_000_000
HOUR = 3600.0


class Chance:
    """The streams of one run, each by its name."""

    def __init__(self, seed: int, *, mirrored: bool = False) -> None:
        self._seed, self._mirrored = seed, mirrored

    def uniform(self, name: str) -> Callable[[], float]:
        """Numbers strictly between 0 and 1."""
        digest = sha256(f"{self._seed}/{name}".encode()).digest()
        stream = Random(int.from_bytes(digest[:16], "big")).random
        mirrored = self._mirrored

        def between() -> float:
            u = stream() or 0.5
            return 1.0 - u if mirrored else u

        return between


def durations(duration: Duration, uniform: Callable[[], float], column: Sequence[float] = ()) -> Draw:
    """How a duration is drawn, by inversion; `column` are the values of its trace."""
    if duration.constant is not None:
        micros = round(duration.constant * MICROS)
        return lambda: micros
    if duration.exponential is not None:
        mean = duration.exponential * MICROS
        return lambda: int(-mean * log(uniform()))
    if duration.lognormal is not None:
        spread = log1p(duration.lognormal.cv**2)
        middle, width = log(duration.lognormal.mean) - spread / 2, sqrt(spread)
        inverse = NormalDist().inv_cdf
        return lambda: int(exp(middle + width * inverse(uniform())) * MICROS)
    values = [round(value * MICROS) for value in (duration.empirical or column)]
    return lambda: values[int(uniform() * len(values))]


def mean_of(duration: Duration, column: Sequence[float] = ()) -> float:
    """Mean seconds of a duration."""
    if duration.constant is not None:
        return duration.constant
    if duration.exponential is not None:
        return duration.exponential
    if duration.lognormal is not None:
        return duration.lognormal.mean
    values = duration.empirical or column
    return sum(values) / len(values)


def arrival_times(arrivals: Arrivals, uniform: Callable[[], float], traced: Sequence[float] = ()) -> Iterator[int]:
    """Moments in microseconds from the start, in order. `traced` are those of its trace."""
    if arrivals.per_hour is not None:
        return _poisson(arrivals.per_hour, uniform)
    if arrivals.steps is not None:
        return _varying(arrivals.steps, arrivals.repeat, uniform)
    return iter([round(at * MICROS) for at in (arrivals.times or traced)])


def _poisson(per_hour: float, uniform: Callable[[], float]) -> Iterator[int]:
    at, mean = 0.0, HOUR / per_hour * MICROS
    for _ in repeat(None):
        at -= mean * log(uniform())
        yield int(at)


def _varying(steps: Sequence[Step], period: float | None, uniform: Callable[[], float]) -> Iterator[int]:
    """Inversion: unit-rate arrivals on the scale of expected arrivals so far."""
    scale = Expected(steps, period)
    reached = 0.0
    for _ in repeat(None):
        reached -= log(uniform())
        at = scale.when(reached)
        if at is None:
            return
        yield int(at * MICROS)


class Expected:
    """How many arrivals are expected by a moment, with steps that may begin again after `period` seconds."""

    def __init__(self, steps: Sequence[Step], period: float | None) -> None:
        self._rates = [step.per_hour / HOUR for step in steps]
        self._starts = [step.start for step in steps]
        self._period = period
        ends = [*self._starts[1:], period if period is not None else float("inf")]
        self._ends = ends
        self._before = [0.0]
        for start, end, rate in zip(self._starts, ends, self._rates, strict=True):
            self._before.append(self._before[-1] + (rate * (end - start) if rate else 0.0))

    def when(self, count: float) -> float | None:
        """The second by which `count` arrivals are expected; None when that is never."""
        whole = self._before[-1]
        rounds = 0.0
        if self._period is not None:
            if not whole:
                return None
            rounds, count = divmod(count, whole)
        place = bisect_right(self._before, count) - 1
        if place >= len(self._rates):
            return None
        return rounds * (self._period or 0.0) + self._starts[place] + (count - self._before[place]) / self._rates[place]


def streams_of(columns: Mapping[tuple[str, str], Sequence[float]], duration: Duration) -> Sequence[float]:
    """The values of a duration's trace among the columns that were read."""
    return () if duration.trace is None else columns[duration.trace.file, duration.trace.column]
