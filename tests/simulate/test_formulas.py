"""The formulas against published values, against the balance equations solved by brute force, and at great sizes."""

from __future__ import annotations

from math import exp

import pytest

from router.erlang import ErlangC, NoSteadyState, erlang_b
from router.impatience import ErlangA
from router.sizing import Promise, agents_for, lines_for
from router.waiting_places import WaitingPlaces


@pytest.mark.parametrize(
    ("load", "agents", "handling", "waiting", "mean_wait", "within_20"),
    [
        (10, 12, 180, 0.44939, 40.445, 0.64016),
        (10, 14, 180, 0.17413, 7.836, 0.88835),
        (20, 25, 300, 0.20910, 12.546, 0.85017),
    ],
)
def test_erlang_c_has_its_known_values(
    load: float, agents: int, handling: float, waiting: float, mean_wait: float, within_20: float
) -> None:
    queue = ErlangC(load, agents, handling)
    assert queue.waiting_share == pytest.approx(waiting, abs=6e-6)
    assert queue.mean_wait == pytest.approx(mean_wait, abs=6e-4)
    assert queue.wait_within(20) == pytest.approx(within_20, abs=6e-6)


def test_erlang_a_has_its_known_values() -> None:
    queue = ErlangA(48, 50, 60, 120)
    assert queue.waiting_share == pytest.approx(0.46777, abs=6e-6)
    assert queue.abandoned_share == pytest.approx(0.03091, abs=6e-6)
    assert queue.mean_wait == pytest.approx(3.709, abs=6e-4)
    assert queue.occupancy == pytest.approx(0.9303, abs=6e-5)


def test_waiting_places_have_their_known_values() -> None:
    queue = WaitingPlaces(77.4, 90, 30, 600)
    assert queue.blocked_share == pytest.approx(0.00017, abs=6e-6)
    assert queue.mean_wait == pytest.approx(4.97, abs=6e-3)


def balanced(load: float, agents: int, theta: float, states: int) -> list[float]:
    """Stationary probabilities of a birth and death chain, handling time 1, loss of patience at rate theta."""
    weights = [1.0]
    for state in range(1, states):
        weights.append(weights[-1] * load / (min(state, agents) + max(0, state - agents) * theta))
    total = sum(weights)
    return [weight / total for weight in weights]


@pytest.mark.parametrize(("load", "agents", "patience"), [(48, 50, 2.0), (60, 50, 2.0), (5, 10, 50.0), (80, 50, 0.2)])
def test_erlang_a_solves_the_balance_equations(load: float, agents: int, patience: float) -> None:
    chances = balanced(load, agents, 1 / patience, 1500)
    waiting = sum(max(0, state - agents) * chance for state, chance in enumerate(chances))
    queue = ErlangA(load, agents, 1.0, patience)
    assert queue.waiting_share == pytest.approx(sum(chances[agents:]), rel=1e-9)
    assert queue.queue_length == pytest.approx(waiting, rel=1e-9)
    assert queue.abandoned_share == pytest.approx(waiting / patience / load, rel=1e-9)


@pytest.mark.parametrize(("load", "agents", "places"), [(77.4, 90, 30), (12, 10, 5), (3, 4, 0), (2000, 100, 400)])
def test_waiting_places_solve_the_balance_equations(load: float, agents: int, places: int) -> None:
    chances = _bounded(load, agents, places)
    queue = WaitingPlaces(load, agents, places, 60)
    assert queue.blocked_share == pytest.approx(chances[-1], rel=1e-9)
    waiting = sum(max(0, state - agents) * chance for state, chance in enumerate(chances))
    assert queue.queue_length == pytest.approx(waiting, rel=1e-9, abs=1e-12)


def _bounded(load: float, agents: int, places: int) -> list[float]:
    weights = [1.0]
    for state in range(1, agents + places + 1):
        weights.append(weights[-1] * load / min(state, agents))
        if weights[-1] > 1e200:
            weights = [weight / 1e200 for weight in weights]
    total = sum(weights)
    return [weight / total for weight in weights]


