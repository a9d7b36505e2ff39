"""Webhooks read: what Twilio tells becomes a small record, what is none of Twilio's is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio import callbacks
from channels.twilio.forms import MAX_BODY, BadWebhook, Fields, fields_of

CALL, CHILD, ROOM = "CA" + "1" * 32, "CA" + "2" * 32, "CF" + "3" * 32
TEXT, RECORDING = "SM" + "4" * 32, "RE" + "5" * 32
ENDED = {"CallSid": CALL, "CallStatus": "completed"}
READERS = (
    callbacks.call_request,
    callbacks.gathered,
    callbacks.queue_moment,
    callbacks.dial_ended,
    callbacks.call_progress,
    callbacks.conference_moment,
    callbacks.recording_moment,
    callbacks.incoming_message,
    callbacks.message_progress,
)


def fields(**given: Any) -> Fields:
    return Fields({name: [str(value)] for name, value in given.items()})


def test_a_call_that_comes_in_is_read() -> None:
    read = callbacks.call_request(
        fields(CallSid=CALL, CallStatus="ringing", Direction="inbound", From="+48601234567", To="+48221234567")
    )
    assert (read.caller, read.called, read.error) == ("+48601234567", "+48221234567", None)
    assert read.once == f"twilio:{CALL}:begun"


@pytest.mark.parametrize("caller", ["anonymous", "Restricted", "+266696687", "+7378742833", ""])
def test_a_withheld_number_is_no_number(caller: str) -> None:
    read = callbacks.call_request(fields(CallSid=CALL, CallStatus="ringing", From=caller, To="+48221234567"))
    assert read.caller == ""


def test_a_calls_status_is_told_once_per_sequence_number() -> None:
    def told(sequence: int) -> str:
        return callbacks.call_progress(fields(CallSid=CALL, CallStatus="ringing", SequenceNumber=sequence)).once

    assert told(1) == told(1) != told(2)


def test_a_calls_end_bears_its_time_and_duration() -> None:
    read = callbacks.call_progress(
        fields(
            CallSid=CALL, CallStatus="completed", SequenceNumber=3, CallDuration=61, ParentCallSid=CHILD,
            Timestamp="Mon, 05 Jan 2026 08:00:00 +0000",
        )
    )  # fmt: skip
    assert (read.at, read.duration, read.parent) == (datetime(2026, 1, 5, 8, tzinfo=UTC), 61, CHILD)


def test_a_conferences_moments_are_told_once_per_sequence_number() -> None:
    read = callbacks.conference_moment(
        fields(
            ConferenceSid=ROOM, FriendlyName="interaction-1", StatusCallbackEvent="participant-leave", SequenceNumber=4,
            CallSid=CALL, Hold="true", Muted="false", ReasonParticipantLeft="participant_hung_up",
        )
    )  # fmt: skip
    assert (read.once, read.on_hold, read.muted, read.reason) == (
        f"twilio:{ROOM}:4",
        True,
        False,
        "participant_hung_up",
    )


def test_a_recording_is_told_once_per_state() -> None:
    read = callbacks.recording_moment(
        fields(RecordingSid=RECORDING, CallSid=CALL, RecordingStatus="completed", RecordingDuration=12)
    )
    assert (read.once, read.duration) == (f"twilio:{RECORDING}:completed", 12)


def test_a_text_with_media_is_read_with_all_of_them() -> None:
    read = callbacks.incoming_message(
        fields(
            MessageSid=TEXT, From="+48601234567", To="+48221234567", Body="zażółć", NumMedia=2, NumSegments=1,
            MediaUrl0="https://m.example.org/0", MediaContentType0="image/png",
            MediaUrl1="https://m.example.org/1", MediaContentType1="image/jpeg",
        )
    )  # fmt: skip
    assert [one.content_type for one in read.media] == ["image/png", "image/jpeg"]
    assert (read.body, read.once) == ("zażółć", f"twilio:{TEXT}")


def test_a_late_status_of_a_text_is_known_by_its_rank() -> None:
    statuses = ["queued", "sending", "sent", "delivered"]
    ranks = [callbacks.message_progress(fields(MessageSid=TEXT, MessageStatus=one)).rank for one in statuses]
    assert ranks == sorted(set(ranks))


def test_keys_speech_and_nothing_are_told_apart() -> None:
    assert callbacks.gathered(fields(CallSid=CALL, Digits="12", FinishedOnKey="#")).digits == "12"
    spoken = callbacks.gathered(fields(CallSid=CALL, SpeechResult="yes", Confidence="0.93"))
    assert (spoken.digits, spoken.speech, spoken.confidence) == ("", "yes", 0.93)
    nothing = callbacks.gathered(fields(CallSid=CALL))
    assert (nothing.digits, nothing.speech, nothing.confidence) == ("", "", None)


@pytest.mark.parametrize(
    ("read", "given", "why"),
    [
        (callbacks.call_request, {"CallStatus": "ringing"}, "CallSid is missing"),
        (callbacks.call_request, {"CallSid": "CA1", "CallStatus": "ringing"}, "CallSid is no identifier"),
        (callbacks.call_request, {"CallSid": TEXT, "CallStatus": "ringing"}, "CallSid is no identifier CA"),
        (callbacks.call_request, {"CallSid": CALL, "CallStatus": "sleeping"}, "CallStatus is none of"),
        (callbacks.call_request, {"CallSid": CALL, "CallStatus": "ringing", "From": "1" * 300}, "From is longer"),
        (callbacks.call_progress, ENDED | {"SequenceNumber": "-1"}, "SequenceNumber"),
        (callbacks.call_progress, ENDED | {"SequenceNumber": "²"}, "SequenceNumber"),
        (callbacks.call_progress, ENDED | {"Timestamp": "soon"}, "Timestamp"),
        (callbacks.call_progress, ENDED | {"CallDuration": "9" * 9}, "CallDuration"),
        (callbacks.gathered, {"CallSid": CALL, "Digits": "12;DROP"}, "Digits has keys"),
        (callbacks.gathered, {"CallSid": CALL, "SpeechResult": "a\x00b"}, "SpeechResult has a character"),
        (callbacks.gathered, {"CallSid": CALL, "SpeechResult": "x", "Confidence": "nan"}, "Confidence"),
        (callbacks.incoming_message, {"MessageSid": TEXT, "From": "+1", "To": "+2", "NumMedia": "11"}, "NumMedia"),
        (callbacks.incoming_message, {"MessageSid": TEXT, "From": "+1", "To": "+2", "NumMedia": "1"}, "MediaUrl0"),
        (callbacks.message_progress, {"MessageSid": TEXT, "MessageStatus": "lost"}, "MessageStatus is none of"),
        (callbacks.recording_moment, {"RecordingSid": RECORDING, "RecordingStatus": "rotten"}, "RecordingStatus"),
        (callbacks.conference_moment, {"ConferenceSid": ROOM, "FriendlyName": "x",
                                       "StatusCallbackEvent": "participant-join"}, "SequenceNumber"),
    ],
)  # fmt: skip
def test_what_is_none_of_twilios_is_refused_with_the_fields_name(read: Any, given: dict[str, str], why: str) -> None:
    with pytest.raises(BadWebhook, match=why):
        read(fields(**given))


def test_a_field_given_twice_is_refused() -> None:
    with pytest.raises(BadWebhook, match="CallSid was given 2 times"):
        callbacks.gathered(Fields({"CallSid": [CALL, CALL]}))


@pytest.mark.parametrize("body", [b"\xff=\xfe", b"a=%ff%fe", b"x" * (MAX_BODY + 1), b"&".join([b"a=1"] * 500)])
def test_a_body_that_is_no_form_or_too_large_is_refused(body: bytes) -> None:
    with pytest.raises(BadWebhook):
        fields_of(body)


NAMES = ["CallSid", "CallStatus", "From", "To", "Digits", "SequenceNumber", "Timestamp", "ConferenceSid", "MessageSid",
         "RecordingSid", "RecordingStatus", "MessageStatus", "NumMedia", "StatusCallbackEvent", "FriendlyName",
         "DialCallStatus", "QueueResult", "Confidence", "SpeechResult", "CallDuration"]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40), st.sampled_from([CALL, ROOM, TEXT, RECORDING, "ringing", "completed", "1", ""])
)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, max_size=2), max_size=12))
def test_no_webhook_whatever_raises_anything_else(given: dict[str, list[str]]) -> None:
    for read in READERS:
        try:
            read(Fields(given))
        except BadWebhook as refused:
            assert str(refused).split()[0] in {*NAMES, "MediaUrl0"}  # noqa: PT017 - it names a field


@given(st.binary(max_size=200), st.text(max_size=50))
def test_no_bytes_whatever_raise_anything_else(body: bytes, query: str) -> None:
    try:
        given = fields_of(body, query)
    except BadWebhook:
        return
    assert all(values for values in given.values())
