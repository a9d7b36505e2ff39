"""What happens to an agent."""

from __future__ import annotations

from datetime import datetime

from domain.centre.documents import Profile
from domain.event import Event


class AgentRegistered(Event, wire="agent.registered.v1"):
    """An agent exists from now on, or does so again after having been retired."""

    agent_id: str
    name: str
    site: str
    centre: str = ""


class ProfileAssigned(Event, wire="agent.profile_assigned.v1"):
    """From now on the agent works by this profile, held here whole: capacity is decided on this stream alone."""

    agent_id: str
    profile_name: str
    profile: Profile


class AgentMoved(Event, wire="agent.moved.v1"):
    """The agent sits at another site from now on."""

    agent_id: str
    site: str
    centre: str = ""


class SkillGranted(Event, wire="agent.skill_granted.v1"):
    """The agent has this skill at this level (1–10), replacing an earlier level; until `expires_at`, if ever."""

    agent_id: str
    skill: str
    level: int
    expires_at: datetime | None = None


class SkillWithdrawn(Event, wire="agent.skill_withdrawn.v1"):
    agent_id: str
    skill: str


class SkillExpired(Event, wire="agent.skill_expired.v1"):
    """The certification for a skill ran out: the agent has the skill no longer, until it is granted anew."""

    agent_id: str
    skill: str
    expired_at: datetime


class LanguagesStated(Event, wire="agent.languages_stated.v1"):
    """The languages the agent speaks, replacing earlier ones; none named means all."""

    agent_id: str
    languages: tuple[str, ...]


class AgentSignedIn(Event, wire="agent.signed_in.v1"):
    agent_id: str


class AgentBecameReady(Event, wire="agent.became_ready.v1"):
    """`reason` is given where somebody else set the agent to ready."""

    agent_id: str
    reason: str = ""


class AgentBecameNotReady(Event, wire="agent.became_not_ready.v1"):
    agent_id: str
    reason: str


class ChannelPaused(Event, wire="agent.channel_paused.v1"):
    """The agent takes nothing more by one channel, and goes on with the others, until they resume it or sign out."""

    agent_id: str
    channel: str
    reason: str


class ChannelResumed(Event, wire="agent.channel_resumed.v1"):
    """The agent takes work by this channel again. `reason` is given where somebody else resumed it."""

    agent_id: str
    channel: str
    reason: str = ""


class AgentStoppedResponding(Event, wire="agent.stopped_responding.v1"):
    """Missed as many offers in a row as the queue allows; must say "ready" to be offered work again."""

    agent_id: str
    misses: int


class AgentReserved(Event, wire="agent.reserved.v1"):
    """Capacity is held for an offer, from before it rings until its leg ends."""

    agent_id: str
    work_id: str
    interaction_id: str
    leg: str
    channel: str
    units: int


class AgentReleased(Event, wire="agent.released.v1"):
    """The capacity held under `work_id` is free again. `missed` counts towards not responding."""

    agent_id: str
    work_id: str
    reason: str
    missed: bool = False


class AgentSignedOut(Event, wire="agent.signed_out.v1"):
    """`reason` is given where somebody else signed the agent out."""

    agent_id: str
    reason: str = ""


class AgentRetired(Event, wire="agent.retired.v1"):
    """The centre's document no longer has the agent, who holds nothing any more and is offered nothing."""

    agent_id: str
