"""Processes of separate roles with the log on Kafka: pools shared out, one relay, and what dies is taken over."""

from __future__ import annotations

import pytest

from domain.agent.commands import BecomeReady, SignIn
from domain.execute import Origin
from infra.cluster.broker import Broker
from tests.processes.conftest import centre, databases, folder  # noqa: F401 - fixtures
from tests.processes.starting import POOL, Cluster, complaints, until, write

pytestmark = pytest.mark.timeout(300)


async def test_a_mail_goes_by_kafka_through_every_role_also_when_one_of_each_was_killed(
    centre: Cluster,  # noqa: F811
    broker: Broker,
) -> None:
    carried = {"kafka_servers": broker.servers[0], "kafka_topic": broker.topic, "kafka_partitions": 3}
    roles = ("mail", "relay", "relay", "router", "router", "projections", "projections", "delivery")
    started = await centre.start(*roles, **carried)
    for command in (SignIn(agent_id="alice"), BecomeReady(agent_id="alice")):
        await centre.stores.executor.execute(command, Origin(project="", pool=POOL, actor="test"))
    intake = started[0].settings.smtp_in_port

    async def happened(wire: str, number: int) -> bool:
        return len(await centre.events(wire)) >= number

    await write(intake, 1)
    await until(lambda: happened("interaction.offered.v1", 1))
    await until(lambda: happened("delivery.delivered.v1", 1))

    async def publishing() -> list[bool]:
        texts = [(await one.ask("/metrics")).text for one in centre.role("relay")]
        found = ["trunkline_relay_publishing 1.0" in text for text in texts]
        return found if any(found) else []

    first = (await until(publishing)).index(True)

    async def behind() -> bool:
        texts = [(await one.ask("/metrics")).text for one in centre.role("router")]
        return any(f'trunkline_snapshot_behind_events{{pool="{POOL}"}}' in text for text in texts)

    await until(behind)
    for one in (centre.role("relay")[first], centre.role("router")[0], centre.role("projections")[0]):
        await one.kill()
    await write(intake, 2)
    await until(lambda: happened("interaction.offered.v1", 2))
    await until(lambda: happened("delivery.delivered.v1", 2))
    assert await until(publishing) == [True]
    assert len(centre.world.taken) == len(set(centre.world.message_ids())) == 2
    assert complaints(centre.processes) == []
