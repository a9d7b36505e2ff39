"""Work that nobody took, work that stays unanswered, and agents of a site that is down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.agent.commands import BecomeReady, RetireAgent, SignIn, SignOut
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown, EvacuateAgent
from domain.interaction.escalation import ExpireWork, RequeueSilent
from domain.interaction.events import InteractionQueued, MessageReceived, MessageSent, WorkExpired, WorkGivenUp
from router import Router
from tests.router.pool import POOL, Pool, pairs
from tests.router.words import agent_at, events, profile, two_sites


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def router() -> Router:
    return Router(POOL)


# --- expiry and silence


def test_waiting_work_is_given_up_when_its_time_is_out(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 60, "priority": 1}]}, "b": {}})
    item = pool.arrive("a", "callback", expires_at=pool.now + timedelta(seconds=60))
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=60)
    pool.wait(60)
    commands = pool.route(router)
    assert [type(command) for command in commands] == [ExpireWork]
    assert [event.interaction_id for event in events(pool, WorkExpired)] == [item]
    pool.fold(router)
    assert router.wake_at() is None


def test_while_work_is_given_up_nothing_else_is_asked_for_it(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"announce": 30, "steps": [{"after": 20, "priority": 1}]}, "b": {}})
    pool.arrive("a", "voice", expires_at=pool.now + timedelta(seconds=10))
    pool.wait(60)
    pool.fold(router)
    assert [type(command) for command in router.decide(pool.now)] == [ExpireWork]
    assert router.decide(pool.now) == []
    assert router.wake_at() is None


def message(pool: Pool, item: str, reply_by: float | None, automatic: str = "") -> None:
    received = MessageReceived(
        interaction_id=item, customer_id="c1", message_id=pool.new_id(), via="email", sender="s", sender_name="n",
        subject="s", text="t", external_id="x", automatic=automatic,
        reply_by=None if reply_by is None else pool.now + timedelta(seconds=reply_by),
    )  # fmt: skip
    pool.record(f"interaction-{item}", received)


def reply(pool: Pool, item: str) -> None:
    sent = MessageSent(
        interaction_id=item, customer_id="c1", message_id=pool.new_id(), leg="1", agent_id="anna", delivery_id="d",
        subject="s", text="t",
    )  # fmt: skip
    pool.record(f"interaction-{item}", sent)


def test_work_without_a_reply_in_time_is_queued_again_and_goes_to_somebody_else(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"silence": 120}, "b": {}})
    pool.agent("anna", profile())
    item = pool.arrive("a")
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.agent("boris", profile())
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=120)
    pool.wait(119)
    assert pool.route(router) == []
    pool.wait(1)
    assert [type(command) for command in pool.route(router)] == [RequeueSilent]
    assert [event.reason for event in events(pool, WorkGivenUp)] == ["silent"]
    assert pairs(pool.route(router)) == [("boris", item)]


def test_a_reply_ends_the_silence_and_the_next_message_begins_a_new_one(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"silence": 120}, "b": {}})
    pool.agent("anna", profile())
    item = pool.arrive("a")
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.wait(60)
    reply(pool, item)
    pool.wait(600)
    assert pool.route(router) == []
    message(pool, item, 120, automatic="out of office")
    assert pool.route(router) == []
    assert router.wake_at() is None
    message(pool, item, 120)
    pool.wait(60)
    message(pool, item, 120)
    pool.route(router)
    assert router.wake_at() == pool.now + timedelta(seconds=60), "the first unanswered message counts"
    pool.wait(60)
    assert [type(command) for command in pool.route(router)] == [RequeueSilent]
    assert [e.reason for e in events(pool, InteractionQueued) if e.interaction_id == item] == ["new", "silent"]


# --- sites


def test_the_agents_of_a_site_that_is_down_are_released_and_others_go_on(pool: Pool, router: Router) -> None:
    two_sites(pool)
    pool.project("p", {"a": {}, "b": {}})
    for agent_id, site in (("paul", "paris"), ("petra", "paris"), ("wanda", "warsaw")):
        agent_at(pool, agent_id, site)
        pool.wait(1)
    calls = [pool.arrive("a", "voice") for _ in range(3)]
    pool.route(router)
    pool.accept(next(offer for offer in pool.offers() if offer.agent_id == "paul"))
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="power cut", by="chief"))
    commands = pool.route(router)
    assert [c.agent_id for c in commands if isinstance(c, EvacuateAgent)] == ["paul", "petra"]
    assert {pool.of("agent", name).presence for name in ("paul", "petra")} == {"signed_out"}
    pool.route(router)
    assert pool.ringing() == [("wanda", calls[2])]
    assert {pool.of("interaction", call).leg("1").status for call in calls} == {"waiting"}, "nobody is lost"
    assert pool.route(router) == []
    pool.do(DeclareSiteBack(centre="c", site="paris", by="chief"))
    pool.do(SignIn(agent_id="petra"))
    pool.do(BecomeReady(agent_id="petra"))
    offered = pairs(pool.route(router))
    assert [agent for agent, _ in offered] == ["petra"]


def test_a_large_site_is_left_a_few_agents_at_a_time_and_by_all_in_the_end(pool: Pool, router: Router) -> None:
    two_sites(pool)
    pool.project("p", {"a": {}, "b": {}})
    for number in range(40):
        agent_at(pool, f"agent{number:02}", "paris")
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="fire", by="chief"))
    rounds: list[int] = []
    while commands := pool.route(router):
        rounds.append(len(commands))
    assert sum(rounds) == 40
    assert max(rounds) <= 16
    assert all(pool.of("agent", f"agent{number:02}").presence == "signed_out" for number in range(40))


def test_a_router_that_starts_during_an_outage_goes_on_where_another_stopped(pool: Pool, router: Router) -> None:
    two_sites(pool)
    pool.project("p", {"a": {}, "b": {}})
    for agent_id in ("paul", "petra"):
        agent_at(pool, agent_id, "paris")
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="flood", by="chief"))
    pool.fold(router)
    first, *_ = router.decide(pool.now)
    pool.execute(router, first)
    other = Router(POOL)
    commands = pool.route(other)
    assert [(type(c), c.agent_id) for c in commands if isinstance(c, EvacuateAgent)] == [(EvacuateAgent, "petra")]
    assert pool.route(other) == []


def test_who_is_not_signed_in_at_a_site_that_goes_down_is_left_alone(pool: Pool, router: Router) -> None:
    two_sites(pool)
    for agent_id in ("away", "gone"):
        agent_at(pool, agent_id, "paris")
        pool.do(SignOut(agent_id=agent_id))
    pool.do(RetireAgent(agent_id="gone"))
    pool.do(DeclareSiteDown(centre="c", site="paris", reason="storm", by="chief"))
    assert pool.route(router) == []
    assert router.wake_at() is None
    pool.do(SignIn(agent_id="away"))
    assert [c.agent_id for c in pool.route(router) if isinstance(c, EvacuateAgent)] == ["away"]
