"""Agents with a bounded queue in front of them (M/M/n/n+r): who finds every place taken hears the busy tone.

Source: D. Gross, C. M. Harris, "Fundamentals of Queueing Theory", 3rd ed. (1998), §2.4 (M/M/c/K).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from router.erlang import checked, counted, erlang_b


@dataclass(frozen=True)
class WaitingPlaces:
    """`agents` alike, `places` for those who wait. `load` in erlangs, `handling` mean seconds.

    Any load has a steady state here.
    """

    load: float
    agents: int
    places: int
    handling: float

    def __post_init__(self) -> None:
        checked("the load", self.load)
        checked("the handling time", self.handling)
        counted("the number of agents", self.agents)
        counted("the number of waiting places", self.places, least=0)

    @cached_property
    def _weights(self) -> tuple[float, list[float]]:
        """P(nobody waits) and P(k wait) for k ≥ 0 with all agents busy, relative to P(all busy, nobody waits).

        Below: Σ_{j<n} (a^j/j!)/(a^n/n!) = 1/B − 1. Above: ρ^k; scaled down when it grows.
        """
        ratio = self.load / self.agents
        top = max(1.0, ratio**self.places) if self.places * (ratio - 1) < 500 else 0.0
        if not top:  # far overloaded: what is below is too rare to matter at double precision
            return 0.0, [ratio ** (k - self.places) for k in range(self.places + 1)]
        below = 1 / erlang_b(self.load, self.agents) - 1
        return below / top, [ratio**k / top for k in range(self.places + 1)]

    @property
    def blocked_share(self) -> float:
        """Share of all calls that find every place taken."""
        below, above = self._weights
        return above[-1] / (below + sum(above))

    @property
    def waiting_share(self) -> float:
        """P(wait > 0) of those who are not blocked."""
        below, above = self._weights
        return sum(above[:-1]) / (below + sum(above[:-1])) if self.places else 0.0

    @property
    def queue_length(self) -> float:
        """Mean number of those who wait."""
        below, above = self._weights
        return sum(k * weight for k, weight in enumerate(above)) / (below + sum(above))

    @property
    def mean_wait(self) -> float:
        """Seconds, over those who are not blocked (Little's law)."""
        accepted = self.load / self.handling * (1 - self.blocked_share)
        return self.queue_length / accepted

    @property
    def occupancy(self) -> float:
        """Share of its time that an agent is at work."""
        return self.load * (1 - self.blocked_share) / self.agents
