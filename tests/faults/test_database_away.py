"""PostgreSQL goes away under a whole centre and comes back: nothing acknowledged is lost, nobody restarts anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from infra.demo.ledger import Posted
from infra.demo.pace import Pace
from tests.faults.life import Life, end_and_judge, populated
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
#: Seconds for everything to be done once the database is back.
PATIENCE = 90.0


@pytest.fixture
async def life(folder, forks, database) -> AsyncIterator[Life]:
    async with populated(folder / "data", Pace(speed=20), forks, **database.settings()) as one:
        yield one


async def test_a_centre_whose_database_goes_away_refuses_for_now_and_goes_on_by_itself_when_it_is_back(life, database):
    await life.centre.start()
    await life.centre.ready()
    pid = life.centre.pid
    life.begin_work()
    async with office(life) as client:
        assert [await bring(life, letter(number)) for number in range(4)] == [250] * 4
        assert (await register(life, client, 0)).status_code == 200
        # without a word; that it is stopped in order too is among the faults of the kill runs
        await asyncio.to_thread(database.stop, at_once=True)
        codes = await asyncio.gather(*(bring(life, letter(100 + number)) for number in range(3)))
        assert codes == [451] * 3
        listing = client.get(f"/api/projects/{life.clerk.project}/tickets")
        # at once, for each of them gives the database its time to answer
        refused, asked = await asyncio.gather(register(life, client, 100), listing)
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert asked.status_code == 503
        assert "a request is refused: a store is away" in life.centre.said.read_text(), "and which, for the operator"
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503

        await asyncio.to_thread(database.start)
        await life.centre.ready()
        assert [await bring(life, letter(100 + number)) for number in range(3)] == [250] * 3
        answer = await register(life, client, 100)
        assert answer.status_code == 200, (answer.text, life.centre.last_words(40))
    life.ledger.posted += [
        Posted(str(letter(number)["Message-ID"]), "letter", 1) for number in (*range(4), *range(100, 103))
    ]
    life.clerk.registered += ["Customer 0", "Customer 100"]
    assert await life.drain(PATIENCE, wait_for_attempts=False) == []
    assert life.centre.pid == pid
    assert await end_and_judge(life) == {}
