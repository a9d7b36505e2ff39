"""Long days by a seed: the steps of `test_any_order`, so many that work piles up, is transferred, rung and lost."""

from __future__ import annotations

from random import Random

import pytest

from tests.domain.test_any_order import AnyOrder

#: What must have happened in any of these days, else they prove little.
SEEN = {
    "interaction.offer_declined.v1",
    "interaction.offer_timed_out.v1",
    "interaction.offer_rescinded.v1",
    "interaction.work_given_up.v1",
    "interaction.wrap_up_completed.v1",
    "interaction.transferred.v1",
    "agent.stopped_responding.v1",
    "ticket.reopened.v1",
    "customer.unmerged.v1",
}
AGENTS = ("anna", "boris", "clara")
PEOPLE = ("ada@example.org", "bob@example.org", "cid@example.org")


def step(day: AnyOrder, r: Random) -> None:
    which, agent, person, flip = r.randrange(6), r.choice(AGENTS), r.choice(PEOPLE), r.random() < 0.5
    agents = r.sample(AGENTS, r.randint(1, 3))
    department = r.choice(("billing", "technical", "sales"))
    ending = r.choice(("resolve", "await_customer", "leave"))
    steps = {
        lambda: day.a_mail_comes(person, r.choice(("help", "tech", "sales")), r.choice(("", "", "", "list"))): 6,
        lambda: day.a_mail_refers_to_another(person, which, r.choice(("token", "delivery", "references")), flip): 6,
        lambda: day.a_callback_is_asked_for(r.randint(1, 2), r.choice((0, 20, 600))): 3,
        lambda: day.a_callback_is_cancelled(which): 2,
        lambda: day.an_agent_comes(agent): 8,
        lambda: day.an_agent_leaves(agent, r.choice(("lunch", "lost", "out"))): 2,
        lambda: day.work_is_offered(which, agents): 12,
        lambda: day.an_offer_is_answered(which, r.choice(("accept", "accept", "decline", "time_out"))): 12,
        lambda: day.contact_ends(which, ending, flip): 8,
        lambda: day.wrap_up_ends(which, flip): 6,
        lambda: day.work_is_transferred(which, department): 3,
        lambda: day.an_agent_replies(which): 3,
        lambda: day.something_becomes_of_a_ticket(which, department, r.randrange(6)): 3,
        lambda: day.something_becomes_of_a_delivery(which, r.randrange(5)): 3,
        lambda: day.something_becomes_of_a_customer(which, r.randrange(6), r.choice((0, *(1, 2) * 10))): 1,
        lambda: day.time_goes_by(r.choice((1, 30, 120))): 6,
    }
    r.choices(list(steps), list(steps.values()))[0]()


@pytest.mark.parametrize("seed", range(12))
def test_what_must_hold_holds_all_day(seed: int) -> None:
    r, day = Random(seed), AnyOrder()
    for _ in range(500):
        step(day, r)
        day.who_holds_work_and_whose_work_is_held_agree()
        day.nothing_is_left_behind_a_closed_interaction()
        day.an_address_belongs_to_a_customer_who_knows_it()
        day.merged_customers_point_at_each_other()
    day.teardown()


def test_these_days_are_eventful() -> None:
    happened: set[str] = set()
    for seed in range(6):
        r, day = Random(seed), AnyOrder()
        for _ in range(500):
            step(day, r)
        happened |= set(day.world.checker.events)
    assert happened >= SEEN
