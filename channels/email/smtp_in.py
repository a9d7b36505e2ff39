"""Mail arrives by SMTP (RFC 5321): a server that answers 250 only when the mail has been stored durably."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from channels.email.header import read_headers
from channels.email.ingress import Envelope
from channels.email.limits import MAX_MAIL_BYTES, MAX_RECEIVED
from channels.email.ports import Accept, Arrived

_log = logging.getLogger("trunkline.mail.smtp_in")
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")

# aiosmtpd writes every command with its addresses at INFO; logs hold no personal data.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """Bounds of the server. Times in seconds, sizes in bytes.

    `memory` bounds what all connections together may have sent of mails that are not yet stored.
    """

    size: int = MAX_MAIL_BYTES
    memory: int = 10 * MAX_MAIL_BYTES
    connections: int = 100
    recipients: int = 100
    idle: float = 60.0
    session: float = 900.0
    accept: float = 30.0
    commands: int = 500


class SmtpIntake:
    """An SMTP server for the mailboxes `knows` says yes to; hands each mail to `accept`.

    250 is answered only after `accept` returned; where it raises or takes longer than `limits.accept`, 451,
    and the sending server tries again later. A mail may therefore be handed over twice; `once_key` tells.
    `learn` is what an unknown mailbox is looked up by once more: a mail that is refused for good never comes again.
    """

    def __init__(
        self,
        accept: Accept,
        knows: Callable[[str], bool],
        *,
        hostname: str,
        learn: Callable[[], Awaitable[None]] | None = None,
        limits: SmtpLimits | None = None,
        tls: ssl.SSLContext | None = None,
        require_tls: bool = False,
    ) -> None:
        self._accept, self._knows, self._learn, self._hostname = accept, knows, learn, hostname
        self._limits = limits or SmtpLimits()
        self._tls, self._require_tls = tls, require_tls
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (the one the system chose for 0)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more and end the connections; mails not yet answered stay with their senders."""
        if self._server is not None:
            self._server.close()
            for connection in list(self._connections):
                connection.end()
            await self._server.wait_closed()
            self._server = None

    def _connection(self) -> asyncio.BaseProtocol:
        return _Connection(
            _Handler(self._accept, self._knows, self._learn, self._limits),
            self._connections,
            self._limits,
            data_size_limit=self._limits.size,
            enable_SMTPUTF8=True,
            hostname=self._hostname,
            ident="Trunkline",
            tls_context=self._tls,
            require_starttls=self._require_tls,
            timeout=self._limits.idle,
            command_call_limit=self._limits.commands,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )


class _Connection(SMTP):
    """aiosmtpd's protocol with a bound on how many there are, and time-outs that count silence only."""

    #: Bytes. RFC 5321 allows senders 1,000, yet people's programs send more and their mail is wanted.
    line_length_limit = 128 * 1024

    def __init__(self, handler: _Handler, others: set[_Connection], limits: SmtpLimits, **options: Any) -> None:
        super().__init__(handler, **options)
        self._others, self._most, self._session = others, limits.connections, limits.session
        self._memory, self._pending = limits.memory, 0
        self._longest: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # After STARTTLS the same connection is made once more.
        if self not in self._others and len(self._others) >= self._most:
            self.transport = transport
            self._turn_away(b"421 4.3.2 Too many connections, try again later\r\n")
            return
        if self._longest is None:
            self._longest = self.loop.call_later(self._session, self.end)
        self._others.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self not in self._others:
            return
        self._others.discard(self)
        if self._longest is not None:
            self._longest.cancel()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self in self._others:
            # A large mail over a slow line is not silence.
            self._reset_timeout()
            self._pending += len(data)
            if sum(one.pending for one in self._others) > self._memory:
                self._turn_away(b"421 4.3.1 Too much mail at once, try again later\r\n")
                return
            super().data_received(data)

    @property
    def pending(self) -> int:
        """Bytes received since the last mail was done with."""
        return self._pending

    def _set_post_data_state(self) -> None:
        super()._set_post_data_state()  # pyright: ignore[reportUnknownMemberType]
        self._pending = 0

    def _turn_away(self, reply: bytes) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(reply)
        self.end()

    def end(self) -> None:
        if self.transport is not None:
            self.transport.close()


class _Handler:
    """What the server does with each command (aiosmtpd's hooks)."""

    def __init__(
        self,
        accept: Accept,
        knows: Callable[[str], bool],
        learn: Callable[[], Awaitable[None]] | None,
        limits: SmtpLimits,
    ) -> None:
        self._accept, self._knows, self._learn, self._limits = accept, knows, learn, limits

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Nobody logs in here: mail is taken for our mailboxes only, from anybody."""
        session.host_name = hostname
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self._limits.recipients:
            return "452 4.5.3 Too many recipients"
        if not self._knows(address) and self._learn is not None:
            try:
                async with asyncio.timeout(self._limits.accept):
                    await self._learn()
            except Exception as error:  # noqa: BLE001 - whatever it is, the sender asks again
                _log.warning("mailboxes not looked up, sender asked to try again: %s", type(error).__name__)
                return "451 4.3.0 Mailboxes cannot be looked up, try again later"
        if not self._knows(address):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802
        content = envelope.content
        if not isinstance(content, bytes):
            return "451 4.3.0 Not understood, try again later"
        headers, _, _ = read_headers(content, 0, len(content), "mail")
        if len(headers.every("Received")) > MAX_RECEIVED:
            return "554 5.4.6 Routing loop: too many Received headers"
        peer = _peer(session)
        sender = (envelope.mail_from or "").strip("<>")
        arrived = Arrived(Envelope(sender, tuple(envelope.rcpt_tos), peer), content, f"smtp {peer}")
        try:
            async with asyncio.timeout(self._limits.accept):
                await self._accept(arrived)
        except Exception as error:  # noqa: BLE001 - whatever kept it from being stored, the sender must keep it
            _log.warning("mail not stored, sender asked to try again: %s", type(error).__name__)
            return "451 4.3.0 Could not store the mail, try again later"
        return "250 2.0.0 Stored"


def _peer(session: Session) -> str:
    peer = session.peer
    address = peer[0] if isinstance(peer, tuple) and peer else peer
    return _UNPRINTABLE.sub("?", str(address))[:64]
