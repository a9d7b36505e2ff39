"""Erlang A (M/M/n+M): agents with a queue in front of them, whose customers give up.

Written by one function, A(x, y) = 1 + Σ_{j≥1} y^j / ((x+1)…(x+j)) = (x·e^y / y^x)·γ(x, y), with x = n·μ/θ and y = λ/θ
(λ arrivals, μ handlings and θ losses of patience per second); γ is the lower incomplete gamma function. Its terms are
positive and are summed outwards from the greatest, so it is stable for thousands of agents.

Sources: C. Palm, "Research on telephone traffic carried by full availability groups" (Tele 1, 1957); O. Garnett,
A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers" (M&SOM 4(3), 2002);
A. Mandelbaum, S. Zeltyn, "The impact of customers' patience on delay and abandonment" (OR Spectrum 26, 2004), whose
integral for the offered wait becomes γ by u = y·e^(−θv).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp, expm1, inf, lgamma, log

from router.erlang import checked, counted, erlang_b

#: Terms this much smaller than the sum no longer matter.
NEGLIGIBLE = 1e-18


class PalmSeries:
    """A(x, y) as its logarithm, and the mean of j under its terms. x ≥ 0, y > 0."""

    def __init__(self, x: float, y: float) -> None:
        mode = max(0, int(y - x))
        self.total, self._weighted = 1.0, float(mode)
        self._up(x, y, mode)
        #: Logarithm of the greatest term, whose index is `mode`; the sum is counted in it.
        self.log_greatest = self._down(x, y, mode)

    def _up(self, x: float, y: float, mode: int) -> None:
        term, j = 1.0, mode
        while term > NEGLIGIBLE * self.total:
            j += 1
            term *= y / (x + j)
            self.total += term
            self._weighted += j * term

    def _down(self, x: float, y: float, mode: int) -> float:
        term, log_greatest = 1.0, 0.0
        for j in range(mode, 0, -1):
            term *= (x + j) / y
            self.total += term
            self._weighted += (j - 1) * term
            if term < NEGLIGIBLE * self.total:
                return inf  # the first term, which is 1, is nothing beside the greatest
            log_greatest = -log(term)
        return log_greatest

    @property
    def log_value(self) -> float:
        return self.log_greatest + log(self.total)

    @property
    def mean(self) -> float:
        """Mean of j: how many wait while all agents are busy."""
        return self._weighted / self.total


def log_palm(x: float, y: float) -> float:
    """log A(x, y), also where the series' first term is nothing beside its greatest."""
    series = PalmSeries(x, y)
    if series.log_greatest < inf:
        return series.log_value
    # the greatest term, at index m, is y^m·Γ(x+1)/Γ(x+m+1)
    mode = max(0, int(y - x))
    return mode * log(y) + lgamma(x + 1) - lgamma(x + mode + 1) + log(series.total)


@dataclass(frozen=True)
class ErlangA:
    """`agents` alike, `load` in erlangs, mean `handling` and mean `patience` in seconds, both exponential.

    A steady state exists at any load: who waits too long gives up.
    """

    load: float
    agents: int
    handling: float
    patience: float

    def __post_init__(self) -> None:
        checked("the load", self.load)
        checked("the handling time", self.handling)
        checked("the patience", self.patience)
        counted("the number of agents", self.agents)

    @property
    def _x(self) -> float:
        return self.agents * self.patience / self.handling

    @property
    def _y(self) -> float:
        return self.load * self.patience / self.handling

    @cached_property
    def _series(self) -> PalmSeries:
        return PalmSeries(self._x, self._y)

    @cached_property
    def waiting_share(self) -> float:
        """P(wait > 0) = A·B / (1 + (A − 1)·B), with Erlang's B."""
        blocked = erlang_b(self.load, self.agents)
        inverse = exp(-self._series.log_value)
        return blocked / (inverse * (1 - blocked) + blocked)

    @property
    def queue_length(self) -> float:
        """Mean number of those who wait."""
        return self.waiting_share * self._series.mean

    @property
    def mean_wait(self) -> float:
        """Seconds, over all, those who give up included (Little: queue length / arrivals)."""
        return self.queue_length * self.handling / self.load

    @property
    def mean_wait_of_those_who_wait(self) -> float:
        """Seconds, over those whose wait is not zero."""
        return self.mean_wait / self.waiting_share if self.waiting_share else 0.0

    @property
    def abandoned_share(self) -> float:
        """Share of all who give up: mean wait / patience."""
        return self.mean_wait / self.patience

    @property
    def occupancy(self) -> float:
        """Share of its time that an agent is at work."""
        return self.load * (1 - self.abandoned_share) / self.agents

    def offered_wait_beyond(self, seconds: float) -> float:
        """P(V > t): V is the wait of somebody with endless patience."""
        checked("the time", seconds, zero=True)
        left = self._y * exp(-seconds / self.patience)
        return self.waiting_share * self._gamma_ratio(self._x, seconds, left)

    def wait_within(self, seconds: float) -> float:
        """P(wait ≤ t) of all, whether the wait ended with an answer or by giving up."""
        return 1 - exp(-seconds / self.patience) * self.offered_wait_beyond(seconds)

    def answered_within(self, seconds: float) -> float:
        """Share of all that are answered within t."""
        left = self._y * exp(-seconds / self.patience)
        late = self._gamma_ratio(self._x + 1, seconds, left)
        return 1 - self.abandoned_share - self.waiting_share * self._answered_of_waiting * late

    @property
    def _answered_of_waiting(self) -> float:
        """Share of those who wait that are answered."""
        return 1 - self.mean_wait_of_those_who_wait / self.patience

    def _gamma_ratio(self, x: float, seconds: float, left: float) -> float:
        """γ(x, z) / γ(x, y) with z = y·e^(−θt), given as `left`."""
        if left <= 0:
            return 0.0
        # γ(x, z) = z^x·e^(−z)/x · A(x, z), and (z/y)^x = e^(−θt·x)
        power = -x * seconds / self.patience
        rest = -self._y * expm1(-seconds / self.patience)
        return exp(min(0.0, power + rest + log_palm(x, left) - log_palm(x, self._y)))
