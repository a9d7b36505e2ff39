"""A centre whose parts meet through Kafka: from what somebody asks for to an offer and the rows that tell of it."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from kafka.errors import KafkaError
from pydantic import SecretStr

from domain.interaction.events import InteractionOffered
from infra.cluster.broker import Broker, broker_of
from infra.cluster.parts import projections_of, relay_of, routers_of, settled
from infra.node import running_node
from infra.rows.opened import open_rows
from infra.settings import Settings
from infra.stores import open_stores
from projections.catalogue import PROJECTIONS
from projections.queries import agents
from tests.cluster.events import append, held
from tests.cluster.test_relay import complete
from tests.conformance.waiting import eventually
from tests.router.pool import POOL
from tests.router.test_router_process import Centre


@asynccontextmanager
async def running(*parts: Any) -> AsyncGenerator[None]:
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
    finally:
        for part in parts:
            part.stop()
        await asyncio.gather(*tasks)


async def test_what_somebody_asks_for_is_offered_and_shown(postgres: str, broker: Broker, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        database_url=SecretStr(f"postgresql:///?{'&'.join(postgres.replace(chr(39), '').split())}"),
        master_key=SecretStr(b64encode(bytes(32)).decode()),
        kafka_servers=broker.servers[0],
        kafka_topic=broker.topic,
        kafka_partitions=2,
    )
    told = broker_of(settings)
    assert told is not None
    async with open_stores(settings) as stores:
        rows = open_rows(settings.rows_location)
        centre = Centre(stores.log, stores.opener)
        await centre.configure(agents=1)

        async def pools() -> Sequence[str]:
            return [POOL]

        parts = relay_of(stores, told), projections_of(stores, rows, told), routers_of(stores, told, pools)
        async with running(*parts):
            await centre.call_me(1)
            offered = await centre.until(InteractionOffered, 1)
            assert await settled(stores.log, rows, PROJECTIONS, offered[0].position)
            with rows.reading() as reader:
                (agent,) = agents(reader, POOL).items
                assert agent.agent_id == "agent0"
                assert len(agent.work) == 1
        rows.close()


async def test_a_centre_whose_settings_name_a_broker_publishes_its_log(broker: Broker, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        http_port=0,
        smtp_in_port=0,
        operations_port=0,
        kafka_servers=broker.servers[0],
        kafka_topic=broker.topic,
        kafka_partitions=3,
    )
    async with running_node(settings) as node:
        await append(node.stores.log, 6)

        async def published() -> bool:
            with suppress(KafkaError):
                return sum(len(part) for part in await asyncio.to_thread(held, broker)) == 6
            return False

        await eventually(published, 60)
        await complete(node.stores.log, broker)
