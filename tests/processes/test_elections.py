"""Of several candidates one leads; another takes over when it is gone, and nobody is deposed by a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from domain.ports import LogUnavailable
from infra.accounts.database import Database, PostgresDatabase, SqliteDatabase
from infra.elections import Standing, lead


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        made: Database = SqliteDatabase(tmp_path / "accounts.sqlite")
    else:
        made = await PostgresDatabase.connect(request.getfixturevalue("postgres"))
    yield made
    await made.close()


def candidate(database: Database, holder: str) -> Standing:
    # a busy machine may keep a beat for a while: patience ends long after who leads has noticed and stopped
    return Standing(database, "calls", holder, beat=0.02, lease=1.0, patience=3.0)


@asynccontextmanager
async def running(one: Standing) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(one.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Cut:
    """A database whose connection can be cut."""

    def __init__(self, database: Database) -> None:
        self.database, self.cut, self.calls = database, False, 0

    async def run(self, statement: str, parameters: object = None, *, durable: bool = True) -> object:
        self.calls += 1
        if self.cut:
            raise LogUnavailable("cut")
        return await self.database.run(statement, parameters, durable=durable)  # type: ignore[arg-type]

    async def close(self) -> None: ...


async def test_of_many_candidates_one_leads_and_hands_over_at_its_end(database: Database) -> None:
    candidates = [candidate(database, f"process {number}") for number in range(4)]
    async with AsyncExitStack() as closing:
        tasks = [await closing.enter_async_context(running(one)) for one in candidates]
        for _ in range(3):
            await until(lambda: any(one.leads for one in candidates))
            (first,) = [number for number, one in enumerate(candidates) if one.leads]
            tasks[first].cancel()
            await asyncio.gather(tasks[first], return_exceptions=True)
            assert not candidates[first].leads


async def test_who_loses_the_database_stops_leading_before_another_begins(database: Database) -> None:
    wire = Cut(database)
    first, second = candidate(wire, "first"), candidate(database, "second")  # type: ignore[arg-type]
    both: list[bool] = []
    async with running(first):
        await until(lambda: first.leads)
        async with running(second):
            wire.cut = True
            await until(lambda: both.append(first.leads and second.leads) or second.leads)
            assert not any(both)
            assert not first.leads
            wire.cut = False
            calls = wire.calls
            await until(lambda: wire.calls > calls + 3)
            assert second.leads
            assert not first.leads, "who comes back finds the office taken"


async def test_who_finds_its_own_name_after_an_outage_goes_on_without_waiting_for_itself(database: Database) -> None:
    wire = Cut(database)
    only = candidate(wire, "only")  # type: ignore[arg-type]
    async with running(only):
        await until(lambda: only.leads)
        wire.cut = True
        await until(lambda: not only.leads)
        wire.cut = False
        await until(lambda: only.leads)


async def test_work_runs_where_its_process_leads_and_ends_before_another_s_begins(database: Database) -> None:
    at_work: list[str] = []

    def work(name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            at_work.append(name)
            assert len(at_work) == 1
            try:
                await asyncio.Event().wait()
            finally:
                at_work.remove(name)

        return run

    tasks = {name: asyncio.create_task(lead(candidate(database, name), work(name))) for name in ("a", "b")}  # type: ignore[arg-type]
    await until(lambda: bool(at_work))
    first = at_work[0]
    tasks[first].cancel()
    await asyncio.gather(tasks[first], return_exceptions=True)
    await until(lambda: bool(at_work))
    assert at_work[0] != first
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


async def test_what_elected_work_fails_with_reaches_whoever_runs_it(database: Database) -> None:
    async def fail() -> None:
        raise ValueError("this")

    with pytest.raises(ValueError, match="this"):
        await lead(candidate(database, "a"), fail)
