"""What the router should decide, by asking every agent about every item: slow, short, and without any index.

It stands on the domain's own folds and rules (`Agent`, `Interaction`, `lacks_room`), not on the router's board.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.agent.events import AgentBecameReady, AgentReleased
from domain.agent.state import Agent
from domain.interaction.events import Candidate, Decision, InteractionQueued, OfferAccepted
from domain.interaction.offers import OfferInteraction
from tests.router.pool import Pool


class Wait(NamedTuple):
    project: str
    leg: str
    queued: InteractionQueued
    trail: tuple[str, ...]
    rings: tuple[str, ...]
    width: int


def idle_since(pool: Pool) -> dict[str, datetime]:
    worked, since = set[str](), dict[str, datetime]()
    for one in pool.log:
        match one.event:
            case OfferAccepted(work_id=work_id):
                worked.add(work_id)
            case AgentBecameReady(agent_id=agent_id):
                since[agent_id] = one.recorded_at
            case AgentReleased(agent_id=agent_id, work_id=work_id) if work_id in worked:
                since[agent_id] = one.recorded_at
            case _:
                pass
    return since


def waiting(pool: Pool, now: datetime) -> list[Wait]:
    projects = {one.event.interaction_id: one.project for one in pool.log if isinstance(one.event, InteractionQueued)}
    found: list[Wait] = []
    for interaction_id, project in projects.items():
        interaction, document = pool.of("interaction", interaction_id), pool.of("project", project).document
        for name, leg in interaction.legs.items():
            queue = document.queues.get(leg.queue) if document else None
            if interaction.status != "open" or leg.status != "waiting" or queue is None:
                continue
            if leg.queued.not_before is None or leg.queued.not_before <= now:
                rings = tuple(offer.agent_id for offer in leg.offers.values())
                found.append(Wait(project, name, leg.queued, leg.trail, rings, queue.offer.ring_width))
    return found


def unable(agent: Agent, wait: Wait) -> str | None:
    """The rule that keeps the agent from the item whatever they hold and however long it waits."""
    queued, profile = wait.queued, agent.profile
    if agent.presence != "ready":
        return "state"
    if profile is None or queued.channel not in profile.channels:
        return "channel"
    if f"{wait.project}/{queued.queue}" not in profile.queues:
        return "queue"
    if any(agent.skills.get(skill, 0) < level for skill, level in queued.skills.items()):
        return "skill"
    return None


def excluded(agents: list[Agent], held: dict[str, list[Any]], agent: Agent, wait: Wait, now: datetime) -> str | None:
    rule = unable(agent, wait)
    if rule is not None or agent.profile is None:
        return rule
    use, mine = agent.profile.channels[wait.queued.channel], held[agent.agent_id]
    if sum(channel == wait.queued.channel for channel, _ in mine) >= use.concurrency:
        return "concurrency"
    if sum(units for _, units in mine) + use.units > agent.profile.capacity:
        return "capacity"
    delay = agent.profile.queues[f"{wait.project}/{wait.queued.queue}"].delay
    since = max(wait.queued.arrived_at, wait.queued.not_before or wait.queued.arrived_at)
    if delay and now < since + timedelta(seconds=delay):
        return "delay"
    if agent.agent_id in wait.rings:
        return "ringing"
    tries = [(*wait.trail, *wait.rings).count(a.agent_id) for a in agents if unable(a, wait) is None]
    mine_tries = wait.trail.count(agent.agent_id)
    return "tried" if mine_tries and mine_tries > min(tries) else None


def decisions(pool: Pool, now: datetime, position: int) -> list[OfferInteraction]:
    agents = [state for stream, state in sorted(pool.states.items()) if stream.startswith("agent-")]
    held = {a.agent_id: [(h.channel, h.units) for h in a.work.values()] for a in agents}
    since, waits, made = idle_since(pool), waiting(pool, now), list[OfferInteraction]()

    def agent_key(agent: Agent) -> Any:
        return sum(units for _, units in held[agent.agent_id]), since[agent.agent_id], agent.agent_id

    def item_key(agent: Agent, w: Wait) -> Any:
        assert agent.profile is not None
        use, credit = agent.profile.queues[f"{w.project}/{w.queued.queue}"], timedelta(seconds=w.queued.age_credit)
        return use.priority, w.queued.priority, w.queued.arrived_at - credit, w.queued.interaction_id, w.leg

    while True:
        open_waits = [w for w in waits if len(w.rings) < w.width]
        possible = [(a, w) for a in agents for w in open_waits if excluded(agents, held, a, w, now) is None]
        if not possible:
            return made
        agent = min((a for a, _ in possible), key=agent_key)
        wait = min((w for a, w in possible if a is agent), key=lambda w: item_key(agent, w))
        order = sorted((a for a, w in possible if w is wait), key=agent_key)
        reasons = [rule for a in agents if (rule := excluded(agents, held, a, wait, now)) is not None]
        places = [
            Candidate(agent_id=a.agent_id, place=n, idle_since=None if held[a.agent_id] else since[a.agent_id])
            for n, a in enumerate(order[:6], 1)
        ]
        decision = Decision(
            position=position,
            at=now,
            policy=pool.of("project", wait.project).sha256,
            strategy="longest_idle",
            chosen=places[0],
            runners_up=tuple(places[1:]),
            excluded={rule: reasons.count(rule) for rule in reasons},
        )
        made.append(
            OfferInteraction(
                project=wait.project,
                interaction_id=wait.queued.interaction_id,
                leg=wait.leg,
                agent_id=agent.agent_id,
                decision=decision,
            )
        )
        assert agent.profile is not None
        held[agent.agent_id].append((wait.queued.channel, agent.profile.channels[wait.queued.channel].units))
        waits[waits.index(wait)] = wait._replace(rings=(*wait.rings, agent.agent_id))
