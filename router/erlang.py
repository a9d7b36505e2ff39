"""Erlang's formulas: lines that block (B) and agents with a queue in front of them (C).

Load is in erlangs, arrivals × mean handling time (one unit for both): the agents that the work would keep busy.
Arrivals are Poisson, handling times exponential (B: any distribution), agents alike, waiting first come first served.

Sources: A. K. Erlang (1917); D. Gross, C. M. Harris, "Fundamentals of Queueing Theory", 3rd ed. (1998), §2.3 (M/M/c),
§2.4 (M/M/c/K) and §2.5 (Erlang's loss formula, and the recursion used here).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp


class NoSteadyState(ValueError):
    """The load is no less than the agents and nobody gives up: the queue grows for ever, there is nothing to tell."""

    def __init__(self, load: float, agents: int) -> None:
        self.load, self.agents = load, agents
        super().__init__(
            f"no steady state exists: a load of {load:g} erlangs on {agents} agent{'' if agents == 1 else 's'}"
            f" where nobody gives up (the queue grows for ever); give at least {int(load) + 1} agents, a patience,"
            " or a bound of waiting places"
        )


def checked(name: str, value: float, *, zero: bool = False) -> float:
    """The value, when it is a positive finite number (or zero, where that is allowed). Raises `ValueError`."""
    if not (value > 0 or (zero and value == 0)) or value == float("inf"):
        raise ValueError(f"{name} must be {'zero or more' if zero else 'more than zero'}, this is {value:g}")
    return value


def counted(name: str, value: int, *, least: int = 1) -> int:
    """The value, when it is at least `least`. Raises `ValueError`."""
    if value < least:
        raise ValueError(f"{name} must be {least} or more, this is {value}")
    return value


def erlang_b(load: float, lines: int) -> float:
    """Share of calls that find all lines taken and get the busy tone (M/G/n/n).

    B(0) = 1, B(n) = a·B(n−1) / (n + a·B(n−1)): all terms positive, so it loses no digits at any size.
    """
    checked("the load", load, zero=True)
    blocked = 1.0
    for line in range(1, counted("the number of lines", lines, least=0) + 1):
        blocked = load * blocked / (line + load * blocked)
    return blocked


@dataclass(frozen=True, slots=True)
class ErlangC:
    """M/M/n: `agents` of them, each at most one piece of work, everybody waits as long as it takes.

    `load` in erlangs, `handling` the mean handling time in seconds. Raises `NoSteadyState` when load ≥ agents.
    """

    load: float
    agents: int
    handling: float

    def __post_init__(self) -> None:
        checked("the load", self.load, zero=True)
        checked("the handling time", self.handling)
        counted("the number of agents", self.agents)
        if self.load >= self.agents:
            raise NoSteadyState(self.load, self.agents)

    @property
    def waiting_share(self) -> float:
        """P(wait > 0), Erlang's C: B / (1 − ρ·(1 − B))."""
        blocked = erlang_b(self.load, self.agents)
        return blocked / (1 - self.occupancy * (1 - blocked))

    @property
    def mean_wait(self) -> float:
        """Seconds, over all."""
        return self.waiting_share * self.mean_wait_of_those_who_wait

    @property
    def mean_wait_of_those_who_wait(self) -> float:
        """Seconds, over those whose wait is not zero: h / (n − a)."""
        return self.handling / (self.agents - self.load)

    def wait_within(self, seconds: float) -> float:
        """P(wait ≤ seconds) = 1 − C·e^(−(n−a)·t/h)."""
        checked("the time", seconds, zero=True)
        return 1 - self.waiting_share * exp(-seconds / self.mean_wait_of_those_who_wait)

    answered_within = wait_within

    @property
    def abandoned_share(self) -> float:
        """Nobody gives up here."""
        return 0.0

    @property
    def queue_length(self) -> float:
        """Mean number of those who wait (Little: arrivals × mean wait)."""
        return self.load / self.handling * self.mean_wait

    @property
    def occupancy(self) -> float:
        """Share of its time that an agent is at work."""
        return self.load / self.agents
