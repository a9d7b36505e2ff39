"""Every recorded decision can be made again from the log alone, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from domain.agent.commands import BecomeReady, RegisterAgent, SignIn
from domain.centre.configuration import ConfigureCentre
from domain.centre.documents import CentreDocument, Profile
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown
from domain.event import Recorded
from domain.interaction.events import InteractionOffered
from infra.log.stored import StoredLog
from router import Router
from router.redeciding import Redeciding, redecide
from tests.router.history import History
from tests.router.pool import POOL, Pool
from tests.simulation.centre import POOL as SIMULATED_POOL
from tests.simulation.virtual_time import VirtualTimeLoop
from tests.simulation.world import World


def differing(pool: str, log: Sequence[Recorded]) -> tuple[int, list[str]]:
    """How many decisions there are, and those that come out otherwise."""
    made = list(redecide(pool, log))
    return len(made), [f"{one.made}\n{one.again}" for one in made if not one.same]


def simulated(seed: int) -> StoredLog:
    """The log of one day of the deterministic simulation, faults and clocks that are set included."""

    async def day() -> StoredLog:
        world = World(seed, customers=4, actions=6, texts=seed % 20 == 0)
        await world.run()
        return world.log

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(day())


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_decisions_of_random_histories_are_made_again_as_they_were(first: int) -> None:
    decisions = 0
    for seed in range(first, first + 20):
        pool = History(seed).grow(150, Router(POOL))
        count, wrong = differing(POOL, pool.log)
        assert not wrong, f"seed {seed}: {wrong[0]}"
        assert count == len(pool.log_offers())
        decisions += count
    assert decisions > 150


@pytest.mark.parametrize("seed", [0, 10, 20, 30, 40, 50])
def test_decisions_of_days_with_faults_and_two_routers_are_made_again_as_they_were(seed: int) -> None:
    log = asyncio.run(simulated(seed).read(0, 100_000))
    count, wrong = differing(SIMULATED_POOL, log)
    assert not wrong, wrong[0]
    assert count == sum(isinstance(one.event, InteractionOffered) for one in log) > 0


STRATEGIES = ("longest_idle", "round_robin", "most_spare_share", "least_occupied", "least_skilled", "most_skilled")


def configure(pool: Pool, revision: int, policy: str) -> None:
    profiles = {
        name: {"capacity": 3, "channels": {"email": {"concurrency": 2}}, "queues": {"p/a": {"ring": ring}, "p/b": {}}}
        for name, ring in (("near", 1), ("far", 2))
    }
    sites = {"paris": "near", "warsaw": "far"}
    document: dict[str, Any] = {
        "schema_version": 1,
        "centre": "c",
        "title": "Centre",
        "pool": POOL,
        "sites": {site: {"title": site.title()} for site in sites},
        "profiles": profiles,
        "skills": {"x": {"title": "X"}},
        "routing": {"policy": policy},
    }
    pool.do(ConfigureCentre(document=CentreDocument.model_validate(document), expected_revision=revision))
    if revision == 0:
        for number in range(8):
            site = ("paris", "warsaw")[number % 2]
            who: dict[str, Any] = {"agent_id": f"a{number}", "name": f"A{number}", "site": site}
            profile = Profile.model_validate(profiles[sites[site]])
            pool.do(RegisterAgent(**who, profile_name=sites[site], profile=profile, skills={"x": 1 + number}))
            pool.do(SignIn(agent_id=f"a{number}"))
            pool.do(BecomeReady(agent_id=f"a{number}"))


def queues(strategy: str) -> dict[str, dict[str, Any]]:
    steps = [{"after": 20, "lower": {"x": 2}}, {"after": 30, "open_rings": 2}]
    return {
        "a": {"strategy": strategy, "skills": {"x": 5}, "steps": steps, "sites": "own_first"},
        "b": {"strategy": strategy, "offer": {"ring_width": 2}, "overflow": {"waiting": 3, "queue": "a"}},
    }


def eventful() -> Pool:
    """A log with every strategy and policy in turn, a site that goes down and comes back, steps and overflow."""
    pool, router = Pool(), Router(POOL)
    policies = ("aged_priority", "fifo", "strict_priority", "fixed_queue_ratio", "gcmu", "aged_priority")
    for round_, (strategy, policy) in enumerate(zip(STRATEGIES, policies, strict=True)):
        configure(pool, round_, policy)
        pool.project("p", queues(strategy))
        for number in range(12):
            site = ("paris", "warsaw")[number % 2]
            pool.arrive(("a", "b")[number % 3 == 0], priority=1 + number % 5, site=site)
            pool.route(router)
            pool.wait(4)
            if number == 5:
                pool.do(DeclareSiteDown(centre="c", site="paris", reason="power cut", by="chief"))
            if number == 9:
                pool.do(DeclareSiteBack(centre="c", site="paris", by="chief"))
                for agent in ("a0", "a2"):
                    pool.do(SignIn(agent_id=agent))
                    pool.do(BecomeReady(agent_id=agent))
            for offer in pool.offers()[:3]:
                if offer.interaction_id in {ringing for _, ringing in pool.ringing()}:
                    pool.accept(offer)
                    pool.complete(offer)
            pool.route(router)
        pool.wait(30)
        pool.route(router)
    return pool


def test_policy_changes_and_site_outages_leave_every_decision_as_it_was() -> None:
    pool = eventful()
    count, wrong = differing(POOL, pool.log)
    assert not wrong, wrong[0]
    assert count == len(pool.log_offers()) > 60
    strategies = {one.event.decision.strategy for one in pool.log_offers()}  # type: ignore[attr-defined]
    assert strategies == set(STRATEGIES)


def test_a_decision_that_was_tampered_with_is_found() -> None:
    pool = eventful()
    at = next(n for n, one in enumerate(pool.log) if isinstance(one.event, InteractionOffered))
    event = pool.log[at].event
    assert isinstance(event, InteractionOffered)
    forged = event.decision.model_copy(update={"excluded": {"state": 99}})
    pool.log[at] = pool.log[at]._replace(event=event.model_copy(update={"decision": forged}))
    _, wrong = differing(POOL, pool.log)
    assert len(wrong) == 1


def test_a_decision_at_a_position_that_does_not_exist_counts_as_differing() -> None:
    pool = eventful()
    at = next(n for n, one in enumerate(pool.log) if isinstance(one.event, InteractionOffered))
    event = pool.log[at].event
    assert isinstance(event, InteractionOffered)
    moved = event.decision.model_copy(update={"position": event.decision.position + 1})
    pool.log[at] = pool.log[at]._replace(event=event.model_copy(update={"decision": moved}))
    _, wrong = differing(POOL, pool.log)
    assert len(wrong) == 1
    assert wrong[0].endswith("None")


@pytest.mark.parametrize("behind", [0, 1, 7])
def test_decisions_recorded_long_after_they_were_made_take_another_pass(behind: int) -> None:
    log = eventful().log
    first = Redeciding(POOL, behind=behind)
    done = [one for recorded in log for one in first.read(recorded)]
    done += first.end()
    second = Redeciding(POOL, first.left)
    for recorded in log:
        done += second.read(recorded)
    done += second.end()
    offers = sum(isinstance(one.event, InteractionOffered) for one in log)
    assert not second.left
    assert (len(done), all(one.same for one in done)) == (offers, True)
    assert first.left or behind


def test_decisions_of_a_clock_that_ran_ahead_do_not_spoil_those_after_them() -> None:
    """Two routers on one pool, one of whose clocks is half an hour fast."""
    pool = Pool()
    pool.project("p", {"a": {"offer": {"ring_width": 3}}, "b": {}})
    for agent in ("anna", "boris"):
        pool.agent(agent, {"capacity": 9, "channels": {"email": {"concurrency": 9}}, "queues": {"p/a": {"delay": 60}}})
    ahead, right = Router(POOL), Router(POOL)
    for _ in range(3):
        pool.arrive("a")
        pool.wait(61)
        pool.fold(ahead)
        (early, *_) = ahead.decide(pool.now + timedelta(minutes=30))
        pool.execute(ahead, early)
        pool.route(right)
        pool.fold(ahead)
    count, wrong = differing(POOL, pool.log)
    assert not wrong, wrong[0]
    assert count == len(pool.log_offers()) >= 5
    passing = Redeciding(POOL)
    for recorded in pool.log:
        list(passing.read(recorded))
    list(passing.end())
    assert passing.left, "those of the slower clock were left for another pass"
