"""What happens in an interaction. Every event that concerns an agent's part bears its `leg`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from domain.event import Event, Fact
from domain.personal import Personal

Channel = Literal["voice", "sms", "email", "callback"]


class Attachment(Fact):
    """A file of a message; the bytes lie in the blob store under `reference`. `size` in bytes."""

    reference: str
    media_type: str
    size: int


class Candidate(Fact):
    """An agent's place in the order of a decision, with what it was ordered by.

    `ring` is 0 for the preferred agent, else the ring of their profile in the queue. `value` is the strategy's own
    number: spare units, share of units spare, occupancy, skill level or turn; none for the longest idle.
    """

    agent_id: str
    place: int
    idle_since: datetime | None
    ring: int = 1
    value: float | None = None


class Decision(Fact):
    """Why this agent: what the router had seen, the rules it went by, and who came next.

    `position` is the last event the board had folded, `policy` the SHA-256 of the project's document, `routing` that
    of the centre's, `items` the pool's order of items, `excluded` counts candidates by the rule that excluded them.
    """

    position: int
    at: datetime
    policy: str
    routing: str = ""
    strategy: str
    items: str = ""
    chosen: Candidate
    runners_up: tuple[Candidate, ...] = ()
    excluded: Mapping[str, int] = {}


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

    `external_id` is the message's own id (RFC 5322 Message-ID), `raw` the blob of the message as received. Work that
    an agent has in hand is queued again when there is no reply by `reply_by`.
    """

    interaction_id: str
    customer_id: str
    message_id: str
    via: Literal["email", "sms", "page"]
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
    """An agent wrote to the customer; `delivery_id` names the delivery that carries it."""

    interaction_id: str
    customer_id: str
    message_id: str
    leg: str
    agent_id: str
    delivery_id: str
    subject: Personal[str]
    text: Personal[str]


class InteractionQueued(Event, wire="interaction.queued.v1"):
    """A leg waits for an agent. A requeued one keeps `arrived_at`, so it keeps its place.

    `not_before`: a scheduled callback becomes work only then, and after `expires_at` it is given up. `target` and
    `age_credit` in seconds. `trail` are the agents who declined or missed this leg already, `excluded` those whom it
    must never reach. `also`, `rings`, `sites` and `language_required` say who else may take it: agents of further
    queues, of rings up to this one, at these sites alone (none: any), who speak the customer's language. Until
    `preferred_until` it is kept for the `preferred` agent while that agent is ready. `steps` were taken already.
    """

    interaction_id: str
    leg: str
    channel: Channel
    queue: str
    priority: int
    skills: Mapping[str, int]
    arrived_at: datetime
    not_before: datetime | None
    age_credit: int
    target: int
    customer_id: str
    site: str
    language: str
    trail: tuple[str, ...]
    reason: Literal["new", "transferred", "agent_left", "connect_failed", "silent", "site_down", "interrupted"]
    also: tuple[str, ...] = ()
    rings: int = 1
    sites: tuple[str, ...] = ()
    language_required: bool = False
    excluded: tuple[str, ...] = ()
    preferred: str = ""
    preferred_until: datetime | None = None
    expires_at: datetime | None = None
    steps: tuple[int, ...] = ()


class WaitAnnounced(Event, wire="interaction.wait_announced.v1"):
    """The customer was told how long it may take: `seconds` from now, as `method` has it, and the place in line.

    `queue_length`: those ahead, times the usual handling, by the agents who serve the queue. `head_of_line`: as long
    as the first in line has waited.
    """

    interaction_id: str
    leg: str
    seconds: int
    place: int
    method: Literal["queue_length", "head_of_line"]


class RequirementsRelaxed(Event, wire="interaction.requirements_relaxed.v1"):
    """Further agents may take the leg from now on: the requirements that hold now, whole.

    `step` is the number of the queue's step, from 1; 0 for an overflow. `waited` in seconds.
    """

    interaction_id: str
    leg: str
    step: int
    waited: int
    skills: Mapping[str, int]
    also: tuple[str, ...]
    rings: int
    sites: tuple[str, ...]
    language_required: bool


class PriorityRaised(Event, wire="interaction.priority_raised.v1"):
    """A step made the leg more urgent."""

    interaction_id: str
    leg: str
    step: int
    waited: int
    priority: int


class CallbackOffered(Event, wire="interaction.callback_offered.v1"):
    """A step: the waiting caller is offered to be called back."""

    interaction_id: str
    leg: str
    step: int
    waited: int


class SentToVoicemail(Event, wire="interaction.sent_to_voicemail.v1"):
    """The leg no longer waits: the caller is asked to leave a message. `step` 0: the queue was closed."""

    interaction_id: str
    leg: str
    step: int
    waited: int


class DeflectionSent(Event, wire="interaction.deflection_sent.v1"):
    """A step: a text with another way was sent to the waiting customer; the delivery carries it."""

    interaction_id: str
    leg: str
    step: int
    waited: int
    delivery_id: str


class WorkExpired(Event, wire="interaction.work_expired.v1"):
    """Nobody took the leg in time; it no longer waits."""

    interaction_id: str
    leg: str
    reason: str


class InteractionOffered(Event, wire="interaction.offered.v1"):
    """The leg rings at an agent until `expires_at`. `work_id` names the offer and the capacity held for it."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    queue: str
    expires_at: datetime
    decision: Decision


class OfferAccepted(Event, wire="interaction.offer_accepted.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class OfferDeclined(Event, wire="interaction.offer_declined.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


class OfferTimedOut(Event, wire="interaction.offer_timed_out.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class OfferRescinded(Event, wire="interaction.offer_rescinded.v1"):
    """Taken back before an answer: another agent accepted, the customer left, the agent signed out."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


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
    """The agent's leg ends, `to_leg` begins in another queue."""

    interaction_id: str
    leg: str
    to_leg: str
    from_agent: str
    queue: str
    department: str


class CallbackRequested(Event, wire="interaction.callback_requested.v1"):
    """The customer asks to be called at a number, not before `due_at`.

    `key` reserves one open callback per number and queue.
    """

    interaction_id: str
    customer_id: str
    number: Personal[str]
    about: Personal[str]
    due_at: datetime
    queue: str
    key: str


class NoteAdded(Event, wire="interaction.note_added.v1"):
    interaction_id: str
    customer_id: str
    author: str
    text: Personal[str]


class InteractionAbandoned(Event, wire="interaction.abandoned.v1"):
    """The customer left before an agent was connected. `waited` in seconds since arrival."""

    interaction_id: str
    leg: str
    waited: float


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
