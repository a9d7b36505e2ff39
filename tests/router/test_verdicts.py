"""What the router says of an agent and an item when asked."""

from __future__ import annotations

import pytest

from domain.agent.commands import BecomeNotReady
from router import Excluded, Router
from router.rules import AGENT_RULES
from tests.router.pool import POOL, Pool, pairs
from tests.router.small import profile, verdict


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    pool.project("p", {"a": {}, "b": {}, "expert": {"skills": {"billing": 3}}})
    return pool


@pytest.fixture
def router() -> Router:
    return Router(POOL)


def test_who_is_not_ready_gets_nothing_and_says_why(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile())
    pool.do(BecomeNotReady(agent_id="anna", reason="lunch"))
    item = pool.arrive("a")
    assert pairs(pool.route(router)) == []
    assert verdict(router, pool, item, "anna") == Excluded("state: not ready")


def test_every_rule_gives_its_verdict_on_any_candidate(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile(channels={"voice": {"concurrency": 1}}, queues={"p/expert": {}}), {"billing": 5})
    item = pool.arrive("a")
    pool.fold(router)
    explanation = router.explain(item, "1", "anna", pool.now)
    against = {v.rule: v.excluded.reason for v in explanation.verdicts if v.excluded is not None}
    assert against == {"channel": "channel email: not in profile usual", "queue": "queue p/a: not in profile usual"}
    allowed = [v.rule for v in explanation.verdicts if v.allowed]
    asked_of_the_item = ["waiting", "known_queue", "open", "due", "expired", "ring_width"]
    assert allowed[:6] == asked_of_the_item
    assert allowed[6:] == [rule for rule, _ in AGENT_RULES if rule not in against]


def test_explaining_takes_nothing_from_the_next_decision(pool: Pool, router: Router) -> None:
    pool.agent("anna", profile())
    item = pool.arrive("a")
    assert verdict(router, pool, item, "anna") is None
    assert pairs(pool.route(router)) == [("anna", item)]
