"""What must hold after every single event, whatever goes wrong around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from domain.agent.events import AgentReserved
from domain.agent.state import Agent
from domain.centre.configuration import Project
from domain.centre.documents import Profile
from domain.event import Event, Recorded
from domain.interaction.events import InteractionOffered, InteractionQueued, OfferAccepted
from domain.interaction.state import Interaction
from domain.ports import Opener
from domain.states import CONCEPTS
from domain.stream import category_of, identity_of


class Broken(Exception):
    """An invariant does not hold; says which, where and after which event."""


def _as_it_is(event: Event) -> Event:
    return event


class Checker:
    """Folds the whole log by the domain's own folds and checks it event by event."""

    def __init__(self, opener: Opener = _as_it_is) -> None:
        self.states: dict[str, Any] = {}
        self.events: Counter[str] = Counter()
        self._acceptances: Counter[tuple[str, str]] = Counter()
        self._opener = opener

    def fold(self, recorded: Sequence[Recorded]) -> None:
        """Fold one atomic append and check what it leads to."""
        for one in recorded:
            this = CONCEPTS[category_of(one.stream)]
            before = self.states.get(one.stream, this.initial)
            self.states[one.stream] = this.evolve(before, self._opener(one.event))
            self.events[one.event.wire] += 1
            self._count_acceptances(one.event)
        for one in recorded:
            self._check(one)

    def _count_acceptances(self, event: Event) -> None:
        match event:
            case InteractionQueued():
                self._acceptances[(event.interaction_id, event.leg)] = 0
            case OfferAccepted():
                self._acceptances[(event.interaction_id, event.leg)] += 1
                if self._acceptances[(event.interaction_id, event.leg)] > 1:
                    raise Broken(f"leg {event.leg} of {event.interaction_id} was accepted twice")
            case _:
                pass

    def _check(self, recorded: Recorded) -> None:
        state = self.states[recorded.stream]
        if isinstance(state, Agent):
            self._agent(state, recorded)
        elif isinstance(state, Interaction):
            self._interaction(state, recorded)

    def _agent(self, agent: Agent, recorded: Recorded) -> None:
        where = f"after event {recorded.position} ({recorded.event.wire})"
        if agent.profile is None:
            return
        if isinstance(recorded.event, AgentReserved):  # a smaller profile may come while more is held
            self._room(agent, agent.profile, recorded.event.channel, where)
        for work_id, held in agent.work.items():
            leg = self.interaction(held.interaction_id).leg(held.leg)
            if work_id not in leg.offers and leg.work_id != work_id and work_id not in leg.call.parties:
                raise Broken(f"{where}: agent {agent.agent_id} holds {work_id}, which its interaction does not know")

    def _room(self, agent: Agent, profile: Profile, reserved: str, where: str) -> None:
        """Of what is held, that which nothing else that is held interrupts fits into the capacity."""
        uses = [(held.channel, profile.channels.get(held.channel)) for held in agent.work.values()]
        resting = {other for channel, use in uses if use for other in use.interrupts if other != channel}
        used = sum(held.units for held in agent.work.values() if held.channel not in resting)
        if used > profile.capacity:
            raise Broken(f"{where}: agent {agent.agent_id} uses {used} of {profile.capacity}")
        if agent.count(reserved) > profile.channels[reserved].concurrency:
            raise Broken(f"{where}: agent {agent.agent_id} has {agent.count(reserved)} on {reserved}")

    def _interaction(self, interaction: Interaction, recorded: Recorded) -> None:
        where = f"after event {recorded.position} ({recorded.event.wire})"
        project = self.states[f"project-{recorded.project}"]
        assert isinstance(project, Project)
        for name, leg in interaction.legs.items():
            offering = isinstance(recorded.event, InteractionOffered)  # a ring may be narrowed while it rings
            if offering and len(leg.offers) > project.queue(leg.queue).offer.ring_width:
                raise Broken(f"{where}: leg {name} has {len(leg.offers)} open offers")
            holders = [(w, o.agent_id) for w, o in leg.offers.items()]
            if leg.status in ("accepted", "connected", "wrap_up"):
                holders.append((leg.work_id, leg.agent_id))
            holders += [(party, who.agent_id) for party, who in leg.call.parties.items() if who.kind == "agent"]
            for work_id, agent_id in holders:
                if work_id not in self.agent(agent_id).work:
                    raise Broken(f"{where}: {agent_id} has leg {name} but holds no capacity for it")

    def agent(self, agent_id: str) -> Agent:
        return self.states.get(f"agent-{agent_id}", Agent())

    def interaction(self, interaction_id: str) -> Interaction:
        return self.states.get(f"interaction-{interaction_id}", Interaction())

    def of(self, category: str) -> list[Any]:
        return [state for stream, state in self.states.items() if category_of(stream) == category]

    def unfinished(self) -> list[str]:
        """Interactions still open and deliveries still under way, by stream."""
        return [
            stream
            for stream, state in self.states.items()
            if (category_of(stream) == "interaction" and state.status == "open")
            or (category_of(stream) == "delivery" and state.status in ("pending", "attempting", "accepted"))
        ]

    def still_held(self) -> list[str]:
        """Agents who hold capacity, and callback keys that are reserved."""
        return [identity_of(s) for s, a in self.states.items() if isinstance(a, Agent) and a.work]
