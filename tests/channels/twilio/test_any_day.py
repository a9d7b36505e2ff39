"""Days in which anybody does anything at any time: nothing breaks, nothing stays behind, everybody is told."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from channels.twilio.callbacks import call_progress, conference_moment
from channels.twilio_emulator.emulator import CannotDo
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Person
from channels.voice.control import CallRefused, Enqueue, Forward, Gather, Join, Play, Presence, Say, Voicemail
from tests.channels.twilio.centre import ANNA, BOB, CUSTOMER, OURS, Running

ROOMS = ("room-1", "room-2")
CALLERS = (CUSTOMER, "+48601000002", "")
MANNERS = ("answers", "answers", "answers", "busy", "no-answer", "machine", "rejects", "fails")
DIAL_QUEUE = "<Response><Dial><Queue>sales</Queue></Dial></Response>"
OVER = {"completed", "busy", "no-answer", "failed", "canceled"}


class Day:
    """What may happen, drawn by one seeded generator."""

    def __init__(self, phones: Running, seed: int) -> None:
        self.phones, self.draw = phones, random.Random(seed)
        script = phones.centre.script
        script["voice"] = lambda told: [Gather("menu", (Say("Welcome to the hotline."),), most=1, speech=True)]
        script["gathered"] = lambda told: [self.draw.choice(
            [Enqueue("sales", hearing="music", then="left"), Voicemail("mail"), Forward(BOB, OURS, then="f", ring=10),
             Join(self.draw.choice(ROOMS), then="after", ends=self.draw.random() < 0.5)])]  # fmt: skip
        script["hearing"] = lambda told: [Play("https://sounds.example.org/a.mp3")]
        script["dialled"] = script["queue"] = script["recorded"] = lambda told: [Say("Good-bye.")]

    async def go(self, steps: int) -> None:
        for _ in range(steps):
            # who was hung up on, or does what cannot be done, is told so; anything else fails the test
            with suppress(CallRefused, CannotDo):
                await self.draw.choice(self.deeds())()
            await self.phones.emulator.advance(self.draw.choice((0, 0.5, 1, 2, 5)))

    def leg(self) -> str:
        """Some leg, more often one that is going on."""
        world = self.phones.emulator.world
        going_on = list(world.lines) or list(world.calls) or ["CA" + "0" * 32]
        return self.draw.choice(going_on)

    def deeds(self) -> list[Callable[[], Awaitable[object]]]:
        emulator, control, draw = self.phones.emulator, self.phones.control, self.draw
        room, leg, other = draw.choice(ROOMS), self.leg(), self.leg()
        agent = draw.choice((ANNA, BOB))
        presence: Presence = draw.choice(("listening", "whispering", "joined"))
        recording = next(iter(reversed(emulator.world.recordings)), "RE" + "0" * 32)

        async def declare() -> None:
            emulator.declare(agent, Person(draw.choice(MANNERS), after=draw.choice((0, 2, 8))))

        async def fault() -> None:
            kind = draw.choice(("duplicate", "late", "lose"))
            emulator.fault(Fault("webhook", kind, "/conference", seconds=3))

        return [
            lambda: emulator.dial(draw.choice(CALLERS), OURS),
            lambda: emulator.dial(draw.choice(CALLERS), OURS),
            lambda: emulator.press(leg, draw.choice("12*#")),
            lambda: emulator.press(leg, "1"),
            lambda: emulator.say(leg, "hello"),
            lambda: emulator.hang_up(leg),
            lambda: control.hang_up(leg),
            lambda: control.connect_agent(room, agent, OURS, mark="m", label=f"agent-{draw.randrange(99)}"),
            lambda: control.perform(leg, [Join(room, then="after", ends=draw.random() < 0.5)]),
            lambda: control.perform(leg, [Say("One moment."), Enqueue("sales", hearing="music", then="left")]),
            lambda: control.perform(leg, [Forward(agent, OURS, then="f", ring=10)]),
            lambda: control.hold(room, leg),
            lambda: control.resume(room, leg),
            lambda: control.consult(room, leg, agent, OURS, mark="m", label="third"),
            lambda: control.end_consult(room, leg, other),
            lambda: control.transfer(room, leg, other),
            lambda: control.supervise(room, "client:boss", OURS, leg, mark="s", presence=presence),
            lambda: control.change_presence(room, leg, other, presence),
            lambda: control.record(leg, mark="r"),
            lambda: control.pause_recording(leg, recording),
            lambda: control.resume_recording(leg, recording),
            lambda: control.end_conversation(room),
            lambda: self.phones.rest.create_call(agent, OURS, twiml=DIAL_QUEUE),
            declare,
            fault,
        ]  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 9))
async def test_whatever_happens_on_a_day_everything_ends_and_is_told(
    phones: Running, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    await Day(phones, seed).go(60)
    emulator, world = phones.emulator, phones.emulator.world
    world.faults.clear()
    for sid in list(world.lines):
        with suppress(CallRefused):
            await phones.control.hang_up(sid)
    await emulator.advance(200)
    assert [one.getMessage() for one in caplog.records] == []
    assert world.lines == {}
    assert all(not queue.waiting for queue in world.queues.values())
    assert all(not one.participants for one in world.conferences.values())
    assert all(one.status in ("completed", "absent") for one in world.recordings.values())
    # every leg's end is told once; legs that a document dialled and conferences are told where they asked for it
    ends = [one for told in phones.centre.of("progress") if (one := call_progress(told.read)).status in OVER]
    assert len({one.call for one in ends}) == len(ends)
    assert {one.call for one in ends} >= {call.sid for call in world.calls.values() if call.direction == "inbound"}
    sequences: dict[str, list[int]] = {}
    for told in phones.centre.of("conference"):
        moment = conference_moment(told.read)
        sequences.setdefault(moment.conference, []).append(moment.sequence)
    assert all(max(known) <= world.conferences[sid].sequence for sid, known in sequences.items())
