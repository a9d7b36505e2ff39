"""What tests about waiting say often: profiles, a centre of two sites, queues with hours, steps among commands."""

from __future__ import annotations

from typing import Any

from domain.agent.commands import BecomeReady, RegisterAgent, SignIn
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, Profile, ProjectDocument
from domain.decide import Command
from domain.interaction.escalation import TakeStep
from tests.router.pool import POOL, Pool


def profile(**changes: Any) -> dict[str, Any]:
    usual = {
        "capacity": 3,
        "channels": {"voice": {"concurrency": 1, "units": 3}, "email": {"concurrency": 3}},
        "queues": {"p/a": {}, "p/b": {}},
    }
    return usual | changes


def steps(commands: list[Command]) -> list[tuple[str, int]]:
    return [(command.interaction_id, command.step) for command in commands if isinstance(command, TakeStep)]


def events(pool: Pool, kind: type[Any]) -> list[Any]:
    return [one.event for one in pool.log if isinstance(one.event, kind)]


def two_sites(pool: Pool) -> None:
    """A centre with two sites; who is in its document is registered with it."""
    document = {
        "schema_version": 1,
        "centre": "c",
        "title": "Centre",
        "pool": POOL,
        "sites": {"paris": {"title": "Paris"}, "warsaw": {"title": "Warsaw"}},
        "profiles": {"usual": profile()},
        "agents": {},
    }
    pool.do(ConfigureCentre(document=CentreDocument.model_validate(document), expected_revision=0))


def with_hours(pool: Pool, queues: dict[str, dict[str, Any]], hours: dict[str, Any]) -> None:
    document = {
        "schema_version": 1,
        "project": "p",
        "title": "p",
        "pool": POOL,
        "departments": {"all": {"title": "All", "queue": "a"}},
        "queues": {queue: {"title": queue, **rules} for queue, rules in queues.items()},
        "hours": hours,
    }
    revision = pool.of("project", "p").revision
    pool.do(ConfigureProject(document=ProjectDocument.model_validate(document), expected_revision=revision), "p")


def agent_at(pool: Pool, agent_id: str, site: str, **changes: Any) -> None:
    register = RegisterAgent(
        agent_id=agent_id,
        name=agent_id.title(),
        site=site,
        profile_name="usual",
        profile=Profile.model_validate(profile(**changes)),
        skills={},
    )
    pool.do(register)
    pool.do(SignIn(agent_id=agent_id))
    pool.do(BecomeReady(agent_id=agent_id))
