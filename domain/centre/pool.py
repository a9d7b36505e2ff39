"""A centre together with the projects of its pool: who may serve what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.centre.asked import Asked
from domain.centre.documents import AgentEntry, CentreDocument, Profile, ProjectDocument, Queue
from domain.centre.faults import NamesIn, Subject
from domain.centre.reach import Reach


@dataclass(frozen=True, slots=True)
class Pool:
    """The projects by name, each with where it stands."""

    subject: Subject
    centre: CentreDocument
    projects: dict[str, tuple[Subject, ProjectDocument]]
    _by_profile: Mapping[str, Mapping[str, AgentEntry]] = field(init=False, repr=False)
    _reach: Mapping[str, Reach] = field(init=False, repr=False)
    _able: dict[object, Mapping[str, AgentEntry]] = field(init=False, repr=False, default_factory=dict[object, Any])

    def __post_init__(self) -> None:
        by_profile: dict[str, dict[str, AgentEntry]] = {name: {} for name in self.centre.profiles}
        for name, agent in self.centre.agents.items():
            by_profile.setdefault(agent.profile, {})[name] = agent
        object.__setattr__(self, "_by_profile", by_profile)
        object.__setattr__(self, "_reach", {name: Reach(project) for name, (_, project) in self.projects.items()})

    def reach(self, project: str) -> Reach:
        """The ways of a project's work."""
        return self._reach[project]

    def profiles(self, project: str, asked: Asked) -> dict[str, Profile]:
        """The profiles that serve one of the queues asked, in whatever ring."""
        return {name: p for name, p in self.centre.profiles.items() if asked.serves(project, p)}

    def agents(self, project: str, asked: Asked) -> dict[str, AgentEntry]:
        """The agents whose profile serves one of the queues asked, in whatever ring and with whatever skills."""
        serving = self.profiles(project, asked)
        return {name: agent for profile in serving for name, agent in self._by_profile[profile].items()}

    def able(self, project: str, asked: Asked) -> Mapping[str, AgentEntry]:
        """The agents who could take it but for its site and language: queue, ring and skills."""
        key = (project, asked.queues, tuple(asked.skills.items()), asked.rings)
        if key not in self._able:
            self._able.clear()  # asked for one queue after another, several times each
            self._able[key] = {
                name: agent
                for profile_name, profile in self.profiles(project, asked).items()
                if asked.in_ring(project, profile)
                for name, agent in self._by_profile[profile_name].items()
                if asked.able(agent)
            }
        return self._able[key]

    def queue(self, full: str) -> tuple[ProjectDocument, str, Queue] | None:
        """The queue named project/queue; None where there is none."""
        project, _, name = full.partition("/")
        if project not in self.projects or name not in self.projects[project][1].queues:
            return None
        found = self.projects[project][1]
        return found, name, found.queues[name]

    @property
    def queues(self) -> list[str]:
        """All queues, as project/queue."""
        return [f"{name}/{queue}" for name, (_, project) in self.projects.items() for queue in project.queues]

    @property
    def staff_in(self) -> NamesIn:
        """Where a fault would make agents look absent."""
        return tuple((self.subject, (key,)) for key in ("pool", "profiles", "agents"))

    @property
    def queues_in(self) -> NamesIn:
        """Where a fault would make queues look absent."""
        subjects = [subject for subject, _ in self.projects.values()]
        return tuple((subject, (key,)) for subject in subjects for key in ("project", "pool", "queues"))
