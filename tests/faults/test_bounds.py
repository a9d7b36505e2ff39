"""Floods and giants: a centre refuses what is too much, stays alive, and its memory stays bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from channels.email.limits import MAX_MAIL_BYTES
from infra.settings import LOOPBACK
from tests.faults.life import Life
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(280)
MEGABYTE = 1024 * 1024
#: What a centre may have in memory after a flood, and more than before it, bytes. A large mail is parsed in copies.
MOST, MORE = 900 * MEGABYTE, 600 * MEGABYTE
STORM = 500


@pytest.fixture
async def running(life: Life, record_property) -> AsyncIterator[Life]:
    await life.centre.start()
    await life.centre.ready()
    before = life.centre.resident
    yield life
    assert life.centre.alive, life.centre.last_words()
    record_property("resident before and after, MB", (before // MEGABYTE, life.centre.resident // MEGABYTE))
    assert life.centre.resident < min(MOST, before + MORE), f"{life.centre.resident / MEGABYTE:.0f} MB"
    assert life.centre.complaints() == []
    assert await life.centre.stop() == 0


async def test_a_mail_as_large_as_allowed_is_taken_and_a_larger_one_is_refused_for_good(running):
    assert await bring(running, letter(1, size=MAX_MAIL_BYTES * 7 // 10), seconds=120) == 250
    assert await bring(running, letter(2, size=MAX_MAIL_BYTES), seconds=120) == 552
    assert await bring(running, letter(3)) == 250


async def test_large_mails_at_once_are_taken_or_put_off_but_never_too_much_for_the_memory(running):
    mails = [letter(number, size=12 * MEGABYTE) for number in range(10)]
    codes = await asyncio.gather(*(bring(running, mail, seconds=200) for mail in mails), return_exceptions=True)
    assert 250 in codes
    refused = [code for code in codes if code not in (250, 421, 451) and not isinstance(code, OSError | Exception)]
    assert refused == []
    assert await bring(running, letter(100)) == 250


async def test_slow_connections_keep_nobody_out_for_long_and_too_many_are_turned_away(running):
    port = running.centre.settings.smtp_in_port
    slow = [await asyncio.open_connection(LOOPBACK, port) for _ in range(130)]
    for reader, writer in slow:
        line = await asyncio.wait_for(reader.readline(), 30)
        assert line[:3] in (b"220", b"421")
        writer.write(b"EH")  # and then nothing for a while
    async with office(running) as client:
        assert (await register(running, client, 1)).status_code == 200
    assert await bring(running, letter(1)) == 421
    for _, writer in slow:
        writer.close()
    async with asyncio.timeout(60):
        while await bring(running, letter(1)) != 250:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_a_storm_of_mails_from_one_sender_is_taken_and_answered_within_reason(running):
    turns = asyncio.Semaphore(8)

    async def one(number: int) -> int:
        async with turns:
            return await bring(running, letter(number, sender="storm@plain.example"), seconds=120)

    codes = await asyncio.gather(*(one(number) for number in range(STORM)))
    assert set(codes) == {250}
    sent = [mail for mail in running.ledger.arrived if mail.recipient == "storm@plain.example"]
    assert len(sent) <= 40, "a sender of automatic mail would be in a loop with us"
    async with office(running) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_giant_bodies_and_headers_are_refused_and_cost_nothing(running):
    async with office(running) as client:
        path = f"/api/projects/{running.clerk.project}/customers"
        for _ in range(10):
            answer = await client.post(path, content=b'{"name": "' + b"x" * (20 * MEGABYTE) + b'"}')
            assert answer.status_code == 413
            assert answer.headers["content-type"] == "application/problem+json"

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(200):
                yield b"y" * (64 * 1024)

        assert (await client.post(path, content=endless())).status_code == 413
        deep = b"[" * 100_000
        assert (await client.post(path, content=deep, headers={"Content-Type": "application/json"})).status_code in (
            400,
            422,
        )
        assert (await register(running, client, 1)).status_code == 200
