"""What to make of a mail that arrived: whose mailbox it is for, and which kind of thing it is.

The order of the questions is the protection against loops (RFC 3834): a bounce is a bounce before anything
else, our own mail that came back is never a customer's, what a machine sent is never answered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from channels.email.header import read_headers
from channels.email.identity import Identity, Own, Thread, threads
from channels.email.model import Automatic, BouncedRecipient, ParsedMail

_BLANK_END: Final = re.compile(rb"[\s]+\Z")


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail came: sender and recipients of the SMTP envelope (RFC 5321), not of its headers.

    `sender` is "" for the null sender of bounces and None where it is not known (a mailbox fetched by IMAP).
    """

    sender: str | None
    recipients: tuple[str, ...]
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address customers write to. `aliases` lead to it as well; plus-addresses of all of them do too.

    `lists`: List-Ids of groups through which customers' mail reaches it (a shared inbox run as a list), whose
    mail is therefore customers' mail.
    """

    name: str
    address: str
    aliases: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounced:
    """A mail of ours was not delivered. `delivery_id` is None when no signed mark says which one."""

    mailbox: Mailbox | None
    delivery_id: str | None
    recipients: tuple[BouncedRecipient, ...]
    original_message_id: str


@dataclass(frozen=True, slots=True)
class AutomaticMail:
    """Sent by a machine: never to be answered. With an `Own` or `Token` thread it belongs to that ticket's history."""

    mailbox: Mailbox | None
    sign: Automatic
    threads: tuple[Thread, ...]


@dataclass(frozen=True, slots=True)
class ListMail:
    """Came through a mailing list: never to be answered."""

    mailbox: Mailbox
    list_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """A person's mail, and what it may continue, most trusted first."""

    mailbox: Mailbox
    threads: tuple[Thread, ...]


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """None of the recipients is a mailbox of ours; to be shown to an administrator, not lost."""

    recipients: tuple[str, ...]


Classified = Bounced | AutomaticMail | ListMail | Message | Unaddressed


def classify(mail: ParsedMail, envelope: Envelope, mailboxes: Sequence[Mailbox], identity: Identity) -> Classified:
    """What this mail is. Deterministic; decides nothing that needs more than the mail itself."""
    mailbox = mailbox_of(mail, envelope, mailboxes)
    found = threads(mail, identity, envelope.recipients)
    if mail.bounce is not None:
        delivery_id = _bounced_delivery(mail, envelope, identity)
        return Bounced(mailbox, delivery_id, mail.bounce.recipients, mail.bounce.original_message_id)
    sign = _machine(mail, envelope, mailboxes, identity)
    if sign is not None and not (sign.kind == "bulk" and mail.list is not None):
        return AutomaticMail(mailbox, sign, found)
    if mailbox is None:
        return Unaddressed(envelope.recipients)
    if mail.list is not None and mail.list.list_id not in mailbox.lists:
        return ListMail(mailbox, mail.list.list_id)
    return Message(mailbox, found)


def mailbox_of(mail: ParsedMail, envelope: Envelope, mailboxes: Sequence[Mailbox]) -> Mailbox | None:
    """The mailbox of the first recipient that is one: of the envelope, of what servers noted, of To and Cc."""
    by_address = {base_address(address): box for box in reversed(mailboxes) for address in (box.address, *box.aliases)}
    noted = (one.address for one in (*mail.delivered_to, *mail.to, *mail.cc))
    found = (by_address.get(base_address(address)) for address in (*envelope.recipients, *noted))
    return next((box for box in found if box is not None), None)


def base_address(address: str) -> str:
    """The address in lower case and without what follows a plus (RFC 5233)."""
    local, _, domain = address.strip("<> ").lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _bounced_delivery(mail: ParsedMail, envelope: Envelope, identity: Identity) -> str | None:
    """By the address the bounce came to, else by the Message-ID of the mail that it brings back."""
    addresses = (*envelope.recipients, *(one.address for one in (*mail.delivered_to, *mail.to)))
    by_address = (identity.delivery_of_bounce(address) for address in addresses)
    found = next((one for one in by_address if one is not None), None)
    if found is None and mail.bounce is not None:
        found = identity.delivery_of_message(mail.bounce.original_message_id)
    return found


def _machine(
    mail: ParsedMail, envelope: Envelope, mailboxes: Sequence[Mailbox], identity: Identity
) -> Automatic | None:
    if identity.delivery_of_message(mail.message_id) is not None:
        return Automatic("suspected", "our own mail came back: its Message-ID is ours")
    if mail.automatic is not None:
        return mail.automatic
    if envelope.sender == "":
        return Automatic("replied", "null envelope sender")
    if any(identity.delivery_of_bounce(address) is not None for address in envelope.recipients):
        # Only programs answer to the envelope sender (RFC 3834 section 4); people answer to From or Reply-To.
        return Automatic("replied", "sent to the envelope sender of a mail of ours")
    ours = {base_address(address) for box in mailboxes for address in (box.address, *box.aliases)}
    if mail.sender is not None and base_address(mail.sender.address) in ours:
        return Automatic("suspected", "its author is a mailbox of ours")
    return None


def once_key(mailbox: str, mail: ParsedMail, raw: bytes) -> str:
    """The key under which this mail is taken into `mailbox` once.

    Made of the Message-ID and of what the author wrote (From, Date, Subject, body), not of what servers added on
    the way: the same mail on two ways has one key, and a Message-ID reused for other content has another.
    A hash, so that the key itself tells nothing of anybody.
    """
    headers, body, _ = read_headers(raw, 0, len(raw), "mail")
    written = [mail.message_id, *(headers.first(name) for name in ("From", "Date", "Subject"))]
    digest = hashlib.sha256("\0".join(written).encode("utf-8", "replace"))
    digest.update(b"\0" + _BLANK_END.sub(b"", raw[body:].replace(b"\r\n", b"\n")))
    return f"mail:{mailbox}:{digest.hexdigest()}"


def answers_own(found: Sequence[Thread]) -> str | None:
    """The delivery of ours that a mail answers, if a signed mark says so."""
    return next((one.delivery_id for one in found if isinstance(one, Own)), None)
