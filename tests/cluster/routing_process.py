"""`python -m tests.cluster.routing_process DSN BROKER TOPIC`: a router process to be killed. Says what it routes."""

from __future__ import annotations

import asyncio
import sys

from infra.cluster.broker import Broker
from infra.cluster.router_pools import RouterPools
from infra.keys.memory import MemoryKeyring
from infra.log.opening import KeyOpener
from infra.log.postgres import PostgresLog
from tests.router.pool import POOL
from tests.router.test_router_process import Centre


async def main(dsn: str, address: str, topic: str) -> None:
    keyring = MemoryKeyring()
    log = await PostgresLog.open(dsn, keyring)
    centre = Centre(log, KeyOpener(keyring))

    async def pools() -> list[str]:
        return [POOL]

    broker = Broker(servers=(address,), topic=topic, partitions=3)
    routers = RouterPools(log, centre.executor, broker, pools, clock=centre.clock)
    running = asyncio.create_task(routers.run())
    while POOL not in routers.routing:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # it has no event for it
    print(f"routing {POOL}", flush=True)
    await running


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
