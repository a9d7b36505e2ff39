"""A customer who chats, over real HTTP, and the agent who takes it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from html import unescape
from typing import Any

from domain.centre.configuration import ConfigureCentre, ConfigureProject
from tests.domain.documents import BOTH, centre, project
from tests.web.pages import field
from tests.web.running import PATIENCE, PROJECT, Client, Running

PATH = f"/chat/{PROJECT}/help"
PAGE = {"channel": "chat", "title": "Ask us", "department": "billing"}


async def with_chat(web: Running, **queue: Any) -> Running:
    use = {"chat": {"concurrency": 2}, "email": {"concurrency": 2}, "callback": {"concurrency": 1, "units": 3}}
    people = centre(profiles={"mixed": {"capacity": 4, "channels": use, "queues": BOTH}})
    await web.execute(ConfigureCentre(document=people, expected_revision=1), "")
    queues = project().model_dump(mode="json")["queues"]
    queues["billing"] |= queue
    hours = {"never": {"time_zone": "UTC", "weekly": {}}}
    document = project(conversations={"help": PAGE}, queues=queues, hours=hours)
    await web.execute(ConfigureProject(document=document, expected_revision=1))
    return web


async def begin(web: Running, text: str = "Good day", **fields: str) -> tuple[Client, str]:
    """A customer who has begun a conversation, and its page."""
    client = web.anybody()
    body = {"form": field((await client.get(PATH)).text, "form"), "text": text, **fields}
    answer = await client.post(PATH, data=body)
    assert answer.status_code == 303, answer.text
    return client, answer.headers["location"].partition("?")[0]


async def say(client: Client, page: str, text: str, id: str = "one") -> int:
    return (await client.post(page, data={"text": text, "id": id})).status_code


async def interaction(web: Running) -> str:
    started = (await web.doors.log.read(types=["interaction.started.v1"]))[-1]
    return str(started.event.interaction_id)  # type: ignore[attr-defined]


async def accepted(web: Running, agent: Client) -> str:
    """Anna takes the latest conversation; the address of its leg."""
    identity = await interaction(web)
    work_id = await web.offer(identity)
    leg = f"/api/projects/{PROJECT}/interactions/{identity}/legs/1"
    answer = await agent.post(f"{leg}/offers/{work_id}/accept")
    assert answer.status_code == 200, answer.text
    return leg


@asynccontextmanager
async def following(client: Client, page: str, **headers: str) -> AsyncGenerator[AsyncIterator[dict[str, Any]]]:
    """What the page's script is told: each line with the id that it came under."""
    shown = (await client.get(page)).text
    (address,) = re.findall(r'data-follow="([^"]+)"', shown)
    async with client.stream("GET", unescape(address), headers=headers, timeout=PATIENCE) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        async with aclosing(_lines(response)) as lines:
            yield lines


async def _lines(response: Any) -> AsyncGenerator[dict[str, Any]]:
    position = ""
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            position = value
        if name == "data":
            yield json.loads(value) | {"id": position}


async def next_line(lines: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        return await anext(lines)
