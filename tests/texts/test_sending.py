"""Texts that go out: handed over once, settled by what the provider tells, held back where they must not go."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Person
from domain.callback import RequestCallback
from domain.customer.decide import SetConsent
from domain.customer.events import ConsentWithdrawn
from domain.delivery.events import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryDeferred,
    NotificationDelivered,
    NotificationFailed,
)
from domain.interaction.events import MessageReceived
from projections.queries import delivery
from tests.domain.commands import phone
from tests.texts.hotline import ADA, BORIS, MAIN, Hotline, bodies, hotline, numbers

pytestmark = pytest.mark.timeout(240)


async def replying(line: Hotline, text: str = "It comes tomorrow.", sender: str = ADA) -> str:
    """A text came, and an agent replies; the delivery's id."""
    await line.texts(sender)
    await line.advance(5)
    work = await line.in_hand((await line.events(MessageReceived))[-1].interaction_id)
    return await line.replies(work, text)


async def status(line: Hotline, delivery_id: str) -> tuple[str, str]:
    seen = await line.questions.ask(delivery, delivery_id)
    assert seen is not None
    return seen.status, seen.code


async def of(line: Hotline, kind: type, delivery_id: str) -> list:  # type: ignore[type-arg]
    return [event for event in await line.events(kind) if event.delivery_id == delivery_id]


async def test_a_reply_leaves_from_the_number_that_was_written_to_and_is_settled_by_the_providers_word(
    line: Hotline,
) -> None:
    reply = await replying(line, "Jutro. " * 30)
    await line.works()
    (accepted,) = await of(line, DeliveryAccepted, reply)
    assert accepted.segments == 2
    assert await status(line, reply) == ("accepted", "")
    await line.advance(5)
    assert line.got()[-1][::2] == (MAIN, "delivered")
    assert await status(line, reply) == ("delivered", "")
    assert len(await of(line, DeliveryAttempted, reply)) == 1


async def test_reports_that_come_twice_late_or_out_of_order_say_the_same(line: Hotline) -> None:
    for kind, sender in (("duplicate", ADA), ("late", BORIS)):
        line.emulator.fault(Fault("webhook", kind, "sent", seconds=30))
        line.emulator.fault(Fault("webhook", kind, "delivered", seconds=10))
        reply = await replying(line, f"It is {kind}.", sender)
        await line.works()
        await line.advance(60)
        assert await status(line, reply) == ("delivered", "")
        assert len(await of(line, NotificationDelivered, reply)) == 1


async def test_a_report_that_overtakes_the_providers_own_answer_counts(line: Hotline) -> None:
    line.emulator.fault(Fault("rest", "slow", "CreateMessage", seconds=0.5))
    reply = await replying(line)
    await line.caught_up()
    sending = asyncio.ensure_future(line.parts.sending.work_due())
    async with asyncio.timeout(50):
        while not await of(line, NotificationDelivered, reply):
            await line.emulator.advance(1)
            await asyncio.sleep(0.01)  # the request and its answer take their turns meanwhile
    assert await sending == 1
    await line.works()
    assert await status(line, reply) == ("delivered", "")
    assert [body for body in bodies(line.got()) if body == "It comes tomorrow."] == ["It comes tomorrow."]


async def test_a_report_that_is_lost_is_asked_for(line: Hotline) -> None:
    line.emulator.fault(Fault("webhook", "lose", "status", times=10))
    reply = await replying(line)
    await line.works()
    await line.advance(120)
    assert await status(line, reply) == ("accepted", "")
    await line.advance(300)
    assert await status(line, reply) == ("delivered", "")


async def test_a_provider_that_is_busy_is_obeyed_and_asked_again(line: Hotline) -> None:
    reply = await replying(line)
    line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=429, retry_after=90, times=1))
    await line.works()
    assert await status(line, reply) == ("pending", "20429")
    await line.advance(60)
    assert bodies(line.got()).count("It comes tomorrow.") == 0
    await line.advance(35)
    await line.advance(5)
    assert await status(line, reply) == ("delivered", "")


async def test_a_provider_that_stays_away_keeps_the_queue_and_loses_nothing(tmp_path: Path) -> None:
    async with hotline(tmp_path, failures=2) as line:
        await line.texts()
        work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
        line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=503, retry_after=30, times=100))
        replies = [await line.replies(work, f"Answer {n}.") for n in range(6)]
        await line.works()
        asked = [r for r in line.emulator.world.requests if r["operation"] == "CreateMessage"]
        assert line.rest.away() > 0
        attempts = [len(await of(line, DeliveryAttempted, one)) for one in replies]
        assert sum(attempts) < len(replies), "the breaker keeps what waits from being tried in vain"
        assert len(asked) == 1, "only the text that said that the matter is open has been taken"
        line.emulator.world.faults.clear()
        line.breaker.succeeded()
        for _ in range(4):
            await line.advance(1800)
        assert sorted(body for body in bodies(line.got()) if body.startswith("Answer")) == [
            f"Answer {n}." for n in range(6)
        ]


async def test_a_text_that_fails_for_the_time_being_is_given_up_after_so_many_attempts(line: Hotline) -> None:
    reply = await replying(line)
    line.emulator.fault(Fault("rest", "refuse", "CreateMessage", status=429, times=100))
    for _ in range(12):
        await line.advance(3 * 3600)
    assert (await status(line, reply))[0] == "failed"
    assert len(await of(line, DeliveryAttempted, reply)) == 7
    (failed,) = await of(line, NotificationFailed, reply)
    assert "given up after 7 attempts" in failed.reason


