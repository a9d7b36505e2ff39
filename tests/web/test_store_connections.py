"""Connections to the accounts' database that break, are wanted by many, or have not been there for long."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.ports import LogUnavailable
from infra.accounts.database import POOL_SIZE, Database, PostgresDatabase
from infra.accounts.replies import ReplyStore
from infra.accounts.store import AccountStore
from tests.conformance.cut_line import CutLine
from tests.web.running import PASSWORD, PASSWORDS
from web.access import read_grants
from web.accounts import Account

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUE = Account("1", "sue", "main", "", read_grants({"*": ["supervisor"], "acme": ["analyst"]}))


async def test_who_is_cancelled_at_the_very_moment_of_getting_a_connection_ends(postgres: str) -> None:
    """An election that did not hear of it went on for ever, and its process never ended."""
    database = await PostgresDatabase.connect(postgres)
    for _ in range(20):
        busy = [asyncio.create_task(database.run("SELECT pg_sleep(0.02)")) for _ in range(POOL_SIZE)]
        await asyncio.sleep(0.01)
        waiting = asyncio.create_task(database.run("SELECT 1"))
        for one in busy:
            one.add_done_callback(lambda _, told=waiting: told.cancel())
        await asyncio.gather(*busy)
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await database.close()


async def read(database: Database) -> None:
    assert await database.run("SELECT 1") == [(1,)]


async def write_in_haste(database: Database) -> None:
    assert await ReplyStore(database).claim("key", "request", NOW) is None


async def write(database: Database) -> None:
    accounts = AccountStore(database, PASSWORDS)
    await accounts.add(SUE, PASSWORD, NOW)
    assert [one.name for one in await accounts.list("main")] == ["sue"]


@pytest.mark.parametrize("ask", [read, write_in_haste, write])
async def test_when_the_database_is_back_nobody_is_refused_for_connections_that_died_meanwhile(
    postgres: str, ask: Callable[[Database], Awaitable[None]]
) -> None:
    """A centre that said that it was ready refused a clerk's next request, once for each connection of its pools."""
    every = [durable for durable in (True, False) for _ in range(POOL_SIZE)]
    async with AsyncExitStack() as closing:
        database = await PostgresDatabase.connect(postgres)
        closing.push_async_callback(database.close)
        await asyncio.gather(*(database.run("SELECT pg_sleep(0.2)", durable=durable) for durable in every))
        operator = await closing.enter_async_context(
            await psycopg.AsyncConnection[Any].connect(postgres, autocommit=True)
        )
        ended = await operator.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert await ended.fetchall() == [(2 * POOL_SIZE,)]
        await ask(database)


async def test_a_write_whose_connection_dies_under_it_is_refused_and_not_done_again(postgres: str) -> None:
    async with AsyncExitStack() as closing:
        database = await PostgresDatabase.connect(postgres)
        closing.push_async_callback(database.close)
        await database.run("CREATE SEQUENCE tries")
        await database.run("CREATE TABLE found (number INT, ended BOOLEAN)")
        with pytest.raises(LogUnavailable, match="connection was lost"):
            await database.run("INSERT INTO found SELECT nextval('tries'), pg_terminate_backend(pg_backend_pid())")
        assert await database.run("SELECT last_value, is_called FROM tries") == [(1, True)]
        assert await database.run("SELECT * FROM found") == []


async def test_what_fails_on_a_connection_that_stands_is_not_tried_again(postgres: str) -> None:
    async with AsyncExitStack() as closing:
        database = await PostgresDatabase.connect(postgres)
        closing.push_async_callback(database.close)
        await database.run("CREATE SEQUENCE tries")
        with pytest.raises(LogUnavailable, match="QueryCanceled"):
            await database.run("SELECT nextval('tries'), pg_cancel_backend(pg_backend_pid()), pg_sleep(20)")
        assert await database.run("SELECT last_value FROM tries") == [(1,)]


async def test_after_a_long_outage_the_first_who_asks_is_let_in_and_waits_for_no_pause_of_the_pool(
    postgres: str,
) -> None:
    """The pool had last tried seconds before the server was back and was not to try again for longer than one waits."""
    folder = Path(tempfile.mkdtemp(prefix="tl-line-"))
    line = CutLine(postgres, folder)
    await line.open()
    async with AsyncExitStack() as closing:
        closing.callback(shutil.rmtree, folder)
        database = await PostgresDatabase.connect(line.dsn)
        closing.push_async_callback(database.close)
        await line.cut()
        with pytest.raises(LogUnavailable):
            await database.run("SELECT 1", durable=False)
        await asyncio.sleep(6)
        await line.open()
        closing.push_async_callback(line.cut)
        assert await database.run("SELECT 1", durable=False) == [(1,)]
