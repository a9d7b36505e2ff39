"""Deterministic simulation: thousands of bad days, each of them repeatable by its number.

`TRUNKLINE_SIMULATION_SEEDS` says how many (`make simulate SEEDS=20000`); `TRUNKLINE_SIMULATION_SEED=17` runs one. A
seed that failed once stays in `seeds.txt` and is run every time.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.world import simulate

SEEDS = int(os.environ.get("TRUNKLINE_SIMULATION_SEEDS", "50"))
CHUNK = 50
KEPT = [
    int(number)
    for line in (Path(__file__).parent / "seeds.txt").read_text().splitlines()
    if (number := line.partition("#")[0].strip())
]


def _run(seed: int) -> Counter[str]:
    try:
        return simulate(seed).events
    except BaseException as fault:
        fault.add_note(f"TRUNKLINE_SIMULATION_SEED={seed} repeats it; keep the seed in tests/simulation/seeds.txt")
        raise


@pytest.mark.parametrize("seed", KEPT)
def test_a_seed_that_failed_once_passes_for_ever(seed: int) -> None:
    _run(seed)


# more than a minute of a processor's time, of which other tests leave some
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_nothing_breaks_on_a_bad_day(first: int) -> None:
    happened: Counter[str] = Counter()
    for seed in range(first, min(first + CHUNK, SEEDS)):
        happened += _run(seed)
    for wire in EVERYTHING_HAPPENS:
        assert happened[wire], f"in {CHUNK} simulations no {wire} happened: they no longer test what they should"


def test_the_same_seed_gives_the_same_day() -> None:
    one, again = simulate(4711), simulate(4711)
    assert one.events == again.events
    assert one.states == again.states


@pytest.mark.skipif("TRUNKLINE_SIMULATION_SEED" not in os.environ, reason="no single seed was asked for")
def test_one_seed() -> None:
    _run(int(os.environ["TRUNKLINE_SIMULATION_SEED"]))


EVERYTHING_HAPPENS = (
    "interaction.offer_accepted.v1",
    "interaction.offer_declined.v1",
    "interaction.offer_timed_out.v1",
    "interaction.offer_rescinded.v1",
    "interaction.transferred.v1",
    "interaction.work_given_up.v1",
    "interaction.wrap_up_completed.v1",
    "interaction.callback_requested.v1",
    "agent.stopped_responding.v1",
    "ticket.reopened.v1",
    "ticket.service_rated.v2",
    "delivery.deferred.v1",
    "delivery.failed.v1",
    "delivery.accepted.v1",
    "customer.consent_withdrawn.v1",
    "interaction.requirements_relaxed.v1",
    "interaction.disposition_given.v1",
    "centre.site_went_down.v1",
    "centre.site_came_back.v1",
    "agent.retired.v1",
    "agent.signed_out.v1",
    "agent.channel_paused.v1",
    "agent.channel_resumed.v1",
)
