"""What must never happen: work that waits for who is not there, offers of a closed queue, a banned agent asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.agent.commands import BecomeNotReady, BecomeReady, SignIn, SignOut
from router import Router
from tests.router.pool import POOL, Pool, offers_of, pairs
from tests.router.small import MAILS, ONE, holding, pool_of


@pytest.fixture
def router() -> Router:
    return Router(POOL)


def test_work_is_kept_for_the_preferred_agent_who_is_ready_but_busy_and_no_longer_than_said(router: Router) -> None:
    pool = pool_of()
    pool.agent("anna", ONE)
    holding(pool, router, "anna", 1)
    pool.agent("boris", ONE)
    until = pool.now + timedelta(seconds=60)
    item = pool.arrive("a", preferred="anna", preferred_until=until)
    assert pairs(pool.route(router)) == []
    assert router.wake_at() == until
    pool.wait(60)
    (offer,) = offers_of(pool.route(router))
    assert (offer.agent_id, offer.interaction_id, offer.decision.chosen.ring) == ("boris", item, 1)


@pytest.mark.parametrize("how", ["never heard of", "signed out", "at lunch", "site down"])
def test_a_preferred_agent_who_is_not_there_never_blocks(router: Router, how: str) -> None:
    pool = pool_of()
    pool.centre()
    if how != "never heard of":
        pool.agent("anna", ONE, site="there")
    if how == "signed out":
        pool.do(SignOut(agent_id="anna"))
    elif how == "at lunch":
        pool.do(BecomeNotReady(agent_id="anna", reason="lunch"))
    elif how == "site down":
        pool.site_down("there")
    pool.agent("boris", ONE)
    item = pool.arrive("a", preferred="anna", preferred_until=pool.now + timedelta(hours=1))
    assert pairs(pool.route(router)) == [("boris", item)]


def test_work_kept_for_an_agent_who_signs_out_goes_to_the_others_at_once(router: Router) -> None:
    pool = pool_of()
    pool.agent("anna", ONE)
    holding(pool, router, "anna", 1)
    pool.agent("boris", ONE)
    item = pool.arrive("a", preferred="anna", preferred_until=pool.now + timedelta(hours=1))
    assert pairs(pool.route(router)) == []
    pool.do(BecomeNotReady(agent_id="anna", reason="lunch"))
    assert pairs(pool.route(router)) == [("boris", item)]


def test_a_closed_queue_offers_nothing_until_it_opens(router: Router) -> None:
    pool = Pool()  # a Monday, 09:00
    hours = {"day": {"weekly": {"mon": ["09:30-17:00"]}}}
    pool.project("p", {"a": {"hours": "day"}, "b": {}}, hours=hours)
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    assert pairs(pool.route(router)) == []
    verdict = router.explain(item, "1", "anna", pool.now).excluded_by
    assert verdict is not None
    assert verdict.rule == "open"
    assert router.wake_at() == pool.now + timedelta(minutes=30)
    pool.wait(1800)
    assert pairs(pool.route(router)) == [("anna", item)]
    assert router.wake_at() is not None
    pool.now += timedelta(hours=7, minutes=30)
    pool.do(SignOut(agent_id="anna"))
    pool.do(SignIn(agent_id="anna"))
    pool.do(BecomeReady(agent_id="anna"))
    assert pairs(pool.route(router)) == [], "it has closed again"


def test_expired_work_is_offered_to_nobody(router: Router) -> None:
    pool = pool_of()
    item = pool.arrive("a", "callback", expires_at=pool.now + timedelta(seconds=30))
    pool.fold(router)
    pool.wait(30)
    pool.agent("anna", MAILS | {"channels": {"callback": {"concurrency": 1}}})
    pool.fold(router)
    assert pairs(router.decide(pool.now)) == []
    verdict = router.explain(item, "1", "anna", pool.now).excluded_by
    assert verdict is not None
    assert verdict.rule == "expired"


def test_where_nobody_is_asked_twice_a_declined_item_waits_for_somebody_new(router: Router) -> None:
    pool = pool_of(offer={"again": "after_others", "channels": {"email": {"again": "never"}}})
    pool.agent("anna", MAILS)
    item = pool.arrive("a")
    pool.route(router)
    pool.decline(pool.offers()[0])
    assert pairs(pool.route(router)) == []
    pool.agent("boris", MAILS)
    assert pairs(pool.route(router)) == [("boris", item)]


def test_nobody_at_a_site_that_is_down_is_asked_and_its_work_is_open_to_others(router: Router) -> None:
    pool = pool_of()
    pool.centre()
    pool.agent("anna", ONE, site="there")
    pool.do(BecomeNotReady(agent_id="anna", reason="lunch"))
    pool.agent("boris", ONE, site="here")
    item = pool.arrive("a", sites=("there",))
    assert pairs(pool.route(router)) == []
    pool.site_down("there")
    pool.do(BecomeReady(agent_id="anna"))
    (offer,) = offers_of(pool.route(router))
    assert (offer.agent_id, offer.interaction_id, dict(offer.decision.excluded)) == ("boris", item, {"site": 1})


def test_a_customer_never_reaches_an_agent_they_are_banned_from(router: Router) -> None:
    pool = pool_of()
    pool.agent("anna", MAILS)
    item = pool.arrive("a", excluded=("anna",))
    assert pairs(pool.route(router)) == []
    pool.agent("boris", MAILS, languages=("fr",))
    assert pairs(pool.route(router)) == [("boris", item)]
    pool.arrive("a", language="pl", language_required=True, excluded=("anna",))
    assert pairs(pool.route(router)) == [], "boris speaks French only"
