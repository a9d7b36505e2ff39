"""What the router should decide, by asking every agent about every item: slow, short, and without any index.

It stands on the domain's own folds and rules (`Agent`, `Interaction`, documents, hours), not on the router's board.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.agent.state import Agent
from domain.centre.configuration import Project
from domain.centre.documents import QueueUse
from domain.centre.hours import is_open
from domain.centre.routing import Queue, Routing
from domain.interaction.events import Candidate, Decision, InteractionQueued
from domain.interaction.offers import OfferInteraction
from tests.router.facts import Facts
from tests.router.pool import CENTRE, Pool

SECOND = timedelta(seconds=1)


class Wait(NamedTuple):
    project: str
    leg: str
    wanted: InteractionQueued
    trail: tuple[str, ...]
    rings: tuple[str, ...]
    rules: Queue
    sha256: str

    @property
    def queue(self) -> str:
        return f"{self.project}/{self.wanted.queue}"

    @property
    def place(self) -> datetime:
        return self.wanted.arrived_at - self.wanted.age_credit * SECOND

    @property
    def ids(self) -> tuple[str, str]:
        return self.wanted.interaction_id, self.leg


class Reference:
    """The decisions of one moment."""

    def __init__(self, pool: Pool, now: datetime, position: int) -> None:
        self.pool, self.now, self.position, self.facts = pool, now, position, Facts(pool)
        agents: list[Agent] = [s for name, s in sorted(pool.states.items()) if name.startswith("agent-")]
        self.agents = [replace(a, skills={s: a.skills[s] for s in a.skills if a.level(s, now)}) for a in agents]
        self.held = {a.agent_id: [(h.channel, h.units) for h in a.work.values()] for a in self.agents}
        centre = pool.of("centre", CENTRE)
        self.down = centre.down
        self.routing = centre.document.routing if centre.document else Routing()
        self.sha256 = centre.sha256
        self.waits = self.waiting()

    def waiting(self) -> list[Wait]:
        projects = {
            one.event.interaction_id: one.project for one in self.pool.log if isinstance(one.event, InteractionQueued)
        }
        found: list[Wait] = []
        for interaction_id, name in projects.items():
            interaction, project = self.pool.of("interaction", interaction_id), self.pool.of("project", name)
            for leg_name, leg in interaction.legs.items():
                rules = project.document.queues.get(leg.queue) if project.document else None
                if interaction.status != "open" or leg.status != "waiting" or rules is None:
                    continue
                rings = tuple(offer.agent_id for offer in leg.offers.values())
                wait = Wait(name, leg_name, leg.wanted, leg.trail, rings, rules, project.sha256)
                if self.may_be_offered(wait, project):
                    found.append(wait)
        return found

    def may_be_offered(self, wait: Wait, project: Project) -> bool:
        wanted, hours = wait.wanted, project.configured.hours
        if wait.rules.hours is not None and not is_open(hours[wait.rules.hours], self.now):
            return False
        if wanted.not_before is not None and wanted.not_before > self.now:
            return False
        return wanted.expires_at is None or wanted.expires_at > self.now

    # --- who may have what

    def use(self, agent: Agent, wait: Wait) -> QueueUse | None:
        assert agent.profile is not None
        served = (agent.profile.queues.get(f"{wait.project}/{q}") for q in (wait.wanted.queue, *wait.wanted.also))
        return next((use for use in served if use is not None), None)

    def unable(self, agent: Agent, wait: Wait) -> str | None:
        """The rule that keeps the agent from the item whatever they hold, whoever it is kept for."""
        wanted, profile = wait.wanted, agent.profile
        if agent.presence != "ready":
            return "state"
        if agent.site in self.down:
            return "site"
        if profile is None or wanted.channel not in profile.channels or wanted.channel in agent.paused:
            return "channel"
        if (use := self.use(agent, wait)) is None:
            return "queue"
        if use.ring > wanted.rings:
            return "ring"
        if wanted.sites and agent.site not in wanted.sites and not set(wanted.sites) <= self.down:
            return "sites"
        if any(agent.skills.get(skill, 0) < level for skill, level in wanted.skills.items()):
            return "skill"
        if wanted.language_required and agent.languages and wanted.language not in agent.languages:
            return "language"
        return "excluded" if agent.agent_id in wanted.excluded else None

    def kept(self, wait: Wait) -> bool:
        wanted = wait.wanted
        if not wanted.preferred or wanted.preferred_until is None or self.now >= wanted.preferred_until:
            return False
        agent: Agent = self.pool.of("agent", wanted.preferred)
        return agent.presence == "ready" and agent.site not in self.down and wanted.channel not in agent.paused

    def excluded(self, agent: Agent, wait: Wait) -> str | None:
        rule = self.unable(agent, wait)
        if rule is not None or agent.profile is None:
            return rule
        wanted, mine = wait.wanted, self.held[agent.agent_id]
        if self.kept(wait) and agent.agent_id != wanted.preferred:
            return "preferred"
        use = agent.profile.channels[wanted.channel]
        if sum(channel == wanted.channel for channel, _ in mine) >= use.concurrency:
            return "concurrency"
        if sum(units for channel, units in mine if channel not in use.interrupts) + use.units > agent.profile.capacity:
            return "capacity"
        queue_use = self.use(agent, wait)
        assert queue_use is not None
        since = max(wanted.arrived_at, wanted.not_before or wanted.arrived_at)
        if queue_use.delay and self.now < since + queue_use.delay * SECOND:
            return "delay"
        if agent.agent_id in wait.rings:
            return "ringing"
        mine_tries = wait.trail.count(agent.agent_id)
        if mine_tries and wait.rules.offer.on(wanted.channel).again == "never":
            return "tried"
        tries = [(*wait.trail, *wait.rings).count(a.agent_id) for a in self.agents if self.unable(a, wait) is None]
        return "tried" if mine_tries and mine_tries > min(tries) else None

    # --- the orders

    def value(self, agent: Agent, wait: Wait) -> float | None:
        assert agent.profile is not None
        spare = agent.profile.capacity - sum(units for _, units in self.held[agent.agent_id])
        asked = [agent.skills.get(skill, 0) for skill in wait.wanted.skills]
        match wait.rules.strategy:
            case "longest_idle":
                return None
            case "most_spare":
                return spare
            case "most_spare_share":
                return spare / agent.profile.capacity
            case "least_occupied":
                return self.facts.occupancy.get(agent.agent_id, 0.0)
            case "most_skilled" | "least_skilled":
                return min(asked, default=len(agent.skills))
            case "round_robin":
                return self.facts.turns.get((agent.agent_id, wait.queue), 0)

    def agent_key(self, agent: Agent, wait: Wait) -> Any:
        rules, value, use = wait.rules, self.value(agent, wait), self.use(agent, wait)
        assert use is not None
        away = rules.sites == "own_first" and bool(wait.wanted.site) and agent.site != wait.wanted.site
        first: Any = value
        if rules.strategy == "longest_idle":
            first = sum(units for _, units in self.held[agent.agent_id])
        elif rules.strategy in ("most_spare", "most_spare_share", "most_skilled"):
            assert value is not None
            first = -value
        second = len(agent.skills) if rules.strategy == "least_skilled" else 0
        since = self.facts.since[agent.agent_id]
        return agent.agent_id != wait.wanted.preferred, use.ring, away, first, second, since, agent.agent_id

    def item_key(self, wait: Wait, agent: Agent | None) -> Any:
        """The pool's order; for an agent, with the priorities of their profile before it."""
        policy, wanted, place = self.routing.policy, wait.wanted, wait.place
        use = self.use(agent, wait) if agent else None
        priority, moment, tier = use.priority if use else 0, 0.0, 0
        if policy == "aged_priority":
            place -= self.routing.head_start(wanted.priority) * SECOND
        elif policy == "strict_priority":
            tier = wanted.priority
        elif policy == "fixed_queue_ratio":
            moment = -self.excess(wait.queue)
        elif policy == "gcmu":
            levels = [agent.skills.get(skill, 0) for skill in wait.rules.skills] if agent else []
            handling = wait.rules.handling_at(min(levels) if levels else None)
            moment = (wait.place - self.now) // timedelta(microseconds=1) / (wait.rules.target * handling)
        return priority, tier, moment, place, wait.ids

    def excess(self, queue: str) -> int:
        counts: dict[str, int] = {}
        for wait in self.open_waits():
            counts[wait.queue] = counts.get(wait.queue, 0) + 1
        shares = {queue: self.routing.shares.get(queue, 1) for queue in counts}
        return counts[queue] * sum(shares.values()) - shares[queue] * sum(counts.values())

    def open_waits(self) -> list[Wait]:
        return [wait for wait in self.waits if len(wait.rings) < wait.rules.offer.ring_width]

    # --- the matching rule

    def agents_for(self, wait: Wait) -> list[Agent]:
        able = [agent for agent in self.agents if self.excluded(agent, wait) is None]
        return sorted(able, key=lambda agent: self.agent_key(agent, wait))

    def pair(self, waits: list[Wait]) -> tuple[Agent, Wait] | None:
        able = {wait.ids: self.agents_for(wait) for wait in waits}
        waits = [wait for wait in waits if able[wait.ids]]
        if not waits:
            return None
        item, seen = min(waits, key=lambda wait: self.item_key(wait, None)), list[Wait]()
        while item not in seen:
            seen.append(item)
            agent = able[item.ids][0]
            first = min((w for w in waits if agent in able[w.ids]), key=lambda w: self.item_key(w, agent))
            if first is item:
                break
            item = first
        return able[item.ids][0], item

    def decisions(self) -> list[OfferInteraction]:
        made: list[OfferInteraction] = []
        while (found := self.pair(self.open_waits())) is not None:
            agent, wait = found
            made.append(self.offer(agent, wait))
            assert agent.profile is not None
            self.held[agent.agent_id].append((wait.wanted.channel, agent.profile.channels[wait.wanted.channel].units))
            self.facts.turns[agent.agent_id, wait.queue] = self.position + len(made)
            self.waits[self.waits.index(wait)] = wait._replace(rings=(*wait.rings, agent.agent_id))
        return made

    def offer(self, agent: Agent, wait: Wait) -> OfferInteraction:
        reasons = [rule for a in self.agents if (rule := self.excluded(a, wait)) is not None]
        chosen, *others = (self.candidate(a, n, wait) for n, a in enumerate(self.agents_for(wait)[:6], 1))
        decision = Decision(
            position=self.position,
            at=self.now,
            policy=wait.sha256,
            routing=self.sha256,
            strategy=wait.rules.strategy,
            items=self.routing.policy,
            chosen=chosen,
            runners_up=tuple(others),
            excluded={rule: reasons.count(rule) for rule in reasons},
        )
        ids: dict[str, Any] = {"interaction_id": wait.wanted.interaction_id, "leg": wait.leg}
        return OfferInteraction(project=wait.project, **ids, agent_id=agent.agent_id, decision=decision)

    def candidate(self, agent: Agent, place: int, wait: Wait) -> Candidate:
        use = self.use(agent, wait)
        assert use is not None
        idle = None if self.held[agent.agent_id] else self.facts.since[agent.agent_id]
        ring = 0 if agent.agent_id == wait.wanted.preferred else use.ring
        return Candidate(
            agent_id=agent.agent_id, place=place, idle_since=idle, ring=ring, value=self.value(agent, wait)
        )


def decisions(pool: Pool, now: datetime, position: int) -> list[OfferInteraction]:
    return Reference(pool, now, position).decisions()
