"""The log in PostgreSQL: any number of writing and reading processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg.sql import SQL, Composed, Identifier

from domain.ports import Appended, Clock, Keyring, LogUnavailable
from infra.gathering import Gathering
from infra.log.group_commit import GroupCommit, Pending
from infra.log.postgres_listener import PostgresListener
from infra.log.postgres_readers import PostgresReaders
from infra.log.postgres_recorder import PostgresEventRecorder, datastore
from infra.log.postgres_restore import restore
from infra.log.postgres_schema import Names
from infra.log.postgres_writer import PostgresWriter
from infra.log.rows import EVERYTHING, Batchable, Filter, OnceRow, PlainRow, Segment, StoredRow
from infra.log.stored import StoredLog

#: So many types are asked for one by one.
FEW_TYPES = 8
#: Streams in one query.
MOST_STREAMS = 100

_COLUMNS = SQL("notification_id, originator_id, originator_version, topic, state, pool, recorded_at")

#: One look into the index for each pool: a plain DISTINCT would read all of it.
_POOLS = """
WITH RECURSIVE found (pool) AS (
    (SELECT pool FROM {0} ORDER BY pool LIMIT 1)
    UNION ALL
    SELECT (SELECT pool FROM {0} WHERE pool > found.pool ORDER BY pool LIMIT 1) FROM found WHERE found.pool IS NOT NULL
)
SELECT pool FROM found WHERE pool IS NOT NULL"""


class PostgresLog(StoredLog):
    """`domain.ports.Log` in PostgreSQL. Make it with `open`."""

    def __init__(
        self,
        dsn: str,
        keyring: Keyring,
        *,
        schema: str = "public",
        clock: Clock | None = None,
        patience: float = 15.0,
    ) -> None:
        """`clock`: None means the database server's, which all writers share. `patience` in seconds."""
        super().__init__(keyring)
        self._names = Names(schema)
        self._writer_connection = PostgresWriter(dsn, self._names, clock, patience)
        self._group = GroupCommit(self._store)
        self._readers = PostgresReaders(dsn)
        self._whole_stream = Gathering(self._whole_streams, MOST_STREAMS)
        self._listener = PostgresListener(dsn, self._names.channel, self._news)

    @classmethod
    async def open(cls, dsn: str, keyring: Keyring, *, schema: str = "public", **options: Any) -> PostgresLog:
        """Creates the tables where they are missing. Raises `LogUnavailable`."""
        await asyncio.to_thread(create_tables, dsn, schema)
        return cls(dsn, keyring, schema=schema, **options)

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        return [StoredRow._make(row) for row in await self.raw_page(after, limit, wanted)]

    async def _plain_rows(self, after: int, limit: int, wanted: Filter) -> Sequence[PlainRow]:
        return cast("list[PlainRow]", await self.raw_page(after, limit, wanted))

    async def raw_page(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> list[tuple[Any, ...]]:
        """Rows as the driver gives them: what reading cannot be faster than."""
        query, parameters = self._select(after, limit, wanted)
        return await self._readers.fetch(query, parameters)

    async def stream_rows(self, stream: str, after_version: int) -> Sequence[StoredRow]:
        if after_version == 0:
            return await self._whole_stream(stream)
        query = SQL(
            "SELECT {} FROM {} WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
        )
        rows = await self._readers.fetch(query.format(_COLUMNS, self._names.events), (stream, after_version))
        return [StoredRow._make(row) for row in rows]

    async def _whole_streams(self, streams: Sequence[str]) -> Mapping[str, Sequence[StoredRow]]:
        query = SQL(
            "SELECT {} FROM {} WHERE originator_id = ANY(%s::text[]) ORDER BY originator_id, originator_version"
        )
        found: dict[str, list[StoredRow]] = {stream: [] for stream in streams}
        for row in await self._readers.fetch(query.format(_COLUMNS, self._names.events), (list(streams),)):
            found[row[1]].append(StoredRow._make(row))
        return found

    async def once_row(self, key: str) -> OnceRow | None:
        query = SQL("SELECT key, position, versions FROM {} WHERE key = %s").format(self._names.once)
        rows = await self._readers.fetch(query, (key,))
        return _once(rows[0]) if rows else None

    async def head(self) -> int:
        query = SQL("SELECT coalesce(max(notification_id), 0) FROM {}").format(self._names.events)
        return int((await self._readers.fetch(query))[0][0])

    async def pools(self) -> Sequence[str]:
        return [row[0] for row in await self._readers.fetch(SQL(_POOLS).format(self._names.events))]

    async def once_rows(self, after_key: str, limit: int) -> Sequence[OnceRow]:
        query = SQL("SELECT key, position, versions FROM {} WHERE key > %s ORDER BY key LIMIT %s")
        return [_once(row) for row in await self._readers.fetch(query.format(self._names.once), (after_key, limit))]

    async def segments(self, after: int, limit: int) -> Sequence[Segment]:
        query = SQL("SELECT * FROM {} WHERE number > %s ORDER BY number LIMIT %s").format(self._names.segments)
        return [Segment._make(row) for row in await self._readers.fetch(query, (after, limit))]

    async def last_segment(self) -> Segment | None:
        query = SQL("SELECT * FROM {} ORDER BY number DESC LIMIT 1").format(self._names.segments)
        rows = await self._readers.fetch(query)
        return Segment._make(rows[0]) if rows else None

    async def add_segment(self, segment: Segment) -> None:
        query = SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING").format(self._names.segments)
        await self._readers.fetch(query, segment)

    async def restore(self, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow) -> bool:
        async with self._readers.connection() as connection:
            return await restore(connection, self._names, rows, once, marker)

    async def _submit(self, batchable: Batchable) -> Appended:
        return await self._group.submit(batchable)

    async def _store(self, batch: list[Pending]) -> Sequence[Pending]:
        again = await self._writer_connection.store(batch)
        self._news.poke()  # faster than the notification's way through the server
        return again

    async def _start_following(self) -> None:
        self._listener.rest = self.rest
        await self._listener.start()

    async def _close(self) -> None:
        await self._group.close()
        await self._listener.close()
        await self._writer_connection.close()
        await self._readers.close()

    def _select(self, after: int, limit: int, wanted: Filter) -> tuple[Composed, list[Any]]:
        if wanted.wires is not None and len(wanted.wires) <= FEW_TYPES and wanted.streams is None:
            return self._select_few_types(after, limit, wanted.wires, wanted.pool)
        conditions: list[SQL | Composed] = [SQL("notification_id > %s")]
        parameters: list[Any] = [after]
        for column, value in (("pool", wanted.pool), ("originator_id", wanted.streams), ("topic", wanted.wires)):
            if value is not None:
                test = "{} = %s" if isinstance(value, str) else "{} = ANY(%s::text[])"
                conditions.append(SQL(test).format(Identifier(column)))
                parameters.append(value if isinstance(value, str) else list(value))
        select = SQL("SELECT {} FROM {} WHERE {}").format(_COLUMNS, self._names.events, SQL(" AND ").join(conditions))
        if wanted.streams is not None:
            # Streams are short: fetch them by their own index whatever the planner thinks of the limit.
            select = SQL("WITH few AS MATERIALIZED ({}) SELECT * FROM few").format(select)
        return select + SQL(" ORDER BY notification_id LIMIT %s"), [*parameters, limit]

    def _select_few_types(
        self, after: int, limit: int, wires: Sequence[str], pool: str | None
    ) -> tuple[Composed, list[Any]]:
        """Each type by its own index. Asked for all at once, the planner reads everything after a position instead, for
        as long as the log is: configurations and erasures are rare, and asked for all the time.
        """
        of_pool, parameters = (SQL(""), []) if pool is None else (SQL(" AND pool = %s"), [pool])
        one = SQL("SELECT {} FROM {} WHERE topic = wanted AND notification_id > %s{} ORDER BY notification_id LIMIT %s")
        query = SQL(
            "SELECT found.* FROM unnest(%s::text[]) AS wanted CROSS JOIN LATERAL ({}) AS found "
            "ORDER BY notification_id LIMIT %s"
        ).format(one.format(_COLUMNS, self._names.events, of_pool))
        return query, [list(wires), after, *parameters, limit, limit]


def create_tables(dsn: str, schema: str = "public") -> None:
    """Create what is missing; safe under many starting processes. Raises `LogUnavailable`."""
    store = None
    try:
        psycopg.connect(dsn, connect_timeout=10).close()  # the pool below would hide why it cannot connect
        store = datastore(dsn, schema)
        PostgresEventRecorder(store).create_table()
    except (psycopg.Error, PersistenceError) as fault:
        raise LogUnavailable(f"the log's database cannot be opened: {fault}") from fault
    finally:
        if store is not None:
            store.close()


def _once(row: tuple[Any, ...]) -> OnceRow:
    return OnceRow(row[0], row[1], json.loads(row[2]))
