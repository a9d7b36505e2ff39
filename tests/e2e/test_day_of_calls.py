"""A scripted day on the telephone and in the mail, verified from the log alone and from what the customers heard."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from domain.customer.events import ConsentWithdrawn, CustomerRegistered
from domain.delivery.events import NotificationBounced, NotificationDelivered
from domain.event import Recorded
from domain.interaction.call_events import (
    ConsultEnded,
    ConsultStarted,
    InteractionHeld,
    InteractionResumed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RecordingStored,
)
from domain.interaction.events import (
    AgentConnected,
    CallbackRequested,
    CustomerRecognised,
    InteractionClosed,
    InteractionQueued,
    InteractionTransferred,
    WaitAnnounced,
)
from domain.voice.events import CallEnded, CustomerNumberKeyed, DialAnswered, MessageStored, RecordingAgreed
from domain.voice.recordings import RecordingPlayed
from tests.e2e.day import ADA, BOB, LINE, PROJECT, Day, a_day, bounce

pytestmark = pytest.mark.timeout(300)
CARD = "4111 1111 1111 1111"


async def test_a_caller_waits_is_called_back_held_consulted_handed_over_and_recorded(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await a_customer_rings_and_asks_to_be_called_back(day)
        here = await anna_calls_back_holds_and_pauses_for_the_card(day)
        await boris_is_consulted_and_takes_over(day, here)
        await the_log_alone_tells_the_story(day)
        await a_supervisor_listens(day)


async def a_customer_rings_and_asks_to_be_called_back(day: Day) -> None:
    known = {"kind": "customer_number", "address": "123456"}
    await day.asks("sue", "POST", f"{PROJECT}/customers", name="Ada Lovelace", contacts=[known])
    call = await day.emulator.dial(ADA, LINE)
    await day.hears(call, "Your customer number")
    await day.keys(call, "123456#")
    await day.hears(call, "Orders 1")
    await day.keys(call, "1")
    await day.hears(call, "Press 1 if we may record")
    await day.keys(call, "1")
    await day.hears(call, "Your place in the queue: 1.")
    await day.keys(call, "1")
    await day.hears(call, "Press 1 and we call you back")
    await day.keys(call, "1")
    await day.hears(call, "We will call you back. Your place is kept.")
    await day.event(CallEnded)


async def anna_calls_back_holds_and_pauses_for_the_card(day: Day) -> str:
    await day.asks("anna", "POST", "/api/agents/anna/ready")
    here, leg = await day.takes("anna")
    await day.event(DialAnswered, 2)
    (anna,), (ada,) = day.emulator.calls_to("client:anna"), day.emulator.calls_to(ADA)
    await day.tells(anna, "Good morning, you asked us to call", ada)
    recording = (await day.event(RecordingStarted)).recording_id
    await day.tells(ada, "I would like to pay", anna)
    await day.asks("anna", "POST", f"{here}/recordings/{recording}/pause", reason="card_data")
    sound = day.emulator.world.recordings[recording]
    await _status(day, recording, "paused")
    await day.tells(ada, CARD, anna)
    await day.asks("anna", "POST", f"{here}/recordings/{recording}/resume")
    await _status(day, recording, "in-progress")
    assert not any("4111" in said for said in sound.lines)
    await day.asks("anna", "POST", f"{here}/legs/{leg}/hold")
    await day.hears(ada, "hold music")
    await day.asks("anna", "POST", f"{here}/legs/{leg}/resume")
    await day.tells(anna, "Thank you for holding", ada)
    return f"{here}/legs/{leg}"


async def _status(day: Day, recording: str, status: str) -> None:
    async def so() -> bool:
        return day.emulator.world.recordings[recording].status == status

    await day.until(so, f"a recording {status}")


async def boris_is_consulted_and_takes_over(day: Day, here: str) -> None:
    (anna,), (ada,) = day.emulator.calls_to("client:anna"), day.emulator.calls_to(ADA)
    party = (await day.asks("anna", "POST", f"{here}/consult", agent_id="boris"))["result"]["party"]
    await day.event(DialAnswered, 3)
    (boris,) = day.emulator.calls_to("client:boris")
    await day.tells(anna, "May I hand her over to you", boris)
    assert not any("hand her over" in one for one in day.emulator.heard(ada.sid))
    await day.asks("anna", "POST", f"{here}/parties/{party}/hand-over")
    await day.tells(boris, "Boris speaking, how can I help", ada)
    assert day.emulator.calls_to(ADA) == [ada], "she is not called a second time"
    (item,) = (await day.asks("boris", "GET", "/api/work"))["items"]
    assert (item["status"], item["channel"]) == ("connected", "callback"), "it is his work now"
    await day.event(RecordingStarted, 2)
    await day.tells(ada, "Two kilos of raspberries, please", boris)
    await day.emulator.advance(5)
    await day.emulator.hang_up(ada.sid)
    await day.event(InteractionClosed)
    await day.event(RecordingStored, 2)


async def the_log_alone_tells_the_story(day: Day) -> None:
    log = await day.recorded()
    (asked,) = [one.event for one in log if isinstance(one.event, CallbackRequested)]
    story = [one for one in log if getattr(one.event, "interaction_id", "") == asked.interaction_id]
    in_order(
        story,
        CustomerNumberKeyed,
        CustomerRecognised,
        RecordingAgreed,
        InteractionQueued,
        WaitAnnounced,
        CallbackRequested,
        CallEnded,
        AgentConnected,
        RecordingStarted,
        RecordingPaused,
        RecordingResumed,
        InteractionHeld,
        InteractionResumed,
        ConsultStarted,
        ConsultEnded,
        InteractionTransferred,
        InteractionClosed,
    )
    # A sound is fetched from the provider beside what goes on: its order to the call's end is nobody's promise.
    in_order(story, RecordingStarted, RecordingStored)
    assert len([one for one in story if isinstance(one.event, RecordingStored)]) == 2
    (ada,) = [
        one.event
        for one in log
        if isinstance(one.event, CustomerRegistered) and not one.event.provisional and one.event.customer_id
    ]
    (keyed,) = [one.event for one in log if isinstance(one.event, CustomerNumberKeyed)]
    assert (keyed.known, keyed.number, keyed.customer_id) == (True, "123456", ada.customer_id)
    waits = [one.event for one in log if isinstance(one.event, InteractionQueued)]
    assert {one.arrived_at for one in waits if one.leg in ("1", "2")} == {waits[0].arrived_at}, "her place was kept"
    assert [one.event.agent_id for one in log if isinstance(one.event, AgentConnected)] == ["anna", "boris"]
    said = json.dumps([one.event.model_dump(mode="json") for one in log])
    assert not [digits for digits in ("4111", CARD, CARD.replace(" ", "")) if digits in said]


def in_order(story: list[Recorded], *kinds: type) -> None:
    """Each kind happens after the one before it."""
    told = iter(story)
    for kind in kinds:
        assert any(isinstance(one.event, kind) for one in told), f"no {kind.__name__} in its place"


async def a_supervisor_listens(day: Day) -> None:
    head = await day.node.stores.log.head()
    found = (await day.asks("sue", "GET", f"{PROJECT}/recordings?min_position={head}"))["items"]
    assert [(one["agent_id"], one["status"]) for one in found] == [("boris", "stored"), ("anna", "stored")]
    sound = await day.asks("sue", "GET", f"{PROJECT}/recordings/{found[1]['recording_id']}/sound")
    assert sound[:4] == b"RIFF"
    assert (await day.event(RecordingPlayed)).recording_id == found[1]["recording_id"]


async def test_a_caller_leaves_word_for_somebody_who_gets_it_by_mail_with_the_sound(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        call = await day.emulator.dial(BOB, LINE)
        await day.keys(call, "#")
        await day.keys(call, "2")
        await day.hears(call, "Leave word for Mr Nowak")
        await day.hears(call, "beep")
        await day.emulator.say(call.sid, "The raspberries are ripe")
        await day.hears(call, "Thank you. Your message has been taken.")
        stored = await day.event(MessageStored)
        _, mail = await day.mailed("nowak@office.example")
        assert mail["Subject"] == f"Message for Mr Nowak, from {BOB}"
        (sound,) = mail.iter_attachments()
        assert (sound.get_content_type(), len(sound.get_content())) == ("audio/wav", stored.size)
        await day.event(NotificationDelivered)
        # the agents have it as work too, and may listen
        await day.asks("anna", "POST", "/api/agents/anna/ready")
        await day.takes("anna")
        heard = await day.asks("anna", "GET", f"{PROJECT}/messages/{stored.recording_id}/sound")
        assert heard == sound.get_content()


async def test_a_customer_who_texts_stop_is_heard_and_told_so(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        await day.emulator.text(BOB, LINE, "STOP")
        assert (await day.event(ConsentWithdrawn)).purpose == "texts"

        async def told() -> bool:
            texts = day.emulator.world.texts.values()
            return any(one.to == BOB and one.sender == LINE for one in texts)

        await day.until(told, "an answer to STOP")


async def test_a_mail_that_bounces_is_on_record_as_bounced(tmp_path: Path) -> None:
    async with a_day(tmp_path) as day:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Joe <joe@gone.example>", "help@raspberries.example", "raspberries"
        mail.set_content("They are sour.")
        await day.mail("joe@gone.example", "help@raspberries.example", mail.as_string())
        back, status = await day.mailed("joe@gone.example")
        await day.mail("", back, bounce(back, status))
        bounced = await day.event(NotificationBounced)
        assert (bounced.status, bounced.permanent) == ("5.1.1", True)
