"""Freed capacity and what waits for it: in whose order it is filled, how long anything can be passed over, and what
two routers that want the same at once leave behind."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agent.state import Agent
from router import Router
from tests.router.history import History
from tests.router.pool import POOL, Pool, offers_of
from tests.router.small import MAILS, ONE

#: Of each arrival: seconds after the first, priority, queue.
Arrivals = list[tuple[int, int, str]]
arrivals = st.lists(st.tuples(st.integers(0, 3600), st.integers(1, 10), st.sampled_from("ab")), min_size=1, max_size=10)
QUEUES: dict[str, dict[str, Any]] = {"a": {"target": 20, "handling": 60}, "b": {"target": 90, "handling": 200}}


def waiting(these: Arrivals, **routing: Any) -> tuple[Pool, list[str]]:
    """A pool in which these wait, an hour after the first."""
    pool = Pool()
    pool.project("p", QUEUES)
    pool.centre(**routing)
    start = pool.now
    items = [
        pool.arrive(queue, priority=tier, arrived_at=start + timedelta(seconds=after)) for after, tier, queue in these
    ]
    pool.wait(3601)
    return pool, items


def one_by_one(pool: Pool) -> list[str]:
    """Items in the order in which one agent, who becomes free again and again, takes them."""
    router, taken = Router(POOL), list[str]()
    pool.agent("anna", ONE)
    while commands := offers_of(pool.route(router)):
        taken += [command.interaction_id for command in commands]
        pool.accept(pool.offers()[0])
        pool.complete(pool.log_offers()[-1].event)  # type: ignore[arg-type]
    return taken


@pytest.mark.parametrize("policy", ["aged_priority", "strict_priority", "fifo", "fixed_queue_ratio", "gcmu"])
@settings(max_examples=15, deadline=None)
@given(arrivals, st.integers(1, 4))
def test_freed_capacity_drains_the_backlog_at_once_in_the_policys_order_as_far_as_it_fits(
    policy: str, these: Arrivals, capacity: int
) -> None:
    order = one_by_one(waiting(these, policy=policy)[0])
    pool, items = waiting(these, policy=policy)
    assert sorted(order) == sorted(items), "nothing is left behind"
    pool.agent("anna", MAILS | {"capacity": capacity})
    assert [offer.interaction_id for offer in offers_of(pool.route(Router(POOL)))] == order[:capacity]


@pytest.mark.parametrize("policy", ["strict_priority", "fifo"])
@settings(max_examples=25, deadline=None)
@given(arrivals)
def test_what_came_first_is_taken_first_of_equal_urgency_or_of_all(policy: str, these: Arrivals) -> None:
    pool, items = waiting(these, policy=policy)
    told = {
        item: (tier if policy == "strict_priority" else 0, after)
        for item, (after, tier, _) in zip(items, these, strict=True)
    }
    taken = [told[item] for item in one_by_one(pool)]
    assert taken == sorted(taken)


@settings(max_examples=50, deadline=None)
@given(arrivals)
def test_under_gcmu_nothing_waits_longer_for_its_target_and_handling_than_what_is_taken_before_it(
    these: Arrivals,
) -> None:
    """What takes r times as long by target × handling waits at most r times as long as what passes it."""
    pool, items = waiting(these, policy="gcmu")
    wait = {item: 3601 - after for item, (after, _, _) in zip(items, these, strict=True)}
    scale = {
        item: QUEUES[queue]["target"] * QUEUES[queue]["handling"]
        for item, (_, _, queue) in zip(items, these, strict=True)
    }
    order = one_by_one(pool)
    assert sorted(order) == sorted(items), "nothing is left behind"
    for place, later in enumerate(order):
        for earlier in order[:place]:
            assert wait[later] * scale[earlier] <= wait[earlier] * scale[later]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_held_is_counted_right_when_two_routers_want_the_same_at_once(seed: int) -> None:
    history, routers = History(seed), (Router(POOL), Router(POOL))
    for _ in range(30):
        pool = history.grow(1)
        for router in routers:
            pool.fold(router)
        wanted = [(router, command) for router in routers for command in router.decide(pool.now)]
        for router, command in history.random.sample(wanted, len(wanted)):
            pool.execute(router, command)
        for router in routers:
            pool.fold(router)
            for agent in (state for state in pool.states.values() if isinstance(state, Agent)):
                record = router.board.agents[agent.agent_id]
                held = Counter(one.channel for one in agent.work.values())
                assert {channel: count for channel, count in record.counts.items() if count} == held
                assert record.used == sum(one.units for one in agent.work.values())
                if agent.profile is not None and agent.profile_name != "new":
                    assert all(held[name] <= use.concurrency for name, use in agent.profile.channels.items())
