"""Simulated values beside exact ones, fixed seeds: the exact value lies inside the 99.9 % interval.

A short run is made each time: enough for the values that settle quickly to have intervals as narrow as promised
(2 % of the value, 10 % for blocking and abandonment below .05). With TRUNKLINE_SIMULATION_EXACT=1 the runs are as
long as it takes for every value (hours of processor time; `docs/simulation.md` says how long each takes).
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from infra.simulate.results import Results, results_of
from infra.simulate.runs import jobs_of, run_all
from tests.simulate.building import example

LONG = os.environ.get("TRUNKLINE_SIMULATION_EXACT") == "1"
#: Half a minute of a processor's time each, of which other tests leave some.
pytestmark = pytest.mark.timeout(0 if LONG else 900)


@dataclass(frozen=True)
class Case:
    """A scenario with so many runs of so many measured seconds, short and long, and what a short run tells narrowly."""

    name: str
    short: tuple[int, float]
    long: tuple[int, float]
    narrow: tuple[str, ...]


CASES = (
    Case("erlang_c_12", (20, 14_400), (60, 3_600_000), ()),
    Case("erlang_c_14", (30, 36_000), (60, 3_800_000), ("occupancy", "wait_within_60")),
    Case("erlang_c_25", (20, 14_400), (60, 5_400_000), ()),
    Case("erlang_a", (20, 4_800), (60, 200_000), ("occupancy",)),
    Case("six_skills", (10, 36_000), (60, 9_200_000), ()),
)
TWO_SKILLS = Case("two_skills", (10, 36_000), (60, 1_000_000), ())


def simulated(case: Case) -> Results:
    document = example(case.name)
    runs, measured = case.long if LONG else case.short
    run = document.run.model_copy(update={"runs": runs, "length": document.run.warm_up + measured})
    document = document.model_copy(update={"run": run})
    return results_of(document, run_all(jobs_of(document, {}, runs, run.seed), processes=None if LONG else 1), run.seed)


def widest(name: str, exact: float) -> float:
    """The widest half of a 99.9 % interval that is promised, as a share of the value."""
    return 0.10 if name in ("blocked_share", "abandoned_share") and exact < 0.05 else 0.02


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exact_values_lie_inside_the_intervals_of_simulated_ones_and_agents_alike_are_equally_busy(case: Case) -> None:
    results = simulated(case)
    tables = [results.total, *results.groups.values()]
    told = {name: one for table in tables for name, one in table.items() if one.exact is not None}
    missed = [f"{name}: {one.strict} misses {one.exact}" for name, one in told.items() if not one.inside]
    assert not missed
    assert all(beyond == 0 for beyond, _ in results.unequal.values())
    for name in told if LONG else case.narrow:
        one = told[name]
        assert one.exact is not None
        assert one.strict.half is not None
        assert one.strict.half <= widest(name, one.exact) * one.exact, f"{name}: {one.strict} is wider than promised"


def test_two_skills_per_agent_are_nearly_as_good_as_all() -> None:
    """Wallace and Whitt (2004), against 102 s with one skill each."""
    results = simulated(TWO_SKILLS)
    assert results.total["mean_wait"].shown.mean < 12
    assert results.total["blocked_share"].shown.mean < 0.0004
    if LONG:
        assert [holds for _, holds in results.expected] == [True, True]
