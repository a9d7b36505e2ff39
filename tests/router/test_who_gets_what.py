"""Which agent gets a new item, and which item an agent who becomes free."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.agent.commands import BecomeNotReady, BecomeReady, SignIn, SignOut
from domain.interaction.events import InteractionClosed
from router import Excluded, Router
from tests.router.pool import POOL, Pool, offers_of, pairs
from tests.router.small import profile, verdict


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    pool.project("p", {"a": {}, "b": {}, "expert": {"skills": {"billing": 3}}})
    return pool


@pytest.fixture
def router() -> Router:
    return Router(POOL)


def test_a_new_item_goes_to_the_agent_who_has_been_idle_longest(pool: Pool, router: Router) -> None:
    for agent in ("zoe", "anna", "boris"):
        pool.agent(agent, profile())
        pool.wait(10)
    item = pool.arrive("a")
    (offer,) = offers_of(pool.route(router))
    assert (offer.agent_id, offer.interaction_id) == ("zoe", item)
    assert [c.agent_id for c in (offer.decision.chosen, *offer.decision.runners_up)] == ["zoe", "anna", "boris"]
    assert [c.place for c in (offer.decision.chosen, *offer.decision.runners_up)] == [1, 2, 3]


def test_of_agents_idle_equally_long_the_first_by_id_is_chosen(pool: Pool, router: Router) -> None:
    for agent in ("clara", "anna", "boris"):
        pool.agent(agent, profile())
    item = pool.arrive("a")
    assert pairs(pool.route(router)) == [("anna", item)]


def test_idle_time_begins_when_an_interaction_ends_and_not_when_an_offer_is_declined(
    pool: Pool, router: Router
) -> None:
    pool.agent("anna", profile())
    pool.wait(1)
    pool.agent("boris", profile())
    pool.arrive("a", "sms")
    pool.arrive("a", "sms")
    pool.route(router)
    by_anna, by_boris = pool.offers()
    pool.wait(5)
    pool.accept(by_anna)
    pool.complete(by_anna)
    pool.decline(by_boris)
    pool.wait(5)
    pool.route(router)
    item = pool.arrive("b", "sms")
    # the declined one has gone to anna by now; boris has been idle since he became ready
    assert pool.ringing() == [("anna", by_boris.interaction_id)]
    assert pairs(pool.route(router)) == [("boris", item)]


def test_an_agent_who_holds_nothing_comes_before_one_who_holds_something(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile())
    pool.wait(60)
    pool.agent("boris", profile())
    first, second = pool.arrive("a"), pool.arrive("a")
    commands = offers_of(pool.route(router))
    assert pairs(list(commands)) == [("anna", first), ("boris", second)]
    pool.arrive("a")
    (third,) = offers_of(pool.route(router))
    assert third.agent_id == "anna"
    assert third.decision.chosen.idle_since is None, "she holds work, so she is not idle"


def test_an_agent_who_becomes_free_gets_the_first_by_queue_priority_then_item_priority_then_arrival(
    pool: Pool, router: Router
) -> None:
    queues = {"p/a": {"priority": 2}, "p/b": {"priority": 1}}
    pool.agent("anna", profile(capacity=6, channels={"email": {"concurrency": 6}}, queues=queues), ready=False)
    pool.project("p", {"a": {}, "b": {}})
    late = pool.arrive("a", arrived_at=pool.now + timedelta(seconds=2))
    early = pool.arrive("a")
    urgent = pool.arrive("a", priority=1, arrived_at=pool.now + timedelta(seconds=5))
    favoured = pool.arrive("b", priority=9, arrived_at=pool.now + timedelta(seconds=9))
    aged = pool.arrive("a", age_credit=30, arrived_at=pool.now + timedelta(seconds=3))
    pool.wait(20)
    pool.agent("boris", profile(queues={"p/expert": {}}))
    assert pairs(pool.route(router)) == []
    pool.do(SignIn(agent_id="anna"))
    pool.do(BecomeReady(agent_id="anna"))
    assert pairs(pool.route(router)) == [("anna", item) for item in (favoured, urgent, aged, early, late)]


def test_freed_capacity_takes_as_many_items_as_fit_at_once(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile())
    text = pool.arrive("a", "sms")
    pool.route(router)
    mails = [pool.arrive("a") for _ in range(5)]
    assert pairs(pool.route(router)) == []
    (ringing,) = pool.offers()
    assert ringing.interaction_id == text
    pool.accept(ringing)
    pool.complete(ringing)
    assert pairs(pool.route(router)) == [("anna", mail) for mail in mails[:3]]


def test_nobody_is_offered_more_than_they_can_hold(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(capacity=2, channels={"email": {"concurrency": 3}, "sms": {"concurrency": 1}}))
    items = [pool.arrive("a"), pool.arrive("a"), pool.arrive("a")]
    text = pool.arrive("a", "sms")
    pool.route(router)
    assert pool.ringing() == [("anna", items[0]), ("anna", items[1])]
    assert verdict(router, pool, items[2], "anna") == Excluded("capacity: uses 2 of 2, email needs 1")
    assert verdict(router, pool, text, "anna") == Excluded("capacity: uses 2 of 2, sms needs 1")


def test_a_declined_item_keeps_its_place_and_goes_to_the_next(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(capacity=1))
    pool.wait(1)
    first = pool.arrive("a")
    pool.wait(10)
    second = pool.arrive("a")
    pool.route(router)
    (ringing,) = pool.offers()
    pool.decline(ringing)
    pool.do(BecomeNotReady(agent_id="anna", reason="lunch"))
    pool.wait(10)
    pool.agent("boris", profile(capacity=1))
    assert pairs(pool.route(router)) == [("boris", first)]
    pool.agent("clara", profile(capacity=1))
    assert pairs(pool.route(router)) == [("clara", second)]


def test_who_declined_is_asked_again_only_after_all_others(pool: Pool, router: Router) -> None:
    for agent in ("anna", "boris", "clara"):
        pool.agent(agent, profile(capacity=1))
    busy = pool.arrive("b")
    pool.route(router)
    assert pool.ringing() == [("anna", busy)]
    item = pool.arrive("a")
    asked: list[str] = []
    for _ in range(2):
        pool.route(router)
        offer = next(o for o in pool.offers() if o.interaction_id == item)
        asked.append(offer.agent_id)
        pool.decline(offer)
    assert asked == ["boris", "clara"]
    assert pairs(pool.route(router)) == [], "anna is busy now, but has not been asked"
    assert verdict(router, pool, item, "boris") == Excluded(
        "tried: declined or missed it 1×, another agent who could take it only 0×"
    )
    pool.do(SignOut(agent_id="anna"))
    assert pairs(pool.route(router)) == [("boris", busy), ("clara", item)], "all who are left were asked once"


def test_who_is_alone_is_asked_again(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile())
    item = pool.arrive("a")
    pool.route(router)
    pool.decline(pool.offers()[0])
    assert pairs(pool.route(router)) == [("anna", item)]


def test_other_work_comes_to_who_declined_one_item(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(capacity=1))
    pool.agent("boris", profile(capacity=1))
    taken, declined, other = pool.arrive("a"), pool.arrive("a"), pool.arrive("a")
    pool.route(router)
    by_boris = next(o for o in pool.offers() if o.agent_id == "boris")
    assert by_boris.interaction_id == declined
    pool.decline(by_boris)
    assert pairs(pool.route(router)) == [("boris", other)]
    assert ("anna", taken) in pool.ringing()


def test_a_skill_level_too_low_excludes_with_the_numbers(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(queues={"p/expert": {}}), {"billing": 1})
    item = pool.arrive("expert")
    assert pairs(pool.route(router)) == []
    assert verdict(router, pool, item, "anna") == Excluded("skill billing: has 1, needs 3")
    pool.agent("boris", profile(queues={"p/expert": {}}), {"billing": 3})
    (offer,) = offers_of(pool.route(router))
    assert (offer.agent_id, dict(offer.decision.excluded)) == ("boris", {"skill": 1})


def test_excluded_agents_are_counted_by_the_first_rule_that_excludes_them(pool: Pool, router: Router) -> None:
    pool.agent("away", profile(), ready=False)
    pool.agent("caller", profile(channels={"voice": {"concurrency": 1}}))
    pool.agent("elsewhere", profile(queues={"p/b": {}}))
    pool.agent("late", profile(queues={"p/a": {"delay": 60}}))
    pool.agent("full", profile(channels={"email": {"concurrency": 1}}, queues={"p/a": {}}))
    first = pool.arrive("a")
    assert pairs(pool.route(router)) == [("full", first)]
    pool.agent("there", profile(queues={"p/a": {}}))
    pool.arrive("a")
    (offer,) = offers_of(pool.route(router))
    assert offer.agent_id == "there"
    assert offer.decision.excluded == {"state": 1, "channel": 1, "queue": 1, "concurrency": 1, "delay": 1}


def test_a_profile_with_a_delay_sees_work_only_when_it_has_waited_that_long(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(queues={"p/a": {"delay": 60}}))
    item = pool.arrive("a")
    assert pairs(pool.route(router)) == []
    assert router.wake_at() == pool.now + timedelta(seconds=60)
    pool.wait(59)
    assert pairs(pool.route(router)) == []
    assert verdict(router, pool, item, "anna") == Excluded(
        "delay: profile usual sees this queue after 60 s, it has waited 59 s"
    )
    pool.wait(1)
    assert pairs(pool.route(router)) == [("anna", item)]


def test_each_delay_is_waited_for_in_turn_without_any_event(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(queues={"p/a": {"delay": 10}}))
    pool.do(BecomeNotReady(agent_id="anna", reason="lunch"))
    pool.agent("boris", profile(queues={"p/a": {"delay": 30}}))
    pool.agent("clara", profile(queues={"p/a": {"delay": 60}}))
    pool.do(BecomeReady(agent_id="anna"))
    gone = pool.arrive("a", "sms")
    pool.route(router)  # from here on the router knows the three delays of this work
    pool.record(f"interaction-{gone}", InteractionClosed(interaction_id=gone, reason="cancelled"))
    arrived = pool.now
    items = [pool.arrive("a", "sms") for _ in range(3)]
    offered: list[tuple[float, str, str]] = []
    pool.route(router)
    while len(offered) < 3 and (wake_at := router.wake_at()) is not None:
        pool.now = wake_at
        commands = pool.route(router)
        offered += [((pool.now - arrived).total_seconds(), agent, item) for agent, item in pairs(commands)]
        if len(offered) < 3:
            # offers would time out on the way; they are answered at once
            for offer in pool.offers():
                pool.accept(offer)
            pool.fold(router)
    assert offered == [(10, "anna", items[0]), (30, "boris", items[1]), (60, "clara", items[2])]


def test_a_callback_is_no_work_before_it_is_due(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(channels={"callback": {"concurrency": 1}}))
    due = pool.now + timedelta(hours=2)
    item = pool.arrive("a", "callback", not_before=due)
    assert pairs(pool.route(router)) == []
    assert verdict(router, pool, item, "anna") == Excluded(f"due: not before {due.isoformat()}")
    assert router.wake_at() == due
    pool.now = due
    assert pairs(pool.route(router)) == [("anna", item)]


def test_work_of_a_queue_that_was_taken_out_of_the_document_waits_until_it_is_back(pool: Pool, router: Router) -> None:
    item = pool.arrive("b")
    pool.project("p", {"a": {}})
    pool.agent("anna", profile())
    assert pairs(pool.route(router)) == []
    assert verdict(router, pool, item, "anna") == Excluded("queue p/b: not in the project's document")
    pool.project("p", {"a": {}, "b": {}})
    assert pairs(pool.route(router)) == [("anna", item)]


def test_a_policy_takes_effect_for_the_next_decision_and_is_named_in_it(pool: Pool, router: Router) -> None:
    for agent in ("anna", "boris", "clara"):
        pool.agent(agent, profile(capacity=1))
    item = pool.arrive("a")
    assert pairs(pool.route(router)) == [("anna", item)]
    pool.project("p", {"a": {"offer": {"ring_width": 2}}})
    (offer,) = offers_of(pool.route(router))
    assert (offer.agent_id, offer.interaction_id) == ("boris", item)
    assert offer.decision.policy == pool.of("project", "p").sha256
    assert offer.decision.excluded == {"capacity": 1}
