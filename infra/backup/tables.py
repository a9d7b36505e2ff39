"""Rows of small tables as JSON lines, of one moment, from either database.

SQLite is read through its online backup (https://www.sqlite.org/backup.html), PostgreSQL in one transaction that is
REPEATABLE READ: in both every table is as it was at one instant, and nobody who writes meanwhile waits.
"""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from domain.ports import LogUnavailable
from infra.log.opened import sqlite_path

Row = Mapping[str, Any]
Tables = Sequence[str]


def dump(url: str, tables: Tables, out: BinaryIO) -> int:
    """Write every row of these tables; how many there were. Raises `LogUnavailable`."""
    count = 0
    for table, row in _read(url, tables):
        out.write(json.dumps({"table": table, "row": {k: _told(v) for k, v in row.items()}}).encode() + b"\n")
        count += 1
    return count


def load(url: str, tables: Tables, lines: Iterator[bytes]) -> int:
    """Insert rows that `dump` wrote, in one transaction; a row that is there stays as it is. How many were read.

    Raises `LogUnavailable`, `ValueError` for what is no such row.
    """
    rows = [_parsed(line, tables) for line in lines]
    if url.startswith("sqlite:"):
        _insert_sqlite(url, rows)
    else:
        _insert_postgres(url, rows)
    return len(rows)


def _read(url: str, tables: Tables) -> Iterator[tuple[str, Row]]:
    yield from _read_sqlite(url, tables) if url.startswith("sqlite:") else _read_postgres(url, tables)


def _read_sqlite(url: str, tables: Tables) -> Iterator[tuple[str, Row]]:
    copy = sqlite3.connect(":memory:")
    try:
        with sqlite3.connect(f"file:{sqlite_path(url)}?mode=ro", uri=True, timeout=30) as source:
            source.backup(copy)
        source.close()
        copy.row_factory = sqlite3.Row
        known = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
        for table in tables:
            if table in known:
                # a name of this package, none from outside
                for row in copy.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
                    yield table, dict(row)
    except sqlite3.Error as fault:
        raise LogUnavailable(f"{sqlite_path(url).name} cannot be read: {fault}") from fault
    finally:
        copy.close()


def _read_postgres(url: str, tables: Tables) -> Iterator[tuple[str, Row]]:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            cursor = connection.cursor(row_factory=dict_row)
            for table in tables:
                if cursor.execute("SELECT to_regclass(%s) AS there", [table]).fetchone() == {"there": None}:
                    continue
                for row in cursor.execute(SQL("SELECT * FROM {}").format(Identifier(table))):
                    yield table, row
    except psycopg.Error as fault:
        raise LogUnavailable(f"a database cannot be read: {fault}") from fault


def _insert_sqlite(url: str, rows: Sequence[tuple[str, Row]]) -> None:
    try:
        connection = sqlite3.connect(sqlite_path(url), timeout=30)
        with connection:
            for table, row in rows:
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608 - checked names
                    list(row.values()),
                )
        connection.close()
    except sqlite3.Error as fault:
        raise LogUnavailable(f"{sqlite_path(url).name} cannot be written: {fault}") from fault


def _insert_postgres(url: str, rows: Sequence[tuple[str, Row]]) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            for table, row in rows:
                insert = SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
                    Identifier(table), SQL(", ").join(map(Identifier, row)), SQL(", ").join([SQL("%s")] * len(row))
                )
                connection.execute(insert, list(row.values()))
    except psycopg.Error as fault:
        raise LogUnavailable(f"a database cannot be written: {fault}") from fault


def _told(value: Any) -> Any:
    return {"base64": b64encode(bytes(value)).decode()} if isinstance(value, bytes | memoryview) else value


def _parsed(line: bytes, tables: Tables) -> tuple[str, Row]:
    document = json.loads(line)
    table, row = document["table"], document["row"]
    if table not in tables or not all(name.replace("_", "").isalnum() for name in row):
        raise ValueError(f"a row of {table!r} does not belong here")
    return table, {k: b64decode(v["base64"]) if isinstance(v, dict) else v for k, v in row.items()}
