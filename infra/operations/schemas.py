"""Which tables there are, and of which version: looked at without making any."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg

from domain.ports import LogUnavailable
from infra.accounts.schema import TABLES
from infra.log.opened import sqlite_path
from infra.log.postgres_schema import SCHEMA_VERSION
from infra.settings import Settings
from projections.catalogue import PROJECTIONS

_CREATED = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")
Run = Callable[[str], Sequence[Any]]


class Due(NamedTuple):
    """Something that is not as this software wants it. `by`: the command that mends it."""

    store: str
    what: str
    by: str


class _Asked(NamedTuple):
    """A database that may not be there yet: its tables, and a way to ask it."""

    tables: frozenset[str]
    run: Run


def due(settings: Settings) -> list[Due]:
    """What `trunkline migrate` would do, and what only a rebuild can. Raises `LogUnavailable`."""
    return [*_log(settings.log_url), *_accounts(settings.accounts_location), *_rows(settings.rows_location)]


def _log(url: str) -> Iterator[Due]:
    with _asking(url) as asked:
        if "stored_events" not in asked.tables:
            yield Due("log", "has no tables yet", "trunkline migrate")
        elif "stored_events_schema" in asked.tables:
            found = int(asked.run("SELECT coalesce(max(version), 0) FROM stored_events_schema")[0][0])
            if found > SCHEMA_VERSION:
                what = f"has tables of version {found}, this software knows {SCHEMA_VERSION}"
                yield Due("log", what, "upgrade this software")
            elif found < SCHEMA_VERSION:
                yield Due("log", f"has tables of version {found}, wanted is {SCHEMA_VERSION}", "trunkline migrate")


def _accounts(url: str) -> Iterator[Due]:
    wanted = [match[1] for text in TABLES if (match := _CREATED.match(text))]
    with _asking(url) as asked:
        missing = [name for name in wanted if name not in asked.tables]
    if missing:
        yield Due("accounts", f"lack the tables {', '.join(missing)}", "trunkline migrate")


def _rows(url: str) -> Iterator[Due]:
    with _asking(url, "read_models") as asked:
        if "projection_generations" not in asked.tables:
            yield Due("rows", "have no tables yet", "trunkline migrate")
            return
        query = "SELECT projection, version FROM projection_generations WHERE state = 'live'"
        found = {str(name): int(version) for name, version in asked.run(query)}
    for name, projection in PROJECTIONS.items():
        if name not in found:
            yield Due("rows", f"the read model {name} is new", "trunkline migrate")
        elif found[name] != projection.version:
            what = f"the read model {name} is of version {found[name]}, wanted is {projection.version}"
            yield Due("rows", what, f"trunkline rebuild {name}")


@contextmanager
def _asking(url: str, schema: str = "public") -> Iterator[_Asked]:
    """A SQLite file is not made by looking. Raises `LogUnavailable`."""
    if url.startswith(("postgresql:", "postgres:")):
        with _postgres(url, schema) as asked:
            yield asked
    elif url == "memory:" or not sqlite_path(url).exists():
        yield _Asked(frozenset(), lambda query: [])
    else:
        with _sqlite(url) as asked:
            yield asked


@contextmanager
def _sqlite(url: str) -> Iterator[_Asked]:
    path = sqlite_path(url)
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            yield _Asked(frozenset(str(name) for (name,) in names), lambda q: connection.execute(q).fetchall())
        finally:
            connection.close()
    except sqlite3.Error as fault:
        raise LogUnavailable(f"{path.name} cannot be read: {fault}") from fault


@contextmanager
def _postgres(url: str, schema: str) -> Iterator[_Asked]:
    try:
        with psycopg.connect(url, connect_timeout=10, options=f"-c search_path={schema}") as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
            tables = frozenset(str(name) for (name,) in names)
            yield _Asked(tables, lambda query: connection.execute(query.encode()).fetchall())
    except psycopg.Error as fault:
        raise LogUnavailable(f"a database cannot be read: {fault}") from fault
