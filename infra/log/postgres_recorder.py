"""eventsourcing's PostgreSQL application recorder over the log's own tables and append function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow
from psycopg.sql import SQL

from domain.ports import LogUnavailable
from infra.log.postgres_schema import SCHEMA_VERSION, Names, create_statements

#: One lock for all schema changes of all processes: any constant will do.
_SCHEMA_LOCK = 0x7472756E6B


def datastore(dsn: str, schema: str = "public", pool_size: int = 1) -> PostgresDatastore:
    """eventsourcing's datastore for a whole connection string, TLS settings and all."""
    known = dict(conninfo_to_dict(dsn))
    store = PostgresDatastore(
        dbname=str(known.pop("dbname", "")),
        host=str(known.pop("host", "")),
        port=str(known.pop("port", "5432")),
        user=str(known.pop("user", "")),
        password=str(known.pop("password", "")),
        pool_size=pool_size,
        max_overflow=10,
        schema=schema,
        originator_id_type="text",
    )
    assert isinstance(store.pool.kwargs, dict)
    store.pool.kwargs.update(known)
    return store


class PostgresEventRecorder(PostgresApplicationRecorder):
    """Keeps eventsourcing's doors (its recorder test-suites pass) and its EXCLUSIVE lock and NOTIFY.

    Adds the columns `pool` and `recorded_at`, the `once` and segment tables, and inserts by one binary
    `unnest` in the append function.
    """

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.names = Names(datastore.schema, events_table_name)
        self.sql_create_statements = create_statements(self.names)
        # No composite type is needed, so there is none to look up on every connection.
        datastore.db_type_names.discard(self.stored_event_type_name)
        self.append_statement = SQL(
            "SELECT base, trouble FROM {}(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[],"
            " %b::text[], %b::bigint[], %b::text[], %b::bytea[], %b::text[], %s::timestamptz)"
        ).format(self.names.append)

    def create_table(self) -> None:
        """Create what is missing, once, however many processes start together.

        Raises `LogUnavailable` when a newer Trunkline has already changed the tables.
        """
        with self.datastore.transaction(commit=True) as curs:
            curs.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
            curs.execute("SELECT 1 FROM pg_class WHERE relname = 'customer_keys' AND relkind = 'r'")
            if curs.fetchone():
                raise LogUnavailable(
                    f"database {curs.connection.info.dbname!r} holds the customers' keys: give the log another one,"
                    " or a backup of it would contain the keys to what is sealed in it"
                )
            found = self._schema_version(curs)
            if found > SCHEMA_VERSION:
                raise LogUnavailable(
                    f"the log's tables have version {found}, this Trunkline knows {SCHEMA_VERSION}: upgrade it"
                )
            if found < SCHEMA_VERSION:
                self._create_table(curs)
                curs.execute(
                    SQL("INSERT INTO {} VALUES (%s) ON CONFLICT DO NOTHING").format(self.names.version),
                    (SCHEMA_VERSION,),
                )

    def _schema_version(self, curs: Cursor[DictRow]) -> int:
        curs.execute("SELECT to_regclass(%s) IS NOT NULL AS there", (self.names.version.as_string(),))
        there = curs.fetchone()
        if not (there and there["there"]):
            return 0
        curs.execute(SQL("SELECT coalesce(max(version), 0) AS version FROM {}").format(self.names.version))
        row = curs.fetchone()
        return int(row["version"]) if row else 0

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """eventsourcing's door: no expected versions, only that none is taken. `pool` may be given."""
        if not stored_events:
            return None
        pool = str(kwargs.get("pool", ""))
        columns = [
            [str(event.originator_id) for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
            [pool] * len(stored_events),
        ]
        with self.datastore.get_connection() as conn, conn.cursor() as curs:
            curs.execute(self.append_statement, ([], [], [], [], [], [], *columns, None))
            row = curs.fetchone()
        assert row is not None
        return list(range(row["base"] + 1, row["base"] + len(stored_events) + 1))
