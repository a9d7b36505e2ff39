"""What a mail says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple


class Fault(NamedTuple):
    """Something in the mail that was broken or cut: where it was found and what was done about it."""

    where: str
    what: str


class Address(NamedTuple):
    """A mail address as written, and the name beside it ("" where there is none)."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """The address for comparison: lower case, which every mail system in use treats as the same."""
        return self.address.lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the mail. Never unpacked, never executed; `filename` is safe to store under."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str | None = None
    inline: bool = False

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


class ListInfo(NamedTuple):
    """The mail came through a mailing list (RFC 2369, RFC 2919)."""

    list_id: str
    why: str


AutomaticKind = Literal["replied", "generated", "notified", "bulk", "receipt", "suspected"]


class Automatic(NamedTuple):
    """No person wrote this mail now (RFC 3834), and the sign that says so.

    `replied`: a machine's answer to a mail of ours; `generated`: sent by a machine on its own account;
    `notified`: Auto-Submitted: auto-notified (RFC 5436); `bulk`: sent to many; `receipt`: a read or delivery
    receipt (RFC 8098, RFC 3464); `suspected`: only circumstantial evidence.
    """

    kind: AutomaticKind
    why: str


class BouncedRecipient(NamedTuple):
    """One recipient a bounce speaks of (RFC 3464 section 2.3).

    `status` is the enhanced code (RFC 3463, "5.1.1"; "" where none was given). `action` is `failed` when the
    mail was given up, `delayed` when the other side still tries. `permanent` says whether trying the same
    address again is useless.
    """

    address: str
    status: str
    permanent: bool
    action: Literal["failed", "delayed"]
    reason: str


class Bounce(NamedTuple):
    """A report that a mail of ours was not delivered, with the Message-ID it had ("" if not said)."""

    recipients: tuple[BouncedRecipient, ...]
    original_message_id: str
    reporting_server: str

    @property
    def failed(self) -> bool:
        """Whether the mail was given up for at least one recipient (not merely delayed)."""
        return any(recipient.action == "failed" for recipient in self.recipients)


#: What a calendar asks or tells (RFC 5546 section 1.4); "" where it does not say.
Method = Literal["REQUEST", "CANCEL", "REPLY", "PUBLISH", "ADD", "REFRESH", "COUNTER", "DECLINECOUNTER", "UNKNOWN", ""]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One meeting of a calendar that came along (RFC 5545). Shown; never entered anywhere, never answered by itself.

    `start` and `end`: with a time zone where it is known; a bare date for whole days (`end` is then the day after the
    last); without a zone for the clock on the wall, and then `zone` is what the sender called it ("" for everybody's
    own). None where the calendar does not tell. `repeats`: the rule as written.
    """

    method: Method
    summary: str = ""
    start: datetime | date | None = None
    end: datetime | date | None = None
    zone: str = ""
    organizer: Address | None = None
    attendees: tuple[Address, ...] = ()
    location: str = ""
    description: str = ""
    repeats: str = ""
    status: str = ""
    sequence: int = 0
    uid: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """Everything Trunkline reads in a mail. Message-IDs keep their angle brackets. Text has `\\n` line ends.

    `remote_images`: pictures of the HTML that would be fetched from elsewhere, and are not until a reader asks.
    """

    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = ""
    reply: str = ""
    html: str = ""
    remote_images: int = 0
    attachments: tuple[Attachment, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    language: str | None = None
    language_from: str = ""
    list: ListInfo | None = None
    automatic: Automatic | None = None
    bounce: Bounce | None = None
    return_path: str | None = None
    delivered_to: tuple[Address, ...] = ()
    received: int = 0
    faults: tuple[Fault, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary; attachments appear with their size, not their bytes."""
        return {
            "from": _address(self.sender) if self.sender else None,
            "reply_to": [_address(one) for one in self.reply_to],
            "to": [_address(one) for one in self.to],
            "cc": [_address(one) for one in self.cc],
            "subject": self.subject,
            "message_id": self.message_id or None,
            "in_reply_to": list(self.in_reply_to),
            "references": list(self.references),
            "date": self.date.isoformat() if self.date else None,
            "text": self.text,
            "reply": self.reply,
            "html": self.html,
            "remote_images": self.remote_images,
            "attachments": [_attachment(one) for one in self.attachments],
            "invitations": [_invitation(one) for one in self.invitations],
            "language": {"code": self.language, "from": self.language_from} if self.language else None,
            "list": self.list._asdict() if self.list else None,
            "auto_reply": self.automatic._asdict() if self.automatic else None,
            "bounce": _bounce(self.bounce) if self.bounce else None,
            "return_path": self.return_path,
            "delivered_to": [_address(one) for one in self.delivered_to],
            "received": self.received,
            "faults": [fault._asdict() for fault in self.faults],
        }


def _address(address: Address) -> dict[str, str]:
    return {"address": address.address, "name": address.name}


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "content_id": attachment.content_id,
        "inline": attachment.inline,
    }


def _invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "method": invitation.method or None,
        "summary": invitation.summary,
        "start": invitation.start.isoformat() if invitation.start else None,
        "end": invitation.end.isoformat() if invitation.end else None,
        "zone": invitation.zone or None,
        "organizer": _address(invitation.organizer) if invitation.organizer else None,
        "attendees": [_address(one) for one in invitation.attendees],
        "location": invitation.location,
        "description": invitation.description,
        "repeats": invitation.repeats or None,
        "status": invitation.status or None,
        "sequence": invitation.sequence,
        "uid": invitation.uid,
    }


def _bounce(bounce: Bounce) -> dict[str, Any]:
    return {
        "recipients": [recipient._asdict() for recipient in bounce.recipients],
        "original_message_id": bounce.original_message_id or None,
        "reporting_server": bounce.reporting_server or None,
        "failed": bounce.failed,
    }
