"""From the end of a contact to what it starts, by real parts, once however many processes look."""

from __future__ import annotations

import asyncio

from domain.centre.configuration import ConfigureProject
from infra.outcomes import Acting
from tests.domain.documents import project
from tests.web.running import POOL, PROJECT, Running


async def test_a_contact_that_ends_starts_its_next_action_once(web: Running) -> None:
    rule = {"follow_up": {"after": 60, "channel": "email", "about": "ask how it went"}}
    document = project(outcomes={"answered": rule})
    await web.execute(ConfigureProject(document=document, expected_revision=1))
    ids = await web.resolved()
    assert await web.projecting.reached(("outcomes",), POOL, await web.head(), 20)
    acting = [Acting(executor=web.doors.executor, ask=web.doors.queries.ask) for _ in range(3)]
    assert sum(await asyncio.gather(*(one.look() for one in acting))) >= 1
    assert await web.projecting.reached(("outcomes", "follow_ups"), POOL, await web.head(), 20)
    assert [await one.look() for one in acting] == [0, 0, 0]
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    (outcome,) = (await sue.get(f"/api/projects/{PROJECT}/interactions/{ids['interaction_id']}/outcomes")).json()[
        "items"
    ]
    assert (outcome["disposition"], outcome["done"], outcome["failed"]) == ("answered", ["follow_up"], [])
    planned = (await sue.get(f"/api/projects/{PROJECT}/follow-ups")).json()["items"]
    assert [(one["follow_up_id"], one["agent_id"], one["by"]) for one in planned] == [
        (outcome["follow_up_id"], "anna", "rule")
    ]
