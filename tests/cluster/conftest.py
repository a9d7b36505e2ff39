"""A broker for all tests of this folder, a topic of its own for each, a proxy that can stall, and a log in PostgreSQL.

`TRUNKLINE_TEST_KAFKA` (`host:port`) takes the place of the broker that is started here; tests that stop it or need its
other doors then start one all the same, where they can.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from infra.cluster.broker import Broker
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog
from tests.cluster.broker import NoBroker, RealBroker
from tests.conftest import unavailable


@pytest.fixture(scope="session")
def real_broker() -> Iterator[RealBroker]:
    """A broker of our own, running; who stops it starts it again."""
    try:
        broker = RealBroker()
        broker.start()
    except NoBroker as fault:
        unavailable(str(fault))
        raise
    yield broker
    broker.close()


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> Broker:
    """The broker, with a topic that nobody has used."""
    given = os.environ.get("TRUNKLINE_TEST_KAFKA")
    address = given or request.getfixturevalue("real_broker").address
    return fresh(address)


def fresh(address: str, **changes: object) -> Broker:
    topic = f"t-{uuid.uuid4().hex[:12]}"
    return Broker(servers=(address,), **{"topic": topic, "partitions": 3, **changes})  # type: ignore[arg-type]


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
async def log(postgres: str, keyring: MemoryKeyring) -> AsyncIterator[PostgresLog]:
    opened = await PostgresLog.open(postgres, keyring)
    yield opened
    await opened.close()
