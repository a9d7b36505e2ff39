"""Sending by SMTP: every outcome is told apart, and connections are shared within bounds."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from channels.email.ports import Arrived, Deferred, MailSender, Outbox, Refused, Sent
from channels.email.smtp_in import SmtpIntake
from channels.email.smtp_out import SmtpSender, SmtpServer
from tests.channels.conftest import new_certificate

MAIL = b"Subject: x\r\nMessage-ID: <1@x>\r\n\r\n.Hello\r\n"
FROM = "bounce+d1.aaaa@hotline.example"
TO = ["ann@example.org"]


@dataclass
class Script:
    """An SMTP server that answers as told; what it may do wrong, servers do."""

    answers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    connections: int = 0
    most_at_once: int = 0
    at_once: int = 0
    commands: list[str] = field(default_factory=list[str])
    mails: list[bytes] = field(default_factory=list[bytes])
    extensions: tuple[str, ...] = ("8BITMIME", "SIZE 1000000")
    greeting: str = "220 test"

    def answer(self, verb: str, otherwise: str) -> str:
        told = self.answers.get(verb, [])
        return told.pop(0) if told else otherwise

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._talk(reader, writer)
        except ConnectionError:
            self.commands.append("(lost)")
        finally:
            self.at_once -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{self.greeting}\r\n".encode())
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            self.commands.append(line)
            if verb == "EHLO":
                reply = "\r\n".join(["250-test", *(f"250-{one}" for one in self.extensions), "250 OK"])
            else:
                reply = self.answer(verb, "354 go on" if verb == "DATA" else "250 OK")
            if reply == "drop":
                return
            if reply == "silence":
                await reader.read()
                return
            writer.write(f"{reply}\r\n".encode())
            if verb == "DATA" and reply.startswith("354"):
                mail = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(mail)
                reply = self.answer("DOT", "250 2.0.0 queued as 1")
                if reply == "drop":
                    return
                if reply == "silence":
                    await reader.read()
                    return
                writer.write(f"{reply}\r\n".encode())


@asynccontextmanager
async def running(script: Script, **options: Any) -> AsyncIterator[SmtpSender]:
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    sender = SmtpSender(SmtpServer("127.0.0.1", port, tls="none", timeout=options.pop("timeout", 20.0)), **options)
    try:
        yield sender
    finally:
        await sender.close()
        server.close()
        await server.wait_closed()


async def _one(script: Script, to: list[str] = TO, **options: Any) -> Any:
    async with running(script, **options) as sender:
        return await sender.send(MAIL, FROM, to)


async def test_a_mail_that_the_server_took_is_sent_with_the_servers_words() -> None:
    script = Script()
    assert await _one(script) == Sent("250 2.0.0 queued as 1")
    assert script.mails == [b"Subject: x\r\nMessage-ID: <1@x>\r\n\r\n..Hello\r\n.\r\n"]
    assert f"MAIL FROM:<{FROM}> SIZE={len(MAIL)}" in script.commands


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_temporary_refusal_at_any_step_is_deferred(verb: str) -> None:
    found = await _one(Script({verb: ["451 4.3.0 busy"]}))
    assert found == Deferred(451, "4.3.0 busy")


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_refusal_for_good_at_any_step_is_refused(verb: str) -> None:
    assert await _one(Script({verb: ["550 5.1.1 no such user"]})) == Refused(550, "5.1.1 no such user")


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
@pytest.mark.parametrize("fault", ["drop", "silence"])
async def test_a_connection_lost_before_the_mail_was_handed_over_is_deferred_and_surely_not_accepted(
    verb: str, fault: str
) -> None:
    found = await _one(Script({verb: [fault]}), timeout=0.3)
    assert isinstance(found, Deferred)
    assert (found.code, found.maybe_accepted) == (0, False)


@pytest.mark.parametrize("fault", ["drop", "silence"])
async def test_a_connection_lost_after_the_final_dot_leaves_open_whether_it_was_accepted(fault: str) -> None:
    script = Script({"DOT": [fault]})
    found = await _one(script, timeout=0.3)
    assert isinstance(found, Deferred)
    assert found.maybe_accepted
    assert len(script.mails) == 1


async def test_a_server_that_is_not_there_is_deferred(silent_port: int) -> None:
    sender = SmtpSender(SmtpServer("127.0.0.1", silent_port, tls="none", timeout=5))
    found = await sender.send(MAIL, FROM, TO)
    assert isinstance(found, Deferred)
    assert not found.maybe_accepted
    assert "cannot connect" in found.reason


async def test_a_server_that_turns_us_away_at_the_door_is_deferred() -> None:
    found = await _one(Script(greeting="554 5.7.1 go away"))
    assert isinstance(found, Deferred)
    assert found.code == 554


async def test_recipients_that_were_not_served_are_named_when_others_were() -> None:
    script = Script({"RCPT": ["250 OK", "550 5.1.1 unknown", "450 4.2.0 later"]})
    found = await _one(script, ["a@x.example", "b@x.example", "c@x.example"])
    assert isinstance(found, Sent)
    assert [(one.address, one.code) for one in found.unserved] == [("b@x.example", 550), ("c@x.example", 450)]


async def test_all_recipients_refused_is_for_good_only_if_each_was() -> None:
    both = ["a@x.example", "b@x.example"]
    assert await _one(Script({"RCPT": ["550 no", "551 no"]}), both) == Refused(550, "no")
    assert await _one(Script({"RCPT": ["550 no", "450 later"]}), both) == Deferred(450, "later")


async def test_an_address_that_could_end_a_command_is_refused_without_being_sent() -> None:
    script = Script()
    found = await _one(script, ["a@x.example>\r\nRCPT TO:<b@x.example"])
    assert isinstance(found, Refused)
    assert not [line for line in script.commands if "b@x.example" in line]


async def test_an_international_address_needs_a_server_that_takes_it() -> None:
    found = await _one(Script(), ["żółw@example.pl"])
    assert isinstance(found, Refused)
    assert "SMTPUTF8" in found.reason
    script = Script(extensions=("SMTPUTF8",))
    assert isinstance(await _one(script, ["żółw@żółw.pl"]), Sent)
    assert "RCPT TO:<żółw@xn--w-uga1v8h.pl>" in script.commands


async def test_one_connection_serves_many_mails_and_is_asked_before_each() -> None:
    script = Script()
    async with running(script) as sender:
        for _ in range(5):
            assert isinstance(await sender.send(MAIL, FROM, TO), Sent)
    assert script.connections == 1
    assert script.commands.count("RSET") == 4
    assert script.commands[-1] == "QUIT"


async def test_a_connection_is_given_up_after_its_share_of_mails() -> None:
    script = Script()
    async with running(script, messages=2) as sender:
        for _ in range(5):
            await sender.send(MAIL, FROM, TO)
    assert script.connections == 3


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced_unnoticed() -> None:
    script = Script({"RSET": ["drop", "421 closing"]})
    async with running(script) as sender:
        outcomes = [await sender.send(MAIL, FROM, TO) for _ in range(4)]
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert script.connections == 3


async def test_a_connection_that_broke_is_not_used_again() -> None:
    script = Script({"DOT": ["drop"], "MAIL": ["250 OK", "421 4.3.2 shutting down"]})
    async with running(script) as sender:
        first, second, third = [await sender.send(MAIL, FROM, TO) for _ in range(3)]
    assert isinstance(first, Deferred)
    assert isinstance(second, Deferred)
    assert second.code == 421
    assert isinstance(third, Sent)
    assert script.connections == 3


async def test_no_more_connections_are_open_than_allowed() -> None:
    script = Script()
    async with running(script, connections=3) as sender:
        outcomes = await asyncio.gather(*(sender.send(MAIL, FROM, TO) for _ in range(30)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert len(script.mails) == 30
    assert script.most_at_once <= 3


async def test_a_password_refused_is_deferred_for_the_operator_to_mend() -> None:
    script = Script({"AUTH": ["535 5.7.8 bad credentials"]}, extensions=("AUTH PLAIN",))
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    sender = SmtpSender(SmtpServer("127.0.0.1", port, tls="none", username="u", password="wrong"))
    found = await sender.send(MAIL, FROM, TO)
    server.close()
    assert isinstance(found, Deferred)
    assert found.code == 535
    assert "log-in refused" in found.reason
    assert "wrong" not in repr(sender._server)  # pyright: ignore[reportPrivateUsage]


def _over_tls(port: int, mode: Any, context: ssl.SSLContext) -> SmtpSender:
    return SmtpSender(SmtpServer("127.0.0.1", port, tls=mode, context=context, timeout=20))


async def test_a_mail_goes_by_starttls_and_only_to_a_server_whose_certificate_is_trusted(certificate: Any) -> None:
    arrived: list[Arrived] = []

    async def accept(mail: Arrived) -> None:
        arrived.append(mail)

    intake = SmtpIntake(accept, lambda _: True, hostname="mx.test", tls=certificate.server, require_tls=True)
    port = await intake.start("127.0.0.1", 0)
    doubting = await _over_tls(port, "starttls", ssl.create_default_context()).send(MAIL, FROM, TO)
    trusting = _over_tls(port, "starttls", certificate.client)
    assert isinstance(doubting, Deferred)
    assert isinstance(await trusting.send(MAIL, FROM, TO), Sent)
    await trusting.close()
    await intake.stop()
    assert [mail.content for mail in arrived] == [MAIL]


async def test_a_mail_goes_by_implicit_tls_and_only_to_a_server_whose_certificate_is_trusted(certificate: Any) -> None:
    script = Script()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=certificate.server)
    port = int(server.sockets[0].getsockname()[1])
    doubting = await _over_tls(port, "implicit", ssl.create_default_context()).send(MAIL, FROM, TO)
    trusting = _over_tls(port, "implicit", certificate.client)
    assert isinstance(doubting, Deferred)
    assert isinstance(await trusting.send(MAIL, FROM, TO), Sent)
    await trusting.close()
    server.close()
    assert len(script.mails) == 1


async def test_an_authority_that_the_machine_learns_to_trust_counts_without_a_restart(
    certificate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A next server's new certificate is of an authority that came with an update of the machine, months later."""
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(new_certificate()[0])
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    script = Script()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=certificate.server)
    port = int(server.sockets[0].getsockname()[1])
    sender = SmtpSender(SmtpServer("127.0.0.1", port, tls="implicit", timeout=20))
    before = await sender.send(MAIL, FROM, TO)
    authorities.write_bytes(certificate.chain)
    after = await sender.send(MAIL, FROM, TO)
    await sender.close()
    server.close()
    assert isinstance(before, Deferred)
    assert "certificate verify failed" in before.reason
    assert isinstance(after, Sent)


