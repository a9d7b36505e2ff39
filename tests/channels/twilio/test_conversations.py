"""What happens in a conversation: hold, consult, transfer, recording, supervision; judged by what people heard."""

from __future__ import annotations

import pytest

from channels.twilio.callbacks import (
    dial_ended,
    recording_moment,
)
from channels.twilio_emulator.faults import Fault
from channels.voice.control import (
    CallGone,
    CallRefused,
    CallUnavailable,
    Enqueue,
    Forward,
    Join,
    Say,
    Step,
)
from tests.channels.twilio.centre import ANNA, BOB, CUSTOMER, OURS, Running, Told
from tests.channels.twilio.talking import ROOM, talking


async def test_nobody_hears_a_customer_on_hold_and_the_customer_hears_music(phones: Running) -> None:
    call, agent = await talking(phones)
    await phones.control.hold(ROOM, call.sid)
    await phones.emulator.settle()
    before = phones.emulator.heard(call.sid)
    assert before[-1] == "music: hold music"
    await phones.emulator.say(agent, "between us")
    await phones.emulator.say(call.sid, "are you there")
    assert phones.emulator.heard(call.sid) == before
    assert "are you there" not in " ".join(phones.emulator.heard(agent))
    await phones.control.resume(ROOM, call.sid)
    await phones.emulator.settle()
    await phones.emulator.say(agent, "here I am again")
    assert phones.emulator.heard(call.sid)[-1] == f"{ANNA}: here I am again"


async def test_an_agent_consults_another_and_hands_the_customer_over(phones: Running) -> None:
    call, anna = await talking(phones)
    bob = await phones.control.consult(ROOM, call.sid, BOB, OURS, mark="consult-1", label="bob")
    await phones.emulator.advance(5)
    await phones.emulator.say(anna, "Bob, may I pass her on?")
    assert phones.emulator.heard(bob)[-1] == f"{ANNA}: Bob, may I pass her on?"
    assert phones.emulator.heard(call.sid)[-1] == "music: hold music"
    await phones.control.transfer(ROOM, call.sid, anna)
    await phones.emulator.settle()
    await phones.emulator.say(bob, "Good morning, Bob here")
    assert phones.emulator.heard(call.sid)[-1] == f"{BOB}: Good morning, Bob here"
    assert (await phones.control.state(anna)).status == "ended"
    assert (await phones.control.state(call.sid)).status == "talking"


async def test_a_consult_that_ends_gives_the_customer_back(phones: Running) -> None:
    call, anna = await talking(phones)
    bob = await phones.control.consult(ROOM, call.sid, BOB, OURS, mark="c", label="bob")
    await phones.emulator.advance(5)
    await phones.control.end_consult(ROOM, call.sid, bob)
    await phones.emulator.settle()
    await phones.emulator.say(anna, "Thank you for waiting")
    assert phones.emulator.heard(call.sid)[-1] == f"{ANNA}: Thank you for waiting"
    assert (await phones.control.state(bob)).status == "ended"


async def test_a_blind_transfer_takes_the_customer_back_to_a_queue_and_frees_the_agent(phones: Running) -> None:
    call, anna = await talking(phones)
    await phones.control.perform(call.sid, [Say("I connect you."), Enqueue("billing", hearing="music", then="waited")])
    await phones.emulator.advance(3)
    assert phones.emulator.heard(call.sid)[-3:-1] == ["say: I connect you.", "say: You are number 1."]
    assert (await phones.control.state(anna)).status == "ended"


async def test_a_blind_transfer_to_an_outside_number_connects_and_reports_its_end(phones: Running) -> None:
    call, _ = await talking(phones)
    await phones.control.perform(call.sid, [Forward(BOB, OURS, then="forwarded", mark="fwd")])
    await phones.emulator.advance(5)
    [leg] = phones.emulator.calls_to(BOB)
    await phones.emulator.say(leg.sid, "Warehouse")
    assert phones.emulator.heard(call.sid)[-1] == f"{BOB}: Warehouse"
    await phones.emulator.hang_up(leg.sid)
    ended = dial_ended(next(told for told in phones.centre.of("dialled") if told.then == "forwarded").read)
    assert (ended.status, ended.leg) == ("completed", leg.sid)


