"""Texts: out with their whole life, in with Twilio's own answers, and webhooks that come late, twice or never."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from channels.twilio.callbacks import incoming_message, message_progress
from channels.twilio.errors import Code, Refused, UnknownOutcome
from channels.twilio.reconciling import made_by_attempt
from channels.twilio.twiml import Reply, render
from channels.twilio_emulator.emulator import CannotDo
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Person
from channels.twilio_emulator.texting import STARTED, STOPPED, segments
from tests.channels.twilio.centre import CUSTOMER, OURS, SID, Running, Told


async def sent(phones: Running, body: str = "Good morning") -> str:
    callback = phones.at.of("progress", mark="attempt-1")
    return (await phones.rest.send_message(CUSTOMER, body, sender=OURS, status_callback=callback)).sid


def statuses(phones: Running) -> list[str]:
    return [message_progress(told.read).status for told in phones.centre.of("progress")]


def silent(told: Told) -> Response:
    return Response(render([]), media_type="text/xml")


async def test_a_text_is_queued_sent_and_delivered_and_each_is_told_with_the_attempts_mark(phones: Running) -> None:
    await sent(phones)
    await phones.emulator.settle()
    assert statuses(phones) == ["queued"]
    await phones.emulator.advance(1)
    assert statuses(phones) == ["queued", "sent"]
    await phones.emulator.advance(2)
    assert statuses(phones) == ["queued", "sent", "delivered"]
    assert {told.mark for told in phones.centre.of("progress")} == {"attempt-1"}


@pytest.mark.parametrize(
    ("person", "told"),
    [
        (Person(sms_error=30003), ["queued", "sent", "undelivered"]),
        (Person(sms_error=30006, sms_fails=True), ["queued", "failed"]),
    ],
)
async def test_a_text_that_does_not_arrive_is_told_with_the_carriers_reason(
    phones: Running, person: Person, told: list[str]
) -> None:
    phones.emulator.declare(CUSTOMER, person)
    sid = await sent(phones)
    await phones.emulator.advance(10)
    assert statuses(phones) == told
    assert message_progress(phones.centre.of("progress")[-1].read).error == person.sms_error
    assert (await phones.rest.fetch_message(sid)).error_code == person.sms_error


async def test_a_text_that_comes_in_is_handed_over_and_its_answer_sent(phones: Running) -> None:
    phones.centre.script["text"] = lambda told: Response(render([Reply(body="We got it.")]), media_type="text/xml")
    text = await phones.emulator.text(CUSTOMER, OURS, "Zażółć gęślą jaźń", ["https://files.example.org/a.jpg"])
    read = incoming_message(phones.centre.of("text")[0].read)
    assert (read.message, read.sender, read.to, read.body) == (text.sid, CUSTOMER, OURS, "Zażółć gęślą jaźń")
    assert [one.url.rpartition("/")[0] for one in read.media] == [
        f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/{text.sid}/Media"
    ]
    [answer] = phones.emulator.texts_to(CUSTOMER)
    assert (answer.body, answer.direction) == ("We got it.", "outbound-reply")


async def test_who_texts_stop_gets_no_more_texts_until_start(phones: Running) -> None:
    phones.centre.script["text"] = silent
    await phones.emulator.text(CUSTOMER, OURS, " stop ")
    assert incoming_message(phones.centre.of("text")[0].read).body == " stop "
    with pytest.raises(Refused) as refused:
        await sent(phones)
    assert refused.value.code == Code.OPTED_OUT
    await phones.emulator.text(CUSTOMER, OURS, "START")
    await sent(phones)
    assert [one.body for one in phones.emulator.texts_to(CUSTOMER)] == [STOPPED, STARTED, "Good morning"]


async def test_the_answer_to_somebody_who_has_just_stopped_is_held_back(phones: Running) -> None:
    phones.centre.script["text"] = lambda told: Response(
        render([Reply(body="Sorry to see you go")]), media_type="text/xml"
    )
    await phones.emulator.text(CUSTOMER, OURS, "STOP")
    assert [one.body for one in phones.emulator.texts_to(CUSTOMER)] == [STOPPED]
    assert [one.code for one in phones.emulator.world.alerts] == [Code.OPTED_OUT]
    phones.emulator.world.alerts.clear()


async def test_a_webhook_delivered_twice_has_the_same_once(phones: Running) -> None:
    phones.emulator.fault(Fault("webhook", "duplicate", "delivered"))
    await sent(phones)
    await phones.emulator.advance(5)
    onces = [message_progress(told.read).once for told in phones.centre.of("progress")]
    assert (len(onces), len(set(onces))) == (4, 3)


async def test_webhooks_out_of_order_are_told_apart_by_rank(phones: Running) -> None:
    phones.emulator.fault(Fault("webhook", "late", "sent", seconds=60))
    await sent(phones)
    await phones.emulator.advance(120)
    assert statuses(phones) == ["queued", "delivered", "sent"]
    ranks = [message_progress(told.read).rank for told in phones.centre.of("progress")]
    assert ranks.index(max(ranks)) == 1


async def test_what_a_lost_webhook_would_have_told_is_found_by_asking(phones: Running) -> None:
    phones.emulator.fault(Fault("webhook", "lose", "delivered"))
    sid = await sent(phones)
    await phones.emulator.advance(60)
    assert statuses(phones) == ["queued", "sent"]
    assert (await phones.rest.fetch_message(sid)).status == "delivered"


async def test_a_webhook_that_is_repeated_bears_a_new_signature_of_the_same_once(phones: Running) -> None:
    """A replay: the very same request again is signed well, and only its `once` tells that it was there before."""
    phones.centre.script["text"] = silent
    await phones.emulator.text(CUSTOMER, OURS, "Hello")
    [delivery] = [one for one in phones.emulator.world.webhooks.sent if "/text" in one.url]
    from channels.twilio_emulator.model import Hook

    await phones.emulator.world.webhooks.ask(Hook(delivery.url), delivery.params)
    first, again = phones.centre.of("text")
    assert incoming_message(first.read).once == incoming_message(again.read).once


async def test_the_fallback_is_asked_when_the_application_fails(phones: Running) -> None:
    phones.emulator.number(
        OURS, sms_url=phones.at.of("text"), sms_fallback_url=phones.at.of("fallback"), voice_url=phones.at.of("voice"),
        voice_fallback_url=phones.at.of("fallback"),
    )  # fmt: skip
    phones.centre.script["text"] = phones.centre.script["voice"] = lambda told: Response(status_code=500)
    phones.centre.script["fallback"] = silent
    await phones.emulator.text(CUSTOMER, OURS, "Hello")
    call = await phones.emulator.dial(CUSTOMER, OURS)
    text, voice = phones.centre.of("fallback")
    assert (text["ErrorCode"], text["ErrorUrl"]) == ("11200", phones.at.of("text"))
    assert (voice["ErrorCode"], voice["CallSid"]) == ("11200", call.sid)
    assert [one.code for one in phones.emulator.world.alerts] == [11200, 11200]
    phones.emulator.world.alerts.clear()


async def test_a_caller_hears_an_apology_when_no_application_answers(phones: Running) -> None:
    phones.centre.script["voice"] = lambda told: Response("<oops", media_type="text/xml")
    call = await phones.emulator.dial(CUSTOMER, OURS)
    assert phones.emulator.heard(call.sid) == ["error: We are sorry, an application error has occurred. Goodbye."]
    assert [one.code for one in phones.emulator.world.alerts] == [12100]
    phones.emulator.world.alerts.clear()


async def test_connection_overrides_of_an_address_are_followed(phones: Running) -> None:
    phones.emulator.number(OURS, sms_url=phones.at.of("text") + "#rc=2&rp=5xx")
    phones.centre.script["text"] = lambda told: Response(status_code=500 if len(phones.centre.of("text")) < 3 else 204)
    await phones.emulator.text(CUSTOMER, OURS, "Hello")
    assert len(phones.centre.of("text")) == 3
    phones.emulator.world.alerts.clear()


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ż" * 70, 1),
        ("ż" * 71, 2),
        ("😀" * 35, 1),
        ("", 1),
    ],
)
def test_a_text_is_cut_into_as_many_parts_as_the_standard_says(body: str, parts: int) -> None:
    assert segments(body) == parts


async def test_what_no_person_can_do_is_refused_in_words(phones: Running) -> None:
    with pytest.raises(CannotDo, match="no number of this account"):
        await phones.emulator.text(CUSTOMER, "+48999999999", "Hello")
    with pytest.raises(CannotDo, match="1 to 1600"):
        await phones.emulator.text(CUSTOMER, OURS, "")
    with pytest.raises(CannotDo, match="call is over"):
        await phones.emulator.press("CA1", "1")


async def test_a_text_of_unknown_outcome_is_told_from_others_to_the_same_person(phones: Running) -> None:
    since = phones.emulator.world.now
    await phones.emulator.text(CUSTOMER, OURS, "Good morning")
    phones.emulator.world.alerts.clear()
    other = await sent(phones, "Another text")
    known = await sent(phones, "Good morning")
    listed = await phones.rest.list_messages(to=CUSTOMER, sender=OURS, since=since)
    assert made_by_attempt(listed, "Good morning", known={known}) == []
    phones.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    with pytest.raises(UnknownOutcome):
        await sent(phones, "Good morning  ")
    listed = await phones.rest.list_messages(to=CUSTOMER, sender=OURS, since=since)
    [made] = made_by_attempt(listed, "Good morning", known={known})
    assert made.sid not in (known, other)
