"""What happens to a call beside the agents' work: lines, the caller's way through a flow, messages, legs that we dial.

Keys that a caller presses stand in no event, save a customer number, which is the customer's own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.event import Event
from domain.personal import Personal
from domain.voice.place import Place

#: What led to a turn of the flow.
Way = Literal["begun", "key", "words", "silence", "message", "dialled", "callback_offered", "sent_to_voicemail"]
#: Why we dial: to reach the agent who accepted, the customer to be called back, or somebody to be asked.
Purpose = Literal["agent", "customer", "consult", "supervisor"]
DialOutcome = Literal["busy", "no_answer", "failed", "canceled", "machine", "ended", "never_placed"]


class LineTaken(Event, wire="line.taken.v1"):
    """A call has one of the number's lines."""

    number: str
    call_id: str


class LineFreed(Event, wire="line.freed.v1"):
    number: str
    call_id: str


class CallRefused(Event, wire="line.call_refused.v1"):
    """All lines of the number were taken: the caller heard that it is busy."""

    number: str
    call_id: str
    lines: int


class CallStarted(Event, wire="call.started.v1"):
    """A call that the provider calls `call_id` came in at the number `number`, carried by the account `provider`."""

    call_id: str
    interaction_id: str
    customer_id: str
    number: str
    provider: str
    caller_known: bool
    caller: Personal[str] | None = None


class CallProceeded(Event, wire="call.proceeded.v1"):
    """The caller is at `place` now. `way` says what led there, never what was keyed."""

    call_id: str
    interaction_id: str
    place: Place
    way: Way


class CustomerNumberKeyed(Event, wire="call.customer_number_keyed.v1"):
    """The caller keyed a customer number; `known`: it is somebody's."""

    call_id: str
    interaction_id: str
    customer_id: str
    number: Personal[str]
    known: bool


class RecordingAgreed(Event, wire="call.recording_agreed.v1"):
    """Whether the caller wants the conversation recorded."""

    call_id: str
    interaction_id: str
    agreed: bool


class MessageLeft(Event, wire="call.message_left.v1"):
    """The caller spoke a message, `seconds` long; it is work of `queue`. `recipient`: whom it is for, if anybody."""

    call_id: str
    interaction_id: str
    queue: str
    seconds: int
    recording_id: str
    recipient: str
    provider: str


class MessageStored(Event, wire="call.message_stored.v1"):
    """The sound of the message lies under `reference`, encrypted under the customer's key. `size` in bytes."""

    call_id: str
    interaction_id: str
    customer_id: str
    recording_id: str
    reference: str
    media_type: str
    seconds: int
    size: int


class CallEnded(Event, wire="call.ended.v1"):
    """The caller's leg is over, as the provider says: completed, busy, no-answer, failed or canceled."""

    call_id: str
    interaction_id: str
    status: str


class DialAttempted(Event, wire="dial.attempted.v1"):
    """We are about to dial. Until `deadline` somebody hears of it; after that the provider is asked what became of it.

    `leg` and `work_id` are those of the interaction; `agent_id` who is dialled, empty for anybody else. `number` is
    the number of ours that is shown, carried by the account `provider`.
    """

    dial_id: str
    interaction_id: str
    leg: str
    work_id: str
    purpose: Purpose
    agent_id: str
    number: str
    provider: str
    attempt: int
    deadline: datetime


class CallbackAttemptFailed(Event, wire="callback.attempt_failed.v1"):
    """The customer was called back and not reached; again at `retry_at`, or given up where there is none.

    An agent who declines, or whose own telephone is not answered, is no failed attempt.
    """

    interaction_id: str
    leg: str
    agent_id: str
    attempt: int
    outcome: DialOutcome
    retry_at: datetime | None


class DialPlaced(Event, wire="dial.placed.v1"):
    """The provider took it; its leg is `call_id`."""

    dial_id: str
    interaction_id: str
    call_id: str


class DialAnswered(Event, wire="dial.answered.v1"):
    dial_id: str
    interaction_id: str
    call_id: str


class DialEnded(Event, wire="dial.ended.v1"):
    """The leg is over, or never was."""

    dial_id: str
    interaction_id: str
    call_id: str
    outcome: DialOutcome
    reason: str
