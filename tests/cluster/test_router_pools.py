"""Pools shared out among router processes: who takes over goes on, and two on one pool book nobody twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.interaction.events import InteractionOffered
from domain.interaction.offers import AcceptOffer
from infra.cluster.broker import Broker
from infra.cluster.router_pools import RouterPools
from infra.cluster.snapshot_process import make_snapshot
from infra.cluster.snapshots import Snapshots
from infra.cluster.snapshotting import Snapshotting
from infra.keys.memory import MemoryKeyring
from infra.log.opening import KeyOpener
from infra.log.postgres import PostgresLog
from tests.cluster.broker import RealBroker
from tests.cluster.conftest import fresh
from tests.conformance.waiting import eventually
from tests.router.pool import POOL
from tests.router.test_router_process import Centre, running

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(32)


@pytest.fixture
async def centre(log: PostgresLog, keyring: MemoryKeyring) -> Centre:
    made = Centre(log, KeyOpener(keyring))
    await made.configure(agents=4)
    return made


async def one_pool() -> Sequence[str]:
    return [POOL]


@asynccontextmanager
async def worker(
    centre: Centre,
    broker: Broker,
    snapshots: Snapshots | None = None,
    snapshotting: Snapshotting | None = None,
) -> AsyncGenerator[RouterPools]:
    pools = RouterPools(
        centre.log,  # type: ignore[arg-type]  # the centre's log is a stored one here
        centre.new_executor(),
        broker,
        one_pool,
        clock=centre.clock,
        snapshots=snapshots,
        snapshotting=snapshotting,
    )
    task = asyncio.create_task(pools.run())
    try:
        yield pools
    finally:
        pools.stop()
        await task


async def routed_by(one: RouterPools) -> None:
    async def routes() -> bool:
        return POOL in one.routing

    await eventually(routes, 60)


async def test_a_pool_has_one_router_and_another_when_that_one_leaves(centre: Centre, broker: Broker) -> None:
    async with worker(centre, broker) as second:
        async with worker(centre, broker) as first:

            async def one_routes() -> bool:
                return len(first.routing) + len(second.routing) == 1

            await eventually(one_routes, 60)
            await centre.call_me(1)
            await centre.until(InteractionOffered, 1)
        await routed_by(second)
        await centre.call_me(2)
        await centre.until(InteractionOffered, 2)
    await centre.check()


async def test_a_router_that_is_killed_is_replaced(centre: Centre, broker: Broker, postgres: str) -> None:
    command = [sys.executable, "-m", "tests.cluster.routing_process", postgres, *broker.servers, broker.topic]
    process = await asyncio.to_thread(subprocess.Popen, command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        while await asyncio.to_thread(process.stdout.readline) != f"routing {POOL}\n":
            assert process.poll() is None
        await centre.call_me(1)
        await centre.until(InteractionOffered, 1)
        async with worker(centre, broker) as successor:

            async def belongs() -> bool:
                return successor.membership.assignment is not None

            await eventually(belongs, 60)
            assert not successor.routing
            os.kill(process.pid, signal.SIGKILL)
            await routed_by(successor)
            await centre.call_me(2)
            await centre.until(InteractionOffered, 2)
    finally:
        process.kill()
        process.wait()
    await centre.check()


async def test_who_takes_a_pool_over_begins_with_the_snapshot(centre: Centre, broker: Broker, postgres: str) -> None:
    await centre.call_me(1)
    made = await asyncio.to_thread(make_snapshot, postgres, KEY, POOL, 1)
    await centre.call_me(2)
    async with worker(centre, broker, Snapshots(postgres, KEY), Snapshotting(postgres, KEY)) as one:
        await routed_by(one)
        offered = await centre.until(InteractionOffered, 2)

        async def told() -> bool:
            return one.behind_snapshots() == {POOL: await centre.log.head() - made}

        await eventually(told, 60)
    assert made > 0
    assert len({event.event.interaction_id for event in offered}) == 2  # type: ignore[attr-defined]
    await centre.check()


async def test_two_routers_that_both_own_a_pool_book_nobody_twice(centre: Centre) -> None:
    """Fenced by the versions of agents and interactions alone: no group, no lock, both decide at will."""
    calls = 12
    async with running(centre.process(centre.new_executor()), centre.process(centre.new_executor())):
        for number in range(calls):
            await centre.call_me(number)
        offered = await centre.until(InteractionOffered, 8)  # four agents with room for two
        for one in offered:
            event = one.event
            assert isinstance(event, InteractionOffered)
            await centre.do(
                AcceptOffer(
                    interaction_id=event.interaction_id, leg=event.leg, work_id=event.work_id, agent_id=event.agent_id
                )
            )
    offers = [one.event for one in await centre.events(InteractionOffered)]
    booked = Counter(one.interaction_id for one in offers if isinstance(one, InteractionOffered))
    assert set(booked.values()) == {1}
    assert len(booked) == 8
    await centre.check()


async def test_routing_goes_on_while_the_broker_is_away(centre: Centre, real_broker: RealBroker) -> None:
    broker = fresh(real_broker.address)
    async with worker(centre, broker) as one:
        await routed_by(one)
        await asyncio.to_thread(real_broker.stop)
        try:
            await centre.call_me(1)
            await centre.until(InteractionOffered, 1)
        finally:
            await asyncio.to_thread(real_broker.start)

        async def back() -> bool:
            return not one.membership.fault

        await eventually(back, 60)
        await centre.call_me(2)
        await centre.until(InteractionOffered, 2)


async def test_without_any_broker_from_the_start_a_process_routes_alone(centre: Centre) -> None:
    async with worker(centre, fresh("127.0.0.1:1")) as one:
        await routed_by(one)
        await centre.call_me(1)
        await centre.until(InteractionOffered, 1)
