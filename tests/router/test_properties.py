"""What hurts users when it goes wrong, on random histories of random pools."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agent.state import Agent
from domain.interaction.events import Decision, InteractionQueued, OfferAccepted
from domain.interaction.state import Interaction
from router import Router
from router.instants import micros
from router.rules import Case, judge_agent, judge_item, offerable
from tests.router.facts import idle_since
from tests.router.history import History
from tests.router.pool import POOL, Pool, offers_of
from tests.router.reference import decisions

seeds = st.integers(0, 2**32)
#: Boards compared with the reference in one run of the suite.
BOARDS = int(os.environ.get("TRUNKLINE_ROUTER_BOARDS", "1500"))


def agents(pool: Pool) -> list[Agent]:
    return [state for stream, state in sorted(pool.states.items()) if stream.startswith("agent-")]


def interactions(pool: Pool) -> list[Interaction]:
    return [state for stream, state in sorted(pool.states.items()) if stream.startswith("interaction-")]


def folded(pool: Pool) -> Router:
    router = Router(POOL)
    pool.fold(router)
    return router


def settled(pool: Pool, router: Router) -> None:
    """Route until the router has nothing more to do at this moment."""
    for _ in range(1000):
        if not pool.route(router):
            return
    pytest.fail("the router never comes to rest")


@pytest.mark.timeout(max(300, BOARDS))
@pytest.mark.parametrize("part", range(4))
def test_the_router_decides_what_asking_everybody_about_everything_would(part: int) -> None:
    offers = 0
    for seed in range(part * BOARDS // 4, (part + 1) * BOARDS // 4):
        history, live = History(seed), Router(POOL)
        history.grow(history.random.randint(0, 50), live)
        history.grow(history.random.randint(0, 15))
        pool = history.rush()
        pool.wait(history.random.choice((0, 1, 20, 40)))
        expected = decisions(pool, pool.now, pool.log[-1].position)
        assert offers_of(folded(pool).decide(pool.now)) == expected, f"seed {seed}, a board built from the whole log"
        pool.fold(live)
        assert offers_of(live.decide(pool.now)) == expected, f"seed {seed}, a board that has decided before"
        offers += len(expected)
    assert offers > BOARDS // 10, "boards on which nothing can be decided prove nothing"


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_capacity_is_never_exceeded_by_work_that_is_not_interrupted(seed: int) -> None:
    history, router = History(seed), Router(POOL)
    for _ in range(40):
        pool = history.grow(1, router)
        for agent in agents(pool):
            counts = Counter(held.channel for held in agent.work.values())
            # a profile that was made smaller does not take work away, so what was held before may stand
            retrained = agent.profile_name == "new"
            assert agent.profile is not None
            channels = agent.profile.channels
            resting = {other for channel in counts if channel in channels for other in channels[channel].interrupts}
            awake = sum(held.units for held in agent.work.values() if held.channel not in resting)
            assert retrained or awake <= agent.profile.capacity
            assert retrained or all(n <= agent.profile.channels[c].concurrency for c, n in counts.items())


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_leg_rings_at_no_more_agents_than_its_ring_width_and_is_accepted_once(seed: int) -> None:
    history, router = History(seed), Router(POOL)
    pool = history.pool
    widest = 3
    for _ in range(40):
        pool = history.grow(1, router)
        for interaction in interactions(pool):
            for leg in interaction.legs.values():
                ringing = [offer.agent_id for offer in leg.offers.values()]
                assert len(ringing) <= widest
                assert len(ringing) == len(set(ringing)), "it rings twice at one agent"
    accepted = Counter[tuple[str, str]]()
    for one in pool.log:
        match one.event:
            case InteractionQueued(interaction_id=interaction_id, leg=leg):
                accepted[interaction_id, leg] = 0
            case OfferAccepted(interaction_id=interaction_id, leg=leg):
                accepted[interaction_id, leg] += 1
                assert accepted[interaction_id, leg] == 1
            case _:
                pass


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_decision_made_unchecked_is_one_that_checking_leaves_as_it_is(seed: int) -> None:
    pool = History(seed).grow(40, Router(POOL))
    for command in offers_of(folded(pool).decide(pool.now)):
        made = command.decision
        checked = Decision.model_validate(made.model_dump())
        assert (made, made.model_dump_json()) == (checked, checked.model_dump_json())
        assert made.model_fields_set == checked.model_fields_set
        assert {name: type(value) for name, value in made} == {name: type(value) for name, value in checked}


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_no_work_waits_while_somebody_could_take_it(seed: int) -> None:
    history, router = History(seed), Router(POOL)
    pool = history.grow(40, router)
    settled(pool, router)
    assert decisions(pool, pool.now, router.position) == []


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_nothing_is_left_to_do_between_now_and_the_time_the_router_wakes_at(seed: int) -> None:
    history, router = History(seed), Router(POOL)
    pool = history.grow(30, router)
    settled(pool, router)
    wake_at = router.wake_at()
    later = pool.now + timedelta(hours=1) if wake_at is None else wake_at - timedelta(microseconds=1)
    if later > pool.now:
        assert folded(pool).decide(later) == []
        assert decisions(pool, later, router.position) == []


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_stored_log_decided_again_gives_each_decision_byte_for_byte(seed: int) -> None:
    history, live = History(seed), Router(POOL)
    pool = history.grow(60, live)
    again = Router(POOL)
    at, moment = 0, None
    commands: dict[tuple[str, str, str], bytes] = {}
    for recorded in pool.log_offers():
        offered = recorded.event
        decision = offered.decision  # type: ignore[attr-defined]
        if moment != (decision.position, decision.at):
            moment = (decision.position, decision.at)
            again, at = Router(POOL), 0
            while at < len(pool.log) and pool.log[at].position <= decision.position:
                again.fold(pool.log[at])
                at += 1
            decided = offers_of(again.decide(decision.at))
            commands = {(c.interaction_id, c.leg, c.agent_id): c.decision.model_dump_json().encode() for c in decided}
        key = (offered.interaction_id, offered.leg, offered.agent_id)  # type: ignore[attr-defined]
        assert commands[key] == decision.model_dump_json().encode()


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_events_that_a_router_does_not_read_of_the_past_change_no_decision(seed: int) -> None:
    pool = History(seed).grow(40, Router(POOL))
    some = Router(POOL)
    read = [one for one in pool.log if type(one.event) in some.board.kinds]
    for recorded in read:
        some.fold(recorded)
    assert len(read) < len(pool.log)
    made = [offer.decision.model_dump(exclude={"position"}) for offer in offers_of(some.decide(pool.now))]
    assert made == [o.decision.model_dump(exclude={"position"}) for o in offers_of(folded(pool).decide(pool.now))]


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_board_knows_of_agents_and_legs_what_the_domain_knows(seed: int) -> None:
    history = History(seed)
    pool = history.grow(60, Router(POOL))
    board, since = folded(pool).board, idle_since(pool)
    for agent in agents(pool):
        record = board.agents[agent.agent_id]
        assert (record.presence, record.profile, record.site) == (agent.presence, agent.profile, agent.site)
        assert record.paused == agent.paused
        assert (record.skills, record.used) == (agent.skills, agent.used)
        assert {c: n for c, n in record.counts.items() if n} == Counter(h.channel for h in agent.work.values())
        assert record.idle_since == since.get(agent.agent_id)
    for interaction in interactions(pool):
        for name, leg in interaction.legs.items():
            item = board.legs.get(interaction.interaction_id, name)
            if interaction.status == "closed" or leg.status == "ended":
                assert item is None
                continue
            assert item is not None
            assert (item.status, item.queue_name) == (leg.status, leg.queue)
            assert {w: o.agent_id for w, o in item.offers.items()} == {w: o.agent_id for w, o in leg.offers.items()}
            assert item.tries == Counter(leg.trail)
            assert item.work_id == ("" if leg.status == "waiting" else leg.work_id)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_rules_say_what_the_domain_says_and_what_the_index_goes_by(seed: int) -> None:
    history = History(seed)
    pool = history.grow(60, Router(POOL))
    board = folded(pool).board
    for item in board.legs.all():
        rules = board.policies.rules(item.project, item.queue_name)
        allowed = all(verdict.allowed for verdict in judge_item(item, rules))
        assert (offerable(item, rules) and rules is not None and rules.open) == allowed
        for agent in agents(pool):
            verdicts = judge_agent(Case(board.agents[agent.agent_id], item, micros(pool.now), 0))
            ours = [
                v.excluded.reason for v in verdicts if v.excluded and v.rule in {"channel", "concurrency", "capacity"}
            ]
            why = agent.paused.get(item.channel)
            paused = agent.profile and why and f"channel {item.channel}: paused ({why})"
            assert (ours[0] if ours else None) == (paused or agent.lacks_room(item.channel))


PRINT_DECISIONS = """
import sys
from router import Router
from tests.router.history import History
from tests.router.pool import POOL
for seed in range(40):
    history, router = History(seed), Router(POOL)
    pool = history.grow(40)
    pool.fold(router)
    for command in router.decide(pool.now):
        decision = getattr(command, "decision", None)
        sys.stdout.write(f"{command!r} {decision.model_dump_json() if decision else ''}\\n")
"""


def test_the_same_input_gives_the_same_output_under_any_hash_seed() -> None:
    root = Path(__file__).resolve().parents[2]
    outputs: list[str] = []
    for hash_seed in ("0", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DECISIONS],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)},
            capture_output=True,
            timeout=120,
            check=True,
        )
        assert b"OfferInteraction" in done.stdout
        outputs.append(hashlib.sha256(done.stdout).hexdigest())
    assert outputs[0] == outputs[1]
