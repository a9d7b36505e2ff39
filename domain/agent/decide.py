"""Registering agents and their presence."""

from __future__ import annotations

from domain.agent.commands import (
    BecomeNotReady,
    BecomeReady,
    ExpireSkill,
    LoseConnection,
    PauseChannel,
    RegisterAgent,
    ResumeChannel,
    RetireAgent,
    SignIn,
    SignOut,
)
from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    ChannelPaused,
    ChannelResumed,
    LanguagesStated,
    ProfileAssigned,
    SkillExpired,
    SkillGranted,
    SkillWithdrawn,
)
from domain.agent.state import PRESENCE, Agent
from domain.decide import Moment, Outcome, decides
from domain.event import Event
from domain.interaction.leaving import give_up
from domain.interaction.state import Interaction
from domain.rejection import NotFound, Rejection
from domain.states import States
from domain.transitions import step

#: Why an agent is not ready whose desk has gone silent.
CONNECTION_LOST = "connection lost"


def _agent(states: States, agent_id: str) -> Agent:
    found = states.of(Agent, "agent", agent_id)
    if found.presence == "absent":
        raise NotFound("agent", agent_id)
    if found.presence == "retired":
        raise Rejection("retired", f"agent {agent_id} is no longer in the centre's document")
    return found


@decides(RegisterAgent)
def register_agent(states: States, c: RegisterAgent, at: Moment) -> Outcome:
    before = states.of(Agent, "agent", c.agent_id)
    events: list[Event] = []
    new = not before.employed  # who comes back is told of in full, as if nobody remembered
    if new:
        events.append(AgentRegistered(agent_id=c.agent_id, name=c.name, site=c.site, centre=c.centre))
    elif (before.site, before.centre) != (c.site, c.centre):
        events.append(AgentMoved(agent_id=c.agent_id, site=c.site, centre=c.centre))
    if new or before.profile != c.profile or before.profile_name != c.profile_name:
        events.append(ProfileAssigned(agent_id=c.agent_id, profile_name=c.profile_name, profile=c.profile))
    lost = sorted(before.skills.keys() - c.skills.keys())
    events.extend(SkillWithdrawn(agent_id=c.agent_id, skill=skill) for skill in lost)
    for skill, level in sorted(c.skills.items()):
        until = c.expiries.get(skill)
        if until is not None and until <= at.now:
            if skill in before.skills:
                events.append(SkillExpired(agent_id=c.agent_id, skill=skill, expired_at=until))
        elif new or (before.skills.get(skill), before.expiries.get(skill)) != (level, until):
            events.append(SkillGranted(agent_id=c.agent_id, skill=skill, level=level, expires_at=until))
    if before.languages != c.languages or (new and c.languages):
        events.append(LanguagesStated(agent_id=c.agent_id, languages=c.languages))
    return Outcome().add("agent", c.agent_id, *events) if events else Outcome()


@decides(ExpireSkill)
def expire_skill(states: States, c: ExpireSkill, at: Moment) -> Outcome:
    until = states.of(Agent, "agent", c.agent_id).expiries.get(c.skill)
    if until is None or at.now < until:
        return Outcome()
    return Outcome().add("agent", c.agent_id, SkillExpired(agent_id=c.agent_id, skill=c.skill, expired_at=until))


@decides(RetireAgent)
def retire(states: States, c: RetireAgent, at: Moment) -> Outcome:
    if not states.of(Agent, "agent", c.agent_id).employed:
        return Outcome()
    outcome = sign_out(states, SignOut(agent_id=c.agent_id), at)
    return outcome.add("agent", c.agent_id, AgentRetired(agent_id=c.agent_id))


@decides(SignIn)
def sign_in(states: States, c: SignIn, at: Moment) -> Outcome:
    if _agent(states, c.agent_id).presence != "signed_out":
        return Outcome()
    return Outcome().add("agent", c.agent_id, AgentSignedIn(agent_id=c.agent_id))