@pytest.mark.parametrize(("code", "said"), [(30006, "landline"), (30005, "does not know"), (30008, "did not say why")])
async def test_what_a_carrier_refuses_is_not_tried_again_and_says_why(line: Hotline, code: int, said: str) -> None:
    reply = await replying(line)
    line.emulator.declare(ADA, Person(sms_error=code))
    await line.works()
    await line.advance(5)
    (failed,) = await of(line, NotificationFailed, reply)
    assert (failed.code, said in failed.reason) == (str(code), True)
    await line.advance(3600)
    assert len(await of(line, DeliveryAttempted, reply)) == 1


async def test_a_telephone_out_of_reach_is_tried_again(line: Hotline) -> None:
    reply = await replying(line)
    line.emulator.declare(ADA, Person(sms_error=30003))
    await line.works()
    await line.advance(5)
    assert await status(line, reply) == ("pending", "30003")
    line.emulator.declare(ADA, Person())
    await line.advance(60)
    await line.advance(5)
    assert await status(line, reply) == ("delivered", "")


async def test_what_the_provider_knows_of_a_stop_we_know_from_then_on(line: Hotline) -> None:
    reply = await replying(line)
    line.emulator.world.opted_out.add((MAIN, ADA))
    await line.works()
    (failed,) = await of(line, NotificationFailed, reply)
    assert failed.code == "21610"
    assert (await line.one(ConsentWithdrawn)).purpose == "texts"


async def test_who_says_stop_after_an_agent_has_written_gets_nothing_and_the_reason_is_on_record(line: Hotline) -> None:
    reply = await replying(line)
    customer = (await line.one(MessageReceived)).customer_id
    await line.do(SetConsent(customer_id=customer, purpose="texts", given=False))
    await line.works()
    (failed,) = await of(line, NotificationFailed, reply)
    assert (failed.code, failed.reason) == ("no_consent", "the customer has asked for no more texts")
    assert "It comes tomorrow." not in bodies(line.got())


async def test_a_number_sends_one_text_an_interval_and_what_is_far_back_is_put_off_on_record(tmp_path: Path) -> None:
    async with hotline(tmp_path, numbers=numbers(interval=4)) as line:
        await line.texts()
        work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
        replies = [await line.replies(work, f"Answer {n}.") for n in range(6)]
        for _ in range(60):
            await line.advance(1)
        texts = [t for t in line.emulator.world.texts.values() if t.direction == "outbound-api"]
        sent = [text.created for text in texts]
        assert len(sent) == 7
        gaps = [later - earlier for earlier, later in pairwise(sent)]
        assert min(gaps) >= timedelta(seconds=3.9)
        assert "throttled" in {event.code for event in await line.events(DeliveryDeferred)}
        assert [(await status(line, one))[0] for one in replies] == ["delivered"] * 6


async def test_what_nobody_waits_for_waits_for_the_morning_of_who_gets_it(tmp_path: Path) -> None:
    hours = {"sender": "help", "texts": ["opened", "resolved"], "text_hours": {"opens": "08:00", "closes": "20:00"}}
    async with hotline(tmp_path, status=hours) as line:
        # 22:00 in Warsaw, 16:00 in New York
        await line.emulator.advance(12 * 3600)
        for number in (ADA, "+12125550123"):
            await line.texts(number)
            work = await line.in_hand((await line.events(MessageReceived))[-1].interaction_id)
            await line.resolves(work)
            await line.works()
        assert len(line.got(ADA)) == 1, "what answers a text goes at once, what tells of its end waits"
        assert len(line.got("+12125550123")) == 2
        (deferred,) = await line.events(DeliveryDeferred)
        assert (deferred.code, deferred.retry_at) == ("quiet_hours", datetime(2026, 3, 3, 7, 0, tzinfo=UTC))
        await line.advance(10.1 * 3600)
        assert len(line.got(ADA)) == 2


async def test_two_machines_that_answer_each_other_come_to_rest(line: Hotline) -> None:
    """Theirs answers every text of ours, each time with other words; an agent settles the matter each time."""
    for number in range(10):
        await line.texts(BORIS, f"We are away. Ticket {number}")
        last = (await line.events(MessageReceived))[-1]
        await line.resolves(await line.in_hand(last.interaction_id))
        await line.advance(90)
    assert len(line.got(BORIS)) == 6
    assert {event.code for event in await line.events(DeliveryDeferred)} == {"held"}


async def test_a_project_without_a_number_that_sends_says_so(tmp_path: Path) -> None:
    other = {name: {**one, "provider": "elsewhere"} for name, one in numbers().items()}
    async with hotline(tmp_path, numbers=other) as line:
        assert await line.incoming("Hello") == 404
        await line.do(
            RequestCallback(
                project="hotline", number=phone(ADA), key="k", name="", about="", due_at=None, entry="", confirm="main"
            )
        )
        await line.works()
        (failed,) = await line.events(NotificationFailed)
        assert (failed.code, failed.reason) == (
            "no_account",
            "the settings have no account 'elsewhere' that sends texts",
        )
