"""Keys, accounts and rows have databases of their own, each of which goes away while the log's stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from pydantic import SecretStr

from infra.demo.ledger import Posted
from infra.demo.pace import Pace
from infra.demo.ports import free_port
from tests.cable import SOON, Cable, cable
from tests.conformance.waiting import eventually
from tests.faults.database import OwnPostgres, own_postgres
from tests.faults.life import Life, end_and_judge, populated
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
PATIENCE = 90.0


class Part(NamedTuple):
    """A store, the setting and the database that it has here, and what is answered while it is away."""

    store: str
    setting: str
    database: str
    mail: int
    command: int
    listing: int


PARTS = (
    Part("keyring", "keys_url", "keys", 451, 503, 200),
    # nobody can be told from anybody, but mail needs nobody
    Part("accounts", "accounts_url", "centre", 250, 503, 503),
    # what is done is done, and nobody sees it yet
    Part("rows", "rows_url", "postgres", 250, 200, 503),
)


@pytest.fixture
async def others(folder: Path, wheel: None) -> AsyncIterator[OwnPostgres]:
    async with own_postgres(folder / "others") as server:
        yield server


async def test_a_store_that_is_away_takes_along_what_needs_it_and_nothing_else_and_all_goes_on_by_itself(
    folder: Path, forks, database: OwnPostgres, others: OwnPostgres
) -> None:
    with ExitStack() as closing:
        cables = [closing.enter_context(cable(others.server.tcp())) for _ in PARTS]
        stores: dict[str, object] = {**database.settings(), "operations_port": free_port()}
        for part, one in zip(PARTS, cables, strict=True):
            address = f"postgresql://postgres@127.0.0.1:{one.port}/{part.database}?{SOON}"
            stores[part.setting] = SecretStr(address)
        async with populated(folder / "data", Pace(speed=20), forks, **stores) as life:
            await life.centre.start()
            await life.centre.ready()
            pid = life.centre.pid
            life.begin_work()
            async with office(life) as client:
                for number, (part, one) in enumerate(zip(PARTS, cables, strict=True)):
                    await _unheard(life, client, part, one, 100 * number)
                await _stopped(life, client, others, 100 * len(PARTS))
            assert await life.drain(PATIENCE, wait_for_attempts=False) == []
            assert life.centre.pid == pid
            assert await end_and_judge(life) == {}


async def _unheard(life: Life, client: httpx2.AsyncClient, part: Part, to_part: Cable, number: int) -> None:
    to_part.cut()
    listing = client.get(f"/api/projects/{life.clerk.project}/tickets")
    # at once, for each of them gives the database its time to answer
    code, done, seen = await asyncio.gather(bring(life, letter(number)), register(life, client, number), listing)
    assert (code, done.status_code, seen.status_code) == (part.mail, part.command, part.listing), part
    assert (await client.get("/livez")).status_code == 200
    told = await life.centre.ask("/readyz")
    assert told.status_code == 503
    assert {name for name, said in told.json()["stores"].items() if said != "ok"} == {part.store}
    to_part.mend()
    await _all_is_taken(life, client, number)


async def _stopped(life: Life, client: httpx2.AsyncClient, others: OwnPostgres, number: int) -> None:
    """All of them at once, in words: connections are refused."""
    await asyncio.to_thread(others.stop, at_once=True)
    code, done = await asyncio.gather(bring(life, letter(number)), register(life, client, number))
    assert (code, done.status_code) == (451, 503)
    assert (await client.get("/livez")).status_code == 200
    # thirty of one address may sign in within five minutes; those who could not have not tried
    for _ in range(2):
        assert await asyncio.gather(*(_signs_in(client) for _ in range(20))) == [503] * 20
    await asyncio.to_thread(others.start)
    await _all_is_taken(life, client, number)
    assert await _signs_in(client) == 401


async def _signs_in(client: httpx2.AsyncClient) -> int:
    """Nobody whom the centre knows."""
    return (await client.post("/api/session", json={"name": "nobody", "password": "correct horse"})).status_code


async def _all_is_taken(life: Life, client: httpx2.AsyncClient, number: int) -> None:
    """Once the process says that it is ready. What was taken already is taken once: the letter's id, the command's."""

    async def ready() -> bool:
        return (await life.centre.ask("/readyz")).status_code == 200

    await eventually(ready, 60)
    assert await bring(life, letter(number)) == 250
    answer = await register(life, client, number)
    assert answer.status_code == 200, (answer.text, life.centre.last_words(40))
    life.ledger.posted.append(Posted(str(letter(number)["Message-ID"]), "letter", 1))
    life.clerk.registered.append(f"Customer {number}")