def test_the_wait_under_erlang_a_agrees_with_the_integral_it_comes_from() -> None:
    """Zeltyn and Mandelbaum's density of the offered wait, integrated by small steps."""
    load, agents, handling, patience, seconds = 60, 50, 60, 120, 20
    arrivals, service, theta, step = load / handling, agents / handling, 1 / patience, 0.002

    def density(wait: float) -> float:
        return exp(arrivals * (1 - exp(-theta * wait)) / theta - service * wait)

    middles = [(number + 0.5) * step for number in range(300_000)]
    whole = sum(map(density, middles))
    early = middles[: int(seconds / step)]
    queue = ErlangA(load, agents, handling, patience)
    within = sum(map(density, early)) / whole
    answered = sum(density(wait) * exp(-theta * wait) for wait in early) / whole
    assert 1 - queue.offered_wait_beyond(seconds) == pytest.approx(
        1 - queue.waiting_share + queue.waiting_share * within, rel=1e-6
    )
    assert queue.answered_within(seconds) == pytest.approx(
        1 - queue.waiting_share + queue.waiting_share * answered, rel=1e-6
    )


def test_erlang_a_with_endless_patience_is_erlang_c() -> None:
    with_patience, without = ErlangA(10, 12, 180, 1e7), ErlangC(10, 12, 180)
    assert with_patience.waiting_share == pytest.approx(without.waiting_share, rel=1e-3)
    assert with_patience.wait_within(60) == pytest.approx(without.wait_within(60), rel=1e-3)


@pytest.mark.parametrize("load", [4_000, 4_990, 5_000, 5_500, 20_000])
def test_erlang_a_stays_in_its_bounds_with_thousands_of_agents(load: float) -> None:
    queue = ErlangA(load, 5_000, 300, 3_600)
    assert 0 <= queue.waiting_share <= 1
    assert queue.abandoned_share == pytest.approx(max(0.0, 1 - 5_000 / load), abs=0.01)
    assert 0 < queue.occupancy <= 1 + 1e-12
    assert 0 <= queue.answered_within(20) <= queue.wait_within(20) <= 1 + 1e-12
    assert queue.answered_within(1e6) == pytest.approx(1 - queue.abandoned_share, abs=1e-9)


def test_erlang_b_grows_with_the_load_and_falls_with_the_lines() -> None:
    assert erlang_b(10, 0) == 1
    assert erlang_b(0, 5) == 0
    assert erlang_b(2, 2) == pytest.approx(0.4)
    assert erlang_b(10_000, 10_000) == pytest.approx(0.0079, abs=1e-4)  # about √(2/πn)


@pytest.mark.parametrize("load", [12, 12.5, 100])
def test_a_load_at_or_above_the_agents_without_patience_has_no_steady_state(load: float) -> None:
    with pytest.raises(NoSteadyState, match=rf"no steady state exists.*at least {int(load) + 1} agents, a patience"):
        ErlangC(load, 12, 180)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ErlangC(-1, 2, 60), "the load must be zero or more, this is -1"),
        (lambda: ErlangC(1, 0, 60), "the number of agents must be 1 or more, this is 0"),
        (lambda: ErlangC(1, 2, 0), "the handling time must be more than zero"),
        (lambda: ErlangA(1, 2, 60, -5), "the patience must be more than zero, this is -5"),
        (lambda: WaitingPlaces(1, 2, -1, 60), "the number of waiting places must be 0 or more"),
        (lambda: erlang_b(float("nan"), 3), "the load must be zero or more"),
        (lambda: lines_for(10, 1.5), "the share of busy tones must lie between 0 and 1"),
        (lambda: Promise(share=1.2, within=20), "must be more than 0 and at most 1, this is 1.2"),
        (lambda: agents_for(10, 60, None, Promise(share=1, within=20)), "no number of agents answers all in time"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("patience", [None, 120.0])
@pytest.mark.parametrize("load", [0.3, 10, 333.3])
def test_the_fewest_agents_keep_the_promise_and_one_less_does_not(load: float, patience: float | None) -> None:
    promise = Promise(share=0.8, within=20, occupancy=0.9)
    agents = agents_for(load, 180, patience, promise)

    def kept(count: int) -> bool:
        if patience is None and load >= count:
            return False
        queue = ErlangC(load, count, 180) if patience is None else ErlangA(load, count, 180, patience)
        return queue.answered_within(20) >= 0.8 and queue.occupancy <= 0.9

    assert kept(agents)
    assert agents == 1 or not kept(agents - 1)


def test_the_fewest_lines_keep_the_share_of_busy_tones() -> None:
    lines = lines_for(77.4, 0.01)
    assert erlang_b(77.4, lines) <= 0.01 < erlang_b(77.4, lines - 1)
