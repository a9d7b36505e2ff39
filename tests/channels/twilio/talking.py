"""How a call comes to where the tests take it up: greeted, waiting, talking."""

from __future__ import annotations

from channels.twilio.callbacks import (
    queue_moment,
)
from channels.twilio_emulator.model import Call
from channels.voice.control import (
    Enqueue,
    Gather,
    HangUp,
    Join,
    Play,
    Say,
    Step,
)
from tests.channels.twilio.centre import ANNA, CUSTOMER, OURS, Running, Told

ROOM = "interaction-1"
MUSIC = "https://sounds.example.org/waiting.mp3"


def waiting_room(told: Told) -> list[Step]:
    """What a waiting customer hears: the place in the queue, then music."""
    return [Say(f"You are number {queue_moment(told.read).position}."), Play(MUSIC)]


def hotline(phones: Running) -> None:
    """Greet, ask for the customer number, queue."""
    script = phones.centre.script
    script["voice"] = lambda told: [Gather("number", (Say("Welcome. Please key your customer number."),), most=6)]
    script["gathered:number"] = lambda told: [Say("Thank you."), Enqueue("sales", hearing="music", then="waited")]
    script["hearing:music"] = waiting_room
    script["dialled"] = lambda told: [Say("Good-bye."), HangUp()]


async def queued(phones: Running) -> Call:
    """A customer who has keyed a number and waits."""
    hotline(phones)
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.advance(1)
    await phones.emulator.press(call.sid, "123456")
    await phones.emulator.advance(4)
    return call


async def talking(phones: Running) -> tuple[Call, str]:
    """A customer and an agent in conversation."""
    call = await queued(phones)
    agent = await phones.control.connect_agent(ROOM, ANNA, OURS, mark="offer-1", label="anna")
    await phones.emulator.advance(5)
    await phones.control.perform(call.sid, [Join(ROOM, then="after", mark="m")])
    await phones.emulator.settle()
    return call, agent
