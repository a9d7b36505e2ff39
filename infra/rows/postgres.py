"""Rows in PostgreSQL, in a schema of their own.

`synchronous_commit` is off: after a crash of the server the last batches may be missing, rows and position
together, and are projected again. Larger batches go by COPY, which measured three times as fast as
executemany and six times as fast as arrays.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.sql import SQL, Identifier

from infra.addresses import with_options
from infra.rows import text
from infra.rows.codec import TableCodec, as_json
from infra.rows.codec import text as without_nul
from infra.rows.connection import Write
from infra.rows.port import Row, RowsUnavailable
from infra.rows.sql_store import SqlRows
from projections.schema import NAME, Projection, Table

DIALECT = text.Dialect(
    {
        "text": 'text COLLATE "C"',
        "integer": "bigint",
        "real": "double precision",
        "boolean": "boolean",
        "instant": "timestamptz",
        "json": 'text COLLATE "C"',
    },
    "",
    "= ANY(?::text[])",
    list,
)

#: From this many rows on, COPY is worth its statements.
COPY_FROM = 40
#: After rows that were thought new turned out to be there, this many batches go the longer way at once.
CAUTIOUS_BATCHES = 50
CONNECT_TIMEOUT = 10
#: Milliseconds to wait for a lock: a swap waits for readers, who are quick.
LOCK_TIMEOUT = 30_000


class PostgresRows(SqlRows):
    """`infra.rows.port.RowStore` in one schema of a PostgreSQL database. Raises `RowsUnavailable`."""

    def __init__(self, dsn: str, projections: Sequence[Projection], *, schema: str = "read_models") -> None:
        super().__init__(projections)
        if not NAME.match(schema):
            raise ValueError(f"schema {schema!r} is not a name of lower-case letters, digits and _")
        settings = (
            f"-c search_path={schema} -c timezone=UTC -c synchronous_commit=off -c lock_timeout={LOCK_TIMEOUT} "
            "-c default_transaction_isolation=read\\ committed"
        )
        self._schema = schema
        self._dsn = with_options(dsn, options=settings, connect_timeout=CONNECT_TIMEOUT, application_name="rows")
        with self._book() as connection:
            connection.exclude("")
            connection.run(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        self._prepare()

    def _connect(self, *, reading: bool = False) -> PostgresConnection:
        return PostgresConnection(self._dsn)

    def scrub(self) -> None:
        """Rewrites every table. Traces in the server's write-ahead log go when its segments are recycled."""
        with _explained(), psycopg.connect(self._dsn, autocommit=True) as connection:
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self._schema])
            for (name,) in rows.fetchall():
                connection.execute(SQL("VACUUM FULL {}").format(Identifier(self._schema, name)))


class PostgresConnection:
    """`infra.rows.connection.Connection` on psycopg."""

    dialect = DIALECT
    locking = " FOR UPDATE"

    def __init__(self, dsn: str) -> None:
        self._codecs: dict[str, TableCodec] = {}
        self._translated: dict[str, str] = {}
        self._cautious: dict[str, int] = {}
        with _explained():
            self._db = psycopg.connect(dsn, autocommit=True)

    def codec(self, table: Table) -> TableCodec:
        codec = self._codecs.get(table.name)
        if codec is None:
            to_db: Any = {"json": as_json, "text": without_nul}
            codec = self._codecs[table.name] = TableCodec(table, to_db, {"json": json.loads})
        return codec

    def _sql(self, sql: str) -> Any:
        found = self._translated.get(sql)
        if found is None:
            found = self._translated[sql] = sql.replace("?", "%s")
        return found

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Sequence[Any]]:
        with _explained():
            cursor = self._db.execute(self._sql(sql), parameters)
            return list(cursor.fetchall()) if cursor.description else []

    def run_counting(self, sql: str, parameters: Sequence[Any]) -> int:
        with _explained():
            return self._db.execute(self._sql(sql), parameters).rowcount

    def run_many_counting(self, sql: str, parameters: Sequence[Sequence[Any]]) -> int:
        with _explained(), self._db.cursor() as cursor:
            cursor.executemany(self._sql(sql), parameters)
            return cursor.rowcount

    def write(self, writes: Sequence[Write]) -> None:
        """What is few goes in one pipeline: many tables are waited for once."""
        with _explained():
            with self._db.pipeline(), self._db.cursor() as cursor:
                for one in writes:
                    self._write_few(cursor, one)
            for one in writes:
                if len(one.puts) >= COPY_FROM:
                    self._write_many(one.codec, one.called, one.puts)

    def _write_few(self, cursor: psycopg.Cursor[Any], one: Write) -> None:
        codec, table = one.codec, one.codec.table
        if one.deletes:
            columns = zip(*one.deletes, strict=True)
            lists = [[codec.value(c, v) for v in vs] for c, vs in zip(table.key, columns, strict=True)]
            cursor.execute(self._sql(text.delete_listed(table, one.called, DIALECT)), lists)
        if 0 < len(one.puts) < COPY_FROM:
            sql = text.upsert(table, one.called, text.values(table))
            cursor.executemany(self._sql(sql), [codec.encode(row) for row in one.puts])

    def _write_many(self, codec: TableCodec, called: str, puts: Sequence[Row]) -> None:
        """Straight into the table where the rows are probably new, else by way of a temporary one."""
        table = codec.table
        values = [codec.encode(row) for row in puts]
        caution = self._cautious.get(called, 0)
        if caution:
            self._cautious[called] = max(0, caution - 1)
        else:
            try:
                with self._db.transaction():
                    self._copy(table, called, values)
                return
            except errors.UniqueViolation:
                self._cautious[called] = CAUTIOUS_BATCHES
        staging = f"{table.name}__batch"
        columns = ", ".join(f'"{c.name}" {DIALECT.types[c.type]}' for c in table.columns)
        self.run(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{staging}" ({columns}) ON COMMIT DELETE ROWS')
        self._copy(table, staging, values)
        select = f'SELECT {text.quoted(table.names)} FROM "{staging}"'  # noqa: S608  declared names
        self.run(text.upsert(table, called, select))

    def _copy(self, table: Table, called: str, rows: Sequence[Sequence[Any]]) -> None:
        statement: Any = f'COPY "{called}" ({text.quoted(table.names)}) FROM STDIN'
        with self._db.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.run("BEGIN")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with contextlib.suppress(psycopg.Error):  # the fault that is on its way says more than a lost connection
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            with contextlib.suppress(psycopg.Error):  # a broken connection shows at its next use
                self._db.execute("ROLLBACK")

    def exclude(self, what: str) -> None:
        self.run("SELECT pg_advisory_xact_lock(hashtext('trunkline read models'), hashtext(?))", (what,))

    def close(self) -> None:
        self._db.close()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except errors.UndefinedTable as fault:
        raise RowsUnavailable(
            "the read models have not been made yet: start the centre or run `trunkline rebuild`"
        ) from fault
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        kind = type(fault).__name__
        raise RowsUnavailable(
            f"the database of the read models cannot be used ({kind}): check that it runs and has room; nothing is lost"
        ) from fault
