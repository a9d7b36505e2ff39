"""What happens in a run: the router serves as the textbook queue does, and people behave as the scenario says."""

from __future__ import annotations

from typing import Any

import pytest

from infra.simulate.engine import Simulation
from infra.simulate.runs import jobs_of, run_all
from tests.simulate.building import callers, example, run, scenario
from tests.simulate.textbook import textbook


@pytest.mark.parametrize("patience", [None, {"exponential": 90}, {"constant": 45}])
@pytest.mark.parametrize("handling", [{"exponential": 150}, {"lognormal": {"mean": 120, "cv": 2}}, {"constant": 140}])
@pytest.mark.parametrize("mirrored", [False, True])
def test_every_wait_is_that_of_the_textbook_queue(patience: Any, handling: Any, mirrored: bool) -> None:
    document = scenario(classes={"callers": callers(handling=handling, patience=patience)})
    report = Simulation(document, {}, 7, mirrored=mirrored).run()
    total, expected = report["total"], textbook(document, 7, mirrored=mirrored)
    ended = total["offered"] - total["blocked_share"] * total["offered"]
    assert total["offered"] == expected["offered"]
    assert total["left_waiting"] == 0
    assert round(total["abandoned_share"] * ended) == expected["abandoned"]
    assert round(total["waiting_share"] * ended) == expected["waited"]
    assert total["mean_wait"] * ended == pytest.approx(expected["wait"] / 1e6, abs=1e-6)


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    document = example("mixed_channels").model_copy(update={"run": scenario().run})
    first, again, other = (Simulation(document, {}, seed).run() for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_runs_side_by_side_give_what_they_give_one_after_another() -> None:
    jobs = jobs_of(scenario(), {}, 3, 5)
    side_by_side, alone = run_all(jobs, processes=2), run_all(jobs, processes=1)
    assert [one["total"] for one in side_by_side.reports] == [one["total"] for one in alone.reports]
    assert len({one["total"]["mean_wait"] for one in alone.reports}) == 3


def test_who_finds_agents_busy_and_waiting_places_taken_hears_the_busy_tone() -> None:
    at = {"times": [0, 1, 2, 3, 4, 5]}
    document = scenario(
        run={"length": 100},
        classes={"callers": callers(arrivals=at, handling={"constant": 50})},
        waiting_places=[{"places": 2}],
    )
    total = run(document)["total"]
    assert (total["offered"], total["blocked_share"]) == (6, pytest.approx(1 / 6))
    assert total["mean_wait"] == pytest.approx((47 + 47) / 5)


def test_work_after_contact_keeps_the_agent_but_not_the_customer() -> None:
    one = callers(arrivals={"times": [0, 10]}, handling={"constant": 20}, wrap_up={"constant": 30})
    document = scenario(run={"length": 100}, groups={"agents": {"count": 1, "profile": "phone"}}, classes={"c": one})
    report = run(document)
    assert report["total"]["mean_wait"] == pytest.approx(40 / 2)  # the second waits from 10 to 50
    assert report["groups"]["agents"]["occupancy"] == pytest.approx(1.0)


def test_a_queue_that_limits_work_after_contact_ends_it_at_the_limit() -> None:
    one = callers(arrivals={"times": [0, 10]}, handling={"constant": 20}, wrap_up={"constant": 30})
    limited = {"calls": {"wrap_up": {"mode": "mandatory", "limit": 5}}}
    group = {"agents": {"count": 1, "profile": "phone"}}
    report = run(scenario(run={"length": 100}, queues=limited, groups=group, classes={"c": one}))
    assert report["total"]["mean_wait"] == pytest.approx(15 / 2)


def test_written_work_rests_while_its_agent_is_on_the_phone() -> None:
    mixed = {
        "capacity": 2,
        "channels": {"voice": {"concurrency": 1}, "email": {"concurrency": 1}},
        "queues": {"calls": {}, "mails": {}},
    }
    mail = {"channel": "email", "queue": "mails", "handling": {"constant": 100}, "pauses_for": ["voice"]}
    document = scenario(
        run={"length": 1000},
        queues={"calls": {}, "mails": {}},
        profiles={"mixed": mixed},
        groups={"agents": {"count": 1, "profile": "mixed"}},
        classes={
            "writers": {**mail, "arrivals": {"times": [0, 20]}},
            "callers": callers(arrivals={"times": [10, 40]}, handling={"constant": 60}),
        },
    )
    report = run(document)
    # calls: 10–70 and 70–130; the first mail is worked on from 0 to 10 and from 130 to 220, then the second begins
    assert report["classes"]["callers"]["mean_wait"] == pytest.approx(30 / 2)
    assert report["classes"]["writers"]["mean_wait"] == pytest.approx(200 / 2)


def test_an_agent_who_does_not_answer_in_time_is_passed_over_and_comes_back_later() -> None:
    slow, quick = {"count": 1, "profile": "phone"}, {"count": 1, "profile": "phone"}
    queues = {"calls": {"offer": {"timeout": 10, "misses": 1}}}
    groups = {"a_slow": {**slow, "answers_after": {"constant": 60}, "back_after": 500}, "b_quick": quick}
    one = callers(arrivals={"times": [0, 100, 599, 600]}, handling={"constant": 20})
    total = run(scenario(run={"length": 1000}, queues=queues, groups=groups, classes={"c": one}))["total"]
    # at 0 it rings 10 s in vain, at 100 the slow one does not count as there; back since 510, they let the fourth call
    # ring in vain too, which then waits until the third is over
    assert total["mean_wait"] == pytest.approx((10 + 0 + 0 + 19) / 4)


def test_two_who_ring_at_once_never_both_get_the_call() -> None:
    queues = {"calls": {"offer": {"ring_width": 2}}}
    report = run(scenario(queues=queues, classes={"c": callers(patience={"exponential": 60})}))
    assert report["total"]["left_waiting"] == 0
    assert report["groups"]["agents"]["occupancy"] < 1


def test_agents_are_there_in_their_shifts_and_finish_what_they_have() -> None:
    one = callers(arrivals={"times": [0, 95, 150]}, handling={"constant": 10})
    shifts = {"agents": {"count": 1, "profile": "phone", "shifts": [{"start": 0, "end": 100}], "repeat": 200}}
    report = run(scenario(run={"length": 400}, groups=shifts, classes={"c": one}))
    assert report["total"]["mean_wait"] == pytest.approx(50 / 3)  # the third waits until the next day begins at 200
    assert report["groups"]["agents"]["occupancy"] == pytest.approx(30 / 205)


def test_a_power_cut_loses_nobody_who_was_in_contact() -> None:
    groups = {site: {"count": 1, "profile": "phone", "site": site} for site in ("north", "south")}
    one = callers(arrivals={"times": [0, 1, 2]}, handling={"constant": 50}, patience={"constant": 100})
    cut = {"site": "north", "start": 10, "end": 500}
    report = run(scenario(run={"length": 1000}, sites=["north", "south"], groups=groups, classes={"c": one},
                          power_cuts=[cut]))  # fmt: skip
    total = report["total"]
    assert (total["interrupted"], total["abandoned_share"], total["left_waiting"]) == (1, 0, 0)
    # the broken call keeps its arrival, so it is taken before the third, who waits for two calls of the south
    assert total["mean_wait"] == pytest.approx((0 + 0 + 99) / 3)


def test_arrivals_follow_their_steps_and_their_repetition() -> None:
    steps = {"steps": [{"start": 0, "per_hour": 600}, {"start": 1800, "per_hour": 0}], "repeat": 3600}
    groups = {"agents": {"count": 40, "profile": "phone"}}
    one = callers(arrivals=steps, handling={"exponential": 30})
    report = run(scenario(run={"length": 180_000}, groups=groups, classes={"c": one}))
    assert report["total"]["offered"] == pytest.approx(15_000, rel=0.04)


def test_more_skilled_agents_are_quicker_where_the_scenario_says_so() -> None:
    groups = {"agents": {"count": 1, "profile": "phone", "skills": {"french": 3}}}
    by_level = {"skill": "french", "factors": [2.0, 1.0, 0.5]}
    one = callers(arrivals={"times": [0, 1]}, handling={"constant": 100}, handling_by_level=by_level)
    report = run(scenario(run={"length": 1000}, skills=["french"], groups=groups, classes={"c": one}))
    assert report["total"]["mean_wait"] == pytest.approx(49 / 2)


def test_those_who_still_wait_when_everything_ends_are_counted() -> None:
    shifts = {"agents": {"count": 1, "profile": "phone", "shifts": [{"start": 0, "end": 10}]}}
    report = run(scenario(run={"length": 100}, groups=shifts, classes={"c": callers(arrivals={"times": [5, 50]})}))
    assert report["total"]["left_waiting"] == 1
