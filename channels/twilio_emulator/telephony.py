"""Calls begin, are answered by whoever is declared to, and end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from channels.twilio_emulator.line import HungUp, Line, Redirected
from channels.twilio_emulator.model import Call
from channels.twilio_emulator.recording import end_recordings
from channels.twilio_emulator.world import World, hook

Program = Callable[[Line], Awaitable[None]]
#: From the request to the first ring, in seconds.
_SETTING_UP: Final = 1.0
#: How long a machine detection listens, in seconds.
_DETECTING: Final = 4.0
#: What a person's own line is told when they pick up.
ANSWERED: Final = "answered"
_ENDS_AS: Final = {"busy": "busy", "rejects": "busy", "fails": "failed"}


def new_call(world: World, to: str, caller: str, direction: str, parent: str | None = None) -> Call:
    """A call that does not ring yet."""
    sid = world.sids("CA")
    call = Call(sid, to, caller, direction, world.now, world.now, parent=parent)
    world.lines[sid] = Line(world.clock, call)
    return world.keep(world.calls, sid, call)


def place(world: World, call: Call, program: Program, settled: Callable[[bool], None] | None = None) -> None:
    """Let an outbound call ring; answered, it runs `program`. `settled` is told whether it was answered."""
    world.clock.spawn(_placed(world, call, program, settled))


async def _placed(world: World, call: Call, program: Program, settled: Callable[[bool], None] | None) -> None:
    line = world.lines[call.sid]
    answered = False
    try:
        await _ring(world, line)
        answered = True
        _take(world, call)
        world.tell_of_call(call, "answered")
        if settled is not None:
            settled(True)
        _plan_end(world, line)
        await _lived(world, line, program)
    except HungUp as over:
        status = over.status
        if not answered and status == "completed":
            status = "canceled"
        end(world, call, status)
        if settled is not None and not answered:
            settled(False)


async def _lived(world: World, line: Line, program: Program) -> None:
    """An answered call until its documents are at an end. Raises `HungUp`."""
    try:
        await _detect(world, line)
        await program(line)
        line.check()
    except Redirected as redirected:
        await world.taken_over(redirected)(line)
        line.check()
    end(world, line.call, "completed")


async def inbound(world: World, call: Call, program: Program) -> None:
    """Run an inbound call's `program`, which takes the call, unless it refuses it."""
    line = world.lines[call.sid]
    try:
        await program(line)
        line.check()
        end(world, call, "completed")
    except HungUp as over:
        end(world, call, "no-answer" if call.answered is None and over.status == "completed" else over.status)


def take(world: World, call: Call) -> None:
    """The call is answered; nothing if it already was."""
    if call.answered is None and not call.is_over:
        _take(world, call)
        _plan_end(world, world.lines[call.sid])


def hang_up(world: World, call: Call, status: str = "completed") -> bool:
    """Somebody hangs up. Returns whether there was anything to end."""
    line = world.lines.get(call.sid)
    if line is None or call.is_over:
        return False
    line.interrupt(HungUp(status))
    return True


def end(world: World, call: Call, status: str) -> None:
    """The call is over: told once."""
    if call.is_over:
        return
    call.status, call.ended, call.updated = status, world.now, world.now
    line = world.lines.pop(call.sid, None)
    if line is not None:
        line.relay = None
    end_recordings(world, call)
    world.tell_of_call(call, "completed")


async def _ring(world: World, line: Line) -> None:
    """Until the call is answered. Raises `HungUp` when it is not."""
    call, person = line.call, world.person(line.call.to)
    await line.wait(0)
    call.started = world.now
    world.tell_of_call(call, "initiated")
    await line.wait(_SETTING_UP)
    if person.manner == "fails":
        raise HungUp("failed")
    call.status = "ringing"
    world.tell_of_call(call, "ringing")
    if person.manner == "person":
        if await line.wait(call.ring, noting=True) != ANSWERED:
            raise HungUp("no-answer")
    elif person.manner == "no-answer" or person.after > call.ring:
        await line.wait(call.ring)
        raise HungUp("no-answer")
    else:
        await line.wait(person.after)
        if person.manner in _ENDS_AS:
            raise HungUp(_ENDS_AS[person.manner])


def _take(world: World, call: Call) -> None:
    call.status, call.answered, call.updated = "in-progress", world.now, world.now
    call.started = call.started or world.now


def _plan_end(world: World, line: Line) -> None:
    """The longest a call may last, and those who hang up by themselves."""
    call, person = line.call, world.person(line.call.to)
    world.clock.after(call.longest, lambda: line.interrupt(HungUp()))
    if person.talks is not None and call.direction != "inbound":
        world.clock.after(person.talks, lambda: line.interrupt(HungUp()))


async def _detect(world: World, line: Line) -> None:
    """Machine detection: before the document is asked for, or beside it (AsyncAmd)."""
    call, person = line.call, world.person(line.call.to)
    if not call.detect:
        return
    verdict = person.machine if person.manner == "machine" else "human"
    if call.detect == "DetectMessageEnd" and verdict == "machine_start":
        verdict = "machine_end_beep"
    if call.async_detect is not None:
        target = call.async_detect

        def tell() -> None:
            call.answered_by = verdict
            params = {"AccountSid": world.account_sid, "CallSid": call.sid, "AnsweredBy": verdict,
                      "MachineDetectionDuration": str(int(_DETECTING * 1000))}  # fmt: skip
            world.webhooks.tell(call.sid, hook(target.url, target.method), params)

        world.clock.after(_DETECTING, tell)
        return
    await line.wait(_DETECTING)
    call.answered_by = verdict
