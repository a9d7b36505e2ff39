"""The keys have a database of their own, which goes away while the log's stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from infra.demo.ledger import Posted
from infra.demo.pace import Pace
from tests.cable import SOON, Cable, cable
from tests.conformance.waiting import eventually
from tests.faults.database import OwnPostgres, own_postgres
from tests.faults.life import Life, end_and_judge, populated
from tests.faults.serving import free_port
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
PATIENCE = 90.0


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


async def test_a_centre_whose_keys_are_away_takes_nothing_that_needs_one_says_so_and_goes_on(
    folder: Path, forks, database: OwnPostgres, keys: OwnPostgres
) -> None:
    with cable(keys.server.tcp()) as to_keys:
        stores = {
            **database.settings(),
            "operations_port": free_port(),
            "keys_url": SecretStr(f"postgresql://postgres@127.0.0.1:{to_keys.port}/keys?{SOON}"),
        }
        async with populated(folder / "data", Pace(speed=20), forks, **stores) as life:
            await life.centre.start()
            await life.centre.ready()
            pid = life.centre.pid
            life.begin_work()
            async with office(life) as client:
                for first, happens in enumerate((stopped, unheard)):
                    await happens(keys, to_keys)
                    await _nothing_is_taken(life, client, 100 * first)
                    await back(keys, to_keys)
                    await eventually(lambda: _ready(life), 60)
                    await _all_is_taken(life, client, 100 * first)
            assert await life.drain(PATIENCE, wait_for_attempts=False) == []
            assert life.centre.pid == pid
            assert await end_and_judge(life) == {}


async def _nothing_is_taken(life: Life, client: httpx2.AsyncClient, first: int) -> None:
    refused, *codes = await asyncio.gather(
        register(life, client, first), *(bring(life, letter(first + number)) for number in range(3))
    )
    assert refused.status_code == 503
    assert codes == [451] * 3
    assert (await client.get("/livez")).status_code == 200
    told = await life.centre.ask("/readyz")
    assert told.status_code == 503
    assert told.json()["stores"]["log"] == "ok"
    assert told.json()["stores"]["keyring"] != "ok"


async def _all_is_taken(life: Life, client: httpx2.AsyncClient, first: int) -> None:
    assert [await bring(life, letter(first + number)) for number in range(3)] == [250] * 3
    answer = await register(life, client, first)
    assert answer.status_code == 200, (answer.text, life.centre.last_words(40))
    life.ledger.posted += [Posted(str(letter(first + number)["Message-ID"]), "letter", 1) for number in range(3)]
    life.clerk.registered.append(f"Customer {first}")


async def _ready(life: Life) -> bool:
    return (await life.centre.ask("/readyz")).status_code == 200
