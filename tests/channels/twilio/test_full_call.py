"""Whole calls: the real adapter and the emulator over HTTP, judged by what the people heard."""

from __future__ import annotations

import pytest

from channels.twilio.callbacks import (
    call_progress,
    call_request,
    conference_moment,
    dial_ended,
    gathered,
    queue_moment,
)
from channels.twilio_emulator.model import Person
from channels.voice.control import (
    Enqueue,
    Forward,
    Gather,
    GoOn,
    HangUp,
    Refuse,
    Say,
    Step,
    Voicemail,
)
from tests.channels.twilio.centre import ANNA, BOB, CUSTOMER, OURS, Running
from tests.channels.twilio.talking import MUSIC, ROOM, queued, talking, waiting_room


async def test_a_caller_is_greeted_keys_a_number_waits_with_music_and_talks_to_an_agent(phones: Running) -> None:
    call, agent = await talking(phones)
    await phones.emulator.say(call.sid, "Hello?")
    await phones.emulator.say(agent, "Good morning")
    heard = phones.emulator.heard(call.sid)
    assert heard[:4] == [
        "say: Welcome. Please key your customer number.",
        "say: Thank you.",
        "say: You are number 1.",
        f"play: {MUSIC}",
    ]
    assert heard[-1] == f"{ANNA}: Good morning"
    assert phones.emulator.heard(agent)[-1] == f"{CUSTOMER}: Hello?"
    first = call_request(phones.centre.of("voice")[0].read)
    assert (first.call, first.status, first.caller, first.called) == (call.sid, "ringing", CUSTOMER, OURS)
    assert gathered(phones.centre.of("gathered")[0].read).digits == "123456"
    events = [conference_moment(told.read) for told in phones.centre.of("conference")]
    assert [(one.event, one.sequence) for one in events] == [
        ("participant-join", 1),
        ("participant-join", 2),
        ("conference-start", 3),
    ]
    assert events[0].label == "anna"
    left = phones.centre.of("queue")[0]
    assert (queue_moment(left.read).result, left["CallStatus"]) == ("redirected", "in-progress")


async def test_the_agents_leg_is_told_step_by_step_with_the_offers_mark(phones: Running) -> None:
    await talking(phones)
    told = [one for one in phones.centre.of("progress") if one.mark == "offer-1"]
    progress = [call_progress(one.read) for one in told]
    assert [one.status for one in progress] == ["initiated", "ringing", "in-progress"]
    assert [one.sequence for one in progress] == [0, 1, 2]
    assert len({one.once for one in progress}) == 3


@pytest.mark.parametrize(("manner", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("fails", "failed")])
async def test_an_outside_number_that_is_not_reached_is_told_as_it_is(
    phones: Running, manner: str, status: str
) -> None:
    phones.emulator.declare(BOB, Person(manner))  # type: ignore[arg-type]
    phones.centre.script["voice"] = lambda told: [Forward(BOB, OURS, then="f", ring=20)]
    phones.centre.script["dialled:f"] = lambda told: [Say("Sorry."), HangUp()]
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.advance(60)
    assert dial_ended(phones.centre.of("dialled")[0].read).status == status
    assert phones.emulator.heard(call.sid)[-1] == "say: Sorry."


async def test_a_menu_takes_speech_as_well_as_keys(phones: Running) -> None:
    phones.centre.script["voice"] = lambda told: [
        Gather("menu", (Say("Sales or service?"),), speech=True, most=1, language="en-GB", hints=("sales", "service"))
    ]
    phones.centre.script["gathered:menu"] = lambda told: [Say(f"You said {gathered(told.read).speech}."), HangUp()]
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.say(call.sid, "service please")
    assert phones.emulator.heard(call.sid)[-1] == "say: You said service please."


