"""Processes of separate roles make one centre, and any of them may go."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Any
from uuid import UUID

import httpx2
import pytest

from domain.agent.commands import BecomeReady, SignIn
from domain.execute import Origin
from tests.processes.starting import POOL, Cluster, complaints, until, write
from web.access import Role

pytestmark = pytest.mark.timeout(240)
ROLES = ("web", "router", "projections", "delivery", "mail")


async def ready_agent(centre: Cluster, agent_id: str = "alice") -> None:
    origin = Origin(project="", pool=POOL, actor="test")
    await centre.stores.executor.execute(SignIn(agent_id=agent_id), origin)
    await centre.stores.executor.execute(BecomeReady(agent_id=agent_id), origin)


async def count(centre: Cluster, wire: str, number: int) -> bool:
    return len(await centre.events(wire)) >= number


async def test_a_mail_passes_through_processes_of_every_role_and_each_does_its_part_once(centre: Cluster) -> None:
    await centre.start(*ROLES, "delivery", "mail")
    await ready_agent(centre)
    intakes = [one.settings.smtp_in_port for one in centre.role("mail")]
    await asyncio.gather(*(write(intakes[number % 2], number) for number in range(12)))
    await until(lambda: count(centre, "delivery.delivered.v1", 12))
    await until(lambda: count(centre, "interaction.offered.v1", 1))

    ids = centre.world.message_ids()
    assert len(ids) == len(set(ids)) == 12, "two senders work the same list, and no mail left twice"
    attempts = await centre.events("delivery.attempted.v1")
    assert len(attempts) == len({one.delivery_id for one in attempts}) == 12
    assert len(await centre.events("ticket.opened.v1")) == 12
    codes = [await one.stop() for one in centre.processes]
    assert codes == [0] * 7, "each ends cleanly when told to"
    assert complaints(centre.processes) == []
    said = "".join(one.said.read_text() for one in centre.processes)
    assert "example.org" not in said, "no customer's address in any process's log"


async def test_what_the_elected_process_of_a_role_did_goes_on_in_another_after_kill_9(centre: Cluster) -> None:
    await centre.start("mail", "router", "router", "projections", "projections", "delivery")
    await ready_agent(centre)
    (intake,) = centre.role("mail")
    for office in (f"router of {POOL}", "projections"):
        await (await centre.elected(office)).kill()
    await write(intake.settings.smtp_in_port, 1)
    await until(lambda: count(centre, "interaction.offered.v1", 1))
    await until(lambda: count(centre, "delivery.delivered.v1", 1))
    assert len(centre.world.taken) == 1


async def test_a_request_is_one_trace_from_its_traceparent_to_the_events_of_what_follows(centre: Cluster) -> None:
    web, _ = await centre.start("web", "projections")
    token = await centre.token("boss", Role.MANAGER)
    trace = "0af7651916cd43dd8448eb211c80319c"
    document = {"name": "Ada", "language": "en", "contacts": [{"kind": "email", "address": "ada@example.org"}]}
    async with httpx2.AsyncClient(base_url=web.url, trust_env=False, timeout=60) as client:
        answer = await client.post(
            "/api/projects/shop/customers",
            json=document,
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": "one",
                "traceparent": f"00-{trace}-b7ad6b7169203331-01",
            },
        )
        page = await client.get("/pages/none", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.is_success, answer.text
    assert answer.headers["traceresponse"].split("-")[1] == trace
    assert page.headers["traceresponse"].split("-")[1] != trace, "a stranger does not choose a conversation"
    (registered,) = await centre.stores.log.read(0, 10, types=["customer.registered.v1"])
    assert UUID(registered.correlation_id).hex == trace


async def test_a_process_says_what_it_is_for_how_far_it_is_and_what_does_not_answer(centre: Cluster) -> None:
    web, projections = await centre.start("web", "projections")

    async def told() -> dict[str, Any] | None:
        """Once it is elected to make rows, which may be a moment after it is ready."""
        said = (await projections.ask("/readyz")).json()
        return said if "projection ticket_board" in said["behind"] else None

    said = await until(told)
    assert said["stores"] == {"log": "ok", "rows": "ok", "accounts": "ok", "keyring": "ok"}
    assert said["role"] == "projections"
    assert (await web.ask("/livez")).json() == {"status": "alive", "role": "web"}
    figures = (await web.ask("/metrics")).text
    assert 'trunkline_process_info{role="web",version="0.1.0"} 1.0' in figures
    async with httpx2.AsyncClient(base_url=web.url, trust_env=False, timeout=60) as client:
        assert (await client.get("/metrics")).status_code == 404, "figures are nobody's business on the public address"
        assert (await client.get("/readyz")).status_code == 200


async def test_every_line_of_a_process_s_log_is_json_with_its_role(centre: Cluster) -> None:
    (router,) = await centre.start("router")
    await router.stop()
    lines = [json.loads(line) for line in router.said.read_text().splitlines()]
    assert {line["role"] for line in lines} == {"router"}
    assert {"running", "stopping"} <= {line["event"] for line in lines}


async def test_a_process_that_stood_still_says_for_how_long(centre: Cluster) -> None:
    (router,) = await centre.start("router")
    os.kill(router.pid, signal.SIGSTOP)
    await asyncio.sleep(3.0)
    os.kill(router.pid, signal.SIGCONT)

    async def told() -> dict[str, Any] | None:
        lines = [json.loads(line) for line in router.said.read_text().splitlines()]
        return next((line for line in lines if line["event"] == "the event loop was held up"), None)

    line = await until(told)
    assert line["level"] == "warning"
    assert line["of_it_processor"] < line["seconds"], "nothing was computed meanwhile"
    assert "trunkline_loop_held_up_seconds_total 0.0" not in (await router.ask("/metrics")).text


async def test_separate_roles_on_an_embedded_log_are_refused_with_the_way_out(centre: Cluster) -> None:
    embedded = centre.settings.model_copy(update={"database_url": None, "data": centre.folder / "embedded"})
    process = centre.process("web", **{name: getattr(embedded, name) for name in ("database_url", "data")})
    await process.start()
    assert await process.ended() == 3
    assert "set TRUNKLINE_DATABASE_URL" in process.last_words()
