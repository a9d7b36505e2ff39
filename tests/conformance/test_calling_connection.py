"""The connection that the log writes by, when the server goes away while nobody writes."""

from __future__ import annotations

import asyncio
import socket

import psycopg

from infra.log.postgres_wire import CallConnection


async def test_a_connection_that_broke_takes_nothing_from_whoever_has_its_descriptor_now(postgres):
    wire = await CallConnection.open(postgres, b"SELECT 1", (), seconds=5)
    async with await psycopg.AsyncConnection.connect(postgres, autocommit=True) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    async with asyncio.timeout(10):
        while not wire.broken:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
    # libpq has closed its socket: the next ones opened get its number
    pairs = [socket.socketpair() for _ in range(4)]
    streams = [await asyncio.open_connection(sock=ours) for ours, _ in pairs]
    await wire.close()
    for (reader, writer), (_, theirs) in zip(streams, pairs, strict=True):
        theirs.sendall(b"still here\n")
        async with asyncio.timeout(10):
            assert await reader.readline() == b"still here\n"
        writer.close()
        theirs.close()
