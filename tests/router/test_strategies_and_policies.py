"""Each strategy of a queue and each policy of a pool, on a board small enough to see why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agent.commands import BecomeNotReady, BecomeReady, SignIn
from domain.centre.routing import Routing
from router import Router
from tests.router.pool import POOL, Pool, offers_of, pairs
from tests.router.small import MAILS, ONE, holding, pool_of


@pytest.fixture
def router() -> Router:
    return Router(POOL)


def chosen(pool: Pool, router: Router) -> tuple[str, float | None]:
    (offer,) = offers_of(pool.route(router))
    return offer.agent_id, offer.decision.chosen.value


@pytest.mark.parametrize(
    ("strategy", "first", "value"), [("most_spare", "big", 2.0), ("most_spare_share", "small", 0.5)]
)
def test_of_one_in_two_and_eight_in_ten_most_spare_takes_the_second_and_its_share_the_first(
    router: Router, strategy: str, first: str, value: float
) -> None:
    pool = pool_of(strategy=strategy)
    for agent_id, capacity, held in (("small", 2, 1), ("big", 10, 8)):
        channels = {"email": {"concurrency": 10}}
        pool.agent(agent_id, MAILS | {"capacity": capacity, "channels": channels})
        holding(pool, router, agent_id, held)
    pool.arrive("a")
    assert chosen(pool, router) == (first, value)


def test_least_occupied_takes_who_had_work_in_hand_for_the_smaller_share_of_the_day(router: Router) -> None:
    pool = pool_of(strategy="least_occupied")
    for agent_id, at_work in (("busy", 60), ("calm", 20)):
        pool.agent(agent_id, MAILS)
        pool.wait(20)
        holding(pool, router, agent_id, 1)
        pool.wait(at_work)
        (mine,) = (held for held in pool.of("agent", agent_id).work.values())
        (accepted,) = (o.event for o in pool.log_offers() if o.event.interaction_id == mine.interaction_id)  # type: ignore[attr-defined]
        pool.complete(accepted)  # type: ignore[arg-type]
        pool.fold(router)
    pool.arrive("a")
    assert chosen(pool, router) == ("calm", 0.5)


@pytest.mark.parametrize(
    ("strategy", "first", "value"), [("most_skilled", "master", 9.0), ("least_skilled", "novice", 3.0)]
)
def test_skill_decides_by_the_weakest_of_the_skills_asked_for(
    router: Router, strategy: str, first: str, value: float
) -> None:
    pool = pool_of(strategy=strategy, skills={"x": 2, "y": 2})
    pool.agent("all_rounder", MAILS, {"x": 3, "y": 9, "z": 1})
    pool.agent("master", MAILS, {"x": 9, "y": 10})
    pool.agent("novice", MAILS, {"x": 10, "y": 3})
    pool.arrive("a")
    assert chosen(pool, router) == (first, value)


def test_round_robin_goes_by_the_last_offer_from_the_queue_whatever_became_of_it(router: Router) -> None:
    pool = pool_of(strategy="round_robin")
    for agent_id in ("anna", "boris", "clara"):
        pool.agent(agent_id, MAILS)
    order: list[str] = []
    for _ in range(5):
        pool.arrive("a")
        order.append(chosen(pool, router)[0])
        pool.accept(pool.offers()[-1])
        pool.complete(pool.log_offers()[-1].event)  # type: ignore[arg-type]
    assert order == ["anna", "boris", "clara", "anna", "boris"]


def test_refused_offers_take_no_turn_in_whatever_order_they_are_refused(router: Router) -> None:
    pool = pool_of(strategy="round_robin")
    pool.agent("anna", MAILS)
    pool.agent("boris", MAILS)
    for _ in range(2):
        pool.arrive("a")
        pool.route(router)
        pool.accept(pool.offers()[-1])
        pool.complete(pool.log_offers()[-1].event)  # type: ignore[arg-type]
    pool.do(BecomeNotReady(agent_id="boris", reason="lunch"))
    items = [pool.arrive("a"), pool.arrive("a")]
    pool.fold(router)
    commands = router.decide(pool.now)
    assert pairs(commands) == [("anna", item) for item in items]
    for command in commands:
        router.refused(command)
    pool.do(BecomeReady(agent_id="boris"))
    pool.fold(router)
    assert pairs(router.decide(pool.now)) == [("anna", items[0]), ("boris", items[1])]


@pytest.mark.parametrize("between", range(4))
def test_an_offer_in_the_log_keeps_its_turn_when_the_next_one_to_the_same_agent_is_refused(
    router: Router, between: int
) -> None:
    """With some number of events between, the offer stands at just the position that a proposal's turn was called."""
    pool = pool_of(strategy="round_robin")
    pool.agent("anna", MAILS)
    pool.agent("boris", MAILS, ready=False)
    pool.do(SignIn(agent_id="boris"))
    items = [pool.arrive("a"), pool.arrive("a")]
    pool.fold(router)
    offered, refused = router.decide(pool.now)
    assert pairs([offered, refused]) == [("anna", item) for item in items]
    for number in range(between):
        pool.do(BecomeNotReady(agent_id="boris", reason=f"reason {number}"))
    pool.execute(router, offered)
    pool.fold(router)
    router.refused(refused)
    rebuilt = Router(POOL)
    pool.fold(rebuilt)
    turns = [board.agents["anna"].turn("p/a") for board in (router.board, rebuilt.board)]
    assert turns[0] == turns[1] == pool.log_offers()[-1].position


