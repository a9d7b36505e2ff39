"""Customers called back: by whose telephone rings first, with busy numbers, machines and agents who do not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Person
from domain.callback import RequestCallback
from domain.centre.documents import ProjectDocument
from domain.customer.contact import callback_key, contact
from domain.interaction.events import (
    AgentConnected,
    CallbackRequested,
    InteractionClosed,
    InteractionQueued,
    WrapUpCompleted,
)
from domain.interaction.work import CompleteWork
from domain.voice.events import CallbackAttemptFailed, DialAnswered, DialAttempted
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, Hotline, hotline


def document(**rules: Any) -> ProjectDocument:
    plain = project(ALWAYS, "wait").model_dump(mode="json", exclude_none=True)
    return ProjectDocument.model_validate({**plain, "callbacks": {"queue": "orders", **rules}})


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path, document(retry=600, attempts=2)) as one:
        yield one


async def asked(line: Hotline) -> None:
    """A customer asks to be called back, and Anna takes it."""
    number = contact(line.stores.fingerprints, "hotline", "phone", CALLER)
    key = callback_key(line.stores.fingerprints, "hotline", "orders", CALLER)
    request = RequestCallback(
        project="hotline", number=number, key=key, name="Ada", about="", due_at=None, entry="page"
    )
    await line.do(request)
    await line.accept()


async def test_the_agents_telephone_rings_first_then_the_customers_and_they_talk(line: Hotline) -> None:
    await asked(line)
    await line.until(DialAnswered, 2)
    first, second = await line.events(DialAttempted)
    assert (first.purpose, second.purpose) == ("agent", "customer")
    (anna,), (customer,) = line.emulator.calls_to("client:anna"), line.emulator.calls_to(CALLER)
    assert customer.caller == LINE

    async def heard() -> bool:
        await line.emulator.say(anna.sid, "You asked us to call")
        return any("You asked us" in one for one in line.emulator.heard(customer.sid))

    await line.when(heard, "the agent at the customer's")
    await line.emulator.hang_up(customer.sid)
    await line.until(WrapUpCompleted)
    await line.over(anna)
    await line.until(InteractionClosed)


async def test_the_customers_telephone_rings_first_where_the_project_says_so(tmp_path: Path) -> None:
    async with hotline(tmp_path, document(order="customer_first")) as line:
        await asked(line)
        await line.until(DialAnswered, 2)
        assert [one.purpose for one in await line.events(DialAttempted)] == ["customer", "agent"]


@pytest.mark.parametrize(("manner", "outcome"), [("busy", "busy"), ("no-answer", "no_answer"), ("machine", "machine")])
async def test_a_customer_who_is_not_reached_is_work_again_later(line: Hotline, manner: Any, outcome: str) -> None:
    line.emulator.declare(CALLER, Person(manner, after=1.0))
    await asked(line)
    failed = await line.until(CallbackAttemptFailed)
    assert (failed.attempt, failed.outcome) == (1, outcome)
    again = await line.until(InteractionQueued, 2)
    assert again.not_before == failed.retry_at
    (anna,) = line.emulator.calls_to("client:anna")
    await line.over(anna)
    (customer,) = line.emulator.calls_to(CALLER)
    await line.over(customer)


async def test_an_agent_who_does_not_answer_is_no_failed_attempt_and_the_customer_is_not_called(line: Hotline) -> None:
    line.emulator.declare("client:anna", Person("no-answer"))
    await asked(line)
    again = await line.until(InteractionQueued, 2)
    assert again.trail == ("anna",)
    assert line.emulator.calls_to(CALLER) == []
    assert await line.events(CallbackAttemptFailed) == []


async def test_an_agent_who_completes_the_callback_ends_both_legs(line: Hotline) -> None:
    await asked(line)
    await line.until(DialAnswered, 2)
    connected = await line.until(AgentConnected)
    await line.do(CompleteWork(project="hotline", interaction_id=connected.interaction_id, leg="1", agent_id="anna"))
    for address in ("client:anna", CALLER):
        (leg,) = line.emulator.calls_to(address)
        await line.over(leg)


async def test_a_customer_is_called_back_once_though_the_provider_says_too_many_requests_at_first(
    line: Hotline,
) -> None:
    line.emulator.fault(Fault("rest", "refuse", "CreateCall", times=2, status=429, retry_after=0))
    await asked(line)
    await line.until(DialAnswered, 2)
    assert [one.purpose for one in await line.events(DialAttempted)] == ["agent", "customer"]
    assert len(line.emulator.calls_to(CALLER)) == 1


async def test_a_callback_that_the_provider_has_no_room_for_is_made_again_later_and_nobody_was_called(
    line: Hotline,
) -> None:
    away = Fault("rest", "refuse", "CreateCall", times=50, status=429, retry_after=3600)
    line.emulator.fault(away)
    await asked(line)
    failed = await line.until(CallbackAttemptFailed)
    assert (failed.outcome, failed.attempt) == ("never_placed", 1)
    assert (await line.until(InteractionQueued, 2)).not_before == failed.retry_at
    assert line.emulator.calls_to(CALLER) == []
    assert away.times == 49, "it was asked once"


async def test_who_asks_to_be_called_back_without_having_waited_is_promised_no_place(tmp_path: Path) -> None:
    async with hotline(tmp_path, project(ALWAYS, "back")) as line:
        call = await line.emulator.dial(CALLER, LINE)
        await line.hears(call, "Back? 1")
        await line.press(call, "1")
        await line.hears(call, "We will call you back. Goodbye.")
        asked = await line.until(CallbackRequested)
        assert asked.number == CALLER
        await line.over(call)
        assert not any("place" in words for words in line.emulator.heard(call.sid))
