"""What happens in an interaction. Every event that concerns an agent's part bears its `leg`.

What happens to a leg while it waits stands in `domain.interaction.waiting_events` and is imported from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.enclosing import SentFile
from domain.event import Event, Fact
from domain.interaction.waiting_events import (
    CallbackOffered,
    Candidate,
    Channel,
    Decision,
    DeflectionSent,
    InteractionAbandoned,
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    PriorityRaised,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
)
from domain.personal import Personal

__all__ = [
    "AgentConnected",
    "Attachment",
    "CallbackOffered",
    "CallbackRequested",
    "Candidate",
    "Channel",
    "ConnectFailed",
    "CustomerRecognised",
    "Decision",
    "DeflectionSent",
    "DispositionGiven",
    "InteractionAbandoned",
    "InteractionClosed",
    "InteractionInterrupted",
    "InteractionOffered",
    "InteractionQueued",
    "InteractionStarted",
    "InteractionTransferred",
    "MessageReceived",
    "MessageSent",
    "NoteAdded",
    "OfferAccepted",
    "OfferDeclined",
    "OfferRescinded",
    "OfferTimedOut",
    "PriorityRaised",
    "RequirementsRelaxed",
    "SentToVoicemail",
    "WaitAnnounced",
    "WorkExpired",
    "WorkGivenUp",
    "WrapUpCompleted",
    "WrapUpStarted",
]


class Attachment(Fact):
    """A file of a message; the bytes lie in the blob store under `reference`. `size` in bytes."""

    reference: str
    media_type: str
    size: int


class InteractionStarted(Event, wire="interaction.started.v1"):
    """A customer made contact, or was contacted. `entry` is the mailbox, number or page it came through."""

    interaction_id: str
    channel: Channel
    direction: Literal["inbound", "outbound"]
    customer_id: str
    ticket_id: str
    entry: str
    language: str


class CustomerRecognised(Event, wire="interaction.customer_recognised.v1"):
    """It turned out whose contact this is."""

    interaction_id: str
    customer_id: str
    how: str


class MessageReceived(Event, wire="interaction.message_received.v1"):
    """The customer wrote. `automatic` says why no human wrote it, empty when one did.

    `via` is the channel, or `page` for the page of a ticket. `external_id` is the message's own id (RFC 5322
    Message-ID), `raw` the blob of the message as received. Work that
    an agent has in hand is queued again when there is no reply by `reply_by`.
    """

    interaction_id: str
    customer_id: str
    message_id: str
    via: Channel
    sender: Personal[str]
    sender_name: Personal[str]
    subject: Personal[str]
    text: Personal[str]
    external_id: Personal[str]
    automatic: str = ""
    raw: str = ""
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = ()
    reply_by: datetime | None = None


class MessageSent(Event, wire="interaction.message_sent.v1"):
    """An agent wrote to the customer; `delivery_id` names the delivery that carries it, if it is not read on a page
    of ours. `via` is the channel it goes out by; `file_names` what its files are called, in their order, one a line.
    """

    interaction_id: str
    customer_id: str
    message_id: str
    leg: str
    agent_id: str
    delivery_id: str
    subject: Personal[str]
    text: Personal[str]
    via: Channel = "email"
    files: tuple[SentFile, ...] = ()
    file_names: Personal[str] | None = None


class AgentConnected(Event, wire="interaction.agent_connected.v1"):
    """Agent and customer are in contact; on written channels as soon as the offer is accepted.

    Work without a reply by `reply_by` is queued again.
    """

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reply_by: datetime | None = None


class InteractionInterrupted(Event, wire="interaction.interrupted.v1"):
    """The contact broke through no doing of either side (a power cut); the leg is queued again, to be called back."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


class ConnectFailed(Event, wire="interaction.connect_failed.v1"):
    """The agent had accepted but could not be connected."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


class WorkGivenUp(Event, wire="interaction.work_given_up.v1"):
    """The agent left (signed out, stopped answering) with the work unfinished; the leg is queued again."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


class InteractionTransferred(Event, wire="interaction.transferred.v1"):
    """The agent's leg ends, `to_leg` begins in another queue, or with another agent.

    Without `from_agent` it had not been answered: its caller would rather be called back, or somebody who leads gave
    it to others. `by` and `reason`: who moved it and why, where that was not its agent.
    """

    interaction_id: str
    leg: str
    to_leg: str
    from_agent: str
    queue: str
    department: str
    to_agent: str = ""
    by: str = ""
    reason: str = ""


class CallbackRequested(Event, wire="interaction.callback_requested.v1"):
    """The customer asks to be called at a number, not before `due_at`, and before `due_until` where they say so.

    `key` reserves one open callback per number and queue. `notify` is an e-mail address, unproved, that is told how
    it stands; `zone` the IANA name of the zone on whose clock the customer chose.
    """

    interaction_id: str
    customer_id: str
    number: Personal[str]
    about: Personal[str]
    due_at: datetime
    queue: str
    key: str
    due_until: datetime | None = None
    notify: Personal[str] | None = None
    zone: str = ""


class NoteAdded(Event, wire="interaction.note_added.v1"):
    interaction_id: str
    customer_id: str
    author: str
    text: Personal[str]


class WrapUpStarted(Event, wire="interaction.wrap_up_started.v1"):
    """Contact is over, the agent finishes up; at `ends_at`, if ever, `default_disposition` is recorded for them.

    `fixed`: it lasts until `ends_at` whatever the agent does.
    """

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    ends_at: datetime | None
    default_disposition: str
    fixed: bool = False


class DispositionGiven(Event, wire="interaction.disposition_given.v1"):
    """The agent said how the contact ended; the wrap-up goes on until its time is out."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    disposition: str


class WrapUpCompleted(Event, wire="interaction.wrap_up_completed.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    disposition: str
    timed_out: bool = False


class InteractionClosed(Event, wire="interaction.closed.v1"):
    interaction_id: str
    reason: str
