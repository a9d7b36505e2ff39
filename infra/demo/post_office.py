"""Both ends of the customers' mail: the server that takes what the centre sends, and the post that brings theirs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.demo.ledger import Arrived, Kind, Ledger, Posted
from infra.demo.letters import Letter
from infra.demo.outbox import Outbox

_log = logging.getLogger("trunkline.demo.post")
#: How often a mail that the centre answers with 4yz is brought again, and the pause before, in seconds.
TRIES, PAUSE = 6, 0.5
MAX_MAIL = 30 * 1024 * 1024
LOOPBACK = "127.0.0.1"

#: What is done with a mail that arrived: recipient, envelope sender, bytes.
Deliver = Callable[[str, str, bytes], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class CustomersServer:
    """An SMTP server for every domain there is: whatever the centre sends arrives here.

    `refused`: addresses that do not exist (550, RFC 5321 section 4.2.3).
    """

    ledger: Ledger
    deliver: Deliver
    refused: set[str] = field(default_factory=set[str])
    outbox: Outbox = field(default_factory=Outbox)
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on any free port of the loopback."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, LOOPBACK, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _connection(self) -> SMTP:
        return SMTP(
            self,
            hostname="mx.customers.example",
            data_size_limit=MAX_MAIL,
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower() in self.refused:
            self.ledger.seen["mails refused by the customers' server"] += 1
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        if not isinstance(content, bytes):
            return "451 not understood"
        for recipient in envelope.rcpt_tos:
            self.ledger.arrived.append(
                Arrived(_message_id(content), recipient.lower(), envelope.mail_from or "", len(content))
            )
            self.outbox.put(recipient.lower(), content)
            await self.deliver(recipient.lower(), envelope.mail_from or "", content)
        return "250 OK"


def _message_id(content: bytes) -> str:
    """The id as it stands in the header, unfolded."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"message-id:"):
            return line.partition(b":")[2].decode("ascii", "replace").strip()
    return ""


@dataclass(slots=True, kw_only=True)
class Post:
    """Brings customers' mails to the centre by SMTP, and keeps on record what the centre answered with 250."""

    ledger: Ledger
    port: int
    most: int

    async def bring(self, letter: Letter, kind: Kind, *, times: int = 1, source: str = LOOPBACK) -> bool:
        """Deliver a mail, `times` over; whether the centre took it every time."""
        if self.ledger.mails >= self.most:
            self.ledger.seen["mails not written: the run's bound"] += 1
            return False
        taken = 0
        for _ in range(times):
            taken += await self._until_taken(letter, source)
        if taken:
            self.ledger.posted.append(Posted(letter.message_id, kind, taken, letter.about))
        return taken == times

    async def _until_taken(self, letter: Letter, source: str) -> bool:
        """A temporary failure is tried again, as every mail server does."""
        reason = ""
        for attempt in range(TRIES):
            try:
                await self._once(letter, source)
                return True
            except aiosmtplib.SMTPRecipientsRefused as fault:
                first = fault.recipients[0]
                if first.code >= 500:
                    self.ledger.refusals.append(
                        f"mail to {_shown(letter.recipient)} refused: {first.code} {first.message}"
                    )
                    return False
                reason = f"{first.code} {first.message}"
            except aiosmtplib.SMTPResponseException as fault:
                if fault.code >= 500:
                    self.ledger.refusals.append(f"mail refused: {fault.code} {fault.message}")
                    return False
                reason = f"{fault.code} {fault.message}"
            except (aiosmtplib.SMTPException, OSError) as fault:
                reason = type(fault).__name__
            self.ledger.seen["mails brought again after a temporary failure"] += 1
            await asyncio.sleep(PAUSE * 2**attempt)
        self.ledger.refusals.append(f"mail not taken in {TRIES} tries: {reason}")
        return False

    async def _once(self, letter: Letter, source: str) -> None:
        client = aiosmtplib.SMTP(
            hostname=LOOPBACK, port=self.port, timeout=30, start_tls=False, source_address=(source, 0)
        )
        async with client:
            await client.sendmail(letter.sender, [letter.recipient], letter.content)


def _shown(address: str) -> str:
    """Without the token in it."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"
