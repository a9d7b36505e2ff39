"""Offers on their way, refusals, deadlines, and what a router does with events it should not get."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.agent.commands import BecomeReady, SignIn, SignOut
from domain.centre.configuration import ConfigureProject
from domain.interaction.events import InteractionClosed, OfferTimedOut, WrapUpCompleted
from domain.interaction.offers import TimeOutOffer
from domain.interaction.work import TimeOutWrapUp
from domain.rejection import NotFound
from router import Router
from tests.router.pool import POOL, START, Pool, offers_of, pairs

MAILS = {"capacity": 2, "channels": {"email": {"concurrency": 2}}, "queues": {"p/a": {}}}


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    rules = {"offer": {"timeout": 30, "misses": 2}, "wrap_up": {"mode": "mandatory", "limit": 60}}
    pool.project("p", {"a": rules})
    return pool


@pytest.fixture
def router() -> Router:
    return Router(POOL)


def test_an_offer_that_is_on_its_way_into_the_log_is_not_proposed_again(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    pool.fold(router)
    assert pairs(router.decide(pool.now)) == [("anna", item)]
    assert router.decide(pool.now) == []


def test_an_agent_is_not_overbooked_while_an_offer_is_on_its_way(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    first, second, third = (pool.arrive("a") for _ in range(3))
    pool.fold(router)
    commands = router.decide(pool.now)
    assert pairs(commands) == [("anna", first), ("anna", second)]
    pool.wait(5)
    pool.arrive("a")
    pool.fold(router)
    assert router.decide(pool.now) == []
    for command in commands:
        pool.execute(router, command)
    assert pairs(pool.route(router)) == []
    assert router.explain(third, "1", "anna", pool.now).excluded_by is not None


def test_a_refused_offer_is_decided_anew_when_the_next_event_comes(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    pool.fold(router)
    (command,) = router.decide(pool.now)
    pool.do(SignOut(agent_id="anna"))  # the router has not seen it yet
    pool.execute(router, command)
    assert router.decide(pool.now) == [], "the board is known to be behind"
    pool.agent("boris", MAILS)
    assert pairs(pool.route(router)) == [("boris", item)]


def test_a_refused_offer_is_decided_anew_after_a_second_when_no_event_comes(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    pool.fold(router)
    (command,) = router.decide(pool.now)
    router.refused(command)
    assert router.decide(pool.now) == []
    assert router.wake_at() == pool.now + timedelta(seconds=1)
    pool.wait(1)
    assert pairs(router.decide(pool.now)) == [("anna", item)]


def test_an_offer_that_nobody_answers_times_out_and_the_item_goes_on(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    pool.wait(1)
    pool.agent("boris", MAILS)
    item = pool.arrive("a")
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=30)
    pool.wait(30)
    (command,) = pool.route(router)
    assert isinstance(command, TimeOutOffer)
    assert isinstance(pool.log[-2].event, OfferTimedOut)
    assert pairs(pool.route(router)) == [("boris", item)]


def test_who_misses_as_often_as_the_queue_allows_gets_no_more_until_they_say_ready(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    for _ in range(2):
        pool.route(router)
        pool.wait(30)
        pool.route(router)
    assert pairs(pool.route(router)) == []
    verdict = router.explain(item, "1", "anna", pool.now).excluded_by
    assert verdict is not None
    assert verdict.excluded is not None
    assert verdict.excluded.reason == "state: not responding"
    pool.do(BecomeReady(agent_id="anna"))
    assert pairs(pool.route(router)) == [("anna", item)]


def test_mandatory_wrap_up_ends_at_its_limit(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    pool.arrive("a")
    pool.route(router)
    (offer,) = pool.offers()
    pool.accept(offer)
    pool.complete(offer)
    pool.fold(router)
    assert router.wake_at() == pool.now + timedelta(seconds=60)
    pool.wait(59)
    assert pool.route(router) == []
    pool.wait(1)
    (command,) = pool.route(router)
    assert isinstance(command, TimeOutWrapUp)
    done = next(one.event for one in pool.log if isinstance(one.event, WrapUpCompleted))
    assert (done.timed_out, done.disposition) == (True, "not_stated")
    assert router.wake_at() is None


def test_a_deadline_that_is_not_yet_past_by_the_clock_of_the_core_is_fired_again(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    pool.arrive("a")
    pool.route(router)
    (offer,) = pool.offers()
    ahead = offer.expires_at + timedelta(seconds=0.5)
    (command,) = router.decide(ahead)
    pool.execute(router, command)  # the core's clock says that there is time left
    assert [o.work_id for o in pool.offers()] == [offer.work_id]
    assert router.decide(ahead) == []
    assert router.wake_at() == ahead + timedelta(seconds=1)
    pool.now = ahead + timedelta(seconds=1)
    assert pool.route(router) == [command]
    assert offer.work_id not in [o.work_id for o in pool.offers()]


def test_the_router_is_never_earlier_than_what_it_has_seen(pool: Pool, router: Router) -> None:
    pool.wait(3600)
    pool.agent("anna", MAILS)
    pool.arrive("a")
    pool.fold(router)
    (offer,) = offers_of(router.decide(START))
    assert offer.decision.at == pool.now


def test_an_interaction_closed_while_an_offer_was_on_its_way_frees_the_agent(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS | {"capacity": 1})
    gone = pool.arrive("a")
    pool.fold(router)
    (command,) = router.decide(pool.now)
    closed = InteractionClosed(interaction_id=gone, reason="cancelled by the customer")
    pool.record(f"interaction-{gone}", closed)
    pool.fold(router)
    pool.execute(router, command)
    item = pool.arrive("a")
    assert pairs(pool.route(router)) == [("anna", item)]


def test_a_command_names_the_event_that_gave_cause(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS, ready=False)
    item = pool.arrive("a")
    pool.do(SignIn(agent_id="anna"))
    pool.do(BecomeReady(agent_id="anna"))
    pool.fold(router)
    (command,) = router.decide(pool.now)
    cause = router.cause(command)
    assert cause.event_id == pool.log[-1].event_id
    assert (cause.project, cause.correlation_id) == ("p", f"c-interaction-{item}")


def test_events_of_another_pool_and_out_of_order_are_faults(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    pool.fold(router)
    with pytest.raises(ValueError, match="of pool 'other', this board of 'main'"):
        router.fold(pool.log[-1]._replace(position=999, pool="other"))
    with pytest.raises(ValueError, match="fold events in log order"):
        router.fold(pool.log[0])


def test_explaining_what_is_not_on_the_board_says_so(pool: Pool, router: Router) -> None:
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    pool.fold(router)
    with pytest.raises(NotFound, match="no agent 'nobody'"):
        router.explain(item, "1", "nobody", pool.now)
    with pytest.raises(NotFound, match="no open leg 'i9/1'"):
        router.explain("i9", "1", "anna", pool.now)


def test_a_command_that_is_not_the_routers_is_a_fault(pool: Pool, router: Router) -> None:
    foreign = ConfigureProject(document=pool.of("project", "p").document, expected_revision=1)
    with pytest.raises(TypeError, match="ConfigureProject is no command of the router"):
        router.refused(foreign)
