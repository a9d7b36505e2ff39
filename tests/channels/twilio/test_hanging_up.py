"""A call may end at any moment, from any side: nothing stays behind, and everybody is told."""

from __future__ import annotations

from contextlib import suppress

import pytest

from channels.twilio.callbacks import call_progress
from channels.twilio_emulator.emulator import CannotDo
from channels.twilio_emulator.model import Call
from channels.voice.control import CallGone, Enqueue, Gather, Join, Play, Say
from tests.channels.twilio.centre import ANNA, BOB, CUSTOMER, OURS, Running

ROOM = "interaction-9"


def day(phones: Running) -> None:
    """The script of a call: greeted, keys, waits, talks, hears a good-bye."""
    script = phones.centre.script
    script["voice"] = lambda told: [Gather("number", (Say("Welcome to the hotline."),), most=3)]
    script["gathered:number"] = lambda told: [Say("Thank you."), Enqueue("sales", hearing="music", then="waited")]
    script["hearing:music"] = lambda told: [Play("https://sounds.example.org/a.mp3")]
    script["dialled"] = lambda told: [Say("Good-bye.")]


async def act(phones: Running, call: Call, second: int) -> None:
    """What the centre and its people do at this second of the call, if the call still is where it takes them."""
    control, emulator = phones.control, phones.emulator
    if second == 3:
        await emulator.press(call.sid, "123")
    elif second == 6:
        await control.connect_agent(ROOM, ANNA, OURS, mark="offer", label="anna")
    elif second == 11:
        await control.perform(call.sid, [Join(ROOM, then="after")])
    elif second == 13:
        await control.record(call.sid, mark="rec")
    elif second == 14:
        await control.consult(ROOM, call.sid, BOB, OURS, mark="consult", label="bob")
    elif second == 20:
        [anna] = emulator.calls_to(ANNA)
        await control.transfer(ROOM, call.sid, anna.sid)


@pytest.mark.parametrize("side", ["customer", "anna", "bob", "centre"])
@pytest.mark.parametrize("moment", [0, 3, 4, 7, 9, 11, 13, 14, 15, 18, 20])
async def test_whoever_hangs_up_and_whenever_everything_ends_and_is_told(
    phones: Running, side: str, moment: int
) -> None:
    day(phones)
    emulator, world = phones.emulator, phones.emulator.world
    call = await emulator.dial(CUSTOMER, OURS)
    for second in range(25):
        with suppress(CallGone, CannotDo):  # whoever hung up is gone; any other fault fails the test
            await act(phones, call, second)
        if second == moment:
            await hang_up(phones, call, side)
        await emulator.advance(1)
    await phones.control.hang_up(call.sid)
    await phones.control.end_conversation(ROOM)
    await emulator.advance(120)
    assert world.lines == {}
    assert all(one.is_over for one in world.calls.values())
    assert all(not queue.waiting for queue in world.queues.values())
    assert all(not one.participants for one in world.conferences.values())
    assert all(one.status in ("completed", "absent") for one in world.recordings.values())
    ends = [call_progress(told.read) for told in phones.centre.of("progress")]
    over = [one.call for one in ends if one.status in ("completed", "busy", "no-answer", "failed", "canceled")]
    assert sorted(over) == sorted(world.calls)  # each once


async def hang_up(phones: Running, call: Call, side: str) -> None:
    """`side` hangs up, if they are on a call."""
    emulator = phones.emulator
    if side == "centre":
        await phones.control.hang_up(call.sid)
        await emulator.settle()
        return
    address = {"anna": ANNA, "bob": BOB}.get(side)
    legs = [call] if address is None else emulator.calls_to(address)
    for leg in legs:
        if not leg.is_over:
            await emulator.hang_up(leg.sid)


async def test_hanging_up_twice_is_no_fault_and_other_things_say_that_the_call_is_gone(phones: Running) -> None:
    day(phones)
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.control.hang_up(call.sid)
    await phones.emulator.settle()
    await phones.control.hang_up(call.sid)
    with pytest.raises(CallGone):
        await phones.control.perform(call.sid, [Say("Hello")])
    with pytest.raises(CallGone):
        await phones.control.record(call.sid, mark="rec")
    with pytest.raises(CallGone):
        await phones.control.hold(ROOM, call.sid)
    await phones.control.end_conversation(ROOM)


async def test_a_caller_who_gives_up_before_the_answer_is_told_of(phones: Running) -> None:
    day(phones)
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.advance(5)
    await phones.emulator.hang_up(call.sid)
    [end] = [call_progress(told.read) for told in phones.centre.of("progress")]
    assert (end.call, end.status, end.duration) == (call.sid, "completed", 5)
