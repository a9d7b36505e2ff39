"""Projections as a consumer group: nothing lost, nothing twice, in order, whatever becomes of members and broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest

from domain.event import Event
from infra.cluster.broker import Broker
from infra.cluster.projections import ProjectionWorker
from infra.log.postgres import PostgresLog
from infra.log.stored import StoredLog
from infra.rebuild import Rebuild
from infra.rows.port import RowStore
from infra.rows.postgres import PostgresRows
from infra.settling import settled
from tests.cluster.broker import RealBroker
from tests.cluster.conftest import fresh
from tests.cluster.events import POOLS, append
from tests.cluster.proxy import Proxy
from tests.cluster.tally import TALLY, expected, seen
from tests.cluster.test_relay import relaying
from tests.conformance.waiting import eventually


@pytest.fixture
def rows(second_postgres: str) -> Iterator[RowStore]:
    store = PostgresRows(second_postgres, [TALLY])
    yield store
    store.close()


def as_it_is(event: Event) -> Event:
    return event


@asynccontextmanager
async def projecting(log: StoredLog, rows: RowStore, broker: Broker) -> AsyncGenerator[ProjectionWorker]:
    worker = ProjectionWorker(log, rows, as_it_is, broker, [TALLY])
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await running


async def level(log: StoredLog, rows: RowStore) -> None:
    """Wait until the rows are what they must be."""

    async def equal() -> bool:
        return await asyncio.to_thread(seen, rows) == await expected(log)

    try:
        await eventually(equal, 60)
    except TimeoutError:
        assert await asyncio.to_thread(seen, rows) == await expected(log)


async def assigned(*workers: ProjectionWorker) -> None:
    """Wait until the workers share the partitions out among them."""

    async def shared() -> bool:
        given = [worker.membership.assignment for worker in workers]
        return sum(len(one.partitions) for one in given if one) == 3 and all(one and one.partitions for one in given)

    await eventually(shared, 60)


async def test_rows_follow_the_log_through_kafka(
    log: PostgresLog, rows: RowStore, broker: Broker, postgres: str
) -> None:
    await append(log, 30)
    async with relaying(log, broker, postgres), projecting(log, rows, broker) as worker:
        await level(log, rows)
        await append(log, 300)
        await level(log, rows)
        assert {one.pool for one in worker.standing()} == set(POOLS)
        await append(log, 10, ["a new pool"])
        await level(log, rows)


async def test_a_quiet_pool_is_settled_where_it_stands(
    log: PostgresLog, rows: RowStore, broker: Broker, postgres: str
) -> None:
    async with relaying(log, broker, postgres), projecting(log, rows, broker):
        await append(log, 2, ["quiet"])
        await append(log, 30, ["busy"])
        assert await settled(log, rows, [TALLY.name], await log.head())
        assert await asyncio.to_thread(seen, rows) == await expected(log)
    await append(log, 1, ["quiet"])
    assert not await settled(log, rows, [TALLY.name], await log.head(), 0.2)


async def test_members_that_come_and_go_lose_nothing_and_repeat_nothing(
    log: PostgresLog, rows: RowStore, broker: Broker, postgres: str
) -> None:
    async def keep_writing() -> None:
        while True:
            await append(log, 40)
            await asyncio.sleep(0.02)

    async with relaying(log, broker, postgres), projecting(log, rows, broker) as first:
        writing = asyncio.create_task(keep_writing())
        async with projecting(log, rows, broker) as second:
            await assigned(first, second)
            async with projecting(log, rows, broker) as third:
                await assigned(first, second, third)
            await assigned(first, second)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await level(log, rows)


async def test_rows_are_rebuilt_from_the_log_while_kafka_brings_more(
    log: PostgresLog, rows: RowStore, broker: Broker, postgres: str
) -> None:
    await append(log, 200)
    async with relaying(log, broker, postgres), projecting(log, rows, broker):
        await level(log, rows)
        adding = asyncio.create_task(append(log, 100))
        await Rebuild(log, rows, as_it_is, batch=50).replace(TALLY)
        await adding
        await append(log, 20)
        await level(log, rows)


async def test_rows_go_on_without_broker_and_relay_and_with_them_when_they_are_back(
    log: PostgresLog, rows: RowStore, real_broker: RealBroker, postgres: str
) -> None:
    broker = fresh(real_broker.address)
    async with projecting(log, rows, broker) as worker:
        async with relaying(log, broker, postgres):
            await append(log, 20)
            await level(log, rows)
        await append(log, 20)  # no relay
        await level(log, rows)
        await asyncio.to_thread(real_broker.kill)
        await append(log, 20)  # no broker
        await level(log, rows)
        await asyncio.to_thread(real_broker.start)
        async with relaying(log, broker, postgres):
            await append(log, 20)
            await level(log, rows)

            async def back() -> bool:
                return not worker.membership.fault

            await eventually(back)


async def test_a_broker_that_stalls_in_the_middle_of_a_batch_loses_nothing(
    log: PostgresLog, rows: RowStore, real_broker: RealBroker, postgres: str
) -> None:
    broker = fresh(f"127.0.0.1:{real_broker.proxy_port}")
    proxied = Proxy(real_broker.proxy_port, real_broker.behind_proxy)
    async with proxied as proxy, relaying(log, broker, postgres), projecting(log, rows, broker):
        await append(log, 100)
        await level(log, rows)
        proxy.stall()
        await append(log, 100)
        await level(log, rows)  # from the log itself
        proxy.flow()
        await append(log, 100)
        await level(log, rows)
        proxy.drop()  # every connection at once
        await append(log, 100)
        await level(log, rows)
