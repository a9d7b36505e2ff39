"""What happens to a delivery. What a mail server answers may quote the address, so reasons are personal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from domain.channel import ChannelName
from domain.enclosing import SentFile
from domain.event import Event
from domain.personal import Personal

Kind = Literal[
    "ticket_opened",
    "ticket_handed_over",
    "ticket_resolved",
    "ticket_reopened",
    "callback_registered",
    "callback_tried",
    "callback_expired",
    "message_taken",
    "reply",
    "deflection",
    "texts_stopped",
    "texts_started",
    "texts_help",
]


class NotificationRequested(Event, wire="delivery.notification_requested.v1"):
    """Something is to be sent. The text of a status mail is made from `kind`, `language` and `params` when it is sent.

    `mailbox` is the name of the mailbox or, for a text, of the number that it is sent from, empty for any that can.
    `thread` holds the message ids that the mail continues, oldest first, separated by spaces; an id of the form
    `delivery:ID` stands for the Message-ID of an earlier delivery. `file_names`: what the files that go along are
    called, in their order, one a line.
    """

    delivery_id: str
    kind: Kind
    channel: ChannelName
    customer_id: str
    ticket_id: str
    interaction_id: str
    mailbox: str
    language: str
    params: Mapping[str, str]
    to: Personal[str]
    name: Personal[str]
    subject: Personal[str]
    body: Personal[str]
    thread: Personal[str]
    files: tuple[SentFile, ...] = ()
    file_names: Personal[str] | None = None


class DeliveryAttempted(Event, wire="delivery.attempted.v1"):
    """An attempt begins; if nothing is heard of it by `deadline` its outcome is unknown and it is tried again."""

    delivery_id: str
    attempt_id: str
    number: int
    deadline: datetime


class DeliveryAccepted(Event, wire="delivery.accepted.v1"):
    """A provider has it and will tell what becomes of it; if it has not by `check_at`, it is asked.

    `reference` is the provider's own id of the message, `segments` how many short messages it is paid for as.
    """

    delivery_id: str
    attempt_id: str
    reference: str
    segments: int
    check_at: datetime


class DeliveryDeferred(Event, wire="delivery.deferred.v1"):
    """A temporary failure (RFC 5321 4yz, no connection); tried again at `retry_at`."""

    delivery_id: str
    customer_id: str
    attempt_id: str
    code: str
    reason: Personal[str]
    retry_at: datetime


class NotificationDelivered(Event, wire="delivery.delivered.v1"):
    """The next system accepted it and with that the responsibility for it (RFC 5321 §6.1)."""

    delivery_id: str
    attempt_id: str


class NotificationFailed(Event, wire="delivery.failed.v1"):
    """Parked: refused for good, or tried as often as the schedule allows."""

    delivery_id: str
    customer_id: str
    attempt_id: str
    code: str
    reason: Personal[str]


class NotificationBounced(Event, wire="delivery.bounced.v1"):
    """A delivery status notification came back (RFC 3464). `status` is its enhanced code, such as 5.1.1."""

    delivery_id: str
    customer_id: str
    status: str
    permanent: bool
    reason: Personal[str]
