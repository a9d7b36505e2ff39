"""What Twilio tells of its resources, reduced to what we use. Statuses are Twilio's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

#: A call in one of these is over.
ENDED: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, slots=True)
class Message:
    """A text message. `body`, `to` and `sender` are personal data."""

    sid: str
    status: str
    direction: str
    to: str = field(repr=False)
    sender: str = field(repr=False)
    body: str = field(repr=False)
    created_at: datetime | None
    error_code: int | None = None
    segments: int = 1

    @classmethod
    def of(cls, raw: Any) -> Message:
        return cls(raw.sid, _word(raw.status), _word(raw.direction), raw.to or "", raw.from_ or "", raw.body or "",
                   raw.date_created, raw.error_code, int(raw.num_segments or 1))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One leg. `duration` in seconds, once it is over; `answered_by` where a machine was looked for."""

    sid: str
    status: str
    direction: str
    to: str = field(repr=False)
    caller: str = field(repr=False)
    created_at: datetime | None
    duration: int | None = None
    answered_by: str | None = None
    parent: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status in ENDED

    @classmethod
    def of(cls, raw: Any) -> Call:
        duration = None if raw.duration is None else int(raw.duration)
        # the library calls a message's sender `from_` and a call's `_from`
        return cls(raw.sid, _word(raw.status), _word(raw.direction), raw.to or "", raw._from or "", raw.date_created,
                   duration, raw.answered_by, raw.parent_call_sid)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conference:
    sid: str
    name: str
    status: str
    reason_ended: str | None = None

    @classmethod
    def of(cls, raw: Any) -> Conference:
        return cls(raw.sid, raw.friendly_name, _word(raw.status), raw.reason_conference_ended)


@dataclass(frozen=True, slots=True)
class Participant:
    """A leg in a conference. `status` is the leg's own: queued, connecting, ringing, connected, complete, failed."""

    call: str
    conference: str
    status: str
    label: str | None
    muted: bool
    on_hold: bool
    coaching: str | None
    ends_conference: bool

    @classmethod
    def of(cls, raw: Any) -> Participant:
        coached = raw.call_sid_to_coach if raw.coaching else None
        return cls(raw.call_sid, raw.conference_sid, _word(raw.status), raw.label, bool(raw.muted), bool(raw.hold),
                   coached, bool(raw.end_conference_on_exit))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recording:
    """`duration` in seconds, once it is complete."""

    sid: str
    call: str
    conference: str | None
    status: str
    duration: int | None
    created_at: datetime | None

    @classmethod
    def of(cls, raw: Any) -> Recording:
        # -1 and null both stand for: not known yet
        duration = None if raw.duration in (None, "-1") else int(raw.duration)
        return cls(raw.sid, raw.call_sid, raw.conference_sid, _word(raw.status), duration, raw.date_created)


@dataclass(frozen=True, slots=True)
class IncomingNumber:
    """A number of the account's, and where its calls and texts go."""

    sid: str
    number: str
    name: str
    voice_url: str | None
    sms_url: str | None
    status_callback: str | None

    @classmethod
    def of(cls, raw: Any) -> IncomingNumber:
        return cls(raw.sid, raw.phone_number, raw.friendly_name or "", raw.voice_url or None, raw.sms_url or None,
                   raw.status_callback or None)  # fmt: skip


def _word(value: object) -> str:
    return str(value)
