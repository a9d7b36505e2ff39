"""How long a caller is told to wait, by which method, when and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.interaction.escalation import AnnounceWait
from domain.interaction.events import WaitAnnounced
from router import Router
from tests.router.pool import POOL, Pool
from tests.router.words import events, profile, with_hours


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def router() -> Router:
    return Router(POOL)


def test_a_caller_is_told_the_wait_at_arrival_and_every_so_often(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"announce": 60, "handling": 300}, "b": {}})
    pool.agent("anna", profile())
    pool.agent("boris", profile())
    for _ in range(2):
        pool.arrive("a", "voice")
    pool.route(router)
    third, fourth = pool.arrive("a", "voice"), pool.arrive("a", "voice")
    pool.arrive("a", "email")
    told = [c for c in pool.route(router) if isinstance(c, AnnounceWait)]
    assert [(c.interaction_id, c.place, c.seconds, c.method) for c in told] == [
        (third, 3, 450, "queue_length"),
        (fourth, 4, 600, "queue_length"),
    ]
    assert not any(isinstance(command, AnnounceWait) for command in pool.route(router))
    for offer in pool.offers():
        pool.accept(offer)
    pool.wait(60)
    again = [c for c in pool.route(router) if isinstance(c, AnnounceWait)]
    assert [(c.interaction_id, c.place, c.seconds) for c in again] == [(third, 1, 150), (fourth, 2, 300)]
    assert len(events(pool, WaitAnnounced)) == 6


def test_where_nobody_is_ready_the_wait_of_the_first_in_line_is_told(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"announce": 600}, "b": {}})
    pool.arrive("a", "voice")
    pool.wait(90)
    second = pool.arrive("a", "voice")
    told = [c for c in pool.route(router) if isinstance(c, AnnounceWait) and c.interaction_id == second]
    assert [(c.place, c.seconds, c.method) for c in told] == [(2, 90, "head_of_line")]


def test_nobody_is_told_a_wait_while_the_queue_is_closed(pool: Pool, router: Router) -> None:
    hours = {"office": {"weekly": {"mon": ["10:00-11:00"]}}}
    with_hours(pool, {"a": {"announce": 60, "hours": "office"}, "b": {}}, hours)
    item = pool.arrive("a", "voice")  # at nine
    assert pool.route(router) == []
    assert router.wake_at() == pool.now + timedelta(hours=1)
    pool.wait(3600)
    assert [c.interaction_id for c in pool.route(router) if isinstance(c, AnnounceWait)] == [item]


def test_a_caller_who_waits_through_the_closing_is_told_again_at_the_next_opening(pool: Pool, router: Router) -> None:
    hours = {"office": {"weekly": {"mon": ["09:00-09:01"], "tue": ["09:00-10:00"]}}}
    with_hours(pool, {"a": {"announce": 90, "hours": "office"}, "b": {}}, hours)
    item = pool.arrive("a", "voice")
    assert [c.interaction_id for c in pool.route(router) if isinstance(c, AnnounceWait)] == [item]
    opening = pool.now + timedelta(days=1)
    pool.wait(90)
    assert pool.route(router) == []
    assert router.wake_at() == opening
    pool.now = opening
    assert [c.interaction_id for c in pool.route(router) if isinstance(c, AnnounceWait)] == [item]


def test_who_handles_faster_shortens_the_wait_more(pool: Pool, router: Router) -> None:
    by_level = {"skills": {"x": 1}, "handling": 300, "handling_by_level": {5: 100}, "announce": 60}
    pool.project("p", {"a": by_level, "b": {}})
    pool.agent("anna", profile(), {"x": 1})
    pool.agent("boris", profile(), {"x": 5})
    for _ in range(2):
        pool.arrive("a", "voice")
    pool.route(router)
    third = pool.arrive("a", "voice")
    told = [c for c in pool.route(router) if isinstance(c, AnnounceWait) and c.interaction_id == third]
    assert [(c.place, c.seconds) for c in told] == [(3, 225)], "3 ÷ (1/300 + 1/100)"


def test_the_place_in_line_counts_callers_of_the_same_queue_in_the_pools_order(pool: Pool, router: Router) -> None:
    pool.project("p", {"a": {"announce": 60}, "b": {}})
    for queue, channel, priority in (("a", "voice", 5), ("b", "voice", 5), ("a", "email", 5), ("a", "voice", 5)):
        pool.arrive(queue, channel, priority=priority)
    urgent = pool.arrive("a", "voice", priority=1)
    last = pool.arrive("a", "voice")
    told = {c.interaction_id: c.place for c in pool.route(router) if isinstance(c, AnnounceWait)}
    assert (told[urgent], told[last]) == (1, 4)
