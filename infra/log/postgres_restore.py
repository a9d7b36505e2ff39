"""Putting rows back into a PostgreSQL log as they were: positions, times and `once` keys included."""

from __future__ import annotations

import json
from collections.abc import Sequence

from psycopg import AsyncConnection
from psycopg.sql import SQL

from infra.log.postgres_schema import Names
from infra.log.rows import OnceRow, StoredRow, follows

_INSERT = (
    "INSERT INTO {} (notification_id, originator_id, originator_version, topic, state, pool, recorded_at)"
    " SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bytea[], %b::text[],"
    " %b::timestamptz[])"
)


async def restore(
    connection: AsyncConnection, names: Names, rows: Sequence[StoredRow], once: Sequence[OnceRow], marker: OnceRow
) -> bool:
    """See `RowStore.restore`. One transaction under the same lock as an append."""
    async with connection.transaction():
        await connection.execute(SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(names.events))
        seen = await connection.execute(SQL("SELECT 1 FROM {} WHERE key = %s").format(names.once), (marker.key,))
        if await seen.fetchone():
            return False
        latest = await connection.execute(SQL("SELECT coalesce(max(notification_id), 0) FROM {}").format(names.events))
        head = await latest.fetchone()
        follows(rows, head[0] if head else 0)
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            await connection.execute(SQL(_INSERT).format(names.events), columns)
        kept = [*once, marker]
        await connection.execute(
            SQL("INSERT INTO {} SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[])").format(names.once),
            ([o.key for o in kept], [o.position for o in kept], [json.dumps(dict(o.versions)) for o in kept]),
        )
        await connection.execute("SELECT pg_notify(%s, '')", (names.channel,))
    return True
