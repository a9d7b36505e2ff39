"""What goes wrong: forged, replayed and late webhooks, storms, numbers that are none, people who are gone."""

import asyncio

import pytest

from channels.sms.storms import MANY, TOO_MANY
from channels.twilio.signature import Signatures
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.webhooks import sign
from domain.customer.decide import EraseCustomer
from domain.customer.events import ConsentWithdrawn
from domain.delivery.events import NotificationDelivered, NotificationFailed
from domain.interaction.events import InteractionQueued, MessageReceived
from domain.ticket.events import TicketOpened
from infra.texts.reporting import marked
from tests.texts.hotline import ADA, BORIS, MAIN, TOKEN, Hotline, bodies

pytestmark = pytest.mark.timeout(240)


async def test_what_is_not_signed_or_signed_by_another_is_refused_before_it_is_read(line: Hotline) -> None:
    form = {"MessageSid": "not even an id"}
    assert await line.post("incoming", form, token="another token") == 403
    assert await line.post("incoming", form, **{"X-Twilio-Signature": "x"}) == 403
    assert await line.post("status", form, token="another token") == 403
    assert await line.events(MessageReceived) == []


async def test_a_body_that_was_changed_on_the_way_is_refused(line: Hotline) -> None:
    url = f"{line.url}/texts/twilio/incoming"
    form = {"MessageSid": line.emulator.world.sids("SM"), "From": ADA, "To": MAIN, "Body": "Pay 10", "NumMedia": "0"}
    signature = sign(TOKEN, url, form)
    answer = await line.client.post(url, data=form | {"Body": "Pay 1000"}, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403
    answer = await line.client.post(f"{url}?more=1", data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403
    assert await line.events(MessageReceived) == []


@pytest.mark.parametrize(
    ("public", "called"),
    [
        ("https://texts.example.org", "https://texts.example.org/texts/twilio/incoming"),
        ("https://texts.example.org:8443", "https://texts.example.org:8443/texts/twilio/incoming"),
        ("https://example.org/hooks/", "https://example.org/hooks/texts/twilio/incoming"),
    ],
)
async def test_behind_a_proxy_the_address_that_the_provider_called_is_what_is_signed(
    line: Hotline, public: str, called: str
) -> None:
    line.account.signatures.__init__([TOKEN], public)  # type: ignore[misc]
    sid = line.emulator.world.sids("SM")
    form = {"MessageSid": sid, "From": ADA, "To": MAIN, "Body": "Hello", "NumMedia": "0"}
    for query in ("", "?a=b%20c&d="):
        headers = {"X-Twilio-Signature": sign(TOKEN, called + query, form), "X-Forwarded-Host": "evil.example"}
        answer = await line.client.post(f"{line.url}/texts/twilio/incoming{query}", data=form, headers=headers)
        assert answer.status_code == 200
    assert len(await line.events(MessageReceived)) == 1
    assert Signatures([TOKEN], public).public("/x") == called.replace("/texts/twilio/incoming", "/x")


@pytest.mark.parametrize(
    "change",
    [
        {"MessageSid": "SM1"},
        {"MessageSid": "CA" + "a" * 32},
        {"From": ""},
        {"NumMedia": "11"},
        {"NumMedia": "1"},
        {"Body": "x" * 8001},
        {"Body": "a\x00b"},
    ],
    ids=str,
)
async def test_a_webhook_that_is_none_of_the_providers_is_refused_with_a_reason_and_changes_nothing(
    line: Hotline, change: dict[str, str]
) -> None:
    assert await line.incoming("Hello", **change) == 400
    assert await line.events(MessageReceived) == []


async def test_a_text_to_a_number_of_nobodys_and_an_unknown_path_are_not_taken(line: Hotline) -> None:
    assert await line.incoming("Hello", to="+48221119999") == 404
    assert await line.post("elsewhere", {}) == 404


async def test_a_replayed_webhook_changes_nothing_days_later_and_in_another_process(line: Hotline) -> None:
    text = await line.texts()
    await line.advance(3 * 86_400)
    line.parts = line.made_anew()
    before = await line.log.head()
    assert await line.incoming(text.body, sid=text.sid) == 200
    assert await line.log.head() == before


async def test_webhooks_of_one_text_that_come_at_once_are_taken_once(line: Hotline) -> None:
    sid = line.emulator.world.sids("SM")
    answers = await asyncio.gather(*(line.incoming("Hello", sid=sid) for _ in range(8)))
    assert answers == [200] * 8
    assert len(await line.events(MessageReceived)) == 1


async def test_a_storm_from_one_number_is_recorded_and_disturbs_nobody_and_beyond_its_bound_is_not_taken(
    line: Hotline,
) -> None:
    answers = [await line.incoming(f"Buy {number}") for number in range(TOO_MANY + 5)]
    assert answers == [200] * TOO_MANY + [429] * 5
    messages = await line.events(MessageReceived)
    assert len(messages) == TOO_MANY, "what was acknowledged is on record"
    assert [bool(m.automatic) for m in messages] == [n >= MANY for n in range(TOO_MANY)]
    assert messages[-1].automatic == f"storm: more than {MANY} texts in ten minutes"
    assert len(await line.events(InteractionQueued)) == len(await line.events(TicketOpened)) == 1
    await line.works()
    assert len(line.got()) == 1
    assert await line.incoming("Hello", BORIS) == 200, "others are heard meanwhile"
    await line.emulator.advance(601)
    assert await line.incoming("It was my nephew") == 200


async def test_stop_is_heard_in_a_storm(line: Hotline) -> None:
    for number in range(MANY + 1):
        await line.incoming(f"Buy {number}")
    assert await line.incoming("Rezygnuję") == 200
    await line.one(ConsentWithdrawn)


async def test_a_machine_that_repeats_itself_is_recorded_as_one_and_not_answered(line: Hotline) -> None:
    for _ in range(4):
        await line.texts(body="I am driving and will answer later.")
    messages = await line.events(MessageReceived)
    assert [bool(m.automatic) for m in messages] == [False, False, True, True]
    assert len(line.got()) == 1


async def test_a_report_about_a_text_that_is_not_ours_or_bears_no_mark_is_no_news(line: Hotline) -> None:
    form = {"MessageSid": "SM" + "a" * 32, "MessageStatus": "delivered", "To": ADA, "From": MAIN}
    before = await line.log.head()
    for query in ("", "?mark=", "?mark=none.none", "?mark=%F0%9F%90%A2", f"?mark={'x' * 150}"):
        assert await line.post("status", form, query=query) == 204
    assert await line.post("status", form, query=f"?mark={'x' * 300}") == 400
    assert await line.post("status", form | {"MessageStatus": "eaten"}) == 400
    assert await line.log.head() == before


async def test_a_forged_report_settles_nothing(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    reply = await line.replies(work)
    line.emulator.fault(Fault("webhook", "forge", "status", times=20))
    await line.works()
    await line.advance(5)
    assert await line.events(NotificationDelivered) == []
    await line.advance(301)
    assert reply in {event.delivery_id for event in await line.events(NotificationDelivered)}, "it was asked about"


async def test_a_report_for_another_attempt_of_the_same_text_counts_for_nothing(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    reply = await line.replies(work)
    await line.works()
    form = {"MessageSid": "SM" + "a" * 32, "MessageStatus": "failed", "ErrorCode": "30005", "To": ADA, "From": MAIN}
    assert await line.post("status", form, query=f"?mark={marked(reply, 'another')}") == 204
    assert await line.events(NotificationFailed) == []


async def test_what_is_said_to_an_erased_customer_is_never_sent(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    await line.replies(work)
    customer = (await line.one(MessageReceived)).customer_id
    await line.do(EraseCustomer(customer_id=customer))
    await line.forget(customer)
    await line.works()
    assert "It comes tomorrow." not in bodies(line.got())


async def test_a_log_that_cannot_be_written_is_no_reason_to_lose_a_text(line: Hotline) -> None:
    """It is not acknowledged: the provider keeps it, or takes it to the number's fallback address."""
    line.log.full = True
    assert await line.incoming("Hello") == 503
    line.log.full = False
    assert await line.incoming("Hello") == 200
    assert len(await line.events(MessageReceived)) == 1


async def test_a_text_that_could_not_be_stored_again_and_again_is_a_persons_still(line: Hotline) -> None:
    sid = line.emulator.world.sids("SM")
    line.log.full = True
    assert [await line.incoming("Where is my parcel?", sid=sid) for _ in range(4)] == [503] * 4
    line.log.full = False
    assert await line.incoming("Where is my parcel?", sid=sid) == 200
    assert (await line.one(MessageReceived)).automatic == ""
    await line.one(TicketOpened)


@pytest.mark.parametrize("word", ["Rezygnuję", "STOP", "Pomoc", "Wznów", "START", "Oddzwoń!"])
async def test_a_command_whose_webhook_comes_again_is_done_once(line: Hotline, word: str) -> None:
    if word in ("Wznów", "START"):
        await line.texts(body="Rezygnuję")
    text = await line.texts(body=word)
    before = await line.log.head()
    assert [await line.incoming(text.body, sid=text.sid) for _ in range(3)] == [200] * 3
    assert await line.log.head() == before


async def test_a_command_that_was_done_and_not_put_on_record_is_put_there_by_the_next_try(line: Hotline) -> None:
    sid = line.emulator.world.sids("SM")
    line.log.room = 1
    assert await line.incoming("Rezygnuję", sid=sid) == 503
    await line.one(ConsentWithdrawn)
    assert await line.events(MessageReceived) == []
    line.log.room = None
    assert await line.incoming("Rezygnuję", sid=sid) == 200
    assert (await line.one(MessageReceived)).automatic == "keyword: stop"
    await line.one(ConsentWithdrawn)


async def test_a_text_of_unknown_outcome_whose_account_is_gone_is_given_up_and_holds_up_nobody(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    reply = await line.replies(work)
    line.emulator.fault(Fault("rest", "drop", "CreateMessage"))
    line.emulator.fault(Fault("webhook", "lose", "status", times=10))
    await line.works()
    line.parts.sending.accounts.clear()  # type: ignore[attr-defined]
    await line.advance(130)
    (failed,) = [one for one in await line.events(NotificationFailed) if one.delivery_id == reply]
    assert failed.code == "unknown"
