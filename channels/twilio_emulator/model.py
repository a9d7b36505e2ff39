"""What the emulator keeps: numbers, people, calls, conferences, recordings, messages."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

#: How much of each is kept; the oldest that is over is forgotten first.
KEPT: Final = 5000
_LINES_KEPT: Final = 2000

Manner = Literal["answers", "busy", "no-answer", "fails", "rejects", "machine", "person"]
HeardKind = Literal["say", "play", "music", "speech", "beep", "ringing", "tones", "silence", "error"]


class Sids:
    """Identifiers of Twilio's form, the same ones in every run of the same seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._made = seed, 0

    def __call__(self, prefix: str) -> str:
        self._made += 1
        return prefix + hashlib.sha256(f"{self._seed}:{self._made}".encode()).hexdigest()[:32]


@dataclass(slots=True)
class Hook:
    """Where something is asked or told: an address and how."""

    url: str = ""
    method: str = "POST"


@dataclass(slots=True)
class Number:
    """A number of the account's."""

    sid: str
    number: str
    created: datetime
    name: str = ""
    voice: Hook = field(default_factory=Hook)
    voice_fallback: Hook = field(default_factory=Hook)
    status: Hook = field(default_factory=Hook)
    sms: Hook = field(default_factory=Hook)
    sms_fallback: Hook = field(default_factory=Hook)
    takes_sms: bool = True
    receive_mode: str = "voice"


@dataclass(slots=True)
class Person:
    """How somebody outside behaves: what their telephone does after `after` seconds of ringing, and with texts.

    `machine`: what a machine detection says of them. `sms_error`: the code that their texts fail with, 0 for none;
    `sms_fails`: refused by the carrier at once rather than not delivered. `talks`: hangs up after so many seconds.
    """

    manner: Manner = "answers"
    after: float = 2.0
    machine: str = "machine_start"
    talks: float | None = None
    sms_error: int = 0
    sms_fails: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that somebody on a call heard. `whose`: who said it, for speech; `order`: its place in the call."""

    at: datetime
    kind: HeardKind
    text: str
    whose: str = ""
    order: int = 0


@dataclass(slots=True)
class Call:
    """A leg: its state, how to tell of it, and all that was heard on it."""

    sid: str
    to: str
    caller: str
    direction: str
    created: datetime
    updated: datetime
    status: str = "queued"
    parent: str | None = None
    number_sid: str | None = None
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    callback: Hook = field(default_factory=Hook)
    events: frozenset[str] = frozenset({"completed"})
    fallback: Hook = field(default_factory=Hook)
    sequence: int = 0
    ring: float = 60.0
    longest: float = 14_400.0
    detect: str = ""
    async_detect: Hook | None = None
    heard: deque[Heard] = field(default_factory=lambda: deque[Heard](maxlen=_LINES_KEPT))
    #: What the person at this end said and keyed, to be read again beside what they heard.
    done: deque[Heard] = field(default_factory=lambda: deque[Heard](maxlen=_LINES_KEPT))
    recordings: list[Recording] = field(default_factory=list["Recording"])
    #: How much was heard and done so far.
    noted: int = 0

    @property
    def is_over(self) -> bool:
        return self.ended is not None

    @property
    def duration(self) -> int:
        """Seconds it was answered, up when begun."""
        if self.answered is None or self.ended is None:
            return 0
        return max(0, round((self.ended - self.answered).total_seconds()))


@dataclass(slots=True)
class Recording:
    """A recording; what was said while it ran stands in `lines`."""

    sid: str
    call: str
    created: datetime
    source: str
    conference: str | None = None
    status: str = "in-progress"
    channels: int = 1
    callback: Hook = field(default_factory=Hook)
    events: frozenset[str] = frozenset({"completed"})
    running_since: float | None = None
    seconds: float = 0.0
    lines: list[str] = field(default_factory=list[str])
    updated: datetime | None = None


@dataclass(slots=True)
class Participant:
    """A leg in a conference, or on its way there."""

    call: str
    created: datetime
    label: str = ""
    status: str = "queued"
    muted: bool = False
    hold: bool = False
    hold_hook: Hook = field(default_factory=Hook)
    wait_hook: Hook | None = None
    coaching: bool = False
    coached: str = ""
    starts: bool = True
    ends: bool = False
    beep: str = "true"


@dataclass(slots=True)
class Conference:
    sid: str
    name: str
    created: datetime
    updated: datetime
    status: str = "init"
    participants: dict[str, Participant] = field(default_factory=dict[str, Participant])
    callback: Hook = field(default_factory=Hook)
    events: frozenset[str] = frozenset()
    sequence: int = 0
    most: int = 250
    reason: str | None = None
    ended_by: str | None = None
    recorded: bool = False
    recording: Recording | None = None
    recording_callback: Hook = field(default_factory=Hook)
    recording_events: frozenset[str] = frozenset({"completed"})


@dataclass(slots=True, eq=False)
class Waiting:
    """A call in a queue, since when (virtual seconds) and, when it is over, for how long."""

    call: str
    since: float
    waited: float = 0.0
    is_over: bool = False


@dataclass(slots=True)
class Queue:
    sid: str
    name: str
    most: int = 100
    waiting: list[Waiting] = field(default_factory=list[Waiting])
    served: int = 0
    waited: float = 0.0


@dataclass(slots=True)
class Text:
    """A message, in or out."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str
    created: datetime
    updated: datetime
    status: str
    media: tuple[str, ...] = ()
    callback: str = ""
    service: str | None = None
    sent: datetime | None = None
    error: int | None = None
    segments: int = 1


@dataclass(frozen=True, slots=True)
class Alert:
    """What Twilio's debugger would show: a code, what it is about, in words."""

    at: datetime
    code: int
    about: str
    message: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that was sent, and what came back: the HTTP status, 0 for no answer."""

    at: datetime
    url: str
    params: dict[str, Any]
    status: int
