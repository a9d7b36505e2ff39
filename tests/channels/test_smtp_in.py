"""The SMTP server: what it acknowledged is stored, what it cannot store stays with the sender."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from channels.email.ports import Arrived
from channels.email.smtp_in import SmtpIntake, SmtpLimits

MAIL = b"From: ann@example.org\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\n.dot\r\nHello\r\n"


class Store:
    """Takes mails, or fails as told."""

    def __init__(self) -> None:
        self.mails: list[Arrived] = []
        self.fault: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.waiting = 0

    async def __call__(self, arrived: Arrived) -> None:
        self.waiting += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.mails.append(arrived)


@asynccontextmanager
async def server(store: Store, **options: Any) -> AsyncIterator[int]:
    intake = SmtpIntake(store, lambda address: "support" in address, hostname="mx.hotline.example", **options)
    port = await intake.start("127.0.0.1", 0)
    try:
        yield port
    finally:
        await intake.stop()


async def blocking(work: Callable[[], Any]) -> Any:
    """smtplib, the stock client, in a thread of its own."""
    return await asyncio.wait_for(asyncio.to_thread(work), 60)


def _send(port: int, mail: bytes = MAIL, to: str = "support@hotline.example", sender: str = "ann@example.org") -> Any:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        return client.sendmail(sender, [to], mail)


async def test_a_mail_of_a_stock_client_arrives_byte_for_byte() -> None:
    store = Store()
    async with server(store) as port:
        await blocking(lambda: _send(port))
    (arrived,) = store.mails
    assert arrived.content == MAIL
    assert arrived.envelope.sender == "ann@example.org"
    assert arrived.envelope.recipients == ("support@hotline.example",)
    assert arrived.envelope.peer == "127.0.0.1"


async def test_lines_longer_than_the_standard_allows_are_taken_as_they_are() -> None:
    store = Store()
    mail = MAIL + b"x" * 100_000 + b"\r\n"
    async with server(store) as port:
        await blocking(lambda: _send(port, mail))
    assert store.mails[0].content == mail


async def test_a_line_without_end_is_refused() -> None:
    async with server(Store()) as port:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await blocking(lambda: _send(port, MAIL + b"x" * 300_000 + b"\r\n"))
    assert caught.value.smtp_code == 500


async def test_the_null_sender_of_bounces_is_taken() -> None:
    store = Store()
    async with server(store) as port:
        await blocking(lambda: _send(port, sender=""))
    assert store.mails[0].envelope.sender == ""


async def test_a_mail_is_not_acknowledged_before_it_is_stored(eventually: Callable[..., Awaitable[None]]) -> None:
    store = Store()
    store.gate = asyncio.Event()
    async with server(store) as port:
        sending = asyncio.ensure_future(blocking(lambda: _send(port)))
        await eventually(lambda: store.waiting == 1)
        assert not sending.done()
        store.gate.set()
        await sending
    assert len(store.mails) == 1


async def test_a_mail_that_cannot_be_stored_is_left_with_the_sender_and_taken_at_the_next_attempt() -> None:
    store = Store()
    store.fault = OSError("disk full")
    async with server(store) as port:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await blocking(lambda: _send(port))
        assert caught.value.smtp_code == 451
        store.fault = None
        await blocking(lambda: _send(port))
    assert len(store.mails) == 1


async def test_storing_that_takes_too_long_is_not_acknowledged() -> None:
    store = Store()
    store.gate = asyncio.Event()
    async with server(store, limits=SmtpLimits(accept=0.05)) as port:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await blocking(lambda: _send(port))
    assert caught.value.smtp_code == 451
    assert store.mails == []


async def test_only_mailboxes_we_know_are_accepted() -> None:
    store = Store()
    async with server(store) as port:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            await blocking(lambda: _send(port, to="root@hotline.example"))
    assert caught.value.recipients["root@hotline.example"][0] == 550


async def test_a_mail_beyond_the_announced_size_is_refused() -> None:
    store = Store()

    def announced(port: int) -> tuple[int, int]:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo()
            size = int(client.esmtp_features["size"])
            client.mail("ann@example.org")
            client.rcpt("support@hotline.example")
            return size, client.data(b"x" * 70 + b"\r\n" + b"y\r\n" * 2000)[0]

    async with server(store, limits=SmtpLimits(size=5000)) as port:
        assert await blocking(lambda: announced(port)) == (5000, 552)
    assert store.mails == []


async def test_a_mail_that_goes_round_in_a_circle_is_stopped() -> None:
    store = Store()
    async with server(store) as port:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await blocking(lambda: _send(port, b"Received: from a by b\r\n" * 51 + MAIL))
        await blocking(lambda: _send(port, b"Received: from a by b\r\n" * 50 + MAIL))
    assert caught.value.smtp_code == 554
    assert caught.value.smtp_error.startswith(b"5.4.6")  # type: ignore[union-attr]
    assert len(store.mails) == 1


async def test_more_connections_than_allowed_are_asked_to_come_later() -> None:
    store = Store()

    def crowd(port: int) -> int:
        with smtplib.SMTP("127.0.0.1", port, timeout=30), smtplib.SMTP("127.0.0.1", port, timeout=30):
            try:
                smtplib.SMTP("127.0.0.1", port, timeout=30)
            except smtplib.SMTPConnectError as error:
                return error.smtp_code
        return 0

    async with server(store, limits=SmtpLimits(connections=2)) as port:
        assert await blocking(lambda: crowd(port)) == 421
        await blocking(lambda: _send(port))
    assert len(store.mails) == 1


async def test_more_mail_at_once_than_memory_allows_is_asked_to_come_later() -> None:
    store = Store()
    large = MAIL + b"x" * 70 + b"\r\n" * 30_000

    def attempt(port: int) -> bool:
        try:
            _send(port, large)
        except (smtplib.SMTPException, OSError):
            return False
        return True

    async with server(store, limits=SmtpLimits(memory=100_000)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@hotline.example>\r\nDATA\r\n")
        await asyncio.wait_for(reader.readuntil(b"354"), 20)
        writer.write(b"y" * 60_000 + b"\r\n")
        await writer.drain()
        assert not await blocking(lambda: attempt(port))
        writer.close()
        for _ in range(400):
            if await blocking(lambda: attempt(port)):
                break
            await asyncio.sleep(0.05)
    assert [arrived.content for arrived in store.mails] == [large]


async def test_more_recipients_than_allowed_are_put_off() -> None:
    store = Store()

    def many(port: int) -> list[int]:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo()
            client.mail("ann@example.org")
            return [client.rcpt(f"support+{number}@hotline.example")[0] for number in range(4)]

    async with server(store, limits=SmtpLimits(recipients=3)) as port:
        assert await blocking(lambda: many(port)) == [250, 250, 250, 452]


async def test_a_silent_connection_is_closed() -> None:
    async with server(Store(), limits=SmtpLimits(idle=0.2)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        rest = await asyncio.wait_for(reader.read(), 20)
        assert rest.startswith(b"220 mx.hotline.example")
        writer.close()


async def test_a_connection_that_never_ends_is_ended() -> None:
    async with server(Store(), limits=SmtpLimits(session=0.3)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def drip() -> None:
            while True:
                writer.write(b"NOOP\r\n")
                await asyncio.sleep(0.02)

        dripping = asyncio.ensure_future(drip())
        assert (await asyncio.wait_for(reader.read(), 20)).startswith(b"220")
        dripping.cancel()
        writer.close()


async def test_a_connection_lost_in_the_middle_of_a_mail_leaves_nothing() -> None:
    store = Store()
    async with server(store) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@hotline.example>\r\nDATA\r\nSubject: half\r\n"
        )
        await writer.drain()
        writer.close()
        await blocking(lambda: _send(port))
    assert [arrived.content for arrived in store.mails] == [MAIL]


async def test_a_bare_line_feed_before_the_dot_does_not_end_a_mail() -> None:
    """SMTP smuggling: what another server takes for text must not become a second mail here."""
    store = Store()
    smuggled = b"Subject: a\r\n\r\nHi\n.\nMAIL FROM:<evil@x.example>\nRCPT TO:<support@hotline.example>\n"
    smuggled += b"DATA\nSubject: b\r\n.\r\n"
    async with server(store) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@hotline.example>\r\nDATA\r\n" + smuggled)
        writer.write(b"QUIT\r\n")
        await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert len(store.mails) <= 1


async def test_tls_is_offered_and_can_be_demanded(certificate: Any) -> None:
    store = Store()

    def encrypted(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo()
            assert client.mail("ann@example.org")[0] == 530
            client.starttls(context=certificate.client)
            client.ehlo()
            assert not client.has_extn("auth")
            client.sendmail("ann@example.org", ["support@hotline.example"], MAIL)

    async with server(store, tls=certificate.server, require_tls=True) as port:
        await blocking(lambda: encrypted(port))
    assert store.mails[0].content == MAIL
    assert isinstance(certificate.server, ssl.SSLContext)


async def test_addresses_that_are_not_ascii_are_taken() -> None:
    store = Store()

    def international(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo()
            client.sendmail("żółw@example.pl", ["support@hotline.example"], MAIL, mail_options=["SMTPUTF8"])

    async with server(store) as port:
        await blocking(lambda: international(port))
    assert store.mails[0].envelope.sender == "żółw@example.pl"


async def test_many_clients_at_once_lose_nothing() -> None:
    store = Store()
    async with server(store) as port:
        mails = [b"Message-ID: <%d@x>\r\n\r\nx\r\n" % number for number in range(40)]
        await asyncio.gather(*(blocking(lambda mail=mail: _send(port, mail)) for mail in mails))
    assert sorted(arrived.content for arrived in store.mails) == sorted(mails)


async def test_a_mailbox_that_is_new_is_looked_up_before_its_mail_is_refused_for_good() -> None:
    store, known, away = Store(), set[str](), True

    async def learn() -> None:
        if away:
            raise OSError("the log is away")
        known.add("support@hotline.example")

    intake = SmtpIntake(store, lambda address: address in known, hostname="mx.hotline.example", learn=learn)
    port = await intake.start("127.0.0.1", 0)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await blocking(lambda: _send(port))
    assert caught.value.recipients["support@hotline.example"][0] == 451
    away = False
    await blocking(lambda: _send(port))
    assert len(store.mails) == 1
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await blocking(lambda: _send(port, to="root@hotline.example"))
    assert caught.value.recipients["root@hotline.example"][0] == 550
    await intake.stop()
