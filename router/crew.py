"""Who is signed in and could take work of a kind, whatever they hold and whether they are ready.

Steps are taken only for somebody, and the estimate counts those who serve; both ask here. The answer for a
requirement is worked out once and then kept true, agent by agent, as they come, go, move and learn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from domain.agent.events import (
    AgentMoved,
    AgentSignedIn,
    AgentSignedOut,
    LanguagesStated,
    ProfileAssigned,
    SkillExpired,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.outage import SiteCameBack, SiteWentDown
from domain.event import Event, Recorded
from router.kept import Kept
from router.records import AgentRecord

#: Requirements kept worked out although nothing waits for them; more are forgotten wholesale.
KEPT = 4096

#: Events after which somebody may be able to take other work than before.
CONCERNING: frozenset[type[Event]] = frozenset(
    {
        AgentMoved,
        AgentSignedIn,
        AgentSignedOut,
        LanguagesStated,
        ProfileAssigned,
        SiteCameBack,
        SiteWentDown,
        SkillExpired,
        SkillGranted,
        SkillWithdrawn,
    }
)


#: Presences of agents who are not signed in.
GONE = frozenset({"absent", "signed_out", "retired"})


class Requirement(NamedTuple):
    """What an agent must be to take an item, whatever they hold: the rules channel, queue, ring, sites, skill and
    language. `queues` are its own and further ones, as `project/queue`; `sites` empty: any; `language` empty: any."""

    channel: str
    queues: tuple[str, ...]
    rings: int
    sites: tuple[str, ...]
    skills: tuple[tuple[str, int], ...]
    language: str


class Crew(Kept):
    """Signed-in agents by requirement. `gained` is told of each requirement that somebody new could take."""

    def __init__(self, agents: Mapping[str, AgentRecord], gained: Callable[[Requirement], None]) -> None:
        self._agents, self._gained = agents, gained
        self._dirty: dict[str, None] = {}
        self._serving: dict[str, dict[str, AgentRecord]] = {}
        self._queues: dict[str, tuple[str, ...]] = {}
        self._able: dict[Requirement, dict[str, AgentRecord]] = {}
        self._asking: dict[str, dict[Requirement, None]] = {}
        self._down: set[str] = set()
        self._stale = False

    def fold(self, event: Any, recorded: Recorded) -> None:
        """Note what changed; it is taken in when next somebody asks."""
        kind: type[Event] = (
            event.__class__
        )  # asking whether it is an instance takes longer, and every event comes by here
        if kind is SiteWentDown:
            self._down.add(event.site)
            self._stale = True
        elif kind is SiteCameBack:
            self._down.discard(event.site)
            self._stale = True
        else:
            self._dirty[event.agent_id] = None

    def settle(self) -> None:
        """Take in what was noted; `gained` is called on the way."""
        if not self._dirty and not self._stale:
            return
        dirty, self._dirty = self._dirty, {}
        for agent_id in dirty:
            self._sync(agent_id)
        if self._stale:
            self._stale = False
            for requirement in [one for one in self._able if one.sites]:
                before = self._able[requirement]
                after = self._able[requirement] = self._found(requirement)
                if after.keys() - before.keys():
                    self._gained(requirement)

    def able(self, requirement: Requirement) -> Mapping[str, AgentRecord]:
        """The signed-in agents who could take it, by id."""
        self.settle()
        known = self._able.get(requirement)
        if known is None:
            known = self._able[requirement] = self._found(requirement)
            for queue in requirement.queues:
                self._asking.setdefault(queue, {})[requirement] = None
        return known

    def forget(self, wanted: Collection[Requirement]) -> None:
        """Once many are known, drop those that nothing waits for: they can be worked out again."""
        if len(self._able) <= KEPT + len(wanted):
            return
        for requirement in [one for one in self._able if one not in wanted]:
            del self._able[requirement]
            for queue in requirement.queues:
                self._asking[queue].pop(requirement, None)

    def _sync(self, agent_id: str) -> None:
        agent = self._agents[agent_id]
        signed_in = agent.presence not in GONE and agent.profile is not None
        before = self._queues.pop(agent_id, ())
        after = tuple(agent.profile.queues) if signed_in and agent.profile is not None else ()
        for queue in before:
            self._serving[queue].pop(agent_id, None)
        for queue in after:
            self._serving.setdefault(queue, {})[agent_id] = agent
        if after:
            self._queues[agent_id] = after
        touched = dict.fromkeys(one for queue in (*before, *after) for one in self._asking.get(queue, ()))
        for requirement in touched:
            members = self._able[requirement]
            if not after or not self._fits(agent, requirement):
                members.pop(agent_id, None)
            elif agent_id not in members:
                members[agent_id] = agent
                self._gained(requirement)

    def _found(self, requirement: Requirement) -> dict[str, AgentRecord]:
        serving = (one for queue in requirement.queues for one in self._serving.get(queue, {}).items())
        return {agent_id: agent for agent_id, agent in serving if self._fits(agent, requirement)}

    def _fits(self, agent: AgentRecord, requirement: Requirement) -> bool:
        profile = agent.profile
        if profile is None or requirement.channel not in profile.channels:
            return False
        use = next((profile.queues[queue] for queue in requirement.queues if queue in profile.queues), None)
        if use is None or use.ring > requirement.rings:
            return False
        sites = requirement.sites
        if sites and agent.site not in sites and not all(site in self._down for site in sites):
            return False
        if any(agent.skills.get(skill, 0) < level for skill, level in requirement.skills):
            return False
        return not requirement.language or not agent.languages or requirement.language in agent.languages
