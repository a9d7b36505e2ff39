"""Messages that callers leave: work of their own, with their sound."""

from __future__ import annotations

from pathlib import Path

from channels.twilio_emulator.faults import Fault
from domain.centre.hours import Hours
from domain.interaction.events import InteractionClosed, InteractionQueued
from domain.voice.events import CallStarted, LineFreed, MessageLeft, MessageStored
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, hotline


async def test_a_caller_sent_to_voicemail_leaves_a_message_that_becomes_work_with_its_sound(tmp_path: Path) -> None:
    closed = project(ALWAYS, "wait", hours="office", closed={"then": "voicemail"})
    closed = closed.model_copy(update={"hours": {"office": Hours(weekly={})}})
    async with hotline(tmp_path, closed) as line:
        call = await line.emulator.dial(CALLER, LINE)
        await line.hears(call, "Speak")
        await line.hears(call, "beep")
        await line.emulator.say(call.sid, "Please send me raspberries")
        await line.hears(call, "Thank you. Your message has been taken.")
        left = await line.until(MessageLeft)
        assert left.queue == "orders"
        stored = await line.until(MessageStored)
        assert await line.stores.blobs.get(stored.customer_id, stored.reference)
        work = [one for one in await line.events(InteractionQueued) if one.channel == "callback"]
        assert len(work) == 1
        await line.over(call)


async def test_a_caller_who_hangs_up_after_speaking_has_left_the_message(tmp_path: Path) -> None:
    async with hotline(tmp_path, project(ALWAYS, "message")) as line:
        call = await line.emulator.dial(CALLER, LINE)
        await line.hears(call, "beep")
        await line.emulator.say(call.sid, "Please send me raspberries")
        await line.emulator.advance(3)
        await line.emulator.hang_up(call.sid)
        await line.until(MessageStored)
        await line.until(LineFreed)
        assert len(await line.events(MessageLeft)) == 1


async def test_a_message_told_of_after_the_hang_up_is_work_of_its_own_and_so_is_its_sound(tmp_path: Path) -> None:
    async with hotline(tmp_path, project(ALWAYS, "message")) as line:
        call = await line.emulator.dial(CALLER, LINE)
        await line.hears(call, "beep")
        await line.emulator.say(call.sid, "Please send me raspberries")
        await line.emulator.advance(3)
        line.emulator.fault(Fault("webhook", "late", "recorded", seconds=10, times=5))
        await line.emulator.hang_up(call.sid)
        await line.until(InteractionClosed)
        stored, left = await line.until(MessageStored), await line.until(MessageLeft)
        (started,) = await line.events(CallStarted)
        assert left.interaction_id != started.interaction_id
        assert stored.interaction_id == left.interaction_id
