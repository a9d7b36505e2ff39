"""Callers as they come: without a number, with one that is none, with a telephone that two customers share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.twilio_emulator.faults import Fault
from domain.customer.contact import contact
from domain.customer.decide import EraseCustomer, RegisterCustomer
from domain.interaction.events import CustomerRecognised, InteractionStarted
from domain.voice.events import CallProceeded, CallStarted, LineFreed
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, Hotline, hotline


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path, project(ALWAYS, "who")) as one:
        yield one


async def keyed(line: Hotline, caller: str, number: str = "123456#") -> None:
    """Somebody calls, keys a customer number, and hangs up."""
    calls = len(await line.events(CallStarted))
    call = await line.emulator.dial(caller, LINE)
    await line.hears(call, "Your number")
    await line.press(call, number)
    await line.hears(call, "Orders 1")
    await line.emulator.hang_up(call.sid)
    await line.until(LineFreed, calls + 1)


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "Restricted", "+266696687", "+0", "12", "sip:x@example.org", "+48 6"]
)
async def test_a_caller_without_a_number_that_could_be_called_is_a_customer_of_their_own(
    line: Hotline, caller: str
) -> None:
    await keyed(line, caller, "#")
    (started,) = await line.events(CallStarted)
    assert (started.caller_known, started.caller) == (False, None)


async def test_two_customers_who_share_a_telephone_are_told_apart_by_their_numbers(line: Hotline) -> None:
    prints = line.stores.fingerprints
    shared = contact(prints, "hotline", "phone", CALLER)
    for name, number, more in (("ada", "111111", (shared,)), ("bob", "222222", ())):
        own = contact(prints, "hotline", "customer_number", number)
        await line.do(RegisterCustomer(customer_id=name, name=name, language="en", contacts=(own, *more)))
    await keyed(line, CALLER, "222222#")
    assert (await line.until(InteractionStarted)).customer_id == "ada"
    assert [one.customer_id for one in await line.events(CustomerRecognised)] == ["bob"]
    await keyed(line, CALLER, "111111#")
    assert [one.customer_id for one in await line.events(CustomerRecognised)] == ["bob"], "she was known already"
    await line.do(EraseCustomer(customer_id="ada"))
    await keyed(line, CALLER, "222222#")
    assert [one.customer_id for one in await line.events(CustomerRecognised)] == ["bob", "bob"]


async def test_answers_that_come_twice_are_one_turn(line: Hotline) -> None:
    line.emulator.fault(Fault("webhook", "duplicate", "gathered", 20))
    await keyed(line, CALLER)
    turns = [one.place.turn for one in await line.events(CallProceeded)]
    assert turns == sorted(set(turns))
