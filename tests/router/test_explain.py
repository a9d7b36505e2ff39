"""Why this agent, why not that one, what would have chosen that one, and why nobody yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.agent.commands import BecomeNotReady, BecomeReady, RegisterAgent, SignIn
from domain.centre.documents import Profile
from domain.rejection import NotFound
from router import Router
from router.explaining import explain
from tests.router.explained import board_at, explained, kinds, last_made, profile
from tests.router.pool import POOL, Pool


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    pool.project("p", {"a": {}, "b": {}, "expert": {"skills": {"billing": 3}}})
    return pool


# --- why this agent


def test_the_order_is_told_with_every_key_and_the_decision_made_again(pool: Pool) -> None:
    for agent in ("zoe", "anna"):
        pool.agent(agent, profile())
        pool.wait(10)
    pool.agent("boris", profile(), ready=False)
    pool.arrive("a")
    pool.route(Router(POOL))
    found = explained(pool)
    assert found.same
    assert [(one.place, one.agent_id) for one in found.order] == [(1, "zoe"), (2, "anna")]
    assert (found.eligible, found.agents, found.excluded) == (2, 3, {"state": 1})
    names = [key.name for key in found.order[0].keys]
    assert names == ["preferred agent", "ring", "units held", "idle since", "agent id"]
    assert found.other is None


# --- why not another, and what would have chosen them


def idle(pool: Pool) -> None:
    pool.agent("anna", profile())
    pool.wait(90)
    pool.agent("boris", profile())
    pool.arrive("a")


def unready(pool: Pool) -> None:
    router = Router(POOL)
    pool.agent("anna", profile())
    pool.arrive("a")
    pool.route(router)
    pool.agent("boris", profile())
    pool.do(BecomeNotReady(agent_id="boris", reason="lunch"))
    pool.arrive("a")


def unskilled(pool: Pool) -> None:
    pool.agent("boris", profile(queues={"p/expert": {}}), {"billing": 1})
    pool.wait(10)
    pool.agent("anna", profile(queues={"p/expert": {}}), {"billing": 3})
    pool.arrive("expert")


def elsewhere(pool: Pool) -> None:
    pool.agent("boris", profile(queues={"p/b": {}}))
    pool.wait(10)
    pool.agent("anna", profile())
    pool.arrive("a")


def without_channel(pool: Pool) -> None:
    pool.agent("boris", profile(channels={"sms": {"concurrency": 1}}))
    pool.wait(10)
    pool.agent("anna", profile())
    pool.arrive("a")


def too_early(pool: Pool) -> None:
    pool.agent("boris", profile(queues={"p/a": {"delay": 60}}))
    pool.wait(10)
    pool.agent("anna", profile())
    pool.arrive("a")


def outer_ring(pool: Pool) -> None:
    pool.agent("boris", profile(queues={"p/a": {"ring": 2}}))
    pool.wait(10)
    pool.agent("anna", profile(queues={"p/a": {"ring": 2}}))
    pool.arrive("a", rings=1)
    pool.agent("clara", profile())


def banned(pool: Pool) -> None:
    pool.agent("boris", profile())
    pool.wait(10)
    pool.agent("anna", profile())
    pool.arrive("a", excluded=("boris",))


def another_language(pool: Pool) -> None:
    who: dict[str, Any] = {"agent_id": "boris", "name": "Boris", "site": "here", "profile_name": "usual"}
    pool.do(RegisterAgent(**who, profile=Profile.model_validate(profile()), skills={}, languages=("pl",)))
    pool.do(SignIn(agent_id="boris"))
    pool.do(BecomeReady(agent_id="boris"))
    pool.wait(10)
    pool.agent("anna", profile())
    pool.arrive("a", language="fr", language_required=True)


def other_site(pool: Pool) -> None:
    pool.agent("boris", profile())
    pool.wait(10)
    who: dict[str, Any] = {"agent_id": "anna", "name": "Anna", "site": "paris", "profile_name": "usual"}
    pool.do(RegisterAgent(**who, profile=Profile.model_validate(profile()), skills={}))
    pool.do(SignIn(agent_id="anna"))
    pool.do(BecomeReady(agent_id="anna"))
    pool.arrive("a", site="paris", sites=("paris",))


CASES: list[tuple[Callable[[Pool], None], str, str, str]] = [
    (idle, "anna", "", "idle"),
    (unready, "anna", "state: not ready", "ready"),
    (unskilled, "anna", "skill billing: has 1, needs 3", "skill"),
    (elsewhere, "anna", "queue p/a: not in profile usual", "queue"),
    (without_channel, "anna", "channel email: not in profile usual", "channel"),
    (too_early, "anna", "delay: profile usual sees this queue after 60 s, it has waited 0 s", "delay"),
    (outer_ring, "clara", "ring: profile usual is in ring 2, open up to ring 1", "ring"),
    (banned, "anna", "excluded: this customer must not reach this agent", "readmitted"),
    (another_language, "anna", "language fr: speaks pl", "language"),
    (other_site, "anna", "sites: agent is at here, only paris may take it", "site_opened"),
]


@pytest.mark.parametrize(("happen", "chosen", "reason", "kind"), CASES, ids=[case[0].__name__ for case in CASES])
def test_why_not_boris_and_the_smallest_change_that_would_have_chosen_him(
    pool: Pool, happen: Callable[[Pool], None], chosen: str, reason: str, kind: str
) -> None:
    happen(pool)
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert found.made.agent_id == chosen
    assert found.other is not None
    excluded = found.other.excluded_by
    assert (excluded.excluded.reason if excluded is not None and excluded.excluded is not None else "") == reason
    assert (kind,) in kinds(found)


def test_the_key_that_decided_between_two_is_named(pool: Pool) -> None:
    idle(pool)
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert found.other is not None
    assert found.other.compared is not None
    assert found.other.compared.key == "idle since"
    assert found.other.ranked is not None
    assert found.other.ranked.place == 2
    assert found.other.remedies[0].words == ("they been idle 91 s longer, since before anna",)


def test_who_was_offered_something_else_a_moment_before_is_told_so(pool: Pool) -> None:
    pool.agent("boris", profile(capacity=1))
    pool.wait(10)
    pool.agent("anna", profile(capacity=1))
    first = pool.arrive("a")
    pool.wait(1)
    pool.arrive("a")
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert found.made.agent_id == "anna"
    assert found.other is not None
    assert found.other.just_offered == (first,)
    assert found.other.excluded_by is not None
    assert found.other.excluded_by.rule == "capacity"
    assert ("came_first",) in kinds(found)
    assert ("capacity",) not in kinds(found), "with room for two he would still hold more than anna"


def test_a_skill_level_that_is_named_really_chooses_the_other_agent_when_it_is_granted(pool: Pool) -> None:
    unskilled(pool)
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert kinds(found)[0] == ("skill",)
    assert found.other is not None
    assert found.other.remedies[0].words == ("they had billing at level 3 instead of 1",)
    other = Pool()
    other.project("p", {"a": {}, "b": {}, "expert": {"skills": {"billing": 3}}})
    other.agent("boris", profile(queues={"p/expert": {}}), {"billing": 3})
    other.wait(10)
    other.agent("anna", profile(queues={"p/expert": {}}), {"billing": 3})
    other.arrive("expert")
    other.route(Router(POOL))
    assert [agent for agent, _ in other.ringing()] == ["boris"]


def test_where_no_single_change_is_enough_two_are_named(pool: Pool) -> None:
    pool.agent("boris", profile(queues={"p/expert": {"delay": 60}}), {"billing": 1})
    pool.wait(10)
    pool.agent("anna", profile(queues={"p/expert": {}}), {"billing": 3})
    pool.arrive("expert")
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert [sorted(remedy) for remedy in kinds(found)] == [["delay", "skill"]]


def test_where_no_two_changes_are_enough_that_is_said(pool: Pool) -> None:
    pool.agent("anna", profile(queues={"p/expert": {}}), {"billing": 3})
    pool.wait(10)
    pool.agent("boris", profile(queues={"p/b": {}}, channels={"sms": {"concurrency": 1}}), {"billing": 1})
    pool.arrive("expert")
    pool.route(Router(POOL))
    found = explained(pool, "boris")
    assert found.other is not None
    assert found.other.remedies == ()
    assert found.other.tried > 10


def test_a_declined_item_names_the_decline_as_what_would_have_to_be_otherwise(pool: Pool) -> None:
    router = Router(POOL)
    pool.agent("boris", profile(capacity=1))
    pool.arrive("a")
    pool.route(router)
    pool.wait(5)
    pool.agent("anna", profile(capacity=1))
    pool.decline(pool.offers()[0])
    pool.route(router)
    found = explained(pool, "boris")
    assert found.made.agent_id == "anna"
    assert found.other is not None
    assert found.other.excluded_by is not None
    assert found.other.excluded_by.rule == "tried"
    assert ("not_tried",) in kinds(found)


def test_an_agent_or_a_board_that_does_not_fit_is_refused(pool: Pool) -> None:
    idle(pool)
    pool.route(Router(POOL))
    with pytest.raises(NotFound, match="'nobody'"):
        explained(pool, "nobody")
    made = last_made(pool)
    with pytest.raises(ValueError, match="the board stands at"):
        explain(board_at(pool, made.decision.position - 4), made)