@decides(BecomeReady)
def become_ready(states: States, c: BecomeReady, at: Moment) -> Outcome:
    presence = _agent(states, c.agent_id).presence
    if presence == "ready":
        return Outcome()
    step(PRESENCE, presence, AgentBecameReady, f"agent {c.agent_id}")
    return Outcome().add("agent", c.agent_id, AgentBecameReady(agent_id=c.agent_id, reason=c.reason))


@decides(BecomeNotReady)
def become_not_ready(states: States, c: BecomeNotReady, at: Moment) -> Outcome:
    """Not ready; offers that ring now are taken back, work in hand stays."""
    agent = _agent(states, c.agent_id)
    if agent.presence == "not_ready" and agent.reason == c.reason:
        return Outcome()
    step(PRESENCE, agent.presence, AgentBecameNotReady, f"agent {c.agent_id}")
    outcome = Outcome().add("agent", c.agent_id, AgentBecameNotReady(agent_id=c.agent_id, reason=c.reason))
    return outcome.merge(_leave(states, agent, c.reason, only_offers=True))


@decides(PauseChannel)
def pause_channel(states: States, c: PauseChannel, at: Moment) -> Outcome:
    """Offers by this channel that ring now are taken back, work in hand stays."""
    agent = _agent(states, c.agent_id)
    if agent.presence == "signed_out":
        raise Rejection("signed_out", f"agent {c.agent_id} is signed out and takes nothing anyway; sign in first")
    if agent.profile is None or c.channel not in agent.profile.channels:
        has = ", ".join(sorted(agent.profile.channels)) if agent.profile is not None else "none"
        raise Rejection("no_such_channel", f"the profile of {c.agent_id} has no channel {c.channel}; it has {has}")
    if agent.paused.get(c.channel) == c.reason:
        return Outcome()
    paused = ChannelPaused(agent_id=c.agent_id, channel=c.channel, reason=c.reason)
    outcome = Outcome().add("agent", c.agent_id, paused)
    return outcome.merge(_leave(states, agent, c.reason, only_offers=True, channel=c.channel))


@decides(ResumeChannel)
def resume_channel(states: States, c: ResumeChannel, at: Moment) -> Outcome:
    if c.channel not in _agent(states, c.agent_id).paused:
        return Outcome()
    resumed = ChannelResumed(agent_id=c.agent_id, channel=c.channel, reason=c.reason)
    return Outcome().add("agent", c.agent_id, resumed)


@decides(LoseConnection)
def lose_connection(states: States, c: LoseConnection, at: Moment) -> Outcome:
    if _agent(states, c.agent_id).presence not in ("ready", "not_responding"):
        return Outcome()
    return become_not_ready(states, BecomeNotReady(agent_id=c.agent_id, reason=CONNECTION_LOST), at)


@decides(SignOut)
def sign_out(states: States, c: SignOut, at: Moment) -> Outcome:
    agent = _agent(states, c.agent_id)
    if agent.presence == "signed_out":
        return Outcome()
    step(PRESENCE, agent.presence, AgentSignedOut, f"agent {c.agent_id}")
    outcome = Outcome().add("agent", c.agent_id, AgentSignedOut(agent_id=c.agent_id, reason=c.reason))
    return outcome.merge(_leave(states, agent, "signed out", only_offers=False))


def _leave(states: States, agent: Agent, reason: str, *, only_offers: bool, channel: str = "") -> Outcome:
    """`channel`: the one concerned, where not all are."""
    outcome = Outcome()
    for work_id, held in sorted(agent.work.items()):
        if channel not in ("", held.channel):
            continue
        interaction = states.of(Interaction, "interaction", held.interaction_id)
        if not only_offers or work_id in interaction.leg(held.leg).offers:
            outcome.merge(give_up(states, agent, work_id, held, reason))
    return outcome
