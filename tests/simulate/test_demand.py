"""Arrivals, handling times and patience are read from a log as they happened; staffing rests on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.event import Recorded
from infra.simulate.demand import Demand, Interval, together
from infra.simulate.engine import Simulation
from infra.simulate.staffing import Wishes, Work, staff
from router import Router
from router.sizing import Promise
from tests.simulate.building import callers, scenario


class Listening(Router):
    """The router, with a second reader of what it folds."""

    def __init__(self, demand: Demand) -> None:
        super().__init__("simulated")
        self._demand = demand

    def fold(self, recorded: Recorded) -> None:
        super().fold(recorded)
        self._demand.fold(recorded)


def demand_of(**changes: object) -> Demand:
    """What a simulated day's events say of demand."""
    demand = Demand(1800)
    Simulation(scenario(run={"length": 200_000}, **changes), {}, 1, router=Listening(demand)).run()
    return demand


def test_the_log_of_a_day_tells_the_rates_that_made_it() -> None:
    demand = demand_of(classes={"callers": callers(arrivals={"per_hour": 90}, patience={"exponential": 150})})
    whole = together(demand.intervals.values())
    assert whole.arrivals == pytest.approx(90 * 200_000 / 3600, rel=0.1)
    assert whole.mean_handling == pytest.approx(120, rel=0.06)
    assert whole.mean_patience == pytest.approx(150, rel=0.15)
    day = demand.average_day()
    assert len(day) == 48
    mean = sum(per_hour for per_hour, _ in day.values()) / len(day)
    assert mean == pytest.approx(90 * 200_000 / 86_400 / 3, rel=0.1)  # three calendar days were begun


def test_work_after_contact_is_handling_and_a_lost_agent_is_no_new_arrival() -> None:
    demand = Demand(3600)
    groups = {"agents": {"count": 1, "profile": "phone", "site": "north"}}
    one = callers(arrivals={"times": [0]}, handling={"constant": 50}, wrap_up={"constant": 10})
    document = scenario(run={"length": 100}, sites=["north"], groups=groups, classes={"c": one},
                        power_cuts=[{"site": "north", "start": 20, "end": 30}])  # fmt: skip
    Simulation(document, {}, 1, router=Listening(demand)).run()
    ((key, interval),) = demand.intervals.items()
    assert (key.queue, key.channel, key.start) == ("simulated/calls", "voice", datetime(2026, 3, 2, tzinfo=UTC))
    assert interval.arrivals == 1
    assert interval.abandoned == 0


def test_the_average_day_counts_days_without_work() -> None:
    demand = Demand(3600)
    one = callers(arrivals={"times": [60, 2 * 86_400 + 90, 2 * 86_400 + 95]}, handling={"constant": 5})
    Simulation(scenario(run={"length": 3 * 86_400}, classes={"c": one}), {}, 1, router=Listening(demand)).run()
    ((per_hour, _),) = demand.average_day().values()
    assert per_hour == pytest.approx(1.0)


def test_nobody_came_and_nobody_is_needed() -> None:
    assert Demand(1800).average_day() == {}
    assert together([]) == Interval()
    nobody = staff(Work(per_hour=0, handling=60), Wishes(promise=Promise(share=0.8, within=20)))
    assert (nobody.agents, nobody.lines) == (0, 0)


def test_more_are_scheduled_than_needed_by_the_share_that_is_away() -> None:
    wishes = Wishes(promise=Promise(share=0.8, within=20), shrinkage=0.3)
    found = staff(Work(per_hour=200, handling=180), wishes)
    assert (found.agents, found.scheduled) == (14, 20)
    assert found.answered_within == pytest.approx(0.88835, abs=1e-5)


def test_the_staffing_that_a_formula_advises_keeps_its_promise_in_a_simulation() -> None:
    work = Work(per_hour=300, handling=120, patience=90)
    found = staff(work, Wishes(promise=Promise(share=0.85, within=15)))
    document = scenario(
        run={"length": 300_000, "warm_up": 3600},
        within=[15],
        groups={"agents": {"count": found.agents, "profile": "phone"}},
        classes={"c": callers(arrivals={"per_hour": 300}, patience={"exponential": 90})},
    )
    total = Simulation(document, {}, 1).run()["total"]
    assert total["answered_within_15"] == pytest.approx(found.answered_within, abs=0.02)
    assert total["answered_within_15"] >= 0.84


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Wishes(promise=Promise(share=0.8, within=20), shrinkage=1.0), "the shrinkage must be 0 or more"),
        (lambda: staff(Work(per_hour=-1, handling=60), Wishes(promise=Promise(share=0.8, within=20))), "arrivals must"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


def test_an_interval_begins_at_a_round_time() -> None:
    demand = demand_of(starts_at=datetime(2026, 3, 2, 7, 10, tzinfo=UTC))
    assert all(key.start.minute in (0, 30) for key in demand.intervals)
    assert min(key.start for key in demand.intervals) == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert max(key.start for key in demand.intervals) < datetime(2026, 3, 2, 7, 10, tzinfo=UTC) + timedelta(days=5)
