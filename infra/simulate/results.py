"""The measures over all runs, each with its interval, beside the exact value and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.simulate.exact import exact_values
from infra.simulate.runs import Outcome
from infra.simulate.scenario import ScenarioDocument
from infra.simulate.student import Interval, interval

#: What is shown, and what an exact value is held against.
SHOWN, STRICT = 0.95, 0.999


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure: 95 % interval, 99.9 % interval, and the exact value where a formula tells it."""

    shown: Interval
    strict: Interval
    exact: float | None = None

    @property
    def inside(self) -> bool | None:
        """Whether the exact value lies in the 99.9 % interval; None where the runs tell no interval."""
        return self.strict.holds(self.exact) if self.exact is not None and self.tells else None

    @property
    def tells(self) -> bool:
        """Whether the runs tell an interval: not one run alone, nor runs that all had none of what is rare."""
        return bool(self.strict.half) or (self.strict.half is not None and self.strict.mean == self.exact)


Table = dict[str, Measured]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a scenario's runs say."""

    scenario: ScenarioDocument
    outcome: Outcome
    seed: int
    total: Table
    classes: Mapping[str, Table]
    groups: Mapping[str, Table]
    #: Per group, where equal occupancy is claimed: agents whose occupancy differs from the group's, of how many.
    unequal: Mapping[str, tuple[int, int]]
    expected: Sequence[tuple[str, bool]]

    @property
    def interactions(self) -> int:
        return sum(report["simulated"] for report in self.outcome.reports)

    @property
    def as_expected(self) -> bool:
        """Every exact value inside its 99.9 % interval (where runs tell one) and every expectation kept."""
        tables = [self.total, *self.groups.values()]
        missed = any(one.inside is False for table in tables for one in table.values())
        return not missed and all(holds for _, holds in self.expected)

    @property
    def a_second(self) -> float:
        """Simulated interactions per second of one core's time."""
        return self.interactions / sum(report["processor_seconds"] for report in self.outcome.reports)


def results_of(scenario: ScenarioDocument, outcome: Outcome, seed: int) -> Results:
    exact = exact_values(scenario)
    units = _units(outcome)
    total = _table([unit["total"] for unit in units], exact)
    groups = {
        name: _table([unit["groups"][name] for unit in units], {k: v for k, v in exact.items() if k == "occupancy"})
        for name in scenario.groups
    }
    classes = {name: _table([unit["classes"][name] for unit in units], {}) for name in scenario.classes}
    claimed = "equal_occupancy" in scenario.exact and len(units) > 1
    unequal = {name: _unequal([unit["agents"][name] for unit in units]) for name in scenario.groups} if claimed else {}
    expected = [_holds(scenario, number, total, {**classes, **groups}) for number in range(len(scenario.expect))]
    return Results(scenario, outcome, seed, total, classes, groups, unequal, expected)


def _units(outcome: Outcome) -> list[dict[str, Any]]:
    """What is independent of one another: runs, or the means of mirrored pairs."""
    if not outcome.mirrored:
        return list(outcome.reports)
    pairs = zip(outcome.reports[::2], outcome.reports[1::2], strict=True)
    return [_mean_of(one, other) for one, other in pairs]


def _mean_of(one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return {key: _mean_of(one[key], other[key]) for key in one}
    if isinstance(one, list):
        return [_mean_of(a, b) for a, b in zip(one, other, strict=True)]
    return None if one is None or other is None else (one + other) / 2


def _table(values: Sequence[Mapping[str, float | None]], exact: Mapping[str, float]) -> Table:
    """A run in which there was nothing to measure tells nothing of that measure."""
    table: Table = {}
    for name in values[0]:
        told = [value for one in values if (value := one[name]) is not None]
        if told:
            table[name] = Measured(interval(told, SHOWN), interval(told, STRICT), exact.get(name))
    return table


def _unequal(occupancies: Sequence[Sequence[float | None]]) -> tuple[int, int]:
    """How many agents were more or less at work than the mean of their group, beyond chance (99.9 %)."""
    told = [[value or 0.0 for value in one] for one in occupancies]
    deviations = [[value - sum(one) / len(one) for value in one] for one in told]
    intervals = [interval(column, STRICT) for column in zip(*deviations, strict=True)]
    return sum(not one.holds(0.0) for one in intervals), len(intervals)


def _holds(scenario: ScenarioDocument, number: int, total: Table, parts: Mapping[str, Table]) -> tuple[str, bool]:
    """A bound in words, and whether the measure keeps it even at the far end of its 95 % interval."""
    bound = scenario.expect[number]
    table = total if bound.of is None else parts[bound.of]
    words = [f"{bound.of} " if bound.of else "", bound.measure]
    words += [f" below {bound.below:g}"] if bound.below is not None else []
    words += [f" above {bound.above:g}"] if bound.above is not None else []
    if bound.measure not in table:
        return "".join(words), False
    measured = table[bound.measure].shown
    half = measured.half or 0.0
    below = bound.below is None or measured.mean + half < bound.below
    above = bound.above is None or measured.mean - half > bound.above
    return "".join(words), below and above
