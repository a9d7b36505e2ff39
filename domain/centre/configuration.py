"""Configuring: a document becomes an event, against the version that its author had seen.

centre stream: not configured → configured (again and again). project streams: the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.agent import commands as agent_commands
from domain.centre.certifications import expiries
from domain.centre.documents import CentreDocument, ProjectDocument, Queue
from domain.centre.hours import after_open, is_open
from domain.centre.outage import SiteCameBack, SiteWentDown
from domain.decide import Command, Moment, Outcome, decide, decides
from domain.event import Event
from domain.rejection import NotFound, Rejection
from domain.states import States, concept


class CentreConfigured(Event, wire="centre.configured.v1"):
    """A version of the centre's document was accepted."""

    document: dict[str, Any]
    sha256: str
    revision: int


class ProjectConfigured(Event, wire="project.configured.v1"):
    """A version of a project's document was accepted."""

    document: dict[str, Any]
    sha256: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureCentre(Command):
    """Apply a document on top of `expected_revision` (0: the first).

    Agents in it are registered or brought up to date, those who stood in it and no longer do are retired.
    """

    document: CentreDocument
    expected_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureProject(Command):
    """Apply a project's document on top of `expected_revision` (0: the first)."""

    document: ProjectDocument
    expected_revision: int


@dataclass(frozen=True, slots=True)
class Centre:
    """`down`: the sites where nobody can work now."""

    revision: int = 0
    sha256: str = ""
    document: CentreDocument | None = None
    down: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Project:
    revision: int = 0
    sha256: str = ""
    document: ProjectDocument | None = None

    @property
    def configured(self) -> ProjectDocument:
        if self.document is None:
            raise NotFound("configured project", "")
        return self.document

    def queue(self, name: str) -> Queue:
        found = self.configured.queues.get(name)
        if found is None:
            raise NotFound("queue", name)
        return found

    def department_queue(self, department: str) -> str:
        found = self.configured.departments.get(department)
        if found is None:
            known = ", ".join(sorted(self.configured.departments))
            raise Rejection("not_found", f"there is no department {department!r}; there are {known}")
        return found.queue

    def is_open(self, queue: Queue, at: datetime) -> bool:
        """Whether a queue is open; one without hours always is."""
        return queue.hours is None or is_open(self.configured.hours[queue.hours], at)

    def after_open(self, queue: Queue, start: datetime, seconds: float) -> datetime | None:
        """The instant at which so many open seconds have passed for a queue; None where it does not open again."""
        if queue.hours is None:
            return start + timedelta(seconds=seconds)
        return after_open(self.configured.hours[queue.hours], start, seconds)


def evolve_centre(state: Centre, event: Event) -> Centre:
    match event:
        case CentreConfigured():
            return Centre(event.revision, event.sha256, CentreDocument.model_validate(event.document), state.down)
        case SiteWentDown():
            return replace(state, down=state.down | {event.site})
        case SiteCameBack():
            return replace(state, down=state.down - {event.site})
        case _:
            return state


def evolve_project(state: Project, event: Event) -> Project:
    if isinstance(event, ProjectConfigured):
        return Project(event.revision, event.sha256, ProjectDocument.model_validate(event.document))
    return state


concept("centre", Centre(), evolve_centre)
concept("project", Project(), evolve_project)


def project_of(states: States, project: str) -> Project:
    """The project's present document. Raises `NotFound` when it was never configured."""
    found = states.of(Project, "project", project)
    if found.document is None:
        raise NotFound("project", project)
    return found


def canonical(document: CentreDocument | ProjectDocument) -> tuple[dict[str, Any], str]:
    """The document as plain JSON values and the SHA-256 of its canonical JSON (RFC 8785 order of keys)."""
    plain = document.model_dump(mode="json")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return plain, hashlib.sha256(text.encode()).hexdigest()


def _check_revision(what: str, expected: int, actual: int) -> None:
    if expected != actual:
        raise Rejection(
            "stale_revision",
            f"{what} is at revision {actual}, this change was made on revision {expected}: "
            "look at what changed in between and apply it again",
        )


@decides(ConfigureCentre)
def configure_centre(states: States, c: ConfigureCentre, at: Moment) -> Outcome:
    before = states.of(Centre, "centre", c.document.centre)
    document, sha256 = canonical(c.document)
    if before.sha256 == sha256:
        return Outcome()
    _check_revision(f"centre {c.document.centre!r}", c.expected_revision, before.revision)
    if before.document is not None and before.document.pool != c.document.pool:
        raise Rejection("pool_is_for_life", f"this centre's pool is {before.document.pool!r} for life")
    outcome = Outcome().add(
        "centre",
        c.document.centre,
        CentreConfigured(document=document, sha256=sha256, revision=before.revision + 1),
    )
    for agent_id, entry in c.document.agents.items():
        register = agent_commands.RegisterAgent(
            agent_id=agent_id,
            name=entry.name,
            site=entry.site,
            profile=c.document.profiles[entry.profile],
            profile_name=entry.profile,
            skills=entry.skills,
            languages=entry.languages,
            centre=c.document.centre,
            expiries=expiries(c.document, entry),
        )
        outcome.merge(decide(states, register, now=at.now, new_id=at.new_id))
    return outcome.merge(_retired(states, before.document, c.document, at))


def _retired(states: States, before: CentreDocument | None, document: CentreDocument, at: Moment) -> Outcome:
    """Agents who stand in the document no longer; each decided on what the retirement of the others leads to."""
    outcome = Outcome()
    for agent_id in sorted(before.agents.keys() - document.agents.keys() if before else ()):
        retire = agent_commands.RetireAgent(agent_id=agent_id)
        outcome.merge(decide(states.after(outcome.events), retire, now=at.now, new_id=at.new_id))
    return outcome


@decides(ConfigureProject)
def configure_project(states: States, c: ConfigureProject, at: Moment) -> Outcome:
    before = states.of(Project, "project", c.document.project)
    document, sha256 = canonical(c.document)
    if before.sha256 == sha256:
        return Outcome()
    _check_revision(f"project {c.document.project!r}", c.expected_revision, before.revision)
    if before.document is not None and before.document.pool != c.document.pool:
        raise Rejection("pool_is_for_life", f"this project's pool is {before.document.pool!r} for life")
    event = ProjectConfigured(document=document, sha256=sha256, revision=before.revision + 1)
    return Outcome().add("project", c.document.project, event)
