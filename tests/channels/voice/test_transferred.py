"""Customers passed on: those whom we called stay on the line, and those who are put through outside are never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.twilio_emulator.model import Call, Person
from domain.callback import RequestCallback
from domain.customer.contact import callback_key, contact
from domain.customer.decide import Contact
from domain.interaction.call_events import CallPlaced, OutsideEnded, RecordingStarted, RecordingStored
from domain.interaction.calling_out import CallOut
from domain.interaction.events import AgentConnected, InteractionClosed, InteractionQueued, WrapUpCompleted
from domain.interaction.outside import HandOverToNumber, TransferToNumber
from domain.interaction.talking import ConsultAgent, ConsultNumber, HandOverCall, HoldCall
from domain.interaction.work import TransferToQueue
from domain.voice.events import CallbackAttemptFailed, DialAnswered, DialAttempted
from tests.channels.voice.flows import LINE
from tests.channels.voice.hotline import CALLER, Hotline, hotline
from tests.channels.voice.test_called_back import document

OFFICE = "+48585559876"


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path, document(record="always")) as one:
        one.emulator.declare(OFFICE, Person("answers", after=1.0))
        yield one


def phone(line: Hotline, number: str) -> Contact:
    return contact(line.stores.fingerprints, "hotline", "phone", number)


async def called_back(line: Hotline) -> tuple[Call, Call, dict[str, str]]:
    """A customer who was called back talks with Anna: both legs, and where in the log."""
    key = callback_key(line.stores.fingerprints, "hotline", "orders", CALLER)
    request = RequestCallback(
        project="hotline", number=phone(line, CALLER), key=key, name="Ada", about="", due_at=None, entry="page"
    )
    await line.do(request)
    await line.accept()
    await line.until(DialAnswered, 2)
    return await both(line)


async def both(line: Hotline) -> tuple[Call, Call, dict[str, str]]:
    connected = await line.until(AgentConnected)
    where = {"interaction_id": connected.interaction_id, "leg": "1", "agent_id": "anna"}
    (customer,), (anna,) = line.emulator.calls_to(CALLER), line.emulator.calls_to("client:anna")
    await hears(line, anna, "Hello from Anna", customer)
    return customer, anna, where


async def talking(line: Hotline) -> tuple[Call, Call, dict[str, str]]:
    """A caller who talks with Anna."""
    call = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    connected = await line.until(AgentConnected)
    where = {"interaction_id": connected.interaction_id, "leg": "1", "agent_id": "anna"}
    return call, line.emulator.calls_to("client:anna")[0], where


async def hears(line: Hotline, speaker: Call, words: str, listener: Call) -> None:
    async def heard() -> bool:
        await line.emulator.say(speaker.sid, words)
        return any(words in one for one in line.emulator.heard(listener.sid))

    await line.when(heard, f"{words!r} from {speaker.to} at {listener.to}")


async def test_a_customer_who_was_called_back_waits_on_the_line_for_the_agent_of_another_queue(line: Hotline) -> None:
    customer, anna, where = await called_back(line)
    await line.do(TransferToQueue(project="hotline", queue="orders", **where))
    await line.over(anna)
    waits = await line.until(InteractionQueued, 2)
    assert (waits.channel, waits.reason) == ("voice", "transferred")
    await line.accept("boris", "2", count=2)
    await line.until(AgentConnected, 2)
    (boris,) = line.emulator.calls_to("client:boris")
    await hears(line, boris, "Boris speaking", customer)
    assert line.emulator.calls_to(CALLER) == [customer]
    await line.emulator.hang_up(customer.sid)
    assert (await line.until(WrapUpCompleted)).agent_id == "boris"
    await line.over(boris)
    await line.until(InteractionClosed)


async def test_a_called_customer_who_hangs_up_while_waiting_for_the_next_agent_is_abandoned(line: Hotline) -> None:
    customer, anna, where = await called_back(line)
    await line.do(TransferToQueue(project="hotline", queue="orders", **where))
    await line.over(anna)
    await line.emulator.hang_up(customer.sid)
    await line.until(InteractionClosed)
    assert len(await line.events(DialAttempted)) == 2


async def test_a_called_customer_is_handed_over_without_being_called_again(line: Hotline) -> None:
    customer, anna, where = await called_back(line)
    party = (await line.do(ConsultAgent(**where, to_agent="boris"))).result["party"]
    await line.until(DialAnswered, 3)
    (boris,) = line.emulator.calls_to("client:boris")
    await line.do(HandOverCall(**where, party=party))
    await line.over(anna)
    await hears(line, boris, "Boris speaking", customer)
    assert line.emulator.calls_to(CALLER) == [customer]
    await line.emulator.hang_up(boris.sid)
    await line.over(customer)
    await line.until(InteractionClosed)


async def test_each_agents_part_is_recorded_and_stored_and_none_is_lost_by_the_hand_over(line: Hotline) -> None:
    customer, _, where = await called_back(line)
    await line.until(RecordingStarted)
    party = (await line.do(ConsultAgent(**where, to_agent="boris"))).result["party"]
    await line.until(DialAnswered, 3)
    await line.do(HandOverCall(**where, party=party))
    await line.until(RecordingStarted, 2)
    await line.emulator.advance(3)  # who hangs up in the same instant leaves no sound
    await line.emulator.hang_up(customer.sid)
    await line.until(RecordingStored, 2)
    assert {one.leg for one in await line.events(RecordingStored)} == {"1", "2"}


async def test_whom_we_call_hears_that_it_is_recorded_before_it_is(line: Hotline) -> None:
    customer, _, _ = await called_back(line)
    heard = line.emulator.heard(customer.sid)
    assert any("This call is recorded." in one for one in heard)
    assert (await line.until(RecordingStarted)).consent == "announced"
    await line.emulator.advance(3)
    await line.emulator.hang_up(customer.sid)
    await line.until(RecordingStored)


async def test_a_caller_is_put_through_outside_and_the_agent_is_free_at_once(line: Hotline) -> None:
    call, anna, where = await talking(line)
    await line.do(TransferToNumber(project="hotline", number=phone(line, OFFICE), **where))
    await line.until(WrapUpCompleted)
    await line.over(anna)
    await line.until(DialAnswered, 2)
    (office,) = line.emulator.calls_to(OFFICE)
    await hears(line, office, "The office speaking", call)
    assert await line.events(InteractionClosed) == []
    await line.emulator.hang_up(office.sid)
    await line.over(call)
    assert (await line.until(OutsideEnded)).outcome == "ended"
    await line.until(InteractionClosed)


@pytest.mark.parametrize("manner", ["busy", "no-answer"])
async def test_a_caller_whom_nobody_answers_outside_waits_again_in_the_old_place(line: Hotline, manner: Any) -> None:
    line.emulator.declare(OFFICE, Person(manner))
    call, _, where = await talking(line)
    arrived = (await line.until(InteractionQueued)).arrived_at
    await line.do(TransferToNumber(project="hotline", number=phone(line, OFFICE), **where))
    assert (await line.until(OutsideEnded)).outcome == "not_reached"
    again = await line.until(InteractionQueued, 2)
    assert (again.queue, again.arrived_at) == ("orders", arrived)
    await line.accept("boris", "2", count=2)
    await line.until(AgentConnected, 2)
    (boris,) = line.emulator.calls_to("client:boris")
    await hears(line, boris, "Boris speaking", call)


async def test_a_caller_who_hangs_up_while_it_rings_outside_ends_it_all(line: Hotline) -> None:
    line.emulator.declare(OFFICE, Person("answers", after=25.0))
    call, _, where = await talking(line)
    await line.do(TransferToNumber(project="hotline", number=phone(line, OFFICE), **where))
    await line.until(DialAttempted, 2)
    await line.emulator.hang_up(call.sid)
    await line.until(InteractionClosed)

    async def rings_no_more() -> bool:
        return all(one.is_over for one in line.emulator.calls_to(OFFICE))

    await line.when(rings_no_more, "the end of the ringing outside")


async def test_the_expert_who_was_consulted_keeps_the_customer_and_the_agent_leaves(line: Hotline) -> None:
    call, anna, where = await talking(line)
    party = (await line.do(ConsultNumber(**where, number=phone(line, OFFICE)))).result["party"]
    await line.until(DialAnswered, 2)
    (office,) = line.emulator.calls_to(OFFICE)
    await line.do(HandOverToNumber(project="hotline", party=party, **where))
    await line.over(anna)
    await hears(line, office, "The office speaking", call)
    assert line.emulator.calls_to(OFFICE) == [office]
    await line.emulator.hang_up(call.sid)
    await line.over(office)
    await line.until(InteractionClosed)


async def call_out(line: Hotline) -> None:
    await line.do(CallOut(project="hotline", agent_id="anna", number=phone(line, CALLER)))


async def test_an_agent_calls_from_the_desk_and_they_talk(line: Hotline) -> None:
    await call_out(line)
    assert (await line.until(CallPlaced)).number == CALLER
    await line.until(DialAnswered, 2)
    customer, anna, where = await both(line)
    assert [one.purpose for one in await line.events(DialAttempted)] == ["agent", "customer"]
    assert customer.caller == LINE
    await line.do(HoldCall(**where))
    await line.hears(customer, "hold music")
    await line.emulator.hang_up(customer.sid)
    await line.over(anna)
    await line.until(InteractionClosed)


@pytest.mark.parametrize(("manner", "outcome"), [("busy", "busy"), ("no-answer", "no_answer"), ("machine", "machine")])
async def test_a_call_from_the_desk_that_reaches_nobody_ends_with_its_outcome_and_is_not_repeated(
    line: Hotline, manner: Any, outcome: str
) -> None:
    line.emulator.declare(CALLER, Person(manner, after=1.0))
    await call_out(line)
    failed = await line.until(CallbackAttemptFailed)
    assert (failed.outcome, failed.retry_at) == (outcome, None)
    assert (await line.until(WrapUpCompleted)).disposition == "not_reached"
    await line.until(InteractionClosed)
    assert len(await line.events(InteractionQueued)) == 1


async def test_an_agent_who_does_not_pick_up_the_own_telephone_calls_nobody(line: Hotline) -> None:
    line.emulator.declare("client:anna", Person("no-answer"))
    await call_out(line)
    await line.until(InteractionClosed)
    assert line.emulator.calls_to(CALLER) == []
