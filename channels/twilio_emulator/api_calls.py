"""Calls of the API."""

from __future__ import annotations

from typing import Any

from channels.twilio.errors import Code
from channels.twilio_emulator import recording, shapes
from channels.twilio_emulator.documents import BadDocument, Node, read
from channels.twilio_emulator.interpreter import Next, inline, program
from channels.twilio_emulator.line import Redirected
from channels.twilio_emulator.model import Call
from channels.twilio_emulator.refusals import ApiError, not_in_progress
from channels.twilio_emulator.requests import Request
from channels.twilio_emulator.telephony import Program, hang_up, new_call, place
from channels.twilio_emulator.world import World


async def create_call(request: Request) -> dict[str, Any]:
    world = request.world
    check_caller(world, request.one("From"))
    run = _program(request)
    call = new_call(world, request.one("To"), request.one("From"), "outbound-api")
    configure(call, request)
    call.fallback = request.hook("FallbackUrl", "FallbackMethod")
    call.async_detect = request.hook("AsyncAmdStatusCallback") if request.flag("AsyncAmd") else None
    shape = shapes.call(world, call)
    place(world, call, _recorded(request, run) if request.flag("Record") else run)
    return shape


def check_caller(world: World, caller: str) -> None:
    """Only the account's numbers (and its clients and SIP users) may call."""
    if caller.startswith("+") and world.own(caller) is None:
        raise ApiError(
            400, Code.CALLER_NOT_OURS, "The source phone number provided is not yet verified for your account."
        )


def configure(call: Call, request: Request) -> None:
    """What an API request says of a leg that it calls."""
    call.callback = request.hook("StatusCallback")
    call.events = request.all("StatusCallbackEvent") or frozenset({"completed"})
    # Twilio adds five seconds to the time that it lets a call ring
    call.ring = request.number("Timeout", 60) + 5
    call.longest = request.number("TimeLimit", 14_400)
    call.detect = request.one("MachineDetection")


async def list_calls(request: Request) -> dict[str, Any]:
    one = request.one
    wanted = (("To", "to"), ("From", "caller"), ("Status", "status"), ("ParentCallSid", "parent"))
    found = [
        call
        for call in reversed(request.world.calls.values())
        if all(one(name) in ("", getattr(call, attribute)) for name, attribute in wanted)
        and request.within("StartTime", call.started)
        and request.within("EndTime", call.ended)
    ]
    return request.page("calls", found, lambda call: shapes.call(request.world, call))


async def fetch_call(request: Request) -> dict[str, Any]:
    return shapes.call(request.world, request.find(request.world.calls, request.parts["Sid"]))


async def update_call(request: Request) -> dict[str, Any]:
    """Redirect, end or cancel; a call that is over is not changed."""
    world = request.world
    call = request.find(world.calls, request.parts["Sid"])
    if call.is_over:
        raise not_in_progress("redirect")
    if request.has("StatusCallback"):
        call.callback = request.hook("StatusCallback")
    status = request.one("Status")
    if status:
        _end(world, call, status)
    elif request.one("Url") or request.one("Twiml"):
        _redirect(request, call)
    shape = shapes.call(world, call)
    return shape | ({"status": "completed"} if status == "completed" else {})


def _end(world: World, call: Call, status: str) -> None:
    if status == "canceled" and call.answered is not None:
        return  # Twilio leaves an answered call alone
    hang_up(world, call, "completed" if call.answered is not None else "canceled")


def _redirect(request: Request, call: Call) -> None:
    if call.answered is None:
        raise not_in_progress("redirect")
    line = request.world.lines[call.sid]
    if request.has("FallbackUrl"):
        call.fallback = request.hook("FallbackUrl", "FallbackMethod")
    nodes = _nodes(request) if request.one("Twiml") else None
    line.interrupt(Redirected(request.one("Url"), request.one("Method", "POST"), nodes))


def _program(request: Request) -> Program:
    if request.one("Twiml"):
        return inline(request.world, _nodes(request))
    if not request.one("Url"):
        raise ApiError(400, Code.CALL_URL_INVALID, "This emulator knows no applications: give a Url.")
    fallback = request.hook("FallbackUrl", "FallbackMethod")
    return program(request.world, Next(request.one("Url"), request.one("Method", "POST"), fallback=fallback))


def _nodes(request: Request) -> tuple[Node, ...]:
    try:
        return read(request.one("Twiml")).nodes
    except BadDocument as bad:
        raise ApiError(400, bad.code, str(bad)) from bad


def _recorded(request: Request, run: Program) -> Program:
    """The program of a call that is recorded from when it is answered."""
    callback, events = request.hook("RecordingStatusCallback"), request.all("RecordingStatusCallbackEvent")
    channels = 2 if request.one("RecordingChannels") == "dual" else 1

    async def recorded(line: Any) -> None:
        wanted = events or frozenset({"completed"})
        recording.start(request.world, line.call, "OutboundAPI", callback, wanted, channels=channels)
        await run(line)

    return recorded
