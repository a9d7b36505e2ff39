"""Rows in a SQLite file of their own, beside the log's: rebuilding can never hurt the log.

WAL, so that readers never wait for the writer. `synchronous` NORMAL: after a power cut the last batches may be
missing, rows and position together, and are projected again. Deleted rows are overwritten (`secure_delete`).
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.rows import text
from infra.rows.codec import TableCodec, as_json, micros, moment
from infra.rows.connection import Write
from infra.rows.port import RowsUnavailable
from infra.rows.sql_store import SqlRows
from projections.schema import Projection, Table

#: How long to wait for another process that is writing, in milliseconds.
BUSY_TIMEOUT = 30_000
#: Pages of 4 KiB in the write-ahead log before they are moved into the file.
CHECKPOINT_PAGES = 4_000
#: How often emptying it is tried, and the pause in between in seconds.
CHECKPOINT_TRIES, CHECKPOINT_PAUSE = 50, 0.1

DIALECT = text.Dialect(
    {
        "text": "TEXT",
        "integer": "INTEGER",
        "real": "REAL",
        "boolean": "INTEGER",
        "instant": "INTEGER",
        "json": "TEXT",
    },
    "",
    "IN (SELECT value FROM json_each(?))",
    json.dumps,
)


class SqliteRows(SqlRows):
    """`infra.rows.port.RowStore` in one SQLite file. Raises `RowsUnavailable` when it cannot be used."""

    def __init__(self, path: Path, projections: Sequence[Projection]) -> None:
        super().__init__(projections)
        self._path = path
        self._writer = threading.RLock()
        self._prepare()

    def _connect(self, *, reading: bool = False) -> SqliteConnection:
        return SqliteConnection(self._path, self._writer, reading=reading)

    def scrub(self) -> None:
        """Rewrites the file and empties the write-ahead log: moved pages keep traces that `secure_delete` misses."""
        connection = self._connect()
        try:
            with self._writer:
                connection.run("VACUUM")
                self._empty_wal(connection)
        finally:
            connection.close()

    def _empty_wal(self, connection: SqliteConnection) -> None:
        """A reader of an older snapshot keeps the write-ahead log from being emptied: wait for it, within bounds."""
        for _ in range(CHECKPOINT_TRIES):
            if connection.run("PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0:
                return
            time.sleep(CHECKPOINT_PAUSE)
        raise RowsUnavailable(
            f"the read models {self._path}: a reader kept traces of deleted rows in the write-ahead log; try again"
        )


class SqliteConnection:
    """`infra.rows.connection.Connection` on a SQLite file; writers of one process queue up at `writer`."""

    dialect = DIALECT
    locking = ""

    def __init__(self, path: Path, writer: threading.RLock, *, reading: bool) -> None:
        self._path, self._writer = path, writer
        self._codecs: dict[str, TableCodec] = {}
        with self._explained():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
            try:
                self._db.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT:d}")
                if reading:
                    self._db.execute("PRAGMA query_only = ON")
                else:
                    self._configure()
            except BaseException:
                self._db.close()
                raise

    def _configure(self) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "cache_size = -32768",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES:d}",
        ):
            self._db.execute(f"PRAGMA {pragma}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.InternalError) as fault:
            raise RowsUnavailable(_explain(self._path, fault)) from fault
        except sqlite3.DatabaseError as fault:
            if type(fault) is not sqlite3.DatabaseError:  # a row that does not fit its table is the projection's fault
                raise
            raise RowsUnavailable(_explain(self._path, fault)) from fault

    def codec(self, table: Table) -> TableCodec:
        codec = self._codecs.get(table.name)
        if codec is None:
            codec = self._codecs[table.name] = TableCodec(
                table,
                {"instant": micros, "json": as_json, "real": float},
                {"instant": moment, "json": json.loads, "boolean": bool},
            )
        return codec

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Sequence[Any]]:
        with self._explained():
            return self._db.execute(sql, parameters).fetchall()

    def run_counting(self, sql: str, parameters: Sequence[Any]) -> int:
        with self._explained():
            return self._db.execute(sql, parameters).rowcount

    def run_many_counting(self, sql: str, parameters: Sequence[Sequence[Any]]) -> int:
        with self._explained():
            return self._db.executemany(sql, parameters).rowcount

    def write(self, writes: Sequence[Write]) -> None:
        with self._explained():
            for codec, called, puts, deletes in writes:
                table = codec.table
                if deletes:
                    keys = [[codec.value(c, v) for c, v in zip(table.key, key, strict=True)] for key in deletes]
                    self._db.executemany(text.delete(table, called), keys)
                if puts:
                    sql = text.upsert(table, called, text.values(table))
                    self._db.executemany(sql, map(codec.encode, puts))

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._writer:
            self.run("BEGIN IMMEDIATE")
            try:
                yield
                self.run("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a failed COMMIT may have ended the transaction itself
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.run("BEGIN")
        try:
            yield
        finally:
            with self._explained():
                self._db.rollback()

    def exclude(self, what: str) -> None:
        """A SQLite file has one writing transaction at a time."""

    def close(self) -> None:
        self._db.close()


def _explain(path: Path, fault: sqlite3.Error) -> str:
    said = str(fault)
    if "full" in said:
        return f"the read models {path} cannot be written: the disk is full. Free space; nothing is lost"
    if "malformed" in said or "not a database" in said:
        return f"the read models {path} are damaged ({said}): delete the file and run `trunkline rebuild`"
    if "no such table" in said:
        return f"the read models {path} have not been made yet ({said}): start the centre or run `trunkline rebuild`"
    if "unable to open" in said or "readonly" in said:
        return f"the read models {path} cannot be opened ({said}): check that the folder exists and its permissions"
    return f"the read models {path} cannot be used: {said}"
