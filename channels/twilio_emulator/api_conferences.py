"""Conferences and Participants of the API."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from channels.twilio.errors import Code
from channels.twilio_emulator import conferencing, shapes
from channels.twilio_emulator.api_calls import check_caller, configure
from channels.twilio_emulator.documents import Node
from channels.twilio_emulator.interpreter import Interpreter, inline
from channels.twilio_emulator.model import Conference, Hook, Participant
from channels.twilio_emulator.refusals import ApiError, not_found
from channels.twilio_emulator.requests import Request
from channels.twilio_emulator.telephony import new_call, place

#: API parameter → attribute of the Conference element that it stands for.
_ATTRIBUTES: Final = {
    "Muted": "muted", "Beep": "beep", "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit", "WaitUrl": "waitUrl", "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants", "ConferenceRecord": "record", "Label": "participantLabel",
    "CallSidToCoach": "coach", "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
}  # fmt: skip
_EVENTS: Final = {
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
    "ConferenceRecordingStatusCallbackEvent": "recordingStatusCallbackEvent",
}


async def list_conferences(request: Request) -> dict[str, Any]:
    name, status = request.one("FriendlyName"), request.one("Status")
    found = [
        one
        for one in reversed(request.world.conferences.values())
        if name in ("", one.name)
        and status in ("", one.status)
        and request.within("DateCreated", one.created)
        and request.within("DateUpdated", one.updated)
    ]
    return request.page("conferences", found, lambda one: shapes.conference(request.world, one))


async def fetch_conference(request: Request) -> dict[str, Any]:
    return shapes.conference(request.world, request.find(request.world.conferences, request.parts["Sid"]))


async def update_conference(request: Request) -> dict[str, Any]:
    conference = request.find(request.world.conferences, request.parts["Sid"])
    if request.one("Status"):
        conferencing.end_conference(request.world, conference, "conference-ended-via-api")
    elif request.one("AnnounceUrl"):
        conferencing.announce(Interpreter(request.world), conference, request.hook("AnnounceUrl", "AnnounceMethod"))
    return shapes.conference(request.world, conference)


async def create_participant(request: Request) -> dict[str, Any]:
    """Call somebody into a conference: the same as a call whose document dials it."""
    world = request.world
    check_caller(world, request.one("From"))
    named = request.parts["ConferenceSid"]
    conference = world.conferences.get(named) or world.conference_named(named)
    if conference.status == "completed":
        raise ApiError(400, Code.INVALID_PARAMETER, "The conference has ended")
    coached = request.one("CallSidToCoach")
    if coached and coached not in conference.participants:
        raise ApiError(400, Code.INVALID_PARAMETER, "CallSidToCoach is no participant of the conference")
    if request.flag("Coaching") and not coached:
        raise ApiError(400, Code.INVALID_PARAMETER, "CallSidToCoach is required when Coaching is true")
    call = new_call(world, request.one("To"), request.one("From"), "outbound-api")
    configure(call, request)
    participant = Participant(call.sid, world.now, request.one("Label"))
    participant.starts, participant.ends = (
        request.flag("StartConferenceOnEnter", True),
        request.flag("EndConferenceOnExit"),
    )
    participant.muted, participant.coaching, participant.coached = request.flag("Muted"), bool(coached), coached
    conference.participants[call.sid] = participant
    shape = shapes.participant(world, conference, participant)
    dial = Node("Dial", {}, "", (Node("Conference", _attributes(request), conference.name),))
    place(world, call, inline(world, (dial,)), partial(_settled, conference, participant))
    return shape


async def list_participants(request: Request) -> dict[str, Any]:
    conference = _conference(request)
    found = [
        one
        for one in conference.participants.values()
        if all(not request.has(name) or request.flag(name) == getattr(one, name.lower())
               for name in ("Muted", "Hold", "Coaching"))
    ]  # fmt: skip
    return request.page("participants", found, lambda one: shapes.participant(request.world, conference, one))


async def fetch_participant(request: Request) -> dict[str, Any]:
    conference = _conference(request)
    return shapes.participant(request.world, conference, _participant(request, conference))


async def update_participant(request: Request) -> dict[str, Any]:
    conference = _conference(request)
    participant = _participant(request, conference)
    if request.one("CallSidToCoach") and request.one("CallSidToCoach") not in conference.participants:
        raise ApiError(400, Code.INVALID_PARAMETER, "CallSidToCoach is no participant of the conference")
    if request.has("HoldUrl"):
        participant.hold_hook = Hook(request.one("HoldUrl"), request.one("HoldMethod", "GET"))
    if request.has("EndConferenceOnExit"):
        participant.ends = request.flag("EndConferenceOnExit")
    changes: dict[str, object] = {}
    for name in ("Muted", "Hold", "Coaching"):
        if request.has(name):
            changes[name.lower()] = request.flag(name)
    if request.one("CallSidToCoach"):
        changes |= {"coached": request.one("CallSidToCoach"), "coaching": True}
    conferencing.change(request.world, conference, participant, changes)
    if request.one("AnnounceUrl"):
        target = request.hook("AnnounceUrl", "AnnounceMethod")
        conferencing.announce(Interpreter(request.world), conference, target, participant.call)
    return shapes.participant(request.world, conference, participant)


async def delete_participant(request: Request) -> None:
    conference = _conference(request)
    conferencing.put_out(request.world, _participant(request, conference))


def _settled(conference: Conference, participant: Participant, answered: bool) -> None:
    """A leg that nobody answers is no participant."""
    if not answered:
        conference.participants.pop(participant.call, None)


def _conference(request: Request) -> Conference:
    """By identifier; participants of a conference that is over are no more."""
    conference = request.find(request.world.conferences, request.parts["ConferenceSid"])
    if conference.status == "completed":
        raise not_found(request.path)
    return conference


def _participant(request: Request, conference: Conference) -> Participant:
    """By the leg's identifier or the participant's label."""
    wanted = request.parts["CallSid"]
    for participant in conference.participants.values():
        if wanted in (participant.call, participant.label):
            return participant
    raise not_found(request.path)


def _attributes(request: Request) -> dict[str, str]:
    attributes = {there: request.one(here) for here, there in _ATTRIBUTES.items() if request.has(here)}
    return attributes | {
        there: " ".join(sorted(request.all(here))) for here, there in _EVENTS.items() if request.has(here)
    }
