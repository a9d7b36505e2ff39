"""Explanations of random histories: a scan agrees with the index, and what is named really helps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from domain.agent.events import AgentBecameReady, AgentSignedIn, SkillGranted
from domain.event import Event
from domain.interaction.events import InteractionOffered
from router import Router
from router.explaining import Remedy, explain
from router.redeciding import Made
from tests.router.explained import board_at
from tests.router.history import History
from tests.router.pool import POOL, Pool, pairs


def test_a_scan_of_all_agents_says_the_same_as_the_recorded_decisions_of_random_histories() -> None:
    seen = 0
    for seed in range(25):
        pool = History(seed).grow(80, Router(POOL))
        for recorded in pool.log_offers()[::3]:
            event = recorded.event
            assert isinstance(event, InteractionOffered)
            decision = event.decision
            found = explain(board_at(pool, decision.position), Made.of(recorded.position, event))
            places = (decision.chosen, *decision.runners_up)
            assert found.same, f"seed {seed}, position {recorded.position}"
            assert [one.agent_id for one in found.order[: len(places)]] == [one.agent_id for one in places]
            assert dict(found.excluded) == dict(decision.excluded), f"seed {seed}, position {recorded.position}"
            seen += 1
    assert seen > 60


def test_every_change_that_is_named_for_random_histories_leaves_the_board_as_it_was() -> None:
    found_kinds: Counter[str] = Counter()
    for seed in range(30, 50):
        pool = History(seed).grow(60, Router(POOL))
        for recorded in pool.log_offers()[::4]:
            assert isinstance(recorded.event, InteractionOffered)
            made = Made.of(recorded.position, recorded.event)
            rehearsal = board_at(pool, made.decision.position)
            for agent_id in sorted(rehearsal.board.agents):
                found = explain(rehearsal, made, agent_id)  # raises where its own changes were not taken back
                assert found.same
                assert found.other is not None
                assert found.other.chosen == (agent_id == made.agent_id)
                found_kinds.update(kind for remedy in found.other.remedies for kind in remedy.kinds)
    assert {"ready", "skill", "idle", "freed", "queue", "channel"} <= found_kinds.keys()


def remedied(pool: Pool, made: Made, agent_id: str, remedy: Remedy) -> list[Event]:
    """The events that make a change so; none where no event can."""
    events: list[Event] = []
    for kind, words in zip(remedy.kinds, remedy.words, strict=True):
        if kind == "skill":
            named = re.fullmatch(r"they had (\w+) at level (\d+) instead of .*", words)
            assert named is not None
            events.append(SkillGranted(agent_id=agent_id, skill=named[1], level=int(named[2])))
        elif kind == "ready":
            if board_at(pool, made.decision.position).board.agents[agent_id].presence == "signed_out":
                events.append(AgentSignedIn(agent_id=agent_id))
            events.append(AgentBecameReady(agent_id=agent_id))
        else:
            return []
    return events


def changes(pool: Pool) -> Iterator[tuple[Made, str, Remedy]]:
    """Every third decision of a history, each other agent, each change that is named."""
    for recorded in pool.log_offers()[::3]:
        assert isinstance(recorded.event, InteractionOffered)
        made = Made.of(recorded.position, recorded.event)
        rehearsal = board_at(pool, made.decision.position)
        for agent_id in sorted(rehearsal.board.agents):
            other = explain(rehearsal, made, agent_id).other
            assert other is not None
            yield from ((made, agent_id, remedy) for remedy in other.remedies)


def test_a_change_that_is_named_leads_to_the_offer_when_it_happens_for_real() -> None:
    tried: Counter[str] = Counter()
    for seed in range(60, 95):
        pool = History(seed).grow(60, Router(POOL))
        for made, agent_id, remedy in changes(pool):
            events = remedied(pool, made, agent_id, remedy)
            if not events:
                continue
            another = Pool(now=made.decision.at)
            another.log = [one for one in pool.log if one.position <= made.decision.position]
            for event in events:
                last = another.log[-1]
                extra = last._replace(
                    position=last.position + 1, stream=f"agent-{agent_id}", event=event, recorded_at=made.decision.at
                )
                another.log.append(extra)
            router = Router(POOL)
            another.fold(router)
            offered = pairs(router.decide(made.decision.at))
            assert (agent_id, made.interaction_id) in offered, f"seed {seed}: {remedy} at {made.position}"
            tried.update(remedy.kinds)
    assert min(tried["skill"], tried["ready"]) > 5, tried
