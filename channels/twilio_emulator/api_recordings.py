"""Recordings of the API."""

from __future__ import annotations

from typing import Any

from channels.twilio.errors import Code
from channels.twilio_emulator import recording, shapes
from channels.twilio_emulator.model import Recording
from channels.twilio_emulator.refusals import ApiError, not_found, not_in_progress
from channels.twilio_emulator.requests import Request


async def create_call_recording(request: Request) -> dict[str, Any]:
    call = request.find(request.world.calls, request.parts["CallSid"])
    if call.is_over or call.answered is None:
        raise not_in_progress("record")
    events = request.all("RecordingStatusCallbackEvent") or frozenset({"completed"})
    channels = 2 if request.one("RecordingChannels") == "dual" else 1
    made = recording.start(
        request.world, call, "StartCallRecordingAPI", request.hook("RecordingStatusCallback"), events, channels=channels
    )
    return shapes.recording(request.world, made, of_call=True)


async def list_call_recordings(request: Request) -> dict[str, Any]:
    call = request.find(request.world.calls, request.parts["CallSid"])
    found = [one for one in _kept(request) if one.call == call.sid and request.within("DateCreated", one.created)]
    return request.page("recordings", found, lambda one: shapes.recording(request.world, one, of_call=True))


async def fetch_call_recording(request: Request) -> dict[str, Any]:
    return shapes.recording(request.world, _of_call(request), of_call=True)


async def update_call_recording(request: Request) -> dict[str, Any]:
    """Pause, resume, stop; what is complete stays so."""
    world, one, status = request.world, _of_call(request), request.one("Status")
    if one.status in ("completed", "absent"):
        raise not_in_progress("update the recording")
    if status == "paused":
        recording.pause(world, one)
    elif status == "in-progress":
        recording.resume(world, one)
    else:
        recording.complete(world, one)
    return shapes.recording(world, one, of_call=True)


async def list_recordings(request: Request) -> dict[str, Any]:
    call, conference = request.one("CallSid"), request.one("ConferenceSid")
    found = [
        one
        for one in _kept(request)
        if call in ("", one.call) and conference in ("", one.conference) and request.within("DateCreated", one.created)
    ]
    return request.page("recordings", found, lambda one: shapes.recording(request.world, one))


async def fetch_recording(request: Request) -> dict[str, Any]:
    return shapes.recording(request.world, request.find(request.world.recordings, request.parts["Sid"]))


async def delete_recording(request: Request) -> None:
    one = request.find(request.world.recordings, request.parts["Sid"])
    if one.status not in ("completed", "absent"):
        raise ApiError(400, Code.INVALID_PARAMETER, "The recording is still in progress")
    del request.world.recordings[one.sid]


def _kept(request: Request) -> list[Recording]:
    return list(reversed(request.world.recordings.values()))


def _of_call(request: Request) -> Recording:
    """By identifier, or `Twilio.CURRENT` for the one that is going on."""
    call, sid = request.parts["CallSid"], request.parts["Sid"]
    if sid == "Twilio.CURRENT":
        for one in _kept(request):
            if one.call == call and one.status in ("in-progress", "paused"):
                return one
        raise not_found(request.path)
    one = request.find(request.world.recordings, sid)
    if one.call != call:
        raise not_found(request.path)
    return one
