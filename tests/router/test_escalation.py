"""Steps that waiting leads to, and overflow: when, for whom, once, and the same from a rebuilt board."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.agent.commands import RegisterAgent, SignIn, SignOut
from domain.centre.documents import Profile
from domain.interaction.escalation import OverflowInteraction
from domain.interaction.events import RequirementsRelaxed, SentToVoicemail
from router import Router
from tests.router.pool import POOL, Pool, pairs
from tests.router.words import agent_at, events, profile, steps, two_sites, with_hours


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def router() -> Router:
    return Router(POOL)


# --- steps


def test_a_step_is_taken_when_its_time_has_come_and_not_before(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"skills": {"billing": 5}, "steps": [{"after": 60, "lower": {"billing": 2}}]}, "b": {}})
    pool.agent("anna", profile(), {"billing": 2})
    item = pool.arrive("a")
    assert steps(pool.route(router)) == []
    assert router.wake_at() == pool.now + timedelta(seconds=60)
    pool.wait(59)
    assert steps(pool.route(router)) == []
    pool.wait(1)
    assert steps(pool.route(router)) == [(item, 1)]
    assert pairs(pool.route(router)) == [("anna", item)]
    pool.wait(600)
    assert steps(pool.route(router)) == [], "it was taken once"


def test_steps_are_counted_from_arrival_also_for_work_that_was_queued_again(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 60, "priority": 1}, {"after": 90, "add_queue": "b"}]}, "b": {}})
    pool.agent("anna", profile())
    item = pool.arrive("a", arrived_at=pool.now - timedelta(seconds=30))
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.wait(100)
    assert steps(pool.route(router)) == [], "what an agent has in hand no longer waits"
    pool.do(SignOut(agent_id="anna"))
    assert steps(pool.route(router)) == [(item, 1)], "nobody is signed in for what step 2 opens"


def test_a_step_that_nobody_signed_in_could_use_waits_for_somebody_who_can(pool: Pool, router: Router) -> None:
    relax = [{"after": 10, "lower": {"billing": 3}}, {"after": 20, "priority": 1}]
    pool.project("p", {"a": {"skills": {"billing": 5}, "steps": relax}, "b": {}})
    pool.agent("anna", profile(), {"billing": 1})
    pool.agent("boris", profile(), {"billing": 3}, ready=False)
    item = pool.arrive("a")
    pool.wait(15)
    assert steps(pool.route(router)) == [], "boris, who could take it then, is not signed in"
    assert router.wake_at() == pool.now + timedelta(seconds=5), "nothing to do about step 1 before an event"
    pool.wait(5)
    assert steps(pool.route(router)) == [(item, 2)], "a later step may come first"
    pool.do(SignIn(agent_id="boris"))
    assert steps(pool.route(router)) == [(item, 1)], "signed in is enough: he need not be ready"
    assert pool.of("interaction", item).leg("1").wanted.steps == (2, 1)


@pytest.mark.parametrize("way", ["skill", "queue", "channel", "ring", "language"])
def test_a_step_that_waits_for_somebody_is_taken_as_soon_as_somebody_learns_or_is_moved(
    pool: Pool, router: Router, way: str
) -> None:
    queue = {"skills": {"billing": 5}, "steps": [{"after": 10, "open_rings": 2, "lower": {"billing": 3}}]}
    pool.project("p", {"a": queue, "b": {}})
    fits: dict[str, Any] = {
        "profile": profile(queues={"p/a": {"ring": 2}}),
        "skills": {"billing": 3},
        "languages": ("fr",),
    }
    lacks: dict[str, Any] = {
        "skill": {"skills": {"billing": 2}},
        "queue": {"profile": profile(queues={"p/b": {}})},
        "channel": {"profile": profile(channels={"email": {"concurrency": 1}})},
        "ring": {"profile": profile(queues={"p/a": {"ring": 3}})},
        "language": {"languages": ("pl",)},
    }

    def register(about: dict[str, Any]) -> None:
        usual = Profile.model_validate(about["profile"])
        who: dict[str, Any] = {"agent_id": "anna", "name": "Anna", "site": "here", "profile_name": "usual"}
        pool.do(RegisterAgent(**who, profile=usual, skills=about["skills"], languages=about["languages"]))

    register(fits | lacks[way])
    pool.do(SignIn(agent_id="anna"))
    item = pool.arrive("a", "voice", language="fr", language_required=True)
    pool.wait(30)
    assert steps(pool.route(router)) == []
    register(fits)
    assert steps(pool.route(router)) == [(item, 1)]


def test_a_step_is_not_taken_for_an_agent_whom_the_customer_must_never_reach(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"skills": {"billing": 5}, "steps": [{"after": 10, "drop": ["billing"]}]}, "b": {}})
    pool.agent("anna", profile())
    banned = pool.arrive("a", excluded=("anna",))
    open_to_her = pool.arrive("a")
    pool.wait(10)
    assert steps(pool.route(router)) == [(open_to_her, 1)]
    pool.agent("boris", profile())
    assert steps(pool.route(router)) == [(banned, 1)]


def test_a_step_that_opens_a_site_waits_until_somebody_of_it_is_there(pool: Pool, router: Router) -> None:
    two_sites(pool)
    pool.project("p", {"a": {"sites": "own", "steps": [{"after": 10, "add_sites": ["warsaw"]}]}, "b": {}})
    item = pool.arrive("a", site="paris", sites=("paris",))
    pool.wait(10)
    assert steps(pool.route(router)) == []
    agent_at(pool, "wanda", "warsaw")
    assert steps(pool.route(router)) == [(item, 1)]


def test_steps_count_open_hours_alone(pool: Pool, router: Router) -> None:
    hours = {"office": {"weekly": {"mon": ["09:00-10:00"], "tue": ["09:00-10:00"]}}}
    with_hours(pool, {"a": {"hours": "office", "steps": [{"after": 5400, "priority": 1}]}, "b": {}}, hours)
    item = pool.arrive("a")  # on a Monday at nine
    pool.wait(23 * 3600)
    assert steps(pool.route(router)) == []
    pool.wait(1.5 * 3600)
    assert steps(pool.route(router)) == [(item, 1)], "an hour on Monday and half an hour on Tuesday"


def test_a_voicemail_step_ends_the_waiting(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 10, "voicemail": True}, {"after": 20, "priority": 1}]}, "b": {}})
    item = pool.arrive("a", "voice")
    pool.wait(30)
    pool.route(router)
    assert [event.interaction_id for event in events(pool, SentToVoicemail)] == [item]
    pool.fold(router)
    assert router.decide(pool.now) == []
    assert router.wake_at() is None


def test_new_rules_move_the_deadlines_of_who_waits_already(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 600, "priority": 1}]}, "b": {}})
    item = pool.arrive("a")
    pool.wait(30)
    pool.route(router)
    pool.project("p", {"a": {"steps": [{"after": 20, "priority": 2}, {"after": 40, "priority": 1}]}, "b": {}})
    assert steps(pool.route(router)) == [(item, 1)]
    pool.wait(10)
    pool.project("p", {"a": {"steps": []}, "b": {}})
    assert steps(pool.route(router)) == [], "a step that was taken out is not taken"
    pool.project("p", {"a": {"steps": [{"after": 20, "priority": 2}, {"after": 40, "priority": 1}]}, "b": {}})
    assert steps(pool.route(router)) == [(item, 2)], "nothing was forgotten while it was out"


def test_work_of_a_queue_that_is_gone_waits_with_its_steps_until_the_queue_is_back(pool: Pool, router: Router) -> None:
    with_step = {"a": {"steps": [{"after": 10, "priority": 1}]}, "b": {}}
    pool.project("p", with_step)
    item = pool.arrive("a")
    pool.project("p", {"b": {}})
    pool.wait(60)
    assert steps(pool.route(router)) == []
    pool.project("p", with_step)
    assert steps(pool.route(router)) == [(item, 1)]


def test_a_refused_command_is_asked_again_a_little_later_and_others_at_once(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"steps": [{"after": 10, "priority": 1}]}, "b": {}})
    first = pool.arrive("a")
    pool.wait(10)
    pool.fold(router)
    (command,) = router.decide(pool.now)
    assert router.decide(pool.now) == [], "it is on its way"
    router.refused(command)
    assert router.decide(pool.now) == []
    assert router.wake_at() == pool.now + timedelta(seconds=1)
    pool.wait(1)
    assert steps(router.decide(pool.now)) == [(first, 1)]


def test_a_rebuilt_board_asks_for_the_same(pool: Pool, router: Router) -> None:
    steps_of_a = [{"after": 10, "lower": {"x": 1}}, {"after": 20, "priority": 1}, {"after": 30, "add_queue": "b"}]
    queue = {"skills": {"x": 3}, "overflow": {"waiting": 1, "queue": "b"}, "announce": 30, "steps": steps_of_a}
    pool.project("p", {"a": queue, "b": {}})
    pool.agent("anna", profile(queues={"p/b": {}}), ready=False)
    asked = 0
    for _ in range(8):
        pool.arrive("a", "voice")
        pool.wait(7)
        pool.fold(router)
        live = router.decide(pool.now)
        rebuilt = Router(POOL)
        pool.fold(rebuilt)
        assert rebuilt.decide(pool.now) == live
        assert rebuilt.wake_at() == router.wake_at()
        asked += len(live)
        for command in live:
            pool.execute(router, command)
    assert asked > 20


def test_steps_of_very_many_legs_are_taken_a_few_at_a_time_and_all_in_the_end(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"skills": {"x": 5}, "steps": [{"after": 10, "drop": ["x"]}]}, "b": {}})
    for _ in range(300):
        pool.arrive("a", "voice")
    pool.wait(10)
    assert steps(pool.route(router)) == []
    pool.agent("anna", profile(), ready=False)
    pool.do(SignIn(agent_id="anna"))
    rounds: list[int] = []
    while taken := steps(pool.route(router)):
        rounds.append(len(taken))
        assert router.wake_at() == (pool.now if sum(rounds) < 300 else None)
    assert (sum(rounds), max(rounds)) == (300, 128)


# --- overflow


def test_work_overflows_that_finds_so_many_waiting_already(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"overflow": {"waiting": 2, "queue": "b"}}, "b": {}})
    pool.agent("bea", profile(queues={"p/b": {}}))
    pool.arrive("a", "voice")
    pool.arrive("a", "voice")
    third = pool.arrive("a", "voice")
    commands = pool.route(router)
    assert [c.interaction_id for c in commands if isinstance(c, OverflowInteraction)] == [third]
    assert [(e.interaction_id, e.step, e.also) for e in events(pool, RequirementsRelaxed)] == [(third, 0, ("b",))]
    assert not any(isinstance(command, OverflowInteraction) for command in pool.route(router))


def test_who_no_longer_waits_does_not_count_towards_an_overflow(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"overflow": {"waiting": 1, "queue": "b"}}, "b": {}})
    pool.agent("anna", profile())
    pool.arrive("a", "voice")
    pool.route(router)
    pool.accept(pool.offers()[0])
    pool.arrive("a", "voice")
    assert not any(isinstance(command, OverflowInteraction) for command in pool.route(router))
