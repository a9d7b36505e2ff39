"""A floor to lead: a centre whose figures are watched and whose work is routed, by the parts that do it in earnest."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Browser

from domain.agent.commands import BecomeReady, SignIn
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from infra.alerting.watching import Watching
from infra.configured import Configured
from infra.routing import RouterProcess
from tests.desk.browsing import Person, person
from tests.domain.documents import centre, project
from tests.web.running import POOL, Running

#: Everybody works at once where one test wants to see it: a wait is too long as soon as there is one.
ALERTS: dict[str, Any] = {"long_wait": {"metric": "waiting", "above": 0, "clear": 0, "lasting": 0}}
WALLBOARD: dict[str, Any] = {
    "targets": {"service_level": 0.8, "longest_wait": 60, "ready_agents": 1, "rating": 4},
    "time_zone": "Europe/Paris",
}
HOURS: dict[str, Any] = {
    "office": {
        "time_zone": "Europe/Paris",
        "weekly": {day: ["08:00-12:30", "13:30-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "days": {"2030-12-24": ["08:00-12:00"], "2030-12-25": []},
    }
}


async def watched(web: Running, **changes: Any) -> None:
    """Give the project targets and alerts, and watch them."""
    document = project(**({"alerts": ALERTS, "wallboard": WALLBOARD, "hours": HOURS} | changes))
    await web.execute(ConfigureProject(document=document, expected_revision=1))
    configured = Configured(web.doors.log)
    watching = Watching(executor=web.doors.executor, ask=web.doors.queries.ask, configured=configured, clock=web.clock)

    async def look() -> None:
        while True:
            await configured.catch_up()
            await watching.look()
            await asyncio.sleep(0.1)

    _meanwhile(web, look())


async def routed(web: Running) -> None:
    """Route what waits."""
    _meanwhile(web, RouterProcess(web.doors.log, web.doors.executor, POOL, clock=web.clock).run())


def _meanwhile(web: Running, work: Any) -> None:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    web.closing.push_async_callback(end)


async def two_sites(web: Running) -> None:
    """Anna sits in Paris, Boris and Clara in Warsaw; one letter at a time each."""
    document = centre().model_dump(mode="json")
    document["profiles"]["mixed"]["channels"]["email"]["concurrency"] = 1
    for name in ("boris", "clara"):
        document["agents"][name]["site"] = "warsaw"
    changed = centre(profiles=document["profiles"], agents=document["agents"])
    await web.execute(ConfigureCentre(document=changed, expected_revision=1), "")


async def ready(web: Running, *agents: str) -> None:
    for agent_id in agents:
        await web.execute(SignIn(agent_id=agent_id))
        await web.execute(BecomeReady(agent_id=agent_id))


async def leading(web: Running, opened: Browser, place: str = "", role: str = "supervisor", **more: Any) -> Person:
    """Somebody who leads, signed in, at a page of the desk."""
    await web.account("sue", {"*": [role]})
    sue = await person(web, opened, **more)
    await sue.open(place)
    await sue.sign_in("sue")
    await sue.page.get_by_role("navigation").wait_for()
    return sue
