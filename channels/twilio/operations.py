"""The operations of Twilio's REST API (2010-04-01) that we use: path, method, parameters and their allowed values.

In our own words from the public API description. The adapter's requests are valid by this table (a test drives each),
and the emulator refuses what is not. What the description states in prose only (a message needs a sender and a content,
a call something to do) is in `one_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["text", "number", "flag", "url", "phone", "endpoint", "time", "sid"]
Method = Literal["GET", "POST", "DELETE"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: what it holds, whether it is required, the values it may take, how long or large it may be."""

    kind: Kind = "text"
    required: bool = False
    values: frozenset[str] = frozenset()
    least: int | None = None
    most: int | None = None
    #: May be given several times (an array in the API's description).
    many: bool = False
    #: May be the empty text, which for a URL means none.
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `path` is below `/2010-04-01/Accounts/{AccountSid}`, with the parts that vary in braces."""

    name: str
    method: Method
    path: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    #: One of each group must be given.
    one_of: tuple[frozenset[str], ...] = ()


def _values(*values: str, required: bool = False, many: bool = False) -> Parameter:
    return Parameter(values=frozenset(values), required=required, many=many)


_TEXT: Final = Parameter()
_NUMBER: Final = Parameter("number")
_FLAG: Final = Parameter("flag")
_URL: Final = Parameter("url")
_NO_OR_URL: Final = Parameter("url", empty=True)
_TIME: Final = Parameter("time")
_SID: Final = Parameter("sid")
_METHOD: Final = _values("GET", "POST")
_PAGING: Final = {
    "PageSize": Parameter("number", least=1, most=1000),
    "Page": Parameter("number", least=0),
    "PageToken": _TEXT,
}
_CALL_EVENTS: Final = _values("initiated", "ringing", "answered", "completed", many=True)
_RECORDING_EVENTS: Final = _values("in-progress", "completed", "absent", many=True)
_CALL_STATUSES: Final = (
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled",
)  # fmt: skip


def _when(name: str) -> dict[str, Parameter]:
    return {name: _TIME, f"{name}<": _TIME, f"{name}>": _TIME}


_RECORDING_CALLBACK: Final = {
    "RecordingStatusCallback": _URL,
    "RecordingStatusCallbackMethod": _METHOD,
    "RecordingStatusCallbackEvent": _RECORDING_EVENTS,
}
_MACHINE: Final = {
    "MachineDetection": _values("Enable", "DetectMessageEnd"),
    "MachineDetectionTimeout": Parameter("number", least=3, most=59),
    "MachineDetectionSpeechThreshold": Parameter("number", least=1000, most=6000),
    "MachineDetectionSpeechEndThreshold": Parameter("number", least=500, most=5000),
    "MachineDetectionSilenceTimeout": Parameter("number", least=2000, most=10000),
}
_CREATE_MESSAGE: Final = {
    "To": Parameter("phone", required=True),
    "From": Parameter("endpoint"),
    "MessagingServiceSid": _SID,
    "Body": _TEXT,
    "MediaUrl": Parameter("url", many=True),
    "ContentSid": _SID,
    "StatusCallback": _URL,
    "ValidityPeriod": Parameter("number", least=1, most=36_000),
    "SmartEncoded": _FLAG,
    "ProvideFeedback": _FLAG,
    "SendAt": _TIME,
    "ScheduleType": _values("fixed"),
}
_CREATE_CALL: Final = {
    "To": Parameter("endpoint", required=True),
    "From": Parameter("endpoint", required=True),
    "Url": _URL,
    "Twiml": Parameter(most=4000),
    "ApplicationSid": _SID,
    "Method": _METHOD,
    "FallbackUrl": _URL,
    "FallbackMethod": _METHOD,
    "StatusCallback": _URL,
    "StatusCallbackMethod": _METHOD,
    "StatusCallbackEvent": _CALL_EVENTS,
    "SendDigits": _TEXT,
    "Timeout": Parameter("number", least=1, most=600),
    "TimeLimit": Parameter("number", least=1, most=86_400),
    "Record": _FLAG,
    "RecordingChannels": _values("mono", "dual"),
    **_RECORDING_CALLBACK,
    "AsyncAmd": _FLAG,
    "AsyncAmdStatusCallback": _URL,
    "AsyncAmdStatusCallbackMethod": _METHOD,
    "CallReason": _TEXT,
    "CallerId": _TEXT,
    "SipAuthUsername": _TEXT,
    "SipAuthPassword": _TEXT,
    **_MACHINE,
}
_UPDATE_CALL: Final = {
    "Url": _URL,
    "Method": _METHOD,
    "Twiml": Parameter(most=4000),
    "Status": _values("canceled", "completed"),
    "FallbackUrl": _URL,
    "FallbackMethod": _METHOD,
    "StatusCallback": _URL,
    "StatusCallbackMethod": _METHOD,
    "TimeLimit": Parameter("number", least=1, most=86_400),
}
_CREATE_PARTICIPANT: Final = {
    "From": Parameter("endpoint", required=True),
    "To": Parameter("endpoint", required=True),
    "StatusCallback": _URL,
    "StatusCallbackMethod": _METHOD,
    "StatusCallbackEvent": _CALL_EVENTS,
    "Label": Parameter(most=128),
    "Timeout": Parameter("number", least=5, most=600),
    "TimeLimit": Parameter("number", least=1, most=86_400),
    "Record": _FLAG,
    "Muted": _FLAG,
    "Beep": _values("true", "false", "onEnter", "onExit"),
    "StartConferenceOnEnter": _FLAG,
    "EndConferenceOnExit": _FLAG,
    "WaitUrl": _NO_OR_URL,
    "WaitMethod": _METHOD,
    "EarlyMedia": _FLAG,
    "MaxParticipants": Parameter("number", least=2, most=250),
    "ConferenceRecord": _values("true", "false", "record-from-start", "do-not-record"),
    "ConferenceStatusCallback": _URL,
    "ConferenceStatusCallbackMethod": _METHOD,
    "ConferenceStatusCallbackEvent": _values(
        "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement", many=True
    ),
    "ConferenceRecordingStatusCallback": _URL,
    "ConferenceRecordingStatusCallbackMethod": _METHOD,
    "ConferenceRecordingStatusCallbackEvent": _RECORDING_EVENTS,
    "RecordingChannels": _values("mono", "dual"),
    **_RECORDING_CALLBACK,
    "SipAuthUsername": _TEXT,
    "SipAuthPassword": _TEXT,
    "Coaching": _FLAG,
    "CallSidToCoach": _SID,
    "CallerId": _TEXT,
    "CallReason": _TEXT,
    **_MACHINE,
}
_UPDATE_PARTICIPANT: Final = {
    "Muted": _FLAG,
    "Hold": _FLAG,
    "HoldUrl": _NO_OR_URL,
    "HoldMethod": _METHOD,
    "AnnounceUrl": _NO_OR_URL,
    "AnnounceMethod": _METHOD,
    "WaitUrl": _NO_OR_URL,
    "WaitMethod": _METHOD,
    "BeepOnExit": _FLAG,
    "EndConferenceOnExit": _FLAG,
    "Coaching": _FLAG,
    "CallSidToCoach": _SID,
}
_UPDATE_CONFERENCE: Final = {"Status": _values("completed"), "AnnounceUrl": _URL, "AnnounceMethod": _METHOD}
_CREATE_RECORDING: Final = {
    **_RECORDING_CALLBACK,
    "Trim": _values("trim-silence", "do-not-trim"),
    "RecordingChannels": _values("mono", "dual"),
    "RecordingTrack": _values("inbound", "outbound", "both"),
}
_UPDATE_RECORDING: Final = {
    "Status": _values("in-progress", "paused", "stopped", required=True),
    "PauseBehavior": _values("skip", "silence"),
}
_LIST_RECORDINGS: Final = {
    **_when("DateCreated"), "CallSid": _SID, "ConferenceSid": _SID, "IncludeSoftDeleted": _FLAG, **_PAGING,
}  # fmt: skip
_UPDATE_NUMBER: Final = {
    "FriendlyName": _TEXT,
    "VoiceUrl": _NO_OR_URL,
    "VoiceMethod": _METHOD,
    "VoiceFallbackUrl": _NO_OR_URL,
    "VoiceFallbackMethod": _METHOD,
    "StatusCallback": _NO_OR_URL,
    "StatusCallbackMethod": _METHOD,
    "SmsUrl": _NO_OR_URL,
    "SmsMethod": _METHOD,
    "SmsFallbackUrl": _NO_OR_URL,
    "SmsFallbackMethod": _METHOD,
    "VoiceReceiveMode": _values("voice", "fax"),
}
_LIST_CALLS: Final = {
    "To": _TEXT, "From": _TEXT, "ParentCallSid": _SID, "Status": _values(*_CALL_STATUSES),
    **_when("StartTime"), **_when("EndTime"), **_PAGING,
}  # fmt: skip
_LIST_CONFERENCES: Final = {
    **_when("DateCreated"), **_when("DateUpdated"), "FriendlyName": _TEXT,
    "Status": _values("init", "in-progress", "completed"), **_PAGING,
}  # fmt: skip
_LIST_NUMBERS: Final = {"Beta": _FLAG, "FriendlyName": _TEXT, "PhoneNumber": _TEXT, "Origin": _TEXT, **_PAGING}
_SOMETHING_TO_DO: Final = (frozenset({"Url", "Twiml", "ApplicationSid"}),)
_SOMETHING_TO_SEND: Final = (
    frozenset({"From", "MessagingServiceSid"}),
    frozenset({"Body", "MediaUrl", "ContentSid"}),
)

_CONFERENCE: Final = "/Conferences/{ConferenceSid}"
_PARTICIPANT: Final = _CONFERENCE + "/Participants/{CallSid}.json"
_CALL_RECORDINGS: Final = "/Calls/{CallSid}/Recordings"

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("CreateMessage", "POST", "/Messages.json", _CREATE_MESSAGE, _SOMETHING_TO_SEND),
    Operation("ListMessage", "GET", "/Messages.json", {"To": _TEXT, "From": _TEXT, **_when("DateSent"), **_PAGING}),
    Operation("FetchMessage", "GET", "/Messages/{Sid}.json"),
    Operation("CreateCall", "POST", "/Calls.json", _CREATE_CALL, _SOMETHING_TO_DO),
    Operation("ListCall", "GET", "/Calls.json", _LIST_CALLS),
    Operation("FetchCall", "GET", "/Calls/{Sid}.json"),
    Operation("UpdateCall", "POST", "/Calls/{Sid}.json", _UPDATE_CALL),
    Operation("ListConference", "GET", "/Conferences.json", _LIST_CONFERENCES),
    Operation("FetchConference", "GET", "/Conferences/{Sid}.json"),
    Operation("UpdateConference", "POST", "/Conferences/{Sid}.json", _UPDATE_CONFERENCE),
    Operation("CreateParticipant", "POST", _CONFERENCE + "/Participants.json", _CREATE_PARTICIPANT),
    Operation(
        "ListParticipant", "GET", _CONFERENCE + "/Participants.json",
        {"Muted": _FLAG, "Hold": _FLAG, "Coaching": _FLAG, **_PAGING},
    ),
    Operation("FetchParticipant", "GET", _PARTICIPANT),
    Operation("UpdateParticipant", "POST", _PARTICIPANT, _UPDATE_PARTICIPANT),
    Operation("DeleteParticipant", "DELETE", _PARTICIPANT),
    Operation("CreateCallRecording", "POST", _CALL_RECORDINGS + ".json", _CREATE_RECORDING),
    Operation("ListCallRecording", "GET", _CALL_RECORDINGS + ".json", {**_when("DateCreated"), **_PAGING}),
    Operation("FetchCallRecording", "GET", _CALL_RECORDINGS + "/{Sid}.json"),
    Operation("UpdateCallRecording", "POST", _CALL_RECORDINGS + "/{Sid}.json", _UPDATE_RECORDING),
    Operation("ListRecording", "GET", "/Recordings.json", _LIST_RECORDINGS),
    Operation("FetchRecording", "GET", "/Recordings/{Sid}.json", {"IncludeSoftDeleted": _FLAG}),
    Operation("DeleteRecording", "DELETE", "/Recordings/{Sid}.json"),
    Operation("ListIncomingPhoneNumber", "GET", "/IncomingPhoneNumbers.json", _LIST_NUMBERS),
    Operation("FetchIncomingPhoneNumber", "GET", "/IncomingPhoneNumbers/{Sid}.json"),
    Operation("UpdateIncomingPhoneNumber", "POST", "/IncomingPhoneNumbers/{Sid}.json", _UPDATE_NUMBER),
)  # fmt: skip
