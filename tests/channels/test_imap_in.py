"""Fetching from a real IMAP server: what is marked as taken has been stored, and nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from channels.email.imap_in import ImapAccount, ImapIntake, ImapTiming
from channels.email.ports import Arrived

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
QUICK = ImapTiming(command=20, idle=60, poll=0.05, first_back_off=0.05, longest_back_off=0.2)


def mail(number: int) -> bytes:
    return b"From: ann@example.org\r\nMessage-ID: <%d@x>\r\n\r\nHello (((\r\n{5}\r\n" % number


class Store:
    def __init__(self) -> None:
        self.mails: list[Arrived] = []
        self.refused: set[bytes] = set()

    async def __call__(self, arrived: Arrived) -> None:
        if any(mark in arrived.content for mark in self.refused):
            raise OSError("disk full")
        self.mails.append(arrived)

    @property
    def ids(self) -> list[int]:
        return [int(arrived.content.partition(b"Message-ID: <")[2].partition(b"@")[0]) for arrived in self.mails]


@asynccontextmanager
async def fetching(server: Any, store: Store, timing: ImapTiming = QUICK, **options: Any) -> AsyncIterator[ImapIntake]:
    options = {"password": "secret"} | options
    account = ImapAccount("127.0.0.1", server.port, "box", "support@hotline.example", tls="none", **options)
    intake = ImapIntake(account, store, timing)
    task = asyncio.ensure_future(intake.run())
    try:
        yield intake
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=20)


async def test_waiting_mail_is_taken_and_marked_as_read(dovecot: Any, eventually: Eventually) -> None:
    store = Store()
    for number in range(3):
        dovecot.put(f"m{number}", mail(number))
    async with fetching(dovecot, store) as intake:
        await eventually(lambda: [*dovecot.flags().values()] == ["S", "S", "S"])
        assert intake.state.connected
    assert sorted(store.ids) == [0, 1, 2]
    first = store.mails[0]
    assert first.content in [mail(number) for number in range(3)]
    assert first.envelope.recipients == ("support@hotline.example",)
    assert first.envelope.sender is None


@pytest.mark.parametrize("dovecot", ["idle", "poll"], indirect=True)
async def test_new_mail_is_taken_as_it_comes(dovecot: Any, eventually: Eventually) -> None:
    store = Store()
    async with fetching(dovecot, store) as intake:
        await eventually(lambda: intake.state.connected)
        for number in range(3):
            dovecot.put(f"m{number}", mail(number))
            await eventually(lambda number=number: store.ids == [*range(number + 1)])


async def test_a_mail_that_cannot_be_stored_stays_unread_without_holding_up_others(
    dovecot: Any, eventually: Eventually
) -> None:
    store = Store()
    store.refused = {b"<0@x>"}
    for number in range(3):
        dovecot.put(f"m{number}", mail(number))
    async with fetching(dovecot, store) as intake:
        await eventually(lambda: intake.state.waiting == 1)
        assert sorted(store.ids) == [1, 2]
        assert dovecot.flags() == {"m0": "", "m1": "S", "m2": "S"}
        store.refused = set()
        await eventually(lambda: dovecot.flags()["m0"] == "S")
        await eventually(lambda: intake.state.waiting == 0)
    assert sorted(store.ids) == [0, 1, 2]


async def test_with_a_folder_for_taken_mail_even_read_mail_is_taken_and_moved(
    dovecot: Any, eventually: Eventually
) -> None:
    store = Store()
    dovecot.put("m0", mail(0))
    (dovecot.mails / "new" / "m0").rename(dovecot.mails / "cur" / "m0:2,S")
    dovecot.put("m1", mail(1))
    async with fetching(dovecot, store, move_to="Done"):
        await eventually(lambda: dovecot.count("Done") == 2)
    assert sorted(store.ids) == [0, 1]
    assert dovecot.flags() == {}


@pytest.mark.parametrize("dovecot", ["poll"], indirect=True)
async def test_mail_is_moved_by_copying_where_the_server_cannot_move(dovecot: Any, eventually: Eventually) -> None:
    store = Store()
    dovecot.put("m0", mail(0))
    async with fetching(dovecot, store, move_to="Done"):
        await eventually(lambda: dovecot.count("Done") == 1 and dovecot.flags() == {})
    assert store.ids == [0]


async def test_after_a_restart_of_the_server_fetching_goes_on(dovecot: Any, eventually: Eventually) -> None:
    store = Store()
    async with fetching(dovecot, store) as intake:
        await eventually(lambda: intake.state.connected)
        dovecot.stop()
        await eventually(lambda: not intake.state.connected)
        dovecot.put("m0", mail(0))
        dovecot.start()
        await eventually(lambda: store.ids == [0])
        await eventually(lambda: intake.state.connected)


async def test_a_wrong_password_is_told_and_tried_again_later(dovecot: Any, eventually: Eventually) -> None:
    async with fetching(dovecot, Store(), password="wrong") as intake:
        await eventually(lambda: "log-in" in intake.state.reason)
        assert not intake.state.connected
        assert "wrong" not in intake.state.reason


async def test_a_folder_that_is_not_there_is_told(dovecot: Any, eventually: Eventually) -> None:
    async with fetching(dovecot, Store(), folder="Nowhere") as intake:
        await eventually(lambda: "folder Nowhere" in intake.state.reason)


async def test_a_server_that_is_not_there_is_told(silent_port: int, eventually: Eventually) -> None:
    class Nowhere:
        port = silent_port

    async with fetching(Nowhere, Store()) as intake:
        await eventually(lambda: intake.state.reason not in ("", "not started"))
        assert not intake.state.connected


async def test_a_large_mail_and_an_odd_one_come_through_byte_for_byte(dovecot: Any, eventually: Eventually) -> None:
    store = Store()
    large = b"Message-ID: <1@x>\r\n\r\n" + b"0123456789 * OK )\r\n" * 150_000
    odd = b"Message-ID: <2@x>\r\n\r\nA1 OK done\r\n* 5 EXISTS\r\n)\r\n\x00\xff\r\n"
    dovecot.put("large", large)
    dovecot.put("odd", odd)
    async with fetching(dovecot, store):
        await eventually(lambda: [*dovecot.flags().values()] == ["S", "S"])
    contents = {arrived.content for arrived in store.mails}
    assert large in contents
    assert any(
        content.startswith(b"Message-ID: <2@x>\r\n\r\nA1 OK done\r\n* 5 EXISTS\r\n)\r\n") for content in contents
    )
