"""Two sites on one log: the power and the network of one fail, its work moves, and whoever watched misses nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from domain.agent.commands import BecomeReady, SignIn
from domain.execute import Origin
from infra.apply_documents import apply_documents, in_force
from infra.documents import check_files
from tests.faults.serving import Centre, run
from tests.processes.proxy import proxy
from tests.processes.starting import ADMIN, EXAMPLE, POOL, Cluster, until, write
from web.access import Role

pytestmark = pytest.mark.timeout(300)


async def two_sites(centre: Cluster, folder: Path) -> None:
    """Alice works at the shop, Bruno at the depot."""
    text = EXAMPLE.read_text().replace(
        "\nprofiles:", "  depot: {title: The depot, time_zone: Europe/Paris}\n\nprofiles:", 1
    )
    file = folder / "two_sites.yaml"
    file.write_text(text.replace("{name: Bruno Petit, site: shop,", "{name: Bruno Petit, site: depot,"))
    checked = check_files([file])
    assert checked.exit_code == 0, checked.findings
    known = await in_force(centre.stores.log, checked.centres, checked.projects)
    expected = {stream: one.revision for stream, one in known.items()}
    await apply_documents(centre.stores.executor, checked.centres, checked.projects, ADMIN, expected=expected)


async def ready(centre: Cluster, agent_id: str) -> None:
    origin = Origin(project="", pool=POOL, actor="test")
    await centre.stores.executor.execute(SignIn(agent_id=agent_id), origin)
    await centre.stores.executor.execute(BecomeReady(agent_id=agent_id), origin)


class Watcher:
    """A supervisor's browser: listens, and comes back with the last id that it saw."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.seen: list[int] = []
        self.resets = 0
        self.first = ""
        self.last = ""

    @asynccontextmanager
    async def watching(self, web: Centre) -> AsyncGenerator[None]:
        task = asyncio.create_task(self._listen(web.url))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _listen(self, url: str) -> None:
        while True:
            try:
                await self._once(url)
            except httpx2.HTTPError:
                await asyncio.sleep(0.1)

    async def _once(self, url: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Last-Event-ID": self.last} if self.last else {})
        async with (
            httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60, verify=False) as client,
            client.stream("GET", "/api/stream", headers=headers) as response,
        ):
            event = ""
            async for line in response.aiter_lines():
                name, _, value = line.partition(":")
                event = value.strip() if name == "event" else "" if not line else event
                if name == "id":
                    self.last = value.strip()
                    self.first = self.first or self.last
                if name == "data" and event == "":
                    self.seen.append(int(json.loads(value)["position"]))
                self.resets += event == "reset" and name == "event"


async def test_a_site_dies_with_its_network_its_work_moves_and_who_watched_misses_nothing(
    centre: Cluster, folder: Path, databases: tuple[str, str]
) -> None:
    await two_sites(centre, folder)
    token = await centre.token("boss", Role.SUPERVISOR)
    async with proxy(databases[0]) as cable:
        through = {
            "database_url": SecretStr(cable.url(databases[0])),
            "accounts_url": SecretStr(cable.url(databases[0])),
            "keys_url": SecretStr(cable.url(databases[1])),
        }
        north = await centre.start("web", "router", "projections", **through)
        south = await centre.start("web", "router", "projections", "mail")
        intake = south[3].settings.smtp_in_port
        await ready(centre, "alice")
        watcher = Watcher(token)
        async with watcher.watching(north[0]):
            await until(lambda: _true(bool(watcher.last)))
            # The first id is the server's place when it began; an event of before may follow at once, and counts.
            start = int(watcher.first)
            await write(intake, 1)
            (offered,) = await until(lambda: centre.events("interaction.offered.v1"))
            assert offered.agent_id == "alice"
            await until(lambda: _true(bool(watcher.seen)))

            await cable.cut()
            await asyncio.gather(*(one.kill() for one in north))
        await ready(centre, "bruno")
        down = await run(south[0].settings, centre.nursery, "site", "down", "shop", "--json")
        assert down.code == 0, down.err
        moved = await until(lambda: _offers_of(centre, "bruno"))
        assert moved[0].interaction_id == offered.interaction_id, "what Alice was offered goes to the other site"
        assert await until(lambda: centre.events("agent.signed_out.v1", "agent.became_not_ready.v1"))
        await write(intake, 2)
        await until(lambda: _more_offers(centre, "bruno", 2))

        async with watcher.watching(south[0]):
            head = await centre.stores.log.head()
            await until(lambda: _true(watcher.seen[-1] >= head))
    assert watcher.resets == 0
    log = [one.position for one in await centre.stores.log.read(start, 10_000, pool=POOL)]
    assert watcher.seen[: len(log)] == log[: len(watcher.seen)], "every event once, in order, over both sites"
    assert len(watcher.seen) >= len([one for one in log if one <= head])


async def _true(is_so: bool) -> bool:
    return is_so


async def _offers_of(centre: Cluster, agent_id: str) -> list:  # type: ignore[type-arg]
    return [one for one in await centre.events("interaction.offered.v1") if one.agent_id == agent_id]


async def _more_offers(centre: Cluster, agent_id: str, number: int) -> bool:
    return len(await _offers_of(centre, agent_id)) >= number
