"""The documents of a centre like the scenario's: what the router is told, and what is checked."""

from __future__ import annotations

from domain.centre.documents import CentreDocument, Profile, ProjectDocument
from infra.simulate.scenario import ScenarioDocument
from infra.simulate.stage import POOL, PROJECT

#: The site of a centre whose scenario names none.
HERE = "here"


def centre_document(scenario: ScenarioDocument) -> CentreDocument:
    """One centre with the scenario's sites, skills, profiles and routing; each group stands for one of its agents."""
    shares = {f"{PROJECT}/{queue}": weight for queue, weight in scenario.routing.shares.items()}
    groups = {
        name: {
            "name": name,
            "site": group.site or HERE,
            "profile": group.profile,
            "skills": group.skills,
            "languages": group.languages,
        }
        for name, group in scenario.groups.items()
    }
    return CentreDocument.model_validate(
        {
            "schema_version": 1,
            "centre": POOL,
            "title": scenario.title,
            "pool": POOL,
            "sites": {site: {"title": site} for site in (*scenario.sites, HERE)},
            "skills": {skill: {"title": skill} for skill in scenario.skills},
            "profiles": {name: in_project(profile).model_dump() for name, profile in scenario.profiles.items()},
            "agents": groups,
            "routing": scenario.routing.model_copy(update={"shares": shares}).model_dump(),
        }
    )


def project_document(scenario: ScenarioDocument) -> ProjectDocument:
    """One project with the scenario's queues and hours."""
    return ProjectDocument.model_validate(
        {
            "schema_version": 1,
            "project": PROJECT,
            "title": scenario.title,
            "pool": POOL,
            "departments": {name: {"title": name, "queue": name} for name in scenario.queues},
            "queues": {name: queue.model_dump() for name, queue in scenario.queues.items()},
            "hours": {name: hours.model_dump() for name, hours in scenario.hours.items()},
        }
    )


def in_project(profile: Profile) -> Profile:
    """Queues by the name that the router knows them by."""
    return profile.model_copy(update={"queues": {f"{PROJECT}/{name}": use for name, use in profile.queues.items()}})
