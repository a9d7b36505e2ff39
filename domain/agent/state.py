"""An agent as decisions see it.

signed out → not ready → ready ⇄ not ready; ready → not responding → ready; anything → signed out.
Reserving and releasing capacity changes no presence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
    ProfileAssigned,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.documents import Profile
from domain.event import Event
from domain.states import concept
from domain.transitions import Table, step

Presence = Literal["absent", "signed_out", "not_ready", "ready", "not_responding"]

PRESENCE: Table[Presence] = {
    ("absent", AgentRegistered): "signed_out",
    ("signed_out", AgentSignedIn): "not_ready",
    ("not_ready", AgentBecameReady): "ready",
    ("not_responding", AgentBecameReady): "ready",
    ("ready", AgentBecameNotReady): "not_ready",
    ("not_ready", AgentBecameNotReady): "not_ready",
    ("not_responding", AgentBecameNotReady): "not_ready",
    ("ready", AgentStoppedResponding): "not_responding",
    ("ready", AgentSignedOut): "signed_out",
    ("not_ready", AgentSignedOut): "signed_out",
    ("not_responding", AgentSignedOut): "signed_out",
}


#: Why capacity is free again whose offer went to somebody else: neither a miss nor an answer of this agent.
RESCINDED = "rescinded"


@dataclass(frozen=True, slots=True)
class Held:
    """Capacity held for one piece of work, from the offer to the end of wrap-up."""

    interaction_id: str
    leg: str
    channel: str
    units: int


@dataclass(frozen=True, slots=True)
class Agent:
    agent_id: str = ""
    name: str = ""
    site: str = ""
    presence: Presence = "absent"
    reason: str = ""
    profile_name: str = ""
    profile: Profile | None = None
    skills: Mapping[str, int] = field(default_factory=dict[str, int])
    work: Mapping[str, Held] = field(default_factory=dict[str, Held])
    misses: int = 0

    @property
    def used(self) -> int:
        """Units of capacity in use: open offers, work in hand and wrap-up."""
        return sum(held.units for held in self.work.values())

    def count(self, channel: str) -> int:
        """Pieces of work held on a channel."""
        return sum(held.channel == channel for held in self.work.values())

    def lacks_room(self, channel: str) -> str | None:
        """Why one more item of `channel` does not fit; None when it does."""
        if self.profile is None:
            return "no routing profile"
        use = self.profile.channels.get(channel)
        if use is None:
            return f"channel {channel}: not in profile {self.profile_name}"
        if self.count(channel) >= use.concurrency:
            return f"channel {channel}: has {self.count(channel)}, may have {use.concurrency}"
        if self.used + use.units > self.profile.capacity:
            return f"capacity: uses {self.used} of {self.profile.capacity}, {channel} needs {use.units}"
        return None


def evolve(state: Agent, event: Event) -> Agent:  # noqa: C901 - one flat match over the events
    if (state.presence, type(event)) in PRESENCE:
        state = replace(state, presence=step(PRESENCE, state.presence, type(event), "the agent"))
    match event:
        case AgentRegistered():
            return replace(state, agent_id=event.agent_id, name=event.name, site=event.site)
        case ProfileAssigned():
            return replace(state, profile_name=event.profile_name, profile=event.profile)
        case AgentMoved():
            return replace(state, site=event.site)
        case SkillGranted():
            return replace(state, skills={**state.skills, event.skill: event.level})
        case SkillWithdrawn():
            return replace(state, skills={s: n for s, n in state.skills.items() if s != event.skill})
        case AgentBecameReady():
            return replace(state, reason="", misses=0)
        case AgentBecameNotReady():
            return replace(state, reason=event.reason)
        case AgentReserved():
            held = Held(event.interaction_id, event.leg, event.channel, event.units)
            return replace(state, work={**state.work, event.work_id: held})
        case AgentReleased():
            work = {w: held for w, held in state.work.items() if w != event.work_id}
            if event.reason == RESCINDED:
                return replace(state, work=work)
            return replace(state, work=work, misses=state.misses + 1 if event.missed else 0)
        case _:
            return state


concept("agent", Agent(), evolve)
