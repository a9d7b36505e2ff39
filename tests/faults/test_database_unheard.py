"""Nothing is heard of PostgreSQL any more, not even that it is gone: a cut cable, a machine that lost its power.

A connection that is refused or reset is noticed at once; here the kernel is left waiting for an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
from pydantic import SecretStr

from infra.addresses import noticing
from infra.demo.ledger import Posted
from infra.demo.pace import Pace
from infra.rows.opened import open_rows
from infra.rows.port import Row, RowsUnavailable, TableWrites
from projections.schema import Column, Projection, Table
from tests.cable import SOON, Cable, cable
from tests.faults.database import OwnPostgres
from tests.faults.life import Life, end_and_judge, populated
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
PATIENCE = 90.0
COUNTED = Projection("counted", 1, (Table("counted", (Column("name"),), key=("name",)),))


@pytest.fixture
def to_database(database: OwnPostgres) -> Iterator[Cable]:
    with cable(database.server.tcp()) as one:
        yield one


@pytest.fixture
async def life(folder, forks, database, to_database) -> AsyncIterator[Life]:
    address = f"postgresql://postgres@127.0.0.1:{to_database.port}"
    stores = {
        **database.settings(),
        "database_url": SecretStr(f"{address}/centre?{SOON}"),
        "accounts_url": SecretStr(f"{address}/centre?{SOON}"),
        "keys_url": SecretStr(f"{address}/keys?{SOON}"),
    }
    async with populated(folder / "data", Pace(speed=20), forks, **stores) as one:
        yield one


async def test_a_centre_that_hears_nothing_of_its_database_lives_on_and_goes_on_with_the_next_at_its_address(
    life: Life, to_database: Cable
) -> None:
    await life.centre.start()
    await life.centre.ready()
    pid = life.centre.pid
    life.begin_work()
    async with office(life) as client:
        assert [await bring(life, letter(number)) for number in range(4)] == [250] * 4
        assert (await register(life, client, 0)).status_code == 200
        to_database.cut()
        held = asyncio.Event()

        async def look() -> int:
            count = 0
            while not held.is_set():
                assert (await client.get("/livez")).status_code == 200
                count += 1
                await asyncio.sleep(0.1)
            return count

        looking = asyncio.create_task(look())
        listing = client.get(f"/api/projects/{life.clerk.project}/tickets")
        refused, asked, *codes = await asyncio.gather(
            register(life, client, 100), listing, *(bring(life, letter(100 + number)) for number in range(3))
        )
        assert refused.status_code == 503
        assert asked.status_code == 503
        assert codes == [451] * 3
        assert (await client.get("/readyz")).status_code == 503
        held.set()
        assert await looking > 0

        to_database.mend()
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


async def test_what_a_machine_locked_that_nobody_hears_of_any_more_is_free_for_the_one_that_takes_over(
    database: OwnPostgres, to_database: Cable
) -> None:
    host, port = database.server.tcp()
    gone, heir = (noticing(f"postgresql://postgres@{host}:{one}/centre?{SOON}") for one in (to_database.port, port))
    with closing(open_rows(gone, (COUNTED,))) as rows, closing(rows.live(COUNTED, "main")) as target:
        (table,) = COUNTED.tables
        last = CutBefore(to_database, [{"name": "first"}])
        with pytest.raises(RowsUnavailable):
            await asyncio.to_thread(target.commit, 1, [TableWrites(table, last, [])])
        with closing(open_rows(heir, (COUNTED,))) as others, closing(others.live(COUNTED, "main")) as follower:
            await asyncio.to_thread(follower.commit, 1, [TableWrites(table, [{"name": "second"}], [])])
            with others.reading() as reader:
                assert [row["name"] for row in reader.find("counted")] == ["second"]


class CutBefore(list[Row]):
    """Rows in whose midst the cable is cut: the transaction has begun and its locks are taken."""

    def __init__(self, to_cut: Cable, rows: list[Row]) -> None:
        super().__init__(rows)
        self._to_cut = to_cut

    def __iter__(self) -> Iterator[Row]:
        self._to_cut.cut()
        return super().__iter__()
