"""Twilio's webhooks read: fields in, moments out, `BadWebhook` for what is none of Twilio's. Pure.

The signature has been checked by then (`channels.twilio.signature`).
"""

from __future__ import annotations

import re
from typing import Final

from channels.twilio.forms import BadWebhook, Fields
from channels.twilio.moments import (
    ANONYMOUS,
    CALL_STATUSES,
    CONFERENCE_EVENTS,
    MESSAGE_STATUSES,
    QUEUE_RESULTS,
    RECORDING_STATUSES,
    CallProgress,
    CallRequest,
    ConferenceMoment,
    DialEnded,
    Gathered,
    IncomingMessage,
    Medium,
    MessageProgress,
    QueueMoment,
    RecordingMoment,
)

_DAY: Final = 86_400
_MAX_MEDIA: Final = 10
_SHARE: Final = re.compile(r"0(\.\d+)?|1(\.0+)?")
_KEYS: Final = frozenset("0123456789*#ABCDabcdw")


def call_request(fields: Fields) -> CallRequest:
    """A request for instructions: an incoming call, an answered one, or a document's end."""
    return CallRequest(
        fields.sid("CallSid", "CA"),
        fields.word("CallStatus", CALL_STATUSES),
        fields.text("Direction", longest=32, default="inbound"),
        _caller(fields),
        fields.text("To", default=""),
        fields.optional("AnsweredBy", longest=32),
        fields.optional("ForwardedFrom"),
        fields.optional_number("ErrorCode", most=99_999),
    )


def gathered(fields: Fields) -> Gathered:
    """The result of a Gather."""
    return Gathered(
        fields.sid("CallSid", "CA"),
        _keys(fields, "Digits"),
        _keys(fields, "FinishedOnKey"),
        fields.text("SpeechResult", longest=4000, default=""),
        _share(fields, "Confidence"),
    )


def queue_moment(fields: Fields) -> QueueMoment:
    """A request for what a waiting call hears, or the result of an Enqueue."""
    result = fields.word("QueueResult", QUEUE_RESULTS) if fields.optional("QueueResult") else None
    return QueueMoment(
        fields.sid("CallSid", "CA"),
        fields.text("QueueSid", longest=34, default=""),
        fields.optional_number("QueuePosition", most=5000),
        fields.optional_number("CurrentQueueSize", most=5000),
        fields.number("QueueTime", most=7 * _DAY, default=0),
        fields.optional_number("AvgQueueTime", most=7 * _DAY),
        result,
    )


def dial_ended(fields: Fields) -> DialEnded:
    """The result of a Dial. Status is `answered` for a conference or queue, else as a call's."""
    return DialEnded(
        fields.sid("CallSid", "CA"),
        fields.word("DialCallStatus", CALL_STATUSES | {"answered"}),
        fields.optional_sid("DialCallSid", "CA"),
        fields.number("DialCallDuration", most=7 * _DAY, default=0),
    )


def call_progress(fields: Fields) -> CallProgress:
    """A status callback of a call."""
    return CallProgress(
        fields.sid("CallSid", "CA"),
        fields.word("CallStatus", CALL_STATUSES),
        fields.number("SequenceNumber", most=10_000, default=0),
        fields.time("Timestamp"),
        fields.text("Direction", longest=32, default=""),
        _caller(fields),
        fields.text("To", default=""),
        fields.optional_sid("ParentCallSid", "CA"),
        fields.optional_number("CallDuration", most=7 * _DAY),
        fields.optional("AnsweredBy", longest=32),
        fields.optional_number("SipResponseCode", most=999),
    )


def conference_moment(fields: Fields) -> ConferenceMoment:
    """A status callback of a conference."""
    reasons = ("ReasonConferenceEnded", "ReasonParticipantLeft", "Reason")
    return ConferenceMoment(
        fields.sid("ConferenceSid", "CF"),
        fields.text("FriendlyName"),
        fields.word("StatusCallbackEvent", CONFERENCE_EVENTS),
        fields.number("SequenceNumber", most=1_000_000),
        fields.time("Timestamp"),
        fields.optional_sid("CallSid", "CA"),
        fields.optional("ParticipantLabel", longest=128),
        fields.flag("Muted"),
        fields.flag("Hold"),
        fields.flag("Coaching"),
        next((reason for name in reasons if (reason := fields.optional(name))), None),
    )


def recording_moment(fields: Fields) -> RecordingMoment:
    """A status callback of a recording."""
    return RecordingMoment(
        fields.sid("RecordingSid", "RE"),
        fields.sid("CallSid", "CA") if fields.optional("CallSid") else "",
        fields.optional_sid("ConferenceSid", "CF"),
        fields.word("RecordingStatus", RECORDING_STATUSES),
        fields.optional_number("RecordingDuration", most=7 * _DAY),
        fields.text("RecordingSource", longest=64, default=""),
        fields.time("RecordingStartTime"),
        fields.optional_number("ErrorCode", most=99_999),
    )


def incoming_message(fields: Fields) -> IncomingMessage:
    """A text that came in."""
    count = fields.number("NumMedia", most=_MAX_MEDIA, default=0)
    return IncomingMessage(
        fields.sid("MessageSid", "SM", "MM"),
        fields.text("From"),
        fields.text("To"),
        fields.text("Body", longest=8000, default=""),
        fields.number("NumSegments", most=100, default=1),
        tuple(
            Medium(fields.text(f"MediaUrl{n}", longest=2000), fields.text(f"MediaContentType{n}", default=""))
            for n in range(count)
        ),
        fields.optional("OptOutType", longest=16),
        fields.optional_sid("MessagingServiceSid", "MG"),
    )


def message_progress(fields: Fields) -> MessageProgress:
    """A status callback of a text."""
    return MessageProgress(
        fields.sid("MessageSid", "SM", "MM"),
        fields.word("MessageStatus", MESSAGE_STATUSES),
        fields.text("To", default=""),
        fields.text("From", default=""),
        fields.optional_number("ErrorCode", most=99_999),
    )


def _caller(fields: Fields) -> str:
    caller = fields.text("From", default="")
    return "" if caller.lower() in ANONYMOUS else caller


def _keys(fields: Fields, name: str) -> str:
    keys = fields.text(name, longest=256, default="")
    if set(keys) - _KEYS:
        from channels.twilio.forms import BadWebhook

        raise BadWebhook(f"{name} has keys that no telephone has")
    return keys


def _share(fields: Fields, name: str) -> float | None:
    value = fields.optional(name, longest=32)
    if value is None:
        return None

    try:
        share = float(value)
    except ValueError as error:
        raise BadWebhook(f"{name} is no number from 0 to 1") from error
    if not 0 <= share <= 1:
        raise BadWebhook(f"{name} is no number from 0 to 1")
    return share
