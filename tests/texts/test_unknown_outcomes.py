"""Texts of which no answer came: found at the provider before there is another, and never taken for one another."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Person
from domain.delivery.events import DeliveryAttempted, DeliveryDeferred
from domain.interaction.events import MessageReceived
from tests.texts.hotline import ADA, Hotline, bodies, hotline
from tests.texts.test_sending import of, replying, status

pytestmark = pytest.mark.timeout(240)


async def test_an_answer_that_never_came_is_asked_for_before_anything_is_sent_again(line: Hotline) -> None:
    reply = await replying(line)
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    line.emulator.fault(Fault("webhook", "lose", "status", times=10))
    await line.works()
    assert await status(line, reply) == ("attempting", "")
    await line.advance(130)
    assert await status(line, reply) == ("delivered", "")
    assert bodies(line.got()).count("It comes tomorrow.") == 1
    assert len(await of(line, DeliveryAttempted, reply)) == 1


async def test_what_the_provider_never_had_is_sent_after_all(line: Hotline) -> None:
    reply = await replying(line)
    line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=500))
    await line.works()
    assert await status(line, reply) == ("attempting", "")
    await line.advance(130)
    await line.advance(10)
    assert await status(line, reply) == ("delivered", "")
    assert [event.code for event in await of(line, DeliveryDeferred, reply)] == ["not_sent"]
    assert bodies(line.got()).count("It comes tomorrow.") == 1


async def test_the_same_words_sent_before_are_not_taken_for_an_attempt_of_unknown_outcome(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    await line.replies(work, "Yes.")
    await line.works()
    line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=500))
    second = await line.replies(work, "Yes.")
    await line.works()
    await line.advance(130)
    await line.advance(10)
    assert await status(line, second) == ("delivered", "")
    assert bodies(line.got()).count("Yes.") == 2


@pytest.mark.parametrize("hours", [1, -1])
async def test_an_answer_that_never_came_is_found_although_our_clock_is_not_the_providers(
    tmp_path: Path, hours: int
) -> None:
    async with hotline(tmp_path, ahead=timedelta(hours=hours)) as line:
        reply = await replying(line)
        line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
        line.emulator.fault(Fault("webhook", "lose", "status", times=10))
        await line.works()
        await line.advance(130)
        assert await status(line, reply) == ("delivered", "")
        assert bodies(line.got()).count("It comes tomorrow.") == 1


async def test_a_text_of_which_only_the_report_was_heard_is_not_taken_for_another_attempt(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    first = await line.replies(work, "Yes.")
    await line.works()
    await line.advance(5)
    assert await status(line, first) == ("delivered", "")
    line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=500))
    second = await line.replies(work, "Yes.")
    await line.works()
    await line.advance(130)
    await line.advance(10)
    assert await status(line, second) == ("delivered", "")
    assert bodies(line.got()).count("Yes.") == 2


async def test_a_text_that_is_just_being_handed_over_is_not_taken_for_one_of_unknown_outcome(line: Hotline) -> None:
    """Both say the same; what became of the newer one is told a moment later."""
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=500))
    first = await line.replies(work, "Yes.")
    await line.works()
    await line.advance(119.5)
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    second = await line.replies(work, "Yes.")
    await line.works()
    assert await status(line, second) == ("attempting", "")
    await line.advance(0.7)
    await line.works()
    await line.advance(20)
    await line.advance(20)
    assert [await status(line, one) for one in (first, second)] == [("delivered", "")] * 2
    assert bodies(line.got()).count("Yes.") == 2


async def test_an_earlier_attempt_of_which_only_the_failure_was_heard_is_not_taken_for_a_later_one(
    line: Hotline,
) -> None:
    reply = await replying(line)
    line.emulator.declare(ADA, Person(sms_error=30003))
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    await line.works()
    await line.advance(5)
    assert await status(line, reply) == ("pending", "30003")
    line.emulator.declare(ADA, Person())
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    line.emulator.fault(Fault("webhook", "lose", "status", times=10))
    await line.advance(60)
    await line.advance(130)
    assert await status(line, reply) == ("delivered", "")
    assert [status for _, body, status in line.got() if body == "It comes tomorrow."] == ["undelivered", "delivered"]


async def test_a_process_that_died_over_an_attempt_leaves_nothing_lost_and_nothing_twice(line: Hotline) -> None:
    """Whoever comes after it has neither its memory nor its place in the queue."""
    reply = await replying(line)
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    line.emulator.fault(Fault("webhook", "lose", "status", times=10))
    await line.works()
    line.parts = line.made_anew()
    await line.works()
    assert bodies(line.got()).count("It comes tomorrow.") == 1
    await line.advance(130)
    assert await status(line, reply) == ("delivered", "")
    assert bodies(line.got()).count("It comes tomorrow.") == 1
