"""Long days of calls by a seed: steps of `test_any_call`, so many that calls meet consults and power cuts."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from tests.domain.test_any_call import AnyCall

#: What must have happened in these days, else they prove little.
SEEN = {
    "centre.site_went_down.v1",
    "agent.retired.v1",
    "agent.stopped_responding.v1",
    "interaction.abandoned.v1",
    "interaction.agent_muted.v1",
    "interaction.agent_unmuted.v1",
    "interaction.callback_offered.v1",
    "interaction.connect_failed.v1",
    "interaction.consult_ended.v1",
    "interaction.deflection_sent.v1",
    "interaction.disposition_given.v1",
    "interaction.held.v1",
    "interaction.interrupted.v1",
    "interaction.party_joined.v1",
    "interaction.priority_raised.v1",
    "interaction.recording_stored.v1",
    "interaction.requirements_relaxed.v1",
    "interaction.resumed.v1",
    "interaction.sent_to_voicemail.v1",
    "interaction.wait_announced.v1",
    "interaction.work_expired.v1",
}
AGENTS = ("anna", "boris", "clara")


def step(day: AnyCall, r: Random) -> None:
    which, agent, flip = r.choice((0, *range(1, 6))), r.choice(AGENTS), r.random() < 0.5
    agents = r.sample(AGENTS, r.randint(1, 2))
    steps: dict[Callable[[], None], int] = {
        lambda: day.somebody_calls_and_waits(r.choice((None, "+481", "+482")), r.choice(("calls", "second"))): 8,
        lambda: day.a_mail_comes("ada@example.org", "help", ""): 2,
        lambda: day.a_callback_is_asked_for(r.randint(1, 2), 0): 2,
        lambda: day.an_agent_comes(agent): 12,
        lambda: day.an_agent_leaves(agent, r.choice(("lunch", "out"))): 1,
        lambda: day.a_call_is_answered(which, agents, r.random() < 0.1): 12,
        lambda: day.work_is_offered(which, agents): 4,
        lambda: day.an_offer_is_answered(which, r.choice(("accept", "decline", "time_out", "time_out"))): 8,
        lambda: day.a_connection_is_made_or_fails(which, flip): 3,
        lambda: day.something_happens_in_a_call(r.randint(1, 5), which, agent, r.randrange(11)): 24,
        lambda: day.a_call_is_recorded(r.randint(1, 5), r.randrange(3)): 6,
        lambda: day.contact_ends(which, "leave", flip): 6,
        lambda: day.wrap_up_ends(which, flip): 8,
        lambda: day.work_is_passed_on(which, agent, r.choice(("", "second", "night"))): 3,
        lambda: day.a_customer_hangs_up(which): 2,
        lambda: day.a_callback_is_taken_instead(which, r.choice(("+481", "+482"))): 2,
        lambda: day.waiting_changes_something(r.randint(1, 5), r.randint(1, 4), r.randrange(5)): 12,
        lambda: day.a_site_goes_down_or_comes_back(r.choice(("paris", "warsaw")), r.random() < 0.7, agent): 2,
        lambda: day.an_agent_is_kept_from_a_customer(which, agent, flip): 1,
        lambda: day.an_agent_is_taken_out_of_the_document_and_put_back(agent): 1 if r.random() < 0.3 else 0,
        lambda: day.time_goes_by(r.choice((1, 10, 30, 30, 120, 3600))): 8,
    }
    r.choices(list(steps), list(steps.values()))[0]()


def checked(day: AnyCall) -> None:
    day.who_holds_work_and_whose_work_is_held_agree()
    day.nothing_is_left_behind_a_closed_interaction()
    day.nothing_goes_on_in_a_leg_that_nobody_talks_in()
    day.an_interaction_is_open_as_long_as_somebody_waits_or_works()


@pytest.mark.parametrize("seed", range(10))
def test_what_must_hold_holds_all_day(seed: int) -> None:
    r, day = Random(seed), AnyCall()
    for _ in range(500):
        step(day, r)
        checked(day)
    day.teardown()


def test_these_days_are_eventful() -> None:
    happened: set[str] = set()
    for seed in range(8):
        r, day = Random(seed), AnyCall()
        for _ in range(500):
            step(day, r)
        happened |= set(day.world.checker.events)
    assert happened >= SEEN, SEEN - happened
