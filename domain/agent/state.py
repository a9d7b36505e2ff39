"""An agent as decisions see it.

signed out → not ready → ready ⇄ not ready; ready → not responding → ready; anything → signed out → retired.
Reserving and releasing capacity changes no presence, nor does pausing a channel; signing out ends every such pause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
    ChannelPaused,
    ChannelResumed,
    LanguagesStated,
    ProfileAssigned,
    SkillExpired,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.documents import Profile
from domain.event import Event
from domain.states import concept
from domain.transitions import Table, step

Presence = Literal["absent", "signed_out", "not_ready", "ready", "not_responding", "retired"]

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
    ("signed_out", AgentRetired): "retired",
    ("retired", AgentRegistered): "signed_out",
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
    centre: str = ""
    presence: Presence = "absent"
    reason: str = ""
    profile_name: str = ""
    profile: Profile | None = None
    skills: Mapping[str, int] = field(default_factory=dict[str, int])
    work: Mapping[str, Held] = field(default_factory=dict[str, Held])
    languages: tuple[str, ...] = ()
    misses: Mapping[str, int] = field(default_factory=dict[str, int])
    expiries: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    #: Why nothing more is taken, by channel.
    paused: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def employed(self) -> bool:
        """Whether the centre has the agent."""
        return self.presence not in ("absent", "retired")

    @property
    def used(self) -> int:
        """Units of capacity in use: open offers, work in hand and wrap-up."""
        return sum(held.units for held in self.work.values())

    def count(self, channel: str) -> int:
        """Pieces of work held on a channel."""
        return sum(held.channel == channel for held in self.work.values())

    def level(self, skill: str, now: datetime) -> int:
        """The level in a skill at this instant; 0 without it, and from the instant its certification runs out."""
        expires_at = self.expiries.get(skill)
        return 0 if expires_at is not None and expires_at <= now else self.skills.get(skill, 0)

    def lacks_room(self, channel: str) -> str | None:
        """Why one more item of `channel` does not fit; None when it does.

        What is held on channels that this one interrupts rests meanwhile, and does not count against it.
        """
        if self.profile is None:
            return "no routing profile"
        use = self.profile.channels.get(channel)
        if use is None:
            return f"channel {channel}: not in profile {self.profile_name}"
        if self.count(channel) >= use.concurrency:
            return f"channel {channel}: has {self.count(channel)}, may have {use.concurrency}"
        used = sum(held.units for held in self.work.values() if held.channel not in use.interrupts)
        if used + use.units > self.profile.capacity:
            return f"capacity: uses {used} of {self.profile.capacity}, {channel} needs {use.units}"
        return None


def evolve(state: Agent, event: Event) -> Agent:  # noqa: C901 - one flat match over the events
    if (state.presence, type(event)) in PRESENCE:
        state = replace(state, presence=step(PRESENCE, state.presence, type(event), "the agent"))
    match event:
        case AgentRegistered():
            return Agent(event.agent_id, event.name, event.site, event.centre, state.presence)
        case ProfileAssigned():
            return replace(state, profile_name=event.profile_name, profile=event.profile)
        case AgentMoved():
            return replace(state, site=event.site, centre=event.centre)
        case LanguagesStated():
            return replace(state, languages=event.languages)
        case SkillGranted():
            state = replace(_without(state, event.skill), skills={**state.skills, event.skill: event.level})
            if event.expires_at is None:
                return state
            return replace(state, expiries={**state.expiries, event.skill: event.expires_at})
        case SkillWithdrawn() | SkillExpired():
            return _without(state, event.skill)
        case AgentBecameReady():
            return replace(state, reason="", misses={})
        case AgentBecameNotReady():
            return replace(state, reason=event.reason)
        case AgentSignedOut():
            return replace(state, paused={})
        case ChannelPaused():
            return replace(state, paused={**state.paused, event.channel: event.reason})
        case ChannelResumed():
            return replace(state, paused={c: why for c, why in state.paused.items() if c != event.channel})
        case AgentReserved():
            held = Held(event.interaction_id, event.leg, event.channel, event.units)
            return replace(state, work={**state.work, event.work_id: held})
        case AgentReleased():
            return _released(state, event)
        case _:
            return state


def _without(state: Agent, skill: str) -> Agent:
    skills = {name: level for name, level in state.skills.items() if name != skill}
    return replace(state, skills=skills, expiries={s: at for s, at in state.expiries.items() if s != skill})


def _released(state: Agent, event: AgentReleased) -> Agent:
    """Misses are counted in a row by channel; any answer on a channel begins its count anew."""
    work = {w: held for w, held in state.work.items() if w != event.work_id}
    held = state.work.get(event.work_id)
    if held is None or event.reason == RESCINDED:
        return replace(state, work=work)
    missed = state.misses.get(held.channel, 0) + 1 if event.missed else 0
    return replace(state, work=work, misses={**state.misses, held.channel: missed})


concept("agent", Agent(), evolve)