async def test_what_is_said_and_keyed_while_a_recording_is_paused_is_not_in_it(phones: Running) -> None:
    call, agent = await talking(phones)
    recording = await phones.control.record(call.sid, mark="rec")
    await phones.emulator.say(agent, "your card, please")
    await phones.emulator.advance(5)
    await phones.control.pause_recording(call.sid, recording)
    await phones.emulator.press(call.sid, "4111111111111111")
    await phones.emulator.say(call.sid, "four one one one")
    await phones.emulator.advance(7)
    await phones.control.resume_recording(call.sid, recording)
    await phones.emulator.say(agent, "thank you")
    await phones.emulator.advance(3)
    await phones.emulator.hang_up(call.sid)
    taken = phones.emulator.world.recordings[recording].lines
    assert taken == [f"{ANNA}: your card, please", f"{ANNA}: thank you"]
    moments = [recording_moment(told.read) for told in phones.centre.of("recording")]
    assert [(one.status, one.duration) for one in moments] == [("in-progress", None), ("completed", 8)]
    media = await phones.control.fetch_recording(recording)
    assert media[:4] == b"RIFF"
    assert media[8:12] == b"WAVE"
    await phones.control.delete_recording(recording)
    await phones.control.delete_recording(recording)  # gone is gone
    with pytest.raises(CallGone):
        await phones.control.fetch_recording(recording)


async def test_a_supervisor_listens_unheard_whispers_to_the_agent_alone_and_joins(phones: Running) -> None:
    call, anna = await talking(phones)
    boss = await phones.control.supervise(ROOM, "client:boss", OURS, anna, mark="s")
    await phones.emulator.advance(5)
    await phones.emulator.say(call.sid, "I am not happy")
    assert phones.emulator.heard(boss)[-1] == f"{CUSTOMER}: I am not happy"
    await phones.emulator.say(boss, "unheard")
    await phones.control.change_presence(ROOM, boss, anna, "whispering")
    await phones.emulator.say(boss, "offer a discount")
    assert phones.emulator.heard(anna)[-1] == "client:boss: offer a discount"
    await phones.control.change_presence(ROOM, boss, anna, "joined")
    await phones.emulator.say(boss, "I am the supervisor")
    assert phones.emulator.heard(call.sid)[-1] == "client:boss: I am the supervisor"
    everything = " ".join(phones.emulator.heard(call.sid) + phones.emulator.heard(anna))
    assert "unheard" not in everything
    assert "discount" not in " ".join(phones.emulator.heard(call.sid))


async def test_the_centre_may_ask_twilio_things_while_twilio_waits_for_its_answer(phones: Running) -> None:
    async def answered(told: Told) -> list[Step]:
        agent = await phones.control.connect_agent(ROOM, ANNA, OURS, mark="offer", label="anna")
        assert (await phones.control.state(agent)).status == "ringing"
        return [Say("One moment."), Join(ROOM, then="after")]

    phones.centre.script["voice"] = answered
    call = await phones.emulator.dial(CUSTOMER, OURS)
    await phones.emulator.advance(5)
    [anna] = phones.emulator.calls_to(ANNA)
    await phones.emulator.say(anna.sid, "Good morning")
    assert phones.emulator.heard(call.sid)[-1] == f"{ANNA}: Good morning"


@pytest.mark.parametrize("refusal", [Fault("rest", "refuse", "CreateParticipant", status=429, retry_after=3600),
                                     Fault("rest", "refuse", "CreateParticipant", status=403)])  # fmt: skip
async def test_a_customer_is_not_left_on_hold_when_the_third_party_cannot_be_called(
    phones: Running, refusal: Fault
) -> None:
    call, anna = await talking(phones)
    phones.emulator.fault(refusal)
    with pytest.raises((CallRefused, CallUnavailable)):
        await phones.control.consult(ROOM, call.sid, BOB, OURS, mark="c", label="bob")
    await phones.emulator.settle()
    await phones.emulator.say(anna, "They do not answer, sorry")
    assert phones.emulator.heard(call.sid)[-1] == f"{ANNA}: They do not answer, sorry"
