"""Connections that only take up room are ended, and when there is no room left the rest of the centre works on."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
import psutil
import pytest

from infra.settings import LOOPBACK
from tests.faults.forking import DESCRIPTORS
from tests.faults.life import Life
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
PATIENCE = 90.0
#: What a process may have open in all, and what its web leaves to everything else.
DESCRIPTORS_IN_ALL, LEFT_OVER = 400, 256


@pytest.fixture
async def running(life: Life) -> AsyncIterator[Life]:
    await life.centre.start()
    await life.centre.ready()
    yield life
    assert life.centre.alive, life.centre.last_words()
    assert life.centre.complaints() == []
    assert await life.centre.stop() == 0


@asynccontextmanager
async def connected(life: Life) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(LOOPBACK, life.centre.settings.http_port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """What is said until the connection ends."""
    said = bytearray()
    async with asyncio.timeout(PATIENCE):
        try:
            while part := await reader.read(4096):
                said += part
        except ConnectionError:
            pass
    return bytes(said)


async def keeps_sending(writer: asyncio.StreamWriter, what: bytes, pause: float) -> None:
    while not writer.is_closing():
        writer.write(what)
        await asyncio.sleep(pause)


async def silent(life: Life) -> bytes:
    async with connected(life) as (reader, _):
        return await rest_of(reader)


async def trickles(life: Life) -> bytes:
    """A head that never ends, a letter at a time."""
    async with connected(life) as (reader, writer):
        writer.write(b"GET /livez HTTP/1.1\r\nX-Long: ")
        sending = asyncio.create_task(keeps_sending(writer, b"x", 0.5))
        said = await rest_of(reader)
        sending.cancel()
        return said


async def sends_blank_lines(life: Life) -> bytes:
    """After a request that was answered."""
    async with connected(life) as (reader, writer):
        writer.write(b"GET /livez HTTP/1.1\r\nHost: here\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        assert length is not None
        await reader.readexactly(int(length[1]))
        sending = asyncio.create_task(keeps_sending(writer, b"\r\n", 0.5))
        said = await rest_of(reader)
        sending.cancel()
        return head.split(b"\r\n")[0] + said


async def sends_a_giant_head(life: Life) -> bytes:
    async with connected(life) as (reader, writer):
        writer.write(b"GET /livez HTTP/1.1\r\n")
        for _ in range(65):  # no more than is too much: what comes later would be answered by a reset
            await asyncio.sleep(0.01)
            writer.write(b"X-Large: " + b"x" * 1_000 + b"\r\n")
        return await rest_of(reader)


async def heard(stream: httpx2.Response, words: str) -> bool:
    async with asyncio.timeout(PATIENCE):
        async for line in stream.aiter_lines():
            if words in line:
                return True
    return False


async def test_connections_that_never_ask_for_anything_are_ended_and_live_streams_are_not(running: Life) -> None:
    async with office(running) as client, client.stream("GET", "/api/stream", timeout=PATIENCE) as stream:
        assert stream.status_code == 200
        said = await asyncio.gather(
            silent(running), trickles(running), sends_blank_lines(running), sends_a_giant_head(running)
        )
        assert said[0] == b""
        assert said[1].startswith(b"HTTP/1.1 408 "), said[1]
        assert said[2] == b"HTTP/1.1 200 OK"
        assert said[3].startswith(b"HTTP/1.1 431 "), said[3]
        # all of them have ended, and who follows what happens still does
        assert (await register(running, client, 1)).status_code == 200
        assert await heard(stream, "customer.registered.v1")


async def test_where_no_descriptor_is_left_for_another_connection_everything_else_works_on(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DESCRIPTORS, f"200:{DESCRIPTORS_IN_ALL}")
    await life.centre.start()
    await life.centre.ready()
    allowed, _ = psutil.Process(life.centre.pid).rlimit(psutil.RLIMIT_NOFILE)
    assert allowed == DESCRIPTORS_IN_ALL, "it takes as many as it may have"
    async with AsyncExitStack() as closing:
        os.kill(life.centre.pid, signal.SIGSTOP)  # so that all of them come at once
        crowd = [await closing.enter_async_context(connected(life)) for _ in range(DESCRIPTORS_IN_ALL)]
        os.kill(life.centre.pid, signal.SIGCONT)
        turned_away = await asyncio.gather(*(_turned_away(reader) for reader, _ in crowd))
        assert sum(turned_away) >= LEFT_OVER
        assert not turned_away[0], "who was there first stays"
        # nothing else suffers
        assert [await bring(life, letter(number)) for number in range(5)] == [250] * 5
    async with office(life) as client:
        async with asyncio.timeout(PATIENCE):
            while (await register(life, client, 1)).status_code != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    assert life.centre.complaints() == []
    assert await life.centre.stop() == 0


async def _turned_away(reader: asyncio.StreamReader) -> bool:
    """Whether somebody is told at once to come back later."""
    try:
        line = await asyncio.wait_for(reader.readline(), 3.0)
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return b" 503 " in line
