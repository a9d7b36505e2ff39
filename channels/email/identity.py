"""Ids and addresses of ours that a mail brings back, signed so that nobody can invent them.

Three marks, each under its own purpose, so that one cannot be used as another:

- Message-ID of what we send: `<{delivery_id}.{signature}@{domain}>`;
- envelope sender (VERP): `bounce+{delivery_id}.{signature}@{domain}`, where bounces arrive;
- reply address: `support+{ticket_id}.{signature}@{domain}`, for programs that drop References.

Mail systems lower-case local parts, so ids and signatures are lower-case base32 and compared without regard
to case. UUIDs shrink to 26 letters, so that a mark fits the 64 octets of a local part (RFC 5321 section 4.5.3.1.1).
Numbers in subjects are never trusted: anybody can guess them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple
from uuid import UUID

from channels.email.model import Address, ParsedMail

Purpose = Literal["message", "bounce", "reply"]

#: 80 bits: a forger who sends a million mails a second needs ten thousand years for one hit.
_SIGNATURE_LETTERS: Final = 16
_MIN_SECRET_BYTES: Final = 16
_LOCAL_PART: Final = 64
_UUID_LETTERS: Final = 26
_PLAIN_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
_MARK: Final = re.compile(r"([a-z0-9_-]{1,40})\.([a-z2-7]{16})")


class Own(NamedTuple):
    """The mail answers this delivery of ours: the id was signed by us."""

    delivery_id: str


class Token(NamedTuple):
    """The mail was sent to the signed reply address of this ticket. Check that it is the mailbox's project's."""

    ticket_id: str


class Foreign(NamedTuple):
    """The mail names a Message-ID that is not ours; it may be one that we received earlier."""

    message_id: str


Thread = Own | Token | Foreign


@dataclass(frozen=True, slots=True)
class Identity:
    """Makes and verifies the marks of one mail domain.

    `secrets`: the first one signs, all verify, so that a secret can be replaced while old mail is still
    answered. Raises `ValueError` for a secret under 16 bytes.
    """

    domain: str
    secrets: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.secrets or min(map(len, self.secrets)) < _MIN_SECRET_BYTES:
            raise ValueError(f"an e-mail identity needs secrets of at least {_MIN_SECRET_BYTES} bytes each")

    def message_id(self, delivery_id: str) -> str:
        """The Message-ID of a delivery, the same for every attempt."""
        return f"<{self._mark('message', delivery_id)}@{self.domain}>"

    def bounce_address(self, delivery_id: str) -> str:
        """The envelope sender under which failures of this delivery come back."""
        return _within_limit(f"bounce+{self._mark('bounce', delivery_id)}@{self.domain}")

    def reply_address(self, mailbox: str, ticket_id: str) -> str:
        """`mailbox` (support@example.org) with the ticket's signed token.

        Raises `ValueError` when the name of the mailbox leaves no room for it.
        """
        local, _, domain = mailbox.rpartition("@")
        return _within_limit(f"{local}+{self._mark('reply', ticket_id)}@{domain}")

    def delivery_of_message(self, message_id: str) -> str | None:
        """The delivery whose Message-ID this is; None when it is not of our making."""
        local, _, domain = message_id.strip("<> ").rpartition("@")
        return self._verified("message", local) if domain.lower() == self.domain.lower() else None

    def delivery_of_bounce(self, address: str) -> str | None:
        """The delivery whose envelope sender this is; None when it is not of our making."""
        local, _, domain = address.strip("<> ").rpartition("@")
        name, plus, mark = local.partition("+")
        if name.lower() != "bounce" or not plus or domain.lower() != self.domain.lower():
            return None
        return self._verified("bounce", mark)

    def ticket_of(self, address: str) -> str | None:
        """The ticket whose reply address this is, whatever the mailbox; None when it is not of our making."""
        _, plus, mark = address.strip("<> ").rpartition("@")[0].partition("+")
        return self._verified("reply", mark) if plus else None

    def _mark(self, purpose: Purpose, identity: str) -> str:
        return f"{_shortened(identity)}.{_signature(self.secrets[0], purpose, identity)}"

    def _verified(self, purpose: Purpose, mark: str) -> str | None:
        match = _MARK.fullmatch(mark.lower())
        if match is None:
            return None
        found: str | None = None
        for identity in _candidates(match[1]):
            for secret in self.secrets:
                # No early return: the time taken must not tell which candidate came near.
                if hmac.compare_digest(_signature(secret, purpose, identity), match[2]) and found is None:
                    found = identity
        return found


def threads(mail: ParsedMail, identity: Identity, recipients: Iterable[str] = ()) -> tuple[Thread, ...]:
    """What the mail may continue, most trusted first.

    Signed deliveries of ours (the nearest first: References from its end, then In-Reply-To), then signed reply
    addresses among `recipients` of the envelope and the headers, then Message-IDs of others in the same order.
    """
    named = dict.fromkeys([*reversed(mail.references), *mail.in_reply_to])
    own: list[Thread] = []
    foreign: list[Thread] = []
    for message_id in named:
        delivery_id = identity.delivery_of_message(message_id)
        (own if delivery_id else foreign).append(Own(delivery_id) if delivery_id else Foreign(message_id))
    tokens = [Token(ticket) for address in _addresses(mail, recipients) if (ticket := identity.ticket_of(address))]
    return tuple(dict.fromkeys([*own, *tokens, *foreign]))


def _addresses(mail: ParsedMail, recipients: Iterable[str]) -> list[str]:
    written: tuple[Address, ...] = (*mail.delivered_to, *mail.to, *mail.cc)
    return [*recipients, *(one.address for one in written)]


def _signature(secret: bytes, purpose: Purpose, identity: str) -> str:
    digest = hmac.new(secret, f"trunkline-mail\0{purpose}\0{identity}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:_SIGNATURE_LETTERS].decode().lower()


def _shortened(identity: str) -> str:
    """A canonical UUID as 26 letters, another lower-case id as it is."""
    try:
        number = UUID(identity)
    except ValueError:
        number = None
    if number is not None and str(number) == identity:
        return base64.b32encode(number.bytes).decode().rstrip("=").lower()
    if not _PLAIN_ID.fullmatch(identity):
        raise ValueError(f"id {identity!r} cannot stand in a mail address: use a UUID or up to 40 of a-z 0-9 - _")
    return identity


def _candidates(short: str) -> list[str]:
    """The ids that shorten to this. Which of them it is, the signature tells."""
    candidates = [short]
    if len(short) == _UUID_LETTERS and re.fullmatch(r"[a-z2-7]+", short):
        candidates.append(str(UUID(bytes=base64.b32decode(short.upper() + "======"))))
    return candidates


def _within_limit(address: str) -> str:
    local = address.rpartition("@")[0]
    if len(local.encode()) > _LOCAL_PART:
        over = len(local.encode()) - _LOCAL_PART
        raise ValueError(
            f"mail address {address!r}: local part {over} octets too long; give the mailbox a shorter alias"
        )
    return address
