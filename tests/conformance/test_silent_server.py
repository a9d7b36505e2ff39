"""A database server that takes connections and says nothing is a log that is away, and nothing else."""

from __future__ import annotations

import asyncio

import pytest
from psycopg.sql import SQL

from domain.ports import LogUnavailable
from infra.log.postgres_readers import PostgresReaders


async def test_a_server_that_lets_nobody_in_is_told_as_a_log_that_is_away() -> None:
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda reader, writer: held.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    readers = PostgresReaders(f"host=127.0.0.1 port={port} user=nobody dbname=none", patience=0.1)
    with pytest.raises(LogUnavailable, match="cannot be read"):
        await readers.fetch(SQL("SELECT 1"))
    await readers.close()
    for writer in held:
        writer.close()
    server.close()
