"""A server of PostgreSQL dies and its synchronous replica is promoted: nothing acknowledged is lost, all go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from infra.demo.pace import Pace
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog
from infra.log.verify import verify
from tests.conformance.events import rings
from tests.faults.database import Replicated, replicated_postgres
from tests.faults.forking import Nursery
from tests.faults.life import end_and_judge, populated

pytestmark = pytest.mark.timeout(280)
CLIENTS, PROMOTIONS = 10, 2
#: Seconds for everything to be done once there is a database again.
PATIENCE = 90.0


@pytest.fixture
async def pair(folder: Path, wheel: None) -> AsyncIterator[Replicated]:
    async with replicated_postgres(folder / "pg") as made:
        yield made


async def test_writers_and_subscribers_go_on_at_the_promoted_replica_and_nothing_acknowledged_is_lost(
    pair: Replicated,
) -> None:
    log = await PostgresLog.open(pair.dsn, MemoryKeyring(), patience=120)
    enough, acknowledged = asyncio.Event(), [0] * CLIENTS
    seen: list[tuple[str, int]] = []

    async def client(number: int) -> None:
        while not enough.is_set():
            await log.append(rings(f"c{number}", acknowledged[number]))
            acknowledged[number] += 1
            await asyncio.sleep(0.01)

    async def follow() -> None:
        async with aclosing(log.subscribe(limit=7)) as batches:
            async for batch in batches:
                seen.extend((one.stream, one.version) for one in batch)

    clients = asyncio.gather(*(client(number) for number in range(CLIENTS)))
    following = asyncio.create_task(follow())

    async def more() -> None:
        before = sum(acknowledged)
        while sum(acknowledged) < before + 5 * CLIENTS:
            if clients.done():
                clients.result()  # one of them has failed: what was acknowledged to it is no longer there
            await asyncio.sleep(0.01)

    for _ in range(PROMOTIONS):
        await more()
        await asyncio.to_thread(pair.fail_over)
        await asyncio.to_thread(pair.replicate)
    await more()
    enough.set()
    await clients
    written = await log.read(limit=100_000)
    for number, count in enumerate(acknowledged):
        assert [one.version for one in written if one.stream == f"c{number}"] == list(range(1, count + 1))
    async with asyncio.timeout(60):
        while len(seen) < len(written):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    following.cancel()
    assert seen == [(one.stream, one.version) for one in written]
    assert (await verify(log, log.mapper)).sound
    await log.close()


async def test_a_centre_under_load_goes_on_at_the_promoted_replica_by_itself_and_has_everything_it_acknowledged(
    folder: Path, forks: Nursery, pair: Replicated
) -> None:
    async with populated(folder / "data", Pace(customers=20, speed=4.0, seed=3), forks, **pair.settings()) as life:
        await life.centre.start()
        await life.centre.ready()
        pid = life.centre.pid
        life.begin()
        for _ in range(PROMOTIONS):
            before = len(life.ledger.posted)
            async with asyncio.timeout(PATIENCE):
                while len(life.ledger.posted) < before + 4:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await asyncio.to_thread(pair.fail_over)
            await asyncio.to_thread(pair.replicate)
            await life.centre.ready()
        assert await life.drain(PATIENCE, wait_for_attempts=False) == []
        assert life.centre.pid == pid
        assert await end_and_judge(life) == {}