async def test_a_server_without_tls_gets_no_mail_where_tls_is_demanded() -> None:
    script = Script()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    found = await _over_tls(port, "starttls", ssl.create_default_context()).send(MAIL, FROM, TO)
    server.close()
    assert isinstance(found, Deferred)
    assert script.mails == []
    assert not [line for line in script.commands if line.startswith(("MAIL", "AUTH"))]


async def test_what_is_sent_arrives_at_our_own_server_byte_for_byte() -> None:
    arrived: list[Arrived] = []

    async def accept(mail: Arrived) -> None:
        arrived.append(mail)

    intake = SmtpIntake(accept, lambda _: True, hostname="mx.test")
    port = await intake.start("127.0.0.1", 0)
    sender = SmtpSender(SmtpServer("127.0.0.1", port, tls="none"))
    await asyncio.gather(*(sender.send(MAIL, FROM, TO) for _ in range(20)))
    await sender.close()
    await intake.stop()
    assert [mail.content for mail in arrived] == [MAIL] * 20
    assert {mail.envelope.sender for mail in arrived} == {FROM}


async def test_the_outbox_of_simulations_keeps_what_was_sent_and_fails_as_told() -> None:
    sender: MailSender = Outbox([Deferred(451, "busy"), Deferred(0, "lost", maybe_accepted=True), Refused(550, "no")])
    outcomes = [await sender.send(MAIL, FROM, TO) for _ in range(4)]
    assert [type(outcome).__name__ for outcome in outcomes] == ["Deferred", "Deferred", "Refused", "Sent"]
    assert isinstance(sender, Outbox)
    assert len(sender.sent) == 2
