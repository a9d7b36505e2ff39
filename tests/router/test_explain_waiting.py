"""Why nobody has a contact yet, and what changes by itself next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from router import Router
from tests.router.explained import awaited, profile
from tests.router.pool import POOL, Pool
from tests.router.words import with_hours


@pytest.fixture
def pool() -> Pool:
    pool = Pool()
    pool.project("p", {"a": {}, "b": {}, "expert": {"skills": {"billing": 3}}})
    return pool


def test_why_nobody_has_it_is_counted_by_rule_with_what_changes_next(pool: Pool) -> None:
    steps = [{"after": 120, "lower": {"billing": 1}}, {"after": 300, "priority": 1}]
    pool.project("p", {"a": {}, "b": {}, "expert": {"skills": {"billing": 3}, "steps": steps}})
    pool.agent("anna", profile(queues={"p/expert": {}}), {"billing": 2})
    pool.agent("boris", profile(queues={"p/expert": {"delay": 200}}), {"billing": 3})
    pool.agent("clara", profile(), ready=False)
    item = pool.arrive("expert")
    pool.wait(10)
    found = awaited(pool, item, "anna")
    assert found.excluded == {"state": 1, "skill": 1, "delay": 1}
    assert found.against == ()
    assert found.offered_next == ""
    arrived = found.arrived_at
    assert [(one.kind, one.at) for one in found.ahead] == [
        ("step", arrived + timedelta(seconds=120)),
        ("delay", arrived + timedelta(seconds=200)),
        ("step", arrived + timedelta(seconds=300)),
    ]
    assert found.ahead[0].words == "step 1: billing from level 1"
    assert found.other is not None
    assert found.other.remedies[0].words == ("they had billing at level 3 instead of 2",)


def test_what_keeps_it_from_everybody_is_said(pool: Pool) -> None:
    pool.agent("anna", profile())
    item = pool.arrive("a", not_before=pool.now + timedelta(hours=1))
    found = awaited(pool, item)
    assert [verdict.rule for verdict in found.against] == ["due"]
    assert [(one.kind, one.at) for one in found.ahead] == [("due", pool.now + timedelta(hours=1))]


def test_an_offer_that_the_log_ends_before_is_foretold(pool: Pool) -> None:
    pool.agent("anna", profile())
    item = pool.arrive("a")
    found = awaited(pool, item)
    assert found.offered_next == "anna"
    assert [one.agent_id for one in found.may] == ["anna"]


def test_a_step_that_waits_for_somebody_has_no_date(pool: Pool) -> None:
    pool.project("p", {"a": {"skills": {"x": 5}, "steps": [{"after": 10, "drop": ["x"]}]}, "b": {}})
    item = pool.arrive("a")
    pool.wait(20)
    pool.route(Router(POOL))
    found = awaited(pool, item)
    assert [(one.kind, one.at) for one in found.ahead] == [("step", None)]
    assert "once somebody who could then take it signs in" in found.ahead[0].words


def test_a_closed_queue_is_said_with_its_opening_and_is_what_would_have_to_be_otherwise(pool: Pool) -> None:
    hours = {"office": {"weekly": {"mon": ["10:00-11:00"]}}}
    with_hours(pool, {"a": {"hours": "office"}, "b": {}}, hours)
    pool.agent("anna", profile())
    item = pool.arrive("a")  # at nine
    found = awaited(pool, item, "anna")
    assert [verdict.rule for verdict in found.against] == ["open"]
    assert [(one.kind, one.at) for one in found.ahead] == [("hours", pool.now + timedelta(hours=1))]
    assert found.other is not None
    assert [remedy.words for remedy in found.other.remedies] == [("queue p/a been open",)]


def test_a_contact_that_rings_elsewhere_would_have_come_with_a_wider_ring(pool: Pool) -> None:
    pool.agent("anna", profile())
    item = pool.arrive("a")
    pool.route(Router(POOL))
    pool.agent("boris", profile())
    found = awaited(pool, item, "boris")
    assert [verdict.rule for verdict in found.against] == ["ring_width"]
    assert found.ahead[0].words == "the offer to anna times out"
    assert found.other is not None
    assert ("ring_width",) in [remedy.kinds for remedy in found.other.remedies]
