"""A mail that arrived becomes what happened: a message on a ticket, a bounce on a delivery, or a filed record.

`accept` returns only when all of it is stored; until then the sender keeps the mail and tries again, and the
`once` key makes a second arrival harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.email.identity import Foreign, Identity, Own, Thread, Token
from channels.email.ingress import (
    AutomaticMail,
    Bounced,
    Classified,
    ListMail,
    Message,
    Unaddressed,
    classify,
    once_key,
)
from channels.email.limits import MAX_TEXT
from channels.email.model import Address, ParsedMail
from channels.email.parse import parse
from channels.email.ports import Arrived
from domain.belonging import Referred
from domain.customer.contact import contact, within
from domain.customer.decide import RecogniseCustomer
from domain.delivery.events import NotificationRequested
from domain.delivery.state import RecordBounce
from domain.execute import Executor, Origin
from domain.intake import ReceiveMessage
from domain.ports import Blobs, Fingerprints, Log
from domain.rejection import NotFound
from domain.stream import stream_of
from infra.configured import Configured, Home
from infra.mail.enclosing import Enclosing

_log = logging.getLogger("trunkline.mail.receiving")
_ACTOR = "system:mail"
#: Where mail without an author's address is filed: nobody can be answered there (RFC 6761 section 6.4).
NOBODY = "nobody@author.invalid"
_LANGUAGES = frozenset({"en", "fr", "pl", "ru"})


class NoMailboxes(Exception):
    """Mail arrived before any project with a mailbox was configured; the sender keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """Turns arriving mail into commands."""

    log: Log
    executor: Executor
    configured: Configured
    fingerprints: Fingerprints
    blobs: Blobs
    identity: Identity
    enclosing: Enclosing

    def knows(self, address: str) -> bool:
        """Whether mail to this address is ours to take."""
        return self.configured.knows(address) or self.identity.delivery_of_bounce(address) is not None

    async def accept(self, arrived: Arrived) -> None:
        """Store a mail for good. Raises whatever keeps it from being stored; nothing is acknowledged then."""
        await self.configured.catch_up()
        mail = await asyncio.to_thread(parse, arrived.content)
        found = classify(mail, arrived.envelope, self.configured.mailboxes, self.identity)
        if isinstance(found, Bounced) and found.delivery_id is not None:
            await self._bounce(found, found.delivery_id)
            return
        home = await self._home(found, arrived)
        author = mail.sender or (Address(arrived.envelope.sender) if arrived.envelope.sender else None)
        await self._message(home, mail, author, arrived.content, _automatic(found, author), _threads(found))

    async def _home(self, found: Classified, arrived: Arrived) -> Home:
        """The mailbox that the mail is for.

        What answers a delivery of ours at its envelope sender belongs to the project that sent it, never to
        another client's. Mail for none of ours goes to the first mailbox, to be seen by somebody.
        """
        box = None if isinstance(found, Unaddressed) else found.mailbox
        if box is None:
            answered = await self._answered(arrived)
            if answered is not None:
                return answered
            box = next(iter(self.configured.mailboxes), None)
        if box is None:
            raise NoMailboxes("no project with a mailbox is configured; apply one with `trunkline apply`")
        return self.configured.home(box.name)

    async def _answered(self, arrived: Arrived) -> Home | None:
        """The mailbox that a delivery of ours was sent from, where the mail came back to its signed envelope sender."""
        for address in arrived.envelope.recipients:
            delivery_id = self.identity.delivery_of_bounce(address)
            recorded = await self.log.read_stream(stream_of("delivery", delivery_id)) if delivery_id else ()
            if recorded and isinstance(request := recorded[0].event, NotificationRequested):
                return Home(recorded[0].project, recorded[0].pool, request.mailbox)
        return None

    async def _bounce(self, found: Bounced, delivery_id: str) -> None:
        origin = Origin(project="", pool="", actor=_ACTOR)
        for recipient in found.recipients:
            command = RecordBounce(
                delivery_id=delivery_id,
                status=recipient.status,
                permanent=recipient.action == "failed",
                reason=recipient.reason,
            )
            try:
                await self.executor.execute(command, origin)
            except NotFound:
                _log.warning("a bounce speaks of a delivery that this log does not have; dropped")

    async def _message(
        self,
        home: Home,
        mail: ParsedMail,
        author: Address | None,
        raw: bytes,
        automatic: str,
        threads: Sequence[Thread],
    ) -> None:
        sender = contact(self.fingerprints, home.project, "email", author.address if author else NOBODY)
        origin = Origin(project=home.project, pool=home.pool, actor=_ACTOR, confined=True)
        language = mail.language if mail.language in _LANGUAGES else None
        name = author.name if author else ""
        recognise = RecogniseCustomer(contact=sender, name=name, language=language or "en")
        owner = (await self.executor.execute(recognise, origin)).result["customer_id"]
        files = [(one.content_type, one.content) for one in mail.attachments]
        attachments, scanned = await self.enclosing.keep(owner, files)
        command = ReceiveMessage(
            project=home.project,
            entry=home.mailbox,
            via="email",
            sender=sender,
            sender_name=name,
            subject=mail.subject,
            text=(mail.reply or mail.text)[:MAX_TEXT],
            external_id=mail.message_id,
            fingerprint=self._message_fingerprint(home, mail.message_id),
            refers=self._referred(home, threads),
            language=language or "",
            automatic=automatic,
            raw=await self.blobs.put(owner, raw),
            attachments=attachments,
            faults=(*scanned, *(f"{fault.where}: {fault.what}" for fault in mail.faults[:20])),
        )
        await self._receive(command, origin, once_key(f"{home.project}/{home.mailbox}", mail, raw))

    async def _receive(self, command: ReceiveMessage, origin: Origin, once: str) -> None:
        try:
            await self.executor.execute(command, origin, once=once)
        except NotFound as missing:
            # a token of another project's ticket, or of an erased one, proves nothing here
            _log.info("mail refers to a %s that is not of this project; it opens a matter of its own", missing.code)
            unbound = _without_references(command)
            await self.executor.execute(unbound, origin, once=once)

    def _message_fingerprint(self, home: Home, message_id: str) -> str:
        return within(self.fingerprints, home.project, "message", message_id) if message_id else ""

    def _referred(self, home: Home, threads: Sequence[Thread]) -> Referred:
        tokens = [one.ticket_id for one in threads if isinstance(one, Token)]
        foreign = [one.message_id for one in threads if isinstance(one, Foreign)]
        return Referred(
            ticket_id=tokens[0] if tokens else "",
            delivery_ids=tuple(one.delivery_id for one in threads if isinstance(one, Own)),
            fingerprints=tuple(self._message_fingerprint(home, message_id) for message_id in foreign),
        )


def _without_references(command: ReceiveMessage) -> ReceiveMessage:
    return replace(command, refers=Referred())


def _automatic(found: Classified, author: Address | None) -> str:
    """Why no person wrote this; empty when one did, and may be answered."""
    match found:
        case AutomaticMail():
            return f"{found.sign.kind}: {found.sign.why}"
        case ListMail():
            return f"list: {found.list_id}"
        case Bounced():
            return "bounce of a mail that is not ours"
        case _:
            return "" if author else "no author"


def _threads(found: Classified) -> Sequence[Thread]:
    return found.threads if isinstance(found, AutomaticMail | Message) else ()