async def test_a_caller_who_keys_nothing_is_asked_again(phones: Running) -> None:
    phones.centre.script["voice"] = lambda told: [Gather("menu", (Say("Press 1."),), most=1, patience=5)]
    phones.centre.script["gathered:menu"] = lambda told: (
        [HangUp()] if gathered(told.read).digits else [Say("I heard nothing."), GoOn("again")]
    )
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.advance(9)
    assert phones.emulator.heard(call.sid) == ["say: Press 1.", "say: I heard nothing.", "say: Press 1."]


async def test_a_voicemail_is_recorded_and_one_without_a_word_is_not_lost_track_of(phones: Running) -> None:
    phones.centre.script["voice"] = lambda told: [Say("We are closed."), Voicemail("mail", mark="vm")]
    phones.centre.script["recorded:mail"] = lambda told: [Say("Thank you."), HangUp()]
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.advance(2)
    await phones.emulator.say(call.sid, "Please call me back")
    await phones.emulator.advance(20)
    assert phones.emulator.heard(call.sid) == ["say: We are closed.", "beep: beep", "say: Thank you."]
    [done] = [told for told in phones.centre.of("recorded") if told["RecordingSid"]]
    assert phones.emulator.world.recordings[done["RecordingSid"]].lines == [f"{CUSTOMER}: Please call me back"]
    await phones.emulator.dial("+48601000001", OURS)
    await phones.emulator.advance(20)
    assert [told["RecordingSid"] for told in phones.centre.of("recorded")][1:] == [""]


async def test_a_call_past_the_lines_hears_busy_and_is_never_answered(phones: Running) -> None:
    phones.centre.script["voice"] = lambda told: [Refuse()]
    call = await phones.emulator.dial(CUSTOMER, OURS)
    assert (call.status, call.answered, phones.emulator.heard(call.sid)) == ("busy", None, [])
    assert call_progress(phones.centre.of("progress")[0].read).status == "busy"


async def test_a_caller_who_withholds_the_number_has_no_address(phones: Running) -> None:
    await phones.emulator.dial("", OURS)
    assert call_request(phones.centre.of("voice")[0].read).caller == ""


async def test_a_call_to_the_customer_first_leads_them_through_steps(phones: Running) -> None:
    leg = await phones.control.call(CUSTOMER, OURS, [Say("You asked us to call back."), GoOn("callback")], mark="try-1")
    phones.centre.script["voice:callback"] = lambda told: [Enqueue("sales", hearing="music", then="waited")]
    phones.centre.script["hearing:music"] = waiting_room
    await phones.emulator.advance(8)
    assert phones.emulator.heard(leg)[:2] == ["say: You asked us to call back.", "say: You are number 1."]
    assert {told.mark for told in phones.centre.of("progress")} == {"try-1"}


@pytest.mark.parametrize(
    ("person", "status", "by_machine"),
    [
        (Person("machine"), "talking", True),
        (Person("answers"), "talking", False),
        (Person("busy"), "busy", False),
        (Person("rejects"), "busy", False),
        (Person("no-answer"), "no-answer", False),
        (Person("fails"), "failed", False),
    ],
)
async def test_who_or_what_took_an_outbound_call_is_known(
    phones: Running, person: Person, status: str, by_machine: bool
) -> None:
    phones.emulator.declare(CUSTOMER, person)
    steps: list[Step] = [Gather("x", (Say("This is the hotline."),), patience=60)]
    leg = await phones.control.call(CUSTOMER, OURS, steps, mark="m", ring=20, detect_machine=True)
    await phones.emulator.advance(30)
    state = await phones.control.state(leg)
    assert (state.status, state.by_machine) == (status, by_machine)


async def test_an_agent_who_does_not_answer_leaves_the_customer_waiting(phones: Running) -> None:
    phones.emulator.declare(ANNA, Person("no-answer"))
    call = await queued(phones)
    agent = await phones.control.connect_agent(ROOM, ANNA, OURS, mark="offer-1", label="anna", ring=10)
    await phones.emulator.advance(30)
    assert (await phones.control.state(agent)).status == "no-answer"
    assert phones.emulator.heard(call.sid)[-1] in ("say: You are number 1.", f"play: {MUSIC}")
    assert (await phones.control.state(call.sid)).status == "talking"
