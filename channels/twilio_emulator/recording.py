"""Recordings: of calls by the API, of what a caller leaves after a beep, of conferences."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Final

from channels.twilio_emulator.documents import Node
from channels.twilio_emulator.line import HungUp, Input, Line
from channels.twilio_emulator.model import Call, Hook, Recording
from channels.twilio_emulator.world import World, hook, rfc2822

if TYPE_CHECKING:
    from channels.twilio_emulator.interpreter import Interpreter, Next

_RATE: Final = 8000
#: Media are silence of the recording's length, up to ten minutes.
_LONGEST_MEDIA: Final = 600


def start(
    world: World, call: Call, source: str, callback: Hook, events: frozenset[str], *, channels: int = 1,
    conference: str | None = None,
) -> Recording:  # fmt: skip
    """Record `call` from now on, or the `conference` that it made start."""
    recording = Recording(
        world.sids("RE"), call.sid, world.now, source, conference, channels=channels, callback=callback, events=events
    )
    recording.running_since = world.clock.seconds
    if conference is None:
        call.recordings.append(recording)
    world.keep(world.recordings, recording.sid, recording)
    tell(world, recording)
    return recording


def pause(world: World, recording: Recording) -> None:
    _count(world, recording)
    recording.status, recording.updated = "paused", world.now


def resume(world: World, recording: Recording) -> None:
    if recording.running_since is None:
        recording.running_since = world.clock.seconds
    recording.status, recording.updated = "in-progress", world.now


def complete(world: World, recording: Recording) -> None:
    """The recording is over: complete, or absent when there is nothing in it."""
    if recording.status in ("completed", "absent"):
        return
    _count(world, recording)
    recording.status = "completed" if recording.seconds > 0 else "absent"
    recording.updated = world.now
    tell(world, recording)


def end_recordings(world: World, call: Call) -> None:
    for recording in call.recordings:
        complete(world, recording)


def tell(world: World, recording: Recording) -> None:
    """The recording's status callback, if it is one that was asked for."""
    if recording.status not in recording.events:
        return
    params = {
        "AccountSid": world.account_sid,
        "CallSid": recording.call,
        "RecordingSid": recording.sid,
        "RecordingUrl": url_of(world, recording),
        "RecordingStatus": recording.status,
        "RecordingChannels": str(recording.channels),
        "RecordingStartTime": rfc2822(recording.created),
        "RecordingSource": recording.source,
    }
    if recording.conference:
        params["ConferenceSid"] = recording.conference
    if recording.status == "completed":
        params["RecordingDuration"] = str(round(recording.seconds))
    world.webhooks.tell(recording.sid, recording.callback, params)


def url_of(world: World, recording: Recording) -> str:
    """Where Twilio says that the recording is, whatever address the emulator has."""
    return f"https://api.twilio.com/2010-04-01/Accounts/{world.account_sid}/Recordings/{recording.sid}"


def media(recording: Recording) -> bytes:
    """A WAV file of the recording's length."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(recording.channels)
        file.setsampwidth(1)
        file.setframerate(_RATE)
        seconds = min(round(recording.seconds), _LONGEST_MEDIA)
        file.writeframes(b"\x80" * (_RATE * seconds * recording.channels))
    return buffer.getvalue()


async def record(run: Interpreter, line: Line, node: Node) -> Next | None:
    """The Record verb: a beep, then what the caller says until silence, a key or the longest time."""
    world, attributes = run.world, node.attributes
    if node.flag("playBeep", True):
        line.hear("beep", "beep")
    events = node.words("recordingStatusCallbackEvent", "completed")
    recording = start(world, line.call, "RecordVerb", hook(attributes.get("recordingStatusCallback")), events)
    finishing = attributes.get("finishOnKey", "1234567890*#")
    until = world.clock.seconds + node.number("maxLength", 3600)
    pressed = ""
    try:
        while not pressed and world.clock.seconds < until:
            patience = min(node.number("timeout", 5), until - world.clock.seconds)
            given: Input | None = await line.wait(patience, listening=True)
            if given is None:
                break
            if given.kind == "keys":
                pressed = next((key for key in given.text if key in finishing), "")
    except HungUp:
        complete(world, recording)
        run.notify_action(line, node, _result(world, recording, "hangup"))
        raise
    complete(world, recording)
    if not recording.lines:
        return None  # nobody said anything: the document goes on
    return run.action(node, _result(world, recording, pressed), own=True)


def _result(world: World, recording: Recording, digits: str) -> dict[str, str]:
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": url_of(world, recording),
        "RecordingDuration": str(round(recording.seconds)),
        "Digits": digits,
    }


def _count(world: World, recording: Recording) -> None:
    if recording.running_since is not None:
        recording.seconds += world.clock.seconds - recording.running_since
        recording.running_since = None