def test_rings_come_before_the_strategy_and_own_site_before_it_too(router: Router) -> None:
    pool = pool_of(sites="own_first")
    second = MAILS | {"queues": {"p/a": {"ring": 2}}}
    pool.agent("outer", second, site="there")
    pool.wait(10)
    pool.agent("away", MAILS, site="here")
    pool.wait(10)
    pool.agent("own", MAILS, site="there")
    pool.arrive("a", site="there", rings=2)
    (offer,) = offers_of(pool.route(router))
    order = (offer.decision.chosen, *offer.decision.runners_up)
    assert [(one.agent_id, one.ring) for one in order] == [("own", 1), ("away", 1), ("outer", 2)]


def test_a_call_comes_during_mail_and_mail_during_a_call_only_where_both_have_room(router: Router) -> None:
    pool = pool_of()
    channels = {"voice": {"concurrency": 1, "units": 2, "interrupts": ["email"]}, "email": {"concurrency": 2}}
    pool.agent("anna", MAILS | {"capacity": 2, "channels": channels})
    pool.arrive("a")
    pool.arrive("a")
    pool.route(router)
    call = pool.arrive("b", "voice")
    assert pairs(pool.route(router)) == [("anna", call)], "her mail rests"
    for offer in pool.offers():
        pool.accept(offer)
    first = pool.log_offers()[0].event
    pool.complete(first)  # type: ignore[arg-type]
    pool.arrive("a")
    assert pairs(pool.route(router)) == [], "the call takes all there is"


# --- which item


def drained(pool: Pool, router: Router, **routing: Any) -> list[str]:
    """Items in the order in which one agent, who becomes free again and again, takes them."""
    pool.centre(**routing)
    pool.agent("anna", ONE)
    taken: list[str] = []
    while commands := offers_of(pool.route(router)):
        assert len(commands) == 1
        taken.append(commands[0].interaction_id)
        pool.accept(pool.offers()[0])
        pool.complete(pool.log_offers()[-1].event)  # type: ignore[arg-type]
    return taken


def test_aged_priority_lets_long_waits_pass_urgency_and_strict_priority_does_not(router: Router) -> None:
    for policy, waits_longer_first in (("aged_priority", True), ("strict_priority", False), ("fifo", True)):
        pool = pool_of()
        old = pool.arrive("a", priority=5)
        pool.wait(1201)  # four tiers of five minutes
        urgent = pool.arrive("a", priority=1)
        late = pool.arrive("a", priority=5, arrived_at=pool.now + timedelta(seconds=1))
        pool.wait(2)
        expected = [old, urgent, late] if waits_longer_first else [urgent, old, late]
        assert drained(pool, Router(POOL), policy=policy) == expected, policy


def test_a_fixed_queue_ratio_serves_the_queue_that_most_exceeds_its_share(router: Router) -> None:
    pool = pool_of()
    in_a = [pool.arrive("a", arrived_at=pool.now + timedelta(seconds=n)) for n in range(4)]
    in_b = [pool.arrive("b", arrived_at=pool.now + timedelta(seconds=10 + n)) for n in range(4)]
    pool.wait(60)
    # queue a may hold three of every four that wait, so b is served until it holds a quarter
    order = drained(pool, router, policy="fixed_queue_ratio", shares={"p/a": 3, "p/b": 1})
    assert order[:3] == in_b[:3]
    assert sorted(order) == sorted(in_a + in_b)


def test_gcmu_serves_where_waiting_costs_most_for_each_second_of_this_agents_work(router: Router) -> None:
    pool = Pool()
    quick = {"target": 60, "handling": 300, "skills": {"x": 1}, "handling_by_level": {5: 60}}
    pool.project("p", {"a": {"target": 60, "handling": 120}, "b": quick})
    slow, fast = pool.arrive("a"), pool.arrive("b")
    pool.wait(30)
    pool.centre(policy="gcmu")
    pool.agent("expert", ONE, {"x": 5})
    assert pairs(pool.route(router)) == [("expert", fast)]
    pool.agent("novice", ONE, {"x": 1})
    assert pairs(pool.route(router)) == [("novice", slow)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3600), st.integers(1, 10)), min_size=2, max_size=12), st.integers(0, 30))
def test_an_item_is_overtaken_only_by_those_whose_head_start_exceeds_its_extra_wait(
    arrivals: list[tuple[int, int]], minutes: int
) -> None:
    pool, routing = pool_of(), {"policy": "aged_priority", "head_starts": {3: minutes, 7: 2 * minutes}}
    start = pool.now
    items: dict[str, tuple[int, int]] = {}
    for after, tier in arrivals:
        items[pool.arrive("a", priority=tier, arrived_at=start + timedelta(seconds=after))] = (after, tier)
    pool.wait(3600)
    order = drained(pool, Router(POOL), **routing)
    assert sorted(order) == sorted(items), "nothing is left behind"
    head_start = Routing.model_validate(routing).head_start
    for place, later in enumerate(order):
        for earlier in order[:place]:
            extra_wait = items[earlier][0] - items[later][0]  # that the one taken later had behind it
            assert head_start(items[earlier][1]) - head_start(items[later][1]) >= extra_wait


def test_a_pools_policy_takes_effect_at_the_next_decision_and_nobody_loses_their_place(router: Router) -> None:
    pool = pool_of()
    pool.centre(policy="fifo")
    old, urgent, new = pool.arrive("a"), pool.arrive("a", priority=1), pool.arrive("a")
    pool.agent("anna", ONE)
    (offer,) = offers_of(pool.route(router))
    assert (offer.interaction_id, offer.decision.items) == (old, "fifo")
    assert offer.decision.routing == pool.of("centre", "c").sha256
    pool.centre(policy="strict_priority")
    pool.agent("boris", ONE)
    (offer,) = offers_of(pool.route(router))
    assert (offer.interaction_id, offer.decision.items) == (urgent, "strict_priority")
    pool.centre(policy="fifo")
    pool.agent("clara", ONE)
    assert pairs(pool.route(router)) == [("clara", new)]
