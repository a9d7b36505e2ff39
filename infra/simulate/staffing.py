"""How many people and lines some work needs, by Erlang A where customers give up and Erlang C where they do not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from router.sizing import Promise, agents_for, lines_for, queue_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Arrivals an hour, mean handling time (work after contact included) and mean patience in seconds."""

    per_hour: float
    handling: float
    patience: float | None = None

    @property
    def load(self) -> float:
        """Erlangs."""
        return self.per_hour * self.handling / 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The promise; `shrinkage`, the share of paid time away (breaks, training, sickness); the busy tones allowed."""

    promise: Promise
    shrinkage: float = 0.0
    busy_share: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.shrinkage < 1:
            raise ValueError(f"the shrinkage must be 0 or more and below 1, this is {self.shrinkage:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """What it takes, and what to expect with it. Shares from 0 to 1, times in seconds."""

    per_hour: float
    handling: float
    patience: float | None
    load: float
    agents: int
    scheduled: int
    answered_within: float
    mean_wait: float
    waiting_share: float
    abandoned_share: float
    occupancy: float
    lines: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def staff(work: Work, wishes: Wishes) -> Staffing:
    """The fewest agents that keep the promise, how many to schedule so that they are there, and lines (Erlang B).

    A line is taken while a caller talks and while they wait. Raises `ValueError` for numbers that make no sense.
    """
    if work.per_hour < 0 or work.handling <= 0:
        said = f"{work.per_hour:g} an hour of {work.handling:g} s"
        raise ValueError(f"arrivals must be 0 or more and the handling time above 0, these are {said}")
    if work.per_hour == 0:
        return _nobody(work)
    agents = agents_for(work.load, work.handling, work.patience, wishes.promise)
    queue = queue_of(work.load, agents, work.handling, work.patience)
    on_lines = queue.queue_length + queue.occupancy * agents
    return Staffing(
        per_hour=work.per_hour,
        handling=work.handling,
        patience=work.patience,
        load=work.load,
        agents=agents,
        scheduled=ceil(agents / (1 - wishes.shrinkage) - 1e-9),
        answered_within=queue.answered_within(wishes.promise.within),
        mean_wait=queue.mean_wait,
        waiting_share=queue.waiting_share,
        abandoned_share=queue.abandoned_share,
        occupancy=queue.occupancy,
        lines=lines_for(on_lines, wishes.busy_share),
    )


def _nobody(work: Work) -> Staffing:
    """Nobody comes, nobody is needed."""
    return Staffing(
        per_hour=0.0, handling=work.handling, patience=work.patience, load=0.0, agents=0, scheduled=0,
        answered_within=1.0, mean_wait=0.0, waiting_share=0.0, abandoned_share=0.0, occupancy=0.0, lines=0,
    )  # fmt: skip
