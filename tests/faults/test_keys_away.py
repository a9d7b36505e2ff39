"""The keys have a database of their own, which goes away while the log's stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra.demo.ledger import Posted
from infra.demo.pace import Pace
from tests.cable import Cable, cable
from tests.conformance.waiting import eventually
from tests.faults.database import OwnPostgres, own_postgres
from tests.faults.life import Life, end_and_judge, populated
from tests.faults.serving import free_port
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
PATIENCE = 90.0
Happens = Callable[[OwnPostgres, Cable], Awaitable[None]]


async def stopped(keys: OwnPostgres, _: Cable) -> None:
    await asyncio.to_thread(keys.stop, at_once=True)


async def unheard(_: OwnPostgres, to_keys: Cable) -> None:
    to_keys.cut()


async def back(keys: OwnPostgres, to_keys: Cable) -> None:
    to_keys.mend()
    if not keys.server.runs:
        await asyncio.to_thread(keys.start)


@pytest.fixture
async def keys(folder: Path, wheel: None) -> AsyncIterator[OwnPostgres]:
    async with own_postgres(folder / "keys") as server:
        yield server


@pytest.mark.parametrize("happens", [stopped, unheard])
async def test_a_centre_whose_keys_are_away_takes_nothing_that_needs_one_says_so_and_goes_on(
    folder: Path, forks, database: OwnPostgres, keys: OwnPostgres, happens: Happens
) -> None:
    with cable(keys.server.tcp()) as to_keys:
        stores = {
            **database.settings(),
            "operations_port": free_port(),
            "keys_url": SecretStr(f"postgresql://postgres@127.0.0.1:{to_keys.port}/keys"),
        }
        async with populated(folder / "data", Pace(speed=20), forks, **stores) as life:
            await life.centre.start()
            await life.centre.ready()
            pid = life.centre.pid
            life.begin_work()
            await _through_an_outage(life, lambda: happens(keys, to_keys), lambda: back(keys, to_keys))
            assert await life.drain(PATIENCE, wait_for_attempts=False) == []
            assert life.centre.pid == pid
            assert await end_and_judge(life) == {}


async def _ready(life: Life) -> bool:
    return (await life.centre.ask("/readyz")).status_code == 200


async def _through_an_outage(
    life: Life, go: Callable[[], Awaitable[None]], come: Callable[[], Awaitable[None]]
) -> None:
    async with office(life) as client:
        assert [await bring(life, letter(number)) for number in range(4)] == [250] * 4
        assert (await register(life, client, 0)).status_code == 200
        await go()
        refused, *codes = await asyncio.gather(
            register(life, client, 100), *(bring(life, letter(100 + number)) for number in range(3))
        )
        assert refused.status_code == 503
        assert codes == [451] * 3
        assert (await client.get("/livez")).status_code == 200
        told = await life.centre.ask("/readyz")
        assert told.status_code == 503
        assert told.json()["stores"]["log"] == "ok"
        assert told.json()["stores"]["keyring"] != "ok"
        await come()
        await eventually(lambda: _ready(life), 60)
        assert [await bring(life, letter(100 + number)) for number in range(3)] == [250] * 3
        answer = await register(life, client, 100)
        assert answer.status_code == 200, (answer.text, life.centre.last_words(40))
    life.ledger.posted += [
        Posted(str(letter(number)["Message-ID"]), "letter", 1) for number in (*range(4), *range(100, 103))
    ]
    life.clerk.registered += ["Customer 0", "Customer 100"]
