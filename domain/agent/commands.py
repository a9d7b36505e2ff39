"""What an agent, or somebody for an agent, can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.centre.documents import Profile
from domain.decide import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAgent(Command):
    """Register, or bring an agent up to date with its entry in the centre's document.

    `expiries`: when certifications run out, by skill; a skill whose time is out already is not granted.
    """

    agent_id: str
    name: str
    site: str
    profile_name: str
    profile: Profile
    skills: Mapping[str, int]
    languages: tuple[str, ...] = ()
    centre: str = ""
    expiries: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireSkill(Command):
    """Fired by a timer; before the certification runs out, or once it was renewed, it changes nothing."""

    agent_id: str
    skill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireAgent(Command):
    """The agent works here no more: signed out, what they had in hand given up. Registering brings them back."""

    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command):
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BecomeReady(Command):
    """`reason`: why somebody else sets the agent to ready."""

    agent_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BecomeNotReady(Command):
    """`reason` is the agent's own (lunch, training) or the system's (connection lost)."""

    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseChannel(Command):
    """Take nothing more by one channel, for a reason, and go on with the others."""

    agent_id: str
    channel: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeChannel(Command):
    """`reason`: why somebody else has the agent take the channel again."""

    agent_id: str
    channel: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseConnection(Command):
    """The agent's desk has not been heard of for too long. Who is at lunch anyway, or signed out, stays so."""

    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(Command):
    """Sign out; open offers are rescinded and work in hand goes back to its place in the queue.

    `reason`: why somebody else signs the agent out.
    """

    agent_id: str
    reason: str = ""
