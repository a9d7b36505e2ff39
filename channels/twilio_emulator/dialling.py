"""Dial with telephones, SIP addresses and clients: they ring together, the first to answer is connected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from channels.twilio_emulator.bridging import talk
from channels.twilio_emulator.documents import QUEUE_WAIT, Node
from channels.twilio_emulator.line import HungUp, Interrupted, Line
from channels.twilio_emulator.model import Call, Hook
from channels.twilio_emulator.recording import start
from channels.twilio_emulator.telephony import Program, hang_up, new_call, place
from channels.twilio_emulator.world import hook

if TYPE_CHECKING:
    from channels.twilio_emulator.interpreter import Interpreter, Next

_MOST: Final = 10


@dataclass(slots=True)
class _Dialled:
    """One leg being dialled: whether it answered, None while it rings."""

    call: Call
    noun: Node
    answered: bool | None = None


async def dial_legs(run: Interpreter, line: Line, node: Node) -> Next | None:
    """Ring all, connect the first; the action is told what became of it."""
    legs = [_leg(run, line, node, noun) for noun in node.children[:_MOST]]
    for leg in legs:
        place(run.world, leg.call, _connected(run, line, leg), partial(_settled, line, leg))
    line.hear("ringing", "ringing")
    try:
        answered = await _first(line, legs)
        if answered is None:
            return run.action(node, _missed(legs))
        for leg in legs:
            if leg is not answered:
                hang_up(run.world, leg.call, "canceled")
        await _talk(run, line, node, answered)
    except Interrupted as interrupted:
        if isinstance(interrupted, HungUp):
            run.notify_action(line, node, _outcome(legs))
        raise
    finally:
        for leg in legs:
            hang_up(run.world, leg.call, "completed" if leg.answered else "canceled")
    return run.action(node, _outcome(legs))


async def _first(line: Line, legs: list[_Dialled]) -> _Dialled | None:
    """The leg that answers first; None when none does."""
    while any(leg.answered is None for leg in legs):
        await line.wait(None, noting=True)
        answered = next((leg for leg in legs if leg.answered), None)
        if answered is not None:
            return answered
    return None


async def _talk(run: Interpreter, line: Line, node: Node, leg: _Dialled) -> None:
    other = run.world.lines.get(leg.call.sid)
    if other is None:
        return
    if node.attributes.get("record", "do-not-record") != "do-not-record":
        events = node.words("recordingStatusCallbackEvent", "completed")
        start(
            run.world, line.call, "DialVerb", hook(node.attributes.get("recordingStatusCallback")), events, channels=2
        )
    line.star_leaves = node.flag("hangupOnStar", False)
    try:
        await talk(line, other)
    finally:
        line.star_leaves = False


def _connected(run: Interpreter, parent: Line, leg: _Dialled) -> Program:
    """What the dialled side does once it answers: hear its whisper, tell the parent, talk."""

    async def connected(line: Line) -> None:
        url = leg.noun.attributes.get("url")
        if url:
            whisper = Hook(run.resolve(url), leg.noun.attributes.get("method", "POST"))
            await run.sub(line, whisper, {}, QUEUE_WAIT)
        leg.answered = True
        parent.note(leg)
        await talk(line, parent)

    return connected


def _settled(parent: Line, leg: _Dialled, answered: bool) -> None:
    """A leg that will not be answered any more is told at once; one that was, after its whisper."""
    if not answered:
        leg.answered = False
        parent.note(leg)


def _leg(run: Interpreter, line: Line, node: Node, noun: Node) -> _Dialled:
    to = f"client:{noun.text.removeprefix('client:')}" if noun.name == "Client" else noun.text
    caller = node.attributes.get("callerId") or (line.call.caller if line.call.direction == "inbound" else line.call.to)
    call = new_call(run.world, to, caller, "outbound-dial", line.call.sid)
    call.ring, call.longest = node.number("timeout", 30), node.number("timeLimit", 14_400)
    callback = noun.attributes.get("statusCallback")
    call.callback = hook(run.resolve(callback) if callback else "", noun.attributes.get("statusCallbackMethod"))
    call.events = noun.words("statusCallbackEvent", "completed")
    return _Dialled(call, noun)


def _missed(legs: list[_Dialled]) -> dict[str, str]:
    """The last leg's status stands for all."""
    last = legs[-1].call if legs else None
    return {"DialCallStatus": last.status if last else "failed"} | ({"DialCallSid": last.sid} if last else {})


def _outcome(legs: list[_Dialled]) -> dict[str, str]:
    leg = next((leg for leg in legs if leg.answered), None)
    if leg is None:
        return {"DialCallStatus": "canceled"}
    return {
        "DialCallStatus": "completed",
        "DialCallSid": leg.call.sid,
        "DialCallDuration": str(leg.call.duration),
        "DialBridged": "true",
    }
