"""What the adapter makes of a provider that refuses, is slow, breaks off or is not there."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from channels.twilio.answers import Retries
from channels.twilio.breaker import Breaker
from channels.twilio.errors import Code, NotThere, Refused, Unavailable, UnknownOutcome
from channels.twilio.rest import TwilioRest
from channels.twilio.transport import Account, Bounds
from channels.twilio_emulator.faults import Fault
from channels.voice.control import CallOutcomeUnknown, Say
from infra.logs import configure_logs
from tests.channels.twilio.centre import ANNA, CUSTOMER, OURS, SID, TOKEN, Running

Act = Callable[[Running], Awaitable[object]]


async def send(phones: Running) -> object:
    return await phones.rest.send_message(CUSTOMER, "Good morning", sender=OURS)


async def call(phones: Running) -> object:
    return await phones.rest.create_call(CUSTOMER, OURS, twiml="<Response><Say>Hello</Say></Response>")


async def listed(phones: Running) -> object:
    return await phones.rest.list_messages(to=CUSTOMER)


def made(phones: Running, operation: str) -> int:
    """How many requests of an operation were carried out."""
    return sum(one["operation"] == operation for one in phones.emulator.world.requests)


@pytest.mark.parametrize("act", [send, call, listed])
async def test_too_many_requests_is_waited_for_and_then_done_once(phones: Running, act: Act) -> None:
    phones.emulator.fault(Fault("rest", "refuse", times=2, status=429, retry_after=0))
    await act(phones)
    assert len(phones.emulator.world.requests) == 1


async def test_retry_after_is_honoured_and_one_too_long_is_handed_on(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "refuse", times=1, status=429, retry_after=3600))
    with pytest.raises(Unavailable) as fault:
        await send(phones)
    assert (fault.value.retry_after, fault.value.code) == (3600, Code.TOO_MANY_REQUESTS)
    assert phones.emulator.texts_to(CUSTOMER) == []


def test_pauses_grow_to_a_bound_and_retry_after_goes_before_them() -> None:
    retries = Retries(attempts=5, first=0.5, longest=3)
    assert [retries.pause(attempt, None) for attempt in (1, 2, 3, 4, 5)] == [0.5, 1, 2, 3, None]
    assert (retries.pause(1, 2.5), retries.pause(1, 3.5), retries.pause(5, 0)) == (2.5, None, None)


async def test_a_provider_that_goes_on_refusing_is_asked_a_bounded_number_of_times(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "refuse", times=3, status=429))
    async with phones.client(Bounds(retries=Retries(attempts=3, first=0.01))) as rest:
        with pytest.raises(Unavailable):
            await rest.list_messages()
        assert await rest.list_messages() == []  # the three refusals are used up: no fourth was asked for


async def test_a_question_is_repeated_after_a_server_error(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "refuse", "ListMessage", times=2, status=500))
    assert await listed(phones) == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("act", [send, call])
async def test_an_order_is_not_repeated_after_a_server_error(phones: Running, act: Act, status: int) -> None:
    phones.emulator.fault(Fault("rest", "refuse", times=1, status=status))
    with pytest.raises(UnknownOutcome):
        await act(phones)
    assert len(phones.emulator.world.requests) == 0


async def test_an_order_is_repeated_where_the_provider_says_when_to_come_back(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "refuse", "CreateMessage", times=1, status=503, retry_after=0))
    await send(phones)
    assert len(phones.emulator.texts_to(CUSTOMER)) == 1


async def test_a_text_whose_answer_was_lost_is_found_again_and_not_sent_twice(phones: Running) -> None:
    since = phones.emulator.world.now
    phones.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    with pytest.raises(UnknownOutcome):
        await send(phones)
    assert made(phones, "CreateMessage") == 1
    found = await phones.rest.list_messages(to=CUSTOMER, sender=OURS, since=since)
    assert [(one.body, one.status) for one in found] == [("Good morning", "queued")]
    await phones.emulator.advance(10)
    assert (await phones.rest.fetch_message(found[0].sid)).status == "delivered"


async def test_a_call_whose_answer_was_lost_is_found_again_and_nobody_is_called_twice(phones: Running) -> None:
    since = phones.emulator.world.now
    phones.emulator.fault(Fault("rest", "drop", "CreateCall"))
    with pytest.raises(CallOutcomeUnknown):
        await phones.control.call(CUSTOMER, OURS, [Say("Hello")], mark="try-1")
    found = await phones.control.legs_made(CUSTOMER, OURS, since=since)
    assert [one.status for one in found] == ["ringing"]
    assert await phones.control.legs_made(CUSTOMER, OURS, since=since, known={found[0].leg}) == []
    await phones.emulator.advance(5)
    assert {told.mark for told in phones.centre.of("progress")} == {"try-1"}


async def test_an_agent_whose_call_got_no_answer_is_found_and_not_rung_twice(phones: Running) -> None:
    since = phones.emulator.world.now
    phones.emulator.fault(Fault("rest", "drop", "CreateParticipant"))
    with pytest.raises(CallOutcomeUnknown):
        await phones.control.connect_agent("room", ANNA, OURS, mark="offer-1", label="anna")
    [found] = await phones.control.legs_made(ANNA, OURS, since=since)
    await phones.emulator.advance(5)
    assert (await phones.control.state(found.leg)).status == "talking"
    await phones.control.hold("room", found.leg)  # the room is found by its name, its identifier never arrived
    await phones.emulator.settle()
    assert phones.emulator.heard(found.leg)[-1] == "music: hold music"


async def test_an_attempt_that_never_arrived_is_told_from_one_that_did(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "refuse", "CreateCall", status=500))
    await phones.emulator.advance(3600)
    since = phones.emulator.world.now
    with pytest.raises(CallOutcomeUnknown):
        await phones.control.call(CUSTOMER, OURS, [Say("Hello")], mark="try-1")
    assert await phones.control.legs_made(CUSTOMER, OURS, since=since) == []


async def test_calls_of_before_the_attempt_are_not_taken_for_it(phones: Running) -> None:
    await call(phones)
    await phones.emulator.advance(600)
    assert await phones.control.legs_made(CUSTOMER, OURS, since=phones.emulator.world.now) == []
    day_before = phones.emulator.world.now - timedelta(days=1)
    assert len(await phones.control.legs_made(CUSTOMER, OURS, since=day_before)) == 1


async def test_an_answer_that_takes_too_long_leaves_the_outcome_unknown(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "slow", "CreateMessage", seconds=5))
    async with phones.client(Bounds(answer=0.2)) as rest:
        with pytest.raises(UnknownOutcome):
            await rest.send_message(CUSTOMER, "Good morning", sender=OURS)
    assert len(phones.emulator.texts_to(CUSTOMER)) == 1


async def test_a_question_that_is_answered_too_slowly_is_asked_again(phones: Running) -> None:
    phones.emulator.fault(Fault("rest", "slow", "ListMessage", seconds=5))
    async with phones.client(Bounds(answer=0.3, retries=Retries(first=0.01))) as rest:
        assert await rest.list_messages() == []


async def test_a_provider_that_is_not_there_has_certainly_done_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    bounds = Bounds(retries=Retries(attempts=3, first=0.01))
    async with TwilioRest(Account(SID, TOKEN, f"http://127.0.0.1:{port}"), bounds) as rest:
        with pytest.raises(Unavailable):
            await rest.send_message(CUSTOMER, "Good morning", sender=OURS)


async def test_a_provider_that_fails_again_and_again_is_left_alone_for_a_while(phones: Running) -> None:
    account = Account(SID, TOKEN, phones.base)
    breaker = Breaker(failures=3, pause=0.3)
    phones.emulator.fault(Fault("rest", "refuse", "FetchMessage", times=3, status=500))
    async with TwilioRest(account, Bounds(retries=Retries(attempts=9, first=0.01)), breaker) as rest:
        with pytest.raises(Unavailable):
            await rest.fetch_message("SM" + "0" * 32)
        with pytest.raises(Unavailable, match="not asked for a while") as left_alone:
            await rest.list_messages()
        assert 0 < (left_alone.value.retry_after or 0) <= 0.3
        assert made(phones, "ListMessage") == 0
        for _ in range(100):
            with suppress(Unavailable):
                assert await rest.list_messages() == []
                break
            await asyncio.sleep(0.05)
        assert await rest.list_messages() == []


async def test_a_refusal_says_why_and_bears_no_personal_data(phones: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Refused) as refused:
        await phones.rest.send_message("+00123456789", "a secret", sender=OURS)
    assert refused.value.code == Code.TO_INVALID
    assert "Invalid 'To' Phone Number" in str(refused.value)
    everything = caplog.text + str(refused.value)
    for personal in ("123456789", "a secret", OURS, TOKEN):
        assert personal not in everything.replace("%2B", "+")


@pytest.fixture
def logs_put_back() -> Iterator[None]:
    """A test that sets up the logs as a running centre does leaves them as they were."""
    named = [logging.getLogger(name) for name in ("", "httpx2", "httpcore2", "uvicorn.error")]
    before = [(logger, list(logger.handlers), logger.level) for logger in named]
    yield
    for logger, handlers, level in before:
        logger.handlers = handlers
        logger.setLevel(level)


async def test_nothing_that_a_running_centre_logs_says_whose_telephone_was_asked_about(
    logs_put_back: None, capsys: pytest.CaptureFixture[str], phones: Running
) -> None:
    configure_logs("debug")
    phones.emulator.fault(Fault("rest", "refuse", "ListMessage", status=500))
    await phones.rest.list_messages(to=CUSTOMER)
    written = capsys.readouterr().err
    assert "asking again" in written
    assert CUSTOMER.removeprefix("+") not in written


async def test_a_list_that_is_refused_says_why(phones: Running) -> None:
    async with phones.client(token="wrong") as rest:
        with pytest.raises(Refused) as refused:
            await rest.list_messages()
    assert (refused.value.status, refused.value.code) == (401, Code.NOT_AUTHENTICATED)
    with pytest.raises(NotThere):
        await phones.rest.fetch_call("CA" + "0" * 32)


async def test_long_lists_are_read_page_by_page_up_to_the_bound(phones: Running) -> None:
    for n in range(7):
        await phones.rest.send_message(CUSTOMER, f"text {n}", sender=OURS)
    found = await phones.rest.list_messages(to=CUSTOMER, limit=5)
    assert [one.body for one in found] == ["text 6", "text 5", "text 4", "text 3", "text 2"]
    pages = await phones.rest._api.messages.list_async(page_size=2)
    assert [one.body for one in pages] == [f"text {n}" for n in range(6, -1, -1)]
