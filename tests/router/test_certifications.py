"""Skills whose certification runs out: no work by them from that instant on, whoever knows of it when."""

from __future__ import annotations

from datetime import timedelta

from domain.agent.commands import BecomeReady, ExpireSkill, RegisterAgent
from domain.agent.events import SkillExpired, SkillGranted
from domain.agent.state import Agent
from domain.centre.documents import Profile
from router import Router
from tests.router.pool import CENTRE, POOL, Pool, pairs

PROFILE = {"capacity": 9, "channels": {"email": {"concurrency": 9}}, "queues": {"p/a": {}}}


def pool() -> Pool:
    made = Pool()
    made.centre()
    made.project("p", {"a": {"skills": {"billing": 2}}})
    return made


def train(to: Pool, seconds: int) -> None:
    register = RegisterAgent(
        agent_id="anna",
        name="Anna",
        site="here",
        profile_name="usual",
        profile=Profile.model_validate(PROFILE),
        skills={"billing": 3},
        centre=CENTRE,
        expiries={"billing": to.now + timedelta(seconds=seconds)},
    )
    to.do(register)


def test_work_is_routed_by_a_certification_until_it_ends_and_not_from_that_instant_on() -> None:
    centre, router = pool(), Router(POOL)
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": centre.now + timedelta(seconds=60)})
    centre.wait(59.999999)
    first = centre.arrive("a")
    assert pairs(centre.route(router)) == [("anna", first)]
    centre.wait(0.000001)
    centre.arrive("a")
    assert centre.route(router) == [ExpireSkill(agent_id="anna", skill="billing")]
    assert isinstance(centre.log[-1].event, SkillExpired)
    assert centre.route(router) == []


def test_the_router_wakes_when_a_certification_ends() -> None:
    centre, router = pool(), Router(POOL)
    until = centre.now + timedelta(seconds=60)
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": until})
    centre.route(router)
    assert router.wake_at() == until


def test_a_router_that_begins_after_the_end_offers_nothing_although_nobody_recorded_the_end() -> None:
    centre = pool()
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": centre.now + timedelta(seconds=60)})
    centre.arrive("a")
    centre.wait(61)
    assert centre.route(Router(POOL)) == [ExpireSkill(agent_id="anna", skill="billing")]


def test_a_certification_that_is_renewed_in_time_or_afterwards_goes_on() -> None:
    centre, router = pool(), Router(POOL)
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": centre.now + timedelta(seconds=60)})
    centre.wait(30)
    train(centre, 60)
    centre.wait(45)
    first = centre.arrive("a")
    assert pairs(centre.route(router)) == [("anna", first)], "the first end has passed, the second has not"
    centre.wait(45)
    centre.route(router)
    assert not centre.of("agent", "anna").skills
    train(centre, 60)
    second = centre.arrive("a")
    assert ("anna", second) in pairs(centre.route(router))


def test_what_was_refused_is_asked_for_again_a_little_later() -> None:
    centre, router = pool(), Router(POOL)
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": centre.now + timedelta(seconds=60)})
    centre.fold(router)
    centre.wait(60)
    (command,) = router.decide(centre.now)
    router.refused(command)
    assert router.decide(centre.now) == []
    centre.wait(1)
    assert router.decide(centre.now) == [command]


def test_an_end_is_recorded_once_and_never_early() -> None:
    centre = pool()
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": centre.now + timedelta(seconds=60)})
    expire = ExpireSkill(agent_id="anna", skill="billing")
    assert not centre.do(expire).events
    centre.wait(60)
    assert centre.do(expire).events
    assert not centre.do(expire).events
    assert not centre.do(ExpireSkill(agent_id="nobody", skill="billing")).events


def test_a_document_applied_again_after_the_end_does_not_bring_the_skill_back() -> None:
    centre = pool()
    train(centre, 60)
    until = centre.now + timedelta(seconds=60)
    centre.wait(61)
    granted = [one for one in centre.log if isinstance(one.event, SkillGranted)]
    again = RegisterAgent(
        agent_id="anna",
        name="Anna",
        site="here",
        profile_name="usual",
        profile=Profile.model_validate(PROFILE),
        skills={"billing": 3},
        centre=CENTRE,
        expiries={"billing": until},
    )
    centre.do(again)
    centre.do(again)
    assert [one for one in centre.log if isinstance(one.event, SkillGranted)] == granted
    assert isinstance(centre.log[-1].event, SkillExpired)
    agent: Agent = centre.of("agent", "anna")
    assert not agent.skills
    assert not agent.expiries


def test_who_was_ready_stays_ready_for_the_work_that_asks_for_nothing() -> None:
    centre, router = pool(), Router(POOL)
    centre.project("p", {"a": {}})
    centre.agent("anna", PROFILE, {"billing": 3}, expiries={"billing": centre.now + timedelta(seconds=60)})
    centre.wait(61)
    centre.do(BecomeReady(agent_id="anna"))
    first = centre.arrive("a")
    assert pairs(centre.route(router)) == [("anna", first)]
