"""What Twilio tells us by webhook: small dataclasses and the words in them (`channels.twilio.callbacks` reads them).

Each has a `once`: the same for every delivery of the same happening, so that what arrives twice is taken once. Twilio
delivers at least once and in no particular order; `sequence` says the order in which things happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

CALL_STATUSES: Final = frozenset(
    {"queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"}
)
MESSAGE_STATUSES: Final = frozenset({
    "accepted", "scheduled", "queued", "sending", "sent", "receiving", "received", "delivered", "undelivered",
    "failed", "read", "canceled", "partially_delivered",
})  # fmt: skip
#: How far a message has come; a status of a lower rank arrives late and changes nothing.
MESSAGE_RANK: Final = {
    "accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3,
    "canceled": 4, "failed": 4, "undelivered": 4, "delivered": 4, "read": 5,
}  # fmt: skip
CONFERENCE_EVENTS: Final = frozenset({
    "conference-start", "conference-end", "participant-join", "participant-leave", "participant-mute",
    "participant-unmute", "participant-hold", "participant-unhold", "participant-modify",
    "participant-speech-start", "participant-speech-stop", "announcement-end", "announcement-fail",
})  # fmt: skip
RECORDING_STATUSES: Final = frozenset({"in-progress", "paused", "stopped", "completed", "absent", "failed"})
QUEUE_RESULTS: Final = frozenset({
    "bridged", "bridging-in-process", "error", "hangup", "leave", "redirected", "redirected-from-bridged",
    "queue-full", "system-error",
})  # fmt: skip
#: What stands for a caller who withholds the number: words, and the numbers that spell them on a keypad.
ANONYMOUS: Final = frozenset({
    "anonymous", "restricted", "unknown", "unavailable", "private", "asterisk",
    "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+464",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call asks what to do next: it came in, was answered, or its last document is at an end.

    `caller` is empty when the number is withheld.
    """

    call: str
    status: str
    direction: str
    caller: str = field(repr=False)
    called: str = field(repr=False)
    answered_by: str | None = None
    forwarded_from: str | None = field(default=None, repr=False)
    #: What made Twilio ask the fallback address.
    error: int | None = None

    @property
    def once(self) -> str:
        """For the first request of a call: that it began."""
        return f"twilio:{self.call}:begun"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a caller keyed or said. Both empty: nothing, in time. `confidence` from 0 to 1."""

    call: str
    digits: str = field(repr=False)
    finished_on: str = ""
    speech: str = field(default="", repr=False)
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class QueueMoment:
    """A waiting call, as asked about while it waits, or after (`result`). Position from 1; times in seconds."""

    call: str
    queue: str
    position: int | None
    size: int | None
    waited: int
    average: int | None
    result: str | None


@dataclass(frozen=True, slots=True)
class DialEnded:
    """What became of a leg that a document dialled. `duration` in seconds."""

    call: str
    status: str
    leg: str | None
    duration: int


@dataclass(frozen=True, slots=True)
class CallProgress:
    """A call's status, as of `at`; `sequence` counts from 0 within the call."""

    call: str
    status: str
    sequence: int
    at: datetime | None
    direction: str
    caller: str = field(repr=False)
    called: str = field(repr=False)
    parent: str | None = None
    duration: int | None = None
    answered_by: str | None = None
    sip_code: int | None = None

    @property
    def once(self) -> str:
        return f"twilio:{self.call}:progress:{self.sequence}"


@dataclass(frozen=True, slots=True)
class ConferenceMoment:
    """Something happened in a conference; `sequence` counts from 1 within it."""

    conference: str
    name: str
    event: str
    sequence: int
    at: datetime | None
    call: str | None
    label: str | None
    muted: bool
    on_hold: bool
    coaching: bool
    reason: str | None

    @property
    def once(self) -> str:
        return f"twilio:{self.conference}:{self.sequence}"


@dataclass(frozen=True, slots=True)
class RecordingMoment:
    """A recording's state. `duration` in seconds, once it is complete."""

    recording: str
    call: str
    conference: str | None
    status: str
    duration: int | None
    source: str
    started_at: datetime | None
    error: int | None

    @property
    def once(self) -> str:
        return f"twilio:{self.recording}:{self.status}"


@dataclass(frozen=True, slots=True)
class Medium:
    """A file that came with a text: where Twilio keeps it, and what it says that it is."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A text came in. `opt_out`: STOP, START or HELP where Twilio says that it took it as such."""

    message: str
    sender: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    segments: int
    media: tuple[Medium, ...]
    opt_out: str | None
    messaging_service: str | None

    @property
    def once(self) -> str:
        return f"twilio:{self.message}"


@dataclass(frozen=True, slots=True)
class MessageProgress:
    """How far a text has come."""

    message: str
    status: str
    to: str = field(repr=False)
    sender: str = field(repr=False)
    error: int | None

    @property
    def once(self) -> str:
        return f"twilio:{self.message}:{self.status}"

    @property
    def rank(self) -> int:
        return MESSAGE_RANK.get(self.status, 0)
