"""Mail leaves by SMTP (RFC 5321): pooled connections to the next server, every outcome told apart."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import aiosmtplib
from aiosmtplib import SMTP

from channels.email.address import is_address
from channels.email.compose import ascii_domain
from channels.email.ports import Deferred, Outcome, Refused, Sent, Unserved

_log = logging.getLogger("trunkline.mail.smtp_out")
_MAX_REASON: Final = 300

TlsMode = Literal["none", "starttls", "implicit"]
#: What a network does: no fault of the mail.
_BROKEN: Final = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, aiosmtplib.SMTPConnectError, OSError)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The server that takes our mail. `tls="none"` belongs on loopback only; `timeout` in seconds per command."""

    host: str
    port: int
    tls: TlsMode = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)
    local_hostname: str | None = None
    timeout: float = 30.0


@dataclass(slots=True)
class _Pooled:
    client: SMTP
    since: float
    used: int = 0


class SmtpSender:
    """Sends through one server with at most `connections` connections at once.

    An idle connection is kept for `idle` seconds and `messages` mails, asked by RSET before it is used again, and
    dropped when anything about it is doubtful.
    """

    def __init__(self, server: SmtpServer, *, connections: int = 4, idle: float = 20.0, messages: int = 100) -> None:
        self._server, self._idle, self._messages = server, idle, messages
        self._room = asyncio.Semaphore(connections)
        self._free: list[_Pooled] = []
        self._closed = False
        #: Kept while connections succeed: reading whom a machine trusts takes longer than sending a mail.
        self._context = server.context

    async def send(self, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        """One attempt; never raises for what servers and networks do."""
        if not to:
            return Refused(0, "no recipients")
        async with self._room:
            try:
                pooled = await self._connection()
            except aiosmtplib.SMTPAuthenticationError as error:
                # A wrong password is for the operator to mend; the mail waits for it.
                return Deferred(error.code, _reason(f"log-in refused: {error.message}"))
            except aiosmtplib.SMTPConnectResponseError as error:
                return Deferred(error.code, _reason(error.message))
            except (aiosmtplib.SMTPException, *_BROKEN) as error:
                # what was not trusted may have become so since the authorities were read
                self._context = self._server.context
                return Deferred(0, _reason(f"cannot connect: {type(error).__name__}: {error}"))
            return await self._transaction(pooled, mail, envelope_from, to)

    async def close(self) -> None:
        """Say good-bye on idle connections."""
        self._closed = True
        while self._free:
            await self._drop(self._free.pop(), politely=True)

    async def _connection(self) -> _Pooled:
        """An idle connection that still answers, else a new one."""
        now = asyncio.get_running_loop().time()
        while self._free:
            pooled = self._free.pop()
            if now - pooled.since <= self._idle and await self._alive(pooled):
                return pooled
            await self._drop(pooled, politely=False)
        return _Pooled(await self._connect(), now)

    async def _alive(self, pooled: _Pooled) -> bool:
        try:
            await pooled.client.rset()
        except (aiosmtplib.SMTPException, *_BROKEN) as error:
            _log.debug("idle connection was gone: %s", type(error).__name__)
            return False
        return True

    async def _connect(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            tls_context=await self._tls_context(),
            local_hostname=server.local_hostname,
            username=server.username,
            password=server.password,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await _greet(client)
        except BaseException:
            client.close()
            raise
        return client

    async def _tls_context(self) -> ssl.SSLContext | None:
        if self._context is None and self._server.tls != "none":
            self._context = await asyncio.to_thread(ssl.create_default_context)
        return self._context

    async def _transaction(self, pooled: _Pooled, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        keep = False
        try:
            outcome = await self._exchange(pooled.client, mail, envelope_from, to)
            keep = not (isinstance(outcome, Deferred) and (outcome.maybe_accepted or outcome.code in (0, 421)))
        finally:
            if keep and not self._closed and pooled.used + 1 < self._messages:
                pooled.used, pooled.since = pooled.used + 1, asyncio.get_running_loop().time()
                self._free.append(pooled)
            else:
                await self._drop(pooled, politely=keep)
        return outcome

    async def _exchange(self, client: SMTP, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        try:
            sender, recipients = _checked(envelope_from) if envelope_from else "", list(map(_checked, to))
            international = not all(address.isascii() for address in (sender, *recipients))
            if international and not client.supports_extension("smtputf8"):
                return Refused(0, "an address is not ASCII and the server does not offer SMTPUTF8 (RFC 6531)")
            refused = await self._envelope(client, mail, sender, recipients, international)
        except aiosmtplib.SMTPResponseException as error:
            return _answered(error.code, error.message)
        except ValueError as error:
            return Refused(0, _reason(str(error)))
        except _BROKEN as error:
            return Deferred(0, _reason(f"connection lost: {type(error).__name__}: {error}"))
        if len(refused) == len(to):
            return _worst(refused)
        return await self._data(client, mail, tuple(refused))

    async def _envelope(
        self, client: SMTP, mail: bytes, sender: str, recipients: list[str], international: bool
    ) -> list[Unserved]:
        """MAIL and RCPT; returns the recipients that were not taken, with code and reason."""
        options = ["SMTPUTF8"] if international else []
        if client.supports_extension("size"):
            options.append(f"SIZE={len(mail)}")
        encoding = "utf-8" if international else "ascii"
        await client.mail(sender, options=options, encoding=encoding)
        refused: list[Unserved] = []
        for recipient in recipients:
            try:
                await client.rcpt(recipient, encoding=encoding)
            except aiosmtplib.SMTPRecipientRefused as error:
                refused.append(Unserved(recipient, error.code, _reason(error.message)))
        return refused

    async def _data(self, client: SMTP, mail: bytes, unserved: tuple[Unserved, ...]) -> Outcome:
        """DATA. From here on a lost connection leaves open whether the server has the mail (RFC 1047)."""
        try:
            response = await client.data(mail)
        except aiosmtplib.SMTPResponseException as error:
            return _answered(error.code, error.message)
        except _BROKEN as error:
            reason = f"connection lost while the mail was handed over: {type(error).__name__}"
            return Deferred(0, reason, maybe_accepted=True)
        return Sent(_reason(f"{response.code} {response.message}"), unserved)

    async def _drop(self, pooled: _Pooled, *, politely: bool) -> None:
        try:
            if politely and pooled.client.is_connected:
                await pooled.client.quit(timeout=2)
        except (aiosmtplib.SMTPException, *_BROKEN) as error:
            _log.debug("good-bye not answered: %s", type(error).__name__)
        finally:
            pooled.client.close()


async def _greet(client: SMTP) -> None:
    """EHLO, or HELO for a server from before 1995."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def _checked(address: str) -> str:
    """The address as it goes into a command. Raises `ValueError` for what could end one."""
    spelled = ascii_domain(address)
    if not is_address(spelled):
        raise ValueError("a sender or recipient is not of the form name@example.org")
    return spelled


def _answered(code: int, message: str) -> Outcome:
    if 500 <= code < 600:
        return Refused(code, _reason(message))
    return Deferred(code if 400 <= code < 500 else 0, _reason(message))


def _worst(refused: list[Unserved]) -> Outcome:
    """All recipients were refused: for good only if each was."""
    telling = next((one for one in refused if one.code < 500), refused[0])
    return _answered(telling.code, telling.reason)


def _reason(text: str) -> str:
    return " ".join(text.split())[:_MAX_REASON]
