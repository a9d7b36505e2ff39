"""A queue as textbooks write it: who came first is served first by whichever of n servers is free first."""

from __future__ import annotations

from heapq import heapify, heapreplace
from typing import Any

from infra.simulate.draws import MICROS, Chance, arrival_times, durations
from infra.simulate.scenario import ScenarioDocument


def textbook(document: ScenarioDocument, seed: int, *, mirrored: bool = False) -> dict[str, Any]:
    """Counts and the sum of waits (microseconds) of those who arrive in the measured time, one class, one group."""
    ((name, customers),) = document.classes.items()
    ((_, group),) = document.groups.items()
    chance, run = Chance(seed, mirrored=mirrored), document.run
    arrivals = arrival_times(customers.arrivals, chance.uniform(f"{name}/arrivals"))
    handling = durations(customers.handling, chance.uniform(f"{name}/handling"))
    patience = durations(customers.patience, chance.uniform(f"{name}/patience")) if customers.patience else None
    free = [0] * group.count
    heapify(free)
    told = {"offered": 0, "abandoned": 0, "waited": 0, "wait": 0}
    for at in arrivals:
        if at >= run.length * MICROS:
            return told
        duration, wait = handling(), max(0, free[0] - at)
        gives_up = False
        if wait and patience is not None:
            left = patience()
            gives_up, wait = left < wait, min(left, wait)
        if not gives_up:
            heapreplace(free, at + wait + duration)
        if at >= run.warm_up * MICROS:
            told["offered"] += 1
            told["abandoned"] += gives_up
            told["waited"] += wait > 0
            told["wait"] += wait
    raise AssertionError("Poisson arrivals never end")
