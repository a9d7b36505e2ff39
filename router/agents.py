"""The agents of a pool, folded from their own events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from domain.agent.state import PRESENCE
from domain.event import Event, Recorded
from router.certifications import Certifications
from router.index import Index
from router.instants import micros
from router.kept import Kept
from router.records import AgentRecord

Fold = Callable[[Any, Recorded], None]


class Agents(Kept):
    """`stirred` is told of an agent whose presence, site or channels changed: work may be kept for them, or no
    longer.
    """

    def __init__(self, index: Index, down: set[str], stirred: Callable[[str], None]) -> None:
        self._index, self._down, self._stirred = index, down, stirred
        self.known: dict[str, AgentRecord] = {}
        self.certifications = Certifications()

    def folds(self) -> dict[type[Event], Fold]:
        """How to fold each event of an agent."""
        return {
            AgentRegistered: self._registered,
            ProfileAssigned: self._profile,
            AgentMoved: self._moved,
            SkillGranted: self._granted,
            SkillWithdrawn: self._withdrawn,
            SkillExpired: self._withdrawn,
            LanguagesStated: self._languages,
            AgentSignedIn: self._presence,
            AgentBecameReady: self._presence,
            AgentBecameNotReady: self._presence,
            AgentStoppedResponding: self._presence,
            AgentSignedOut: self._presence,
            AgentRetired: self._presence,
            ChannelPaused: self._paused,
            ChannelResumed: self._resumed,
            AgentReserved: self._reserved,
            AgentReleased: self._released,
        }

    def site_changed(self, site: str) -> None:
        """A site went down or came back."""
        for agent in self.known.values():
            if agent.site == site:
                self._sits(agent, site)

    def _changed(self, agent_id: str, recorded: Recorded) -> AgentRecord:
        """The agent, who needs new seats."""
        agent = self.known[agent_id]
        agent.cause_at, agent.cause_id = recorded.position, recorded.event_id
        self._index.touch(agent, moved=True)
        return agent

    def _sits(self, agent: AgentRecord, site: str) -> None:
        agent.site, agent.up = site, site not in self._down
        self._index.touch(agent, moved=True)
        self._stirred(agent.agent_id)

    def _registered(self, event: AgentRegistered, recorded: Recorded) -> None:
        """A new agent, or one who comes back after having been retired."""
        agent = self.known.get(event.agent_id)
        if agent is None:
            agent = self.known[event.agent_id] = AgentRecord(event.agent_id, event.site)
        agent.cause_at, agent.cause_id = recorded.position, recorded.event_id
        agent.presence = PRESENCE[agent.presence, AgentRegistered]
        self._sits(agent, event.site)

    def _profile(self, event: ProfileAssigned, recorded: Recorded) -> None:
        agent = self._changed(event.agent_id, recorded)
        agent.profile, agent.profile_name = event.profile, event.profile_name

    def _moved(self, event: AgentMoved, recorded: Recorded) -> None:
        self._sits(self._changed(event.agent_id, recorded), event.site)

    def _granted(self, event: SkillGranted, recorded: Recorded) -> None:
        self._changed(event.agent_id, recorded).skills[event.skill] = event.level
        until = event.expires_at
        self.certifications.granted(event.agent_id, event.skill, None if until is None else micros(until))

    def _withdrawn(self, event: SkillWithdrawn | SkillExpired, recorded: Recorded) -> None:
        self._changed(event.agent_id, recorded).skills.pop(event.skill, None)
        self.certifications.granted(event.agent_id, event.skill, None)

    def pass_time(self, now_us: int) -> None:
        """Take away the skills whose certification has run out."""
        for agent_id, skill in self.certifications.pass_time(now_us):
            agent = self.known[agent_id]
            agent.skills.pop(skill, None)
            self._index.touch(agent, moved=True)

    def _languages(self, event: LanguagesStated, recorded: Recorded) -> None:
        self._changed(event.agent_id, recorded).languages = frozenset(event.languages)

    def _presence(self, event: Any, recorded: Recorded) -> None:
        """A table decides, so that the board cannot know a state the domain does not."""
        agent = self._changed(event.agent_id, recorded)
        kind: type[Event] = event.__class__
        agent.presence = PRESENCE[agent.presence, kind]
        if kind is AgentBecameReady:
            agent.idle_since, agent.idle_us = recorded.recorded_at, micros(recorded.recorded_at)
        elif kind is AgentSignedIn:
            agent.sign_in(micros(recorded.recorded_at))
        elif kind is AgentSignedOut:
            agent.paused.clear()
        self._stirred(agent.agent_id)

    def _paused(self, event: ChannelPaused, recorded: Recorded) -> None:
        self._changed(event.agent_id, recorded).paused[event.channel] = event.reason
        self._stirred(event.agent_id)

    def _resumed(self, event: ChannelResumed, recorded: Recorded) -> None:
        self._changed(event.agent_id, recorded).paused.pop(event.channel, None)
        self._stirred(event.agent_id)

    def _reserved(self, event: AgentReserved, recorded: Recorded) -> None:
        agent = self.known[event.agent_id]
        agent.cause_at, agent.cause_id = recorded.position, recorded.event_id
        if agent.hold(event.work_id, event.channel, event.units):
            self._index.touch(agent)

    def _released(self, event: AgentReleased, recorded: Recorded) -> None:
        agent = self.known[event.agent_id]
        agent.cause_at, agent.cause_id = recorded.position, recorded.event_id
        held = agent.free(event.work_id)
        if held is not None:
            if held.worked:
                agent.idle_since, agent.idle_us = recorded.recorded_at, micros(recorded.recorded_at)
                agent.work_changes(-1, agent.idle_us)
            self._index.touch(agent)
