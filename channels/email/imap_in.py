"""Mail is fetched from a mailbox by IMAP (RFC 3501), told of new mail by IDLE where the server offers it."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from channels.email.imap_client import ImapBroken, ImapClient, ImapRefused
from channels.email.ingress import Envelope
from channels.email.limits import MAX_MAIL_BYTES
from channels.email.ports import Accept, Arrived

_log = logging.getLogger("trunkline.mail.imap_in")
#: Mails taken between two looks at the list, so that a long backlog does not go stale.
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox to fetch from. `address` is the mailbox customers write to.

    `move_to`: the folder taken mails go to. With it everything in `folder` is taken, whoever has read it; without
    it, mails are marked as read and only unread ones are taken, so nobody else should read there.
    """

    host: str
    port: int
    username: str
    address: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    move_to: str | None = None
    tls: Literal["implicit", "none"] = "implicit"
    context: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ImapTiming:
    """Seconds. `idle`: how long one IDLE lasts, and so the longest a missed notice can delay a mail."""

    command: float = 30.0
    idle: float = 300.0
    poll: float = 30.0
    first_back_off: float = 1.0
    longest_back_off: float = 300.0


class ImapState(NamedTuple):
    """For the operator: whether mail is being fetched, what is in the way, and how many mails could not be stored."""

    connected: bool
    reason: str
    waiting: int


class ImapIntake:
    """Fetches mails and hands each to `accept`; marks or moves it only after `accept` returned.

    A mail that `accept` refuses stays in the mailbox and is offered again, after growing pauses, without holding
    up others. The process may die at any instant: a mail is then handed over twice, never lost.
    """

    def __init__(self, account: ImapAccount, accept: Accept, timing: ImapTiming | None = None) -> None:
        self._account, self._accept, self._timing = account, accept, timing or ImapTiming()
        self._uidvalidity = 0
        self._taken: set[int] = set()
        self._failures = 0
        self.state = ImapState(False, "not started", 0)

    async def run(self) -> None:
        """Fetch until cancelled; broken connections are made again after a pause that grows with each failure."""
        while True:
            try:
                await self._session()
            except (ImapBroken, ImapRefused) as error:
                self._failures += 1
                self.state = ImapState(False, str(error), self.state.waiting)
                _log.warning("fetching mail interrupted: %s", type(error).__name__)
                await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        timing = self._timing
        return min(timing.longest_back_off, timing.first_back_off * 2 ** min(self._failures - 1, 20))

    async def _session(self) -> None:
        account = self._account
        context = (account.context or ssl.create_default_context()) if account.tls == "implicit" else None
        client = ImapClient(account.host, account.port, context, self._timing.command)
        try:
            self._recognise(await client.open(account.username, account.password, account.folder))
            self.state = ImapState(True, "", self.state.waiting)
            while True:
                waiting = await self._drain(client)
                self.state = ImapState(True, "", waiting)
                self._failures = self._failures + 1 if waiting else 0
                await self._wait(client, waiting)
        finally:
            await client.close()

    def _recognise(self, uidvalidity: int) -> None:
        """UIDs mean other mails once UIDVALIDITY has changed (RFC 3501 section 2.3.1.1)."""
        if uidvalidity != self._uidvalidity:
            self._uidvalidity = uidvalidity
            self._taken.clear()

    async def _wait(self, client: ImapClient, waiting: int) -> None:
        if waiting:
            await asyncio.sleep(self._pause())
            await client.nothing_new()
        elif client.can_idle:
            await client.wait_for_news(self._timing.idle)
        else:
            await asyncio.sleep(self._timing.poll)
            await client.nothing_new()

    async def _drain(self, client: ImapClient) -> int:
        """Take what is there; returns how many mails could not be stored."""
        failed: set[int] = set()
        while True:
            found = await client.search("ALL" if self._account.move_to else "UNSEEN")
            self._taken &= set(found)
            fresh = [uid for uid in found if uid not in failed][:_BATCH]
            if not fresh:
                return len(failed)
            for uid in fresh:
                if not await self._take(client, uid):
                    failed.add(uid)

    async def _take(self, client: ImapClient, uid: int) -> bool:
        if uid not in self._taken:
            content = await client.fetch(uid, MAX_MAIL_BYTES + 1)
            if content is None or not await self._accepted(uid, content):
                # Also where the server gave no content: what nobody has stored must not be marked as taken.
                return False
            self._taken.add(uid)
        # If this fails the connection is dropped, and the next one marks without handing over again.
        if self._account.move_to:
            await client.move(uid, self._account.move_to)
        else:
            await client.mark_seen(uid)
        return True

    async def _accepted(self, uid: int, content: bytes) -> bool:
        envelope = Envelope(None, (self._account.address,))
        origin = f"imap {self._account.host} {self._account.folder} {self._uidvalidity}/{uid}"
        try:
            await self._accept(Arrived(envelope, content, origin))
        except Exception as error:  # noqa: BLE001 - whatever kept it from being stored, it stays in the mailbox
            _log.warning("mail not stored, left in the mailbox: %s", type(error).__name__)
            return False
        return True
