"""Callers on the real voice channel: the log and what was heard must tell the same story."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Call, Person
from domain.customer.contact import contact
from domain.customer.decide import RegisterCustomer
from domain.interaction.call_events import AgentUnmuted, RecordingStarted, RecordingStored
from domain.interaction.escalation import AnnounceWait
from domain.interaction.events import (
    AgentConnected,
    CallbackRequested,
    ConnectFailed,
    CustomerRecognised,
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    WrapUpCompleted,
)
from domain.interaction.recording import PauseRecording, ResumeRecording
from domain.interaction.talking import HoldCall, MuteAgent, ResumeCall, UnmuteAgent
from domain.interaction.work import CompleteWork, TransferToQueue
from domain.voice.events import (
    CallEnded,
    CallRefused,
    CallStarted,
    CustomerNumberKeyed,
    DialAnswered,
    DialAttempted,
    DialEnded,
    DialPlaced,
    LineFreed,
)
from tests.channels.voice.flows import LINE
from tests.channels.voice.hotline import CALLER, Hotline, hotline


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path) as one:
        yield one


async def queue_up(line: Hotline, caller: str = CALLER, *, agree: bool = False) -> Call:
    call = await line.emulator.dial(caller, LINE)
    await line.hears(call, "Po polsku dwa")
    await line.press(call, "9")
    await line.hears(call, "Your number")
    await line.press(call, "123456#")
    await line.hears(call, "Orders 1")
    await line.press(call, "1")
    await line.hears(call, "Recorded? 1")
    await line.press(call, "1" if agree else "2")
    await line.hears(call, "Please hold")
    return call


async def test_a_caller_keys_waits_talks_and_hangs_up(line: Hotline) -> None:
    call = await queue_up(line)
    await line.accept()
    await line.until(AgentConnected)
    agent = line.emulator.calls_to("client:anna")[0]
    await line.emulator.say(call.sid, "Good morning")
    assert any("Good morning" in heard for heard in line.emulator.heard(agent.sid))
    await line.emulator.hang_up(call.sid)
    assert (await line.until(WrapUpCompleted)).agent_id == "anna"
    await line.over(agent)
    await line.until(InteractionClosed)
    await line.until(LineFreed)


async def talking(line: Hotline, *, agree: bool = False) -> tuple[Call, Call]:
    """A caller who talks with Anna; both legs."""
    call = await queue_up(line, agree=agree)
    await line.accept()
    await line.until(AgentConnected)
    return call, line.emulator.calls_to("client:anna")[0]


async def test_past_the_last_line_a_caller_hears_busy_and_an_event_says_so(line: Hotline) -> None:
    for number in ("+48601000001", "+48601000002"):
        await line.emulator.dial(number, LINE)
    third = await line.emulator.dial("+48601000003", LINE)
    assert third.status == "busy"
    assert (await line.until(CallRefused)).lines == 2
    assert len(await line.events(CallStarted)) == 2


async def test_a_caller_who_hangs_up_in_the_menu_leaves_nothing_behind(line: Hotline) -> None:
    call = await line.emulator.dial("", LINE)
    await line.emulator.hang_up(call.sid)
    await line.until(CallEnded)
    await line.until(LineFreed)
    await line.until(InteractionClosed)
    assert await line.events(InteractionQueued) == []


async def test_a_caller_who_hangs_up_while_the_agents_telephone_rings_is_abandoned(line: Hotline) -> None:
    line.emulator.declare("client:anna", Person("no-answer"))
    call = await queue_up(line)
    await line.accept()
    await line.until(DialPlaced)
    await line.emulator.hang_up(call.sid)
    await line.until(InteractionAbandoned)
    await line.until(DialEnded)
    assert line.emulator.calls_to("client:anna")[0].is_over


async def test_an_agent_who_does_not_answer_misses_the_call_and_the_caller_waits_on_for_another(line: Hotline) -> None:
    line.emulator.declare("client:anna", Person("no-answer"))
    call = await queue_up(line)
    await line.accept()
    await line.until(ConnectFailed)
    again = await line.until(InteractionQueued, 2)
    assert (again.reason, again.trail) == ("connect_failed", ("anna",))
    await line.accept("boris", count=2)
    await line.until(AgentConnected)
    assert not call.is_over


async def test_an_agent_who_hangs_up_ends_the_contact_and_the_call(line: Hotline) -> None:
    call, agent = await talking(line)
    await line.emulator.hang_up(agent.sid)
    await line.until(WrapUpCompleted)
    await line.over(call)
    await line.until(LineFreed)


async def test_an_agent_who_completes_the_work_ends_the_call(line: Hotline) -> None:
    call, agent = await talking(line)
    connected = await line.until(AgentConnected)
    done = CompleteWork(project="hotline", interaction_id=connected.interaction_id, leg="1", agent_id="anna")
    await line.do(done)
    await line.over(call)
    await line.over(agent)
    await line.until(LineFreed)


async def test_a_held_caller_hears_music_and_comes_back(line: Hotline) -> None:
    call, agent = await talking(line)
    where = {"interaction_id": (await line.until(AgentConnected)).interaction_id, "leg": "1", "agent_id": "anna"}
    await line.do(HoldCall(**where))
    await line.hears(call, "hold music")
    await line.do(ResumeCall(**where))

    async def heard() -> bool:
        await line.emulator.say(agent.sid, "Thank you for holding")
        return any("Thank you" in one for one in line.emulator.heard(call.sid))

    await line.when(heard, "the agent after the hold")


async def test_nobody_hears_a_muted_agent_who_hears_the_caller_and_is_heard_again(line: Hotline) -> None:
    call, agent = await talking(line)
    where = {"interaction_id": (await line.until(AgentConnected)).interaction_id, "leg": "1", "agent_id": "anna"}
    (room,) = line.emulator.world.conferences.values()

    async def says(words: str) -> bool:
        await line.emulator.say(agent.sid, words)
        return any(words in one for one in line.emulator.heard(call.sid))

    async def muted() -> bool:
        return room.participants[agent.sid].muted

    await line.do(MuteAgent(**where))
    await line.when(muted, "the agent muted at the provider")
    assert not await says("What does she want now")
    await line.emulator.say(call.sid, "Are you there?")
    await line.hears(agent, "Are you there?")
    await line.do(UnmuteAgent(**where))
    await line.when(lambda: says("Here I am"), "the agent heard again")
    assert not any("What does" in one for one in line.emulator.heard(call.sid))


async def test_a_mute_that_the_provider_does_not_carry_out_is_taken_back(line: Hotline) -> None:
    await talking(line)
    where = {"interaction_id": (await line.until(AgentConnected)).interaction_id, "leg": "1", "agent_id": "anna"}
    line.emulator.fault(Fault("rest", "refuse", match="UpdateParticipant", status=400))
    await line.do(MuteAgent(**where))
    assert (await line.until(AgentUnmuted)).agent_id == "anna"


async def test_a_caller_who_is_transferred_to_a_queue_waits_there_for_the_next_agent(line: Hotline) -> None:
    call, agent = await talking(line)
    where = {"interaction_id": (await line.until(AgentConnected)).interaction_id, "leg": "1", "agent_id": "anna"}
    await line.do(TransferToQueue(project="hotline", queue="orders", **where))
    await line.over(agent)
    await line.accept("boris", "2", count=2)
    assert (await line.until(AgentConnected, 2)).agent_id == "boris"
    assert not call.is_over


async def test_a_conversation_is_recorded_with_consent_paused_for_card_data_and_stored(line: Hotline) -> None:
    call, agent = await talking(line, agree=True)
    started = await line.until(RecordingStarted)
    assert started.consent == "asked"
    recording = line.emulator.world.recordings[started.recording_id]
    where = {"interaction_id": started.interaction_id, "recording_id": started.recording_id}
    await line.emulator.say(call.sid, "I would like to pay")
    await line.do(PauseRecording(**where, reason="card_data"))

    async def paused() -> bool:
        return recording.status == "paused"

    await line.when(paused, "the pause")
    await line.emulator.say(call.sid, "4111 1111 1111 1111")
    await line.do(ResumeRecording(**where))

    async def resumed() -> bool:
        return recording.status == "in-progress"

    await line.when(resumed, "the recording again")
    await line.emulator.advance(3)
    await line.emulator.hang_up(call.sid)
    stored = await line.until(RecordingStored)
    assert not any("4111" in said for said in recording.lines)
    assert any("like to pay" in said for said in recording.lines)
    sound = await line.stores.blobs.get(stored.customer_id, stored.reference)
    assert sound is not None
    assert sound[:4] == b"RIFF"
    await line.over(agent)

    async def deleted() -> bool:
        return started.recording_id not in line.emulator.world.recordings

    await line.when(deleted, "the provider's copy gone")


async def test_without_consent_nothing_is_recorded(line: Hotline) -> None:
    call, _ = await talking(line)
    await line.emulator.hang_up(call.sid)
    await line.until(InteractionClosed)
    assert await line.events(RecordingStarted) == []
    assert not line.emulator.world.recordings


async def test_a_waiting_caller_hears_the_estimate_and_asks_to_be_called_back_in_the_same_place(line: Hotline) -> None:
    call = await queue_up(line)
    waiting = await line.until(InteractionQueued)
    told = AnnounceWait(
        project="hotline", interaction_id=waiting.interaction_id, leg="1", seconds=170, place=2, method="queue_length"
    )
    await line.do(told)
    await line.hears(call, "Your place in the queue: 2. Estimated wait in minutes: 3.")
    await line.press(call, "1")
    await line.hears(call, "Back? 1")
    await line.press(call, "1")
    await line.hears(call, "We will call you back. Your place is kept.")
    asked = await line.until(CallbackRequested)
    assert asked.number == CALLER
    again = await line.until(InteractionQueued, 2)
    assert (again.channel, again.arrived_at) == ("callback", waiting.arrived_at)
    await line.over(call)
    await line.until(LineFreed)
    assert await line.events(InteractionClosed) == []


async def test_a_customer_number_that_is_known_recognises_the_caller(line: Hotline) -> None:
    number = contact(line.stores.fingerprints, "hotline", "customer_number", "123456")
    await line.do(RegisterCustomer(customer_id="ada", name="Ada", language="en", contacts=(number,)))
    await queue_up(line, caller="")
    assert (await line.until(CustomerRecognised)).customer_id == "ada"
    keyed = await line.until(CustomerNumberKeyed)
    assert (keyed.customer_id, keyed.number, keyed.known) == ("ada", "123456", True)
    assert (await line.until(InteractionQueued)).customer_id == "ada"


async def test_who_cannot_be_put_through_outside_is_led_on(line: Hotline) -> None:
    line.emulator.declare("+48585551234", Person("busy"))
    call = await line.emulator.dial(CALLER, LINE)
    await line.press(call, "9")
    await line.hears(call, "Your number")
    await line.press(call, "#")
    await line.press(call, "#")
    await line.hears(call, "Orders 1")
    await line.press(call, "9")
    await line.hears(call, "Speak")


async def test_an_attempt_of_unknown_outcome_is_asked_about_before_anybody_is_called_again(line: Hotline) -> None:
    line.emulator.fault(Fault("rest", "drop", "CreateParticipant"))
    line.emulator.fault(Fault("webhook", "lose", "mark="))
    line.emulator.fault(Fault("webhook", "lose", "mark="))
    line.emulator.fault(Fault("webhook", "lose", "mark="))
    await queue_up(line)
    await line.accept()
    await line.until(AgentConnected)
    assert len(line.emulator.calls_to("client:anna")) == 1
    assert len(await line.events(DialAttempted)) == 1


async def test_a_telling_that_comes_twice_changes_nothing_the_second_time(line: Hotline) -> None:
    line.emulator.fault(Fault("webhook", "duplicate", "progress", 20))
    call, _ = await talking(line)
    await line.emulator.hang_up(call.sid)
    await line.until(InteractionClosed)
    assert len(await line.events(CallEnded)) == 1
    assert len(await line.events(DialAnswered)) == 1


async def test_a_webhook_that_twilio_did_not_sign_is_refused_before_it_is_read(line: Hotline) -> None:
    async with httpx2.AsyncClient(timeout=60) as client:
        form = {"CallSid": "CA" + "0" * 32, "CallStatus": "ringing", "From": CALLER, "To": LINE}
        forged = await client.post(f"{line.base}/voice/twilio/voice", data=form)
        other = await client.post(f"{line.base}/voice/nobody/voice", data=form)
    assert (forged.status_code, other.status_code) == (403, 404)
    assert await line.events(CallStarted) == []


async def test_of_many_who_call_at_once_as_many_get_through_as_there_are_lines(line: Hotline) -> None:
    dialled = [line.emulator.dial(f"+4860100{number:04}", LINE) for number in range(20)]
    calls = await asyncio.gather(*dialled)
    await line.until(CallRefused, 18)
    assert len(await line.events(CallStarted)) == 2
    assert sorted(call.status for call in calls) == ["busy"] * 18 + ["in-progress"] * 2
