"""A centre with calls at two sites: documents, and the commands that bring calls into them."""

from __future__ import annotations

from typing import Any

from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.decide import Command
from domain.interaction.calling import ConnectAgent, EnqueueCall, ReceiveCall
from tests.domain.commands import PROJECT, Work, offered, phone, ready
from tests.domain.documents import centre, project
from tests.domain.world import Then, World

QUEUES = {"hotline/calls": {}, "hotline/second": {"ring": 2}, "hotline/mail": {}, "hotline/night": {}}
CHANNELS = {
    "voice": {"concurrency": 1, "units": 4, "interrupts": ["email"]},
    "callback": {"concurrency": 1, "units": 4, "interrupts": ["email"]},
    "email": {"concurrency": 3, "units": 2},
}
#: Open on weekdays; the world begins on a Monday at nine.
WEEKDAYS = {"weekly": {day: ["08:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


def a_centre(**changes: Any) -> CentreDocument:
    """Anna and Clara in Paris, Boris in Warsaw; Dora, in Paris, serves `second` alone."""
    people: dict[str, Any] = {
        "anna": {"site": "paris", "skills": {"french": 5}, "languages": ["fr", "en"]},
        "boris": {"site": "warsaw", "skills": {"french": 2}, "languages": ["pl", "en"]},
        "clara": {"site": "paris"},
        "dora": {"site": "paris", "profile": "second", "skills": {"french": 9}},
    }
    agents = {name: {"name": name.title(), "profile": "all"} | entry for name, entry in people.items()}
    profiles: dict[str, Any] = {
        "all": {"capacity": 4, "channels": CHANNELS, "queues": QUEUES},
        "second": {"capacity": 4, "channels": CHANNELS, "queues": {"hotline/second": {"ring": 2}}},
    }
    return centre(**({"agents": agents, "profiles": profiles} | changes))


def a_project(calls: dict[str, Any] | None = None, **changes: Any) -> ProjectDocument:
    """`calls` are the rules of the queue of that name."""
    queues: dict[str, Any] = {
        "calls": {"title": "Calls", "wrap_up": {"mode": "none"}} | (calls or {}),
        "second": {"title": "Second"},
        "mail": {"title": "Mail"} | changes.pop("mail", {}),
        "night": {"title": "Night"},
    }
    document: dict[str, Any] = {
        "queues": queues,
        "departments": {"mail": {"title": "Mail", "queue": "mail"}, "second": {"title": "Second", "queue": "second"}},
        "mailboxes": {"help": {"address": "help@example.com", "title": "Help", "department": "mail", "site": "paris"}},
        "callbacks": {"queue": "calls", "expires": 3600},
        "hours": {"weekdays": WEEKDAYS},
    }
    return project(**(document | changes))


def a_hotline(calls: dict[str, Any] | None = None, *, agents: tuple[str, ...] = ("anna",), **changes: Any) -> World:
    """A configured world in which these agents are ready."""
    world = World().given(
        ConfigureProject(document=a_project(calls, **changes), expected_revision=0),
        ConfigureCentre(document=a_centre(), expected_revision=0),
    )
    return world.given(*ready(*agents))


def rings(world: World, number: str | None = "+48221234567", **fields: Any) -> str:
    """Somebody calls; the interaction."""
    caller = None if number is None else phone(number)
    received = ReceiveCall(**({"project": PROJECT, "caller": caller, "entry": "+4822000"} | fields))
    return world.when(received).result["interaction_id"]


def enqueued(world: World, interaction: str, queue: str = "calls", site: str = "") -> Then:
    return world.when(EnqueueCall(project=PROJECT, interaction_id=interaction, queue=queue, site=site))


def waits(world: World, queue: str = "calls", *, site: str = "", **fields: Any) -> str:
    """Somebody calls and waits in a queue; the interaction."""
    interaction = rings(world, **fields)
    enqueued(world, interaction, queue, site)
    return interaction


def where(interaction: str, leg: str = "1") -> dict[str, str]:
    return {"project": PROJECT, "interaction_id": interaction, "leg": leg}


def talks(world: World, agent: str, interaction: str = "", leg: str = "1") -> Work:
    """A call that this agent and a customer are in."""
    work = offered(world, agent, interaction or waits(world), leg=leg)
    world.given(work.accept(), ConnectAgent(**work.where))
    return work


def configured_anew(world: World, calls: dict[str, Any] | None = None, **changes: Any) -> Command:
    """The project's document with other rules."""
    revision = world.of("project", PROJECT).revision
    return ConfigureProject(document=a_project(calls, **changes), expected_revision=revision)
