"""Texts that come in: what they become, once each, and what is answered."""

from pathlib import Path

from channels.twilio_emulator.faults import Fault
from domain.centre.configuration import ConfigureProject
from domain.customer.events import ConsentGiven, ConsentWithdrawn
from domain.interaction.events import CallbackRequested, InteractionQueued, MessageReceived
from domain.ticket.events import TicketOpened, TicketReopened
from tests.domain.documents import project
from tests.texts.hotline import ADA, BORIS, MAIN, TECH, Hotline, bodies, hotline, numbers


async def test_a_text_becomes_a_matter_and_its_writer_is_told_so_by_text(line: Hotline) -> None:
    await line.texts()
    opened, message = await line.one(TicketOpened), await line.one(MessageReceived)
    assert (opened.department, opened.text_number, opened.subject) == ("billing", "main", "Where is my parcel?")
    assert (message.via, message.sender, message.text) == ("sms", ADA, "Where is my parcel?")
    assert (await line.one(InteractionQueued)).channel == "sms"
    assert bodies(line.got()) == [
        f"Hotline: mamy Państwa wiadomość. Zgłoszenie {opened.number}. Aby coś dodać, proszę tu odpisać."
    ]


async def test_a_text_is_taken_once_however_often_its_webhook_comes(line: Hotline) -> None:
    text = await line.texts()
    for _ in range(3):
        assert await line.incoming(text.body, sid=text.sid) == 200
    assert len(await line.events(MessageReceived)) == 1
    assert len(line.got()) == 1


async def test_long_and_unicode_texts_come_in_whole(line: Hotline) -> None:
    long = "Żółw 🐢 " * 200
    await line.texts(body=long)
    assert (await line.one(MessageReceived)).text == long


async def test_the_conversation_of_two_numbers_is_one_matter(line: Hotline) -> None:
    await line.texts()
    await line.texts(body="It was blue.")
    await line.texts(body="Et le mien ?", to=TECH)
    messages = await line.events(MessageReceived)
    assert [m.interaction_id == messages[0].interaction_id for m in messages] == [True, True, False]
    assert len(await line.events(TicketOpened)) == 2


async def test_stop_in_any_language_is_confirmed_unless_the_provider_did_and_ends_what_nobody_waits_for(
    line: Hotline,
) -> None:
    await line.texts()
    await line.texts(body="«Wypisz się!»")
    assert (await line.one(ConsentWithdrawn)).purpose == "texts"
    assert bodies(line.got())[1:] == [
        "Hotline: nie będziemy już wysyłać SMS-ów. Aby znów je otrzymywać, proszę napisać START."
    ]
    messages = await line.events(MessageReceived)
    assert messages[1].automatic == "keyword: stop"
    # Twilio knows this one and has answered by itself
    await line.texts(BORIS, "STOP")
    assert len(await line.events(ConsentWithdrawn)) == 2
    assert line.got(BORIS) == []


async def test_start_after_stop_gives_the_consent_back_and_is_else_a_message(line: Hotline) -> None:
    await line.texts(body="yes")
    assert (await line.one(MessageReceived)).automatic == ""
    await line.texts(body="Rezygnuję")
    await line.texts(body="Wznów")
    assert (await line.one(ConsentGiven)).purpose == "texts"
    assert bodies(line.got())[-1].startswith("Hotline: znów będziemy wysyłać SMS-y")


async def test_help_is_answered_in_the_language_of_the_number(line: Hotline) -> None:
    await line.texts(body="Aide ?", to=TECH)
    assert bodies(line.got()) == [
        "Hotline : écrivez-nous ici, nous répondrons. Envoyez STOP pour ne plus recevoir de SMS."
    ]
    assert await line.events(TicketOpened) == []


async def test_a_callback_word_puts_a_callback_on_record_once_and_says_so(line: Hotline) -> None:
    await line.texts(body="Oddzwoń!")
    await line.texts(body="Oddzwoń!")
    asked = await line.one(CallbackRequested)
    assert (asked.number, asked.queue) == (ADA, "billing")
    assert bodies(line.got()) == ["Hotline: oddzwonimy pod ten numer."]
    assert [m.automatic for m in await line.events(MessageReceived)] == ["keyword: callback"] * 2


async def test_a_callback_word_is_a_message_where_the_project_calls_nobody_back(tmp_path: Path) -> None:
    async with hotline(tmp_path, callbacks=None) as line:
        await line.texts(body="Oddzwoń!")
        assert (await line.one(MessageReceived)).automatic == ""
        assert len(await line.events(TicketOpened)) == 1


async def test_pictures_are_pulled_from_the_provider_and_kept_with_the_message(line: Hotline) -> None:
    await line.texts(ADA, "Look", MAIN, "data:image/png;base64,iVBORw0KGgo=", "data:text/vcard;base64,QkVHSU4=")
    message = await line.one(MessageReceived)
    assert [(a.media_type, a.size) for a in message.attachments] == [("image/png", 8), ("text/vcard", 5)]
    assert await line.blobs.get(message.customer_id, message.attachments[0].reference) == b"\x89PNG\r\n\x1a\n"


async def test_a_picture_that_is_not_the_providers_own_is_never_fetched(line: Hotline) -> None:
    more = {"NumMedia": "2", "MediaUrl0": f"{line.url}/secret", "MediaContentType0": "image/png"}
    foreign = f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages/MM{'0' * 32}/Media/ME{'0' * 32}"
    assert await line.incoming("Look", **more, MediaUrl1=foreign, MediaContentType1="image/png") == 200
    message = await line.one(MessageReceived)
    assert message.attachments == ()
    assert message.faults == tuple(
        f"attachment {n}: the provider did not hand it over: it is not of this provider's own" for n in (1, 2)
    )


async def test_a_picture_that_the_provider_does_not_hand_over_does_not_hold_up_the_text(line: Hotline) -> None:
    line.emulator.fault(Fault("rest", "refuse", "FetchMedia", status=500, times=5))
    await line.texts(ADA, "Look", MAIN, "data:image/png;base64,iVBORw0KGgo=")
    message = await line.one(MessageReceived)
    assert (message.text, message.attachments, len(message.faults)) == ("Look", (), 1)


async def test_who_writes_without_a_number_that_can_be_answered_is_kept_on_record_and_not_answered(
    line: Hotline,
) -> None:
    for sender in ("PARCELS", "anonymous", "8888", "+1", "+266696687"):
        assert await line.incoming("Your code is 1234", sender) == 200
    messages = await line.events(MessageReceived)
    assert [m.sender for m in messages] == ["anonymous"] * 5
    assert all(m.automatic == "who wrote has no number that could be answered" for m in messages)
    assert await line.events(TicketOpened) == []
    await line.works()
    assert line.got("PARCELS") == []


async def test_whoever_writes_without_a_number_shares_no_history_with_others_who_do(line: Hotline) -> None:
    for sender in ("PARCELS", "parcels", "8888", "anonymous", "anonymous"):
        assert await line.incoming("Your code is 1234", sender) == 200
    parcels, again, short, one, another = [m.customer_id for m in await line.events(MessageReceived)]
    assert parcels == again, "a name is somebody"
    assert len({parcels, short, one, another}) == 4, "and who withholds theirs might be anybody"


async def test_a_picture_of_a_text_that_comes_again_is_kept_once(line: Hotline) -> None:
    await line.texts(ADA, "Look", MAIN, "data:image/png;base64,iVBORw0KGgo=")
    (sent,) = [one for one in line.emulator.world.webhooks.sent if one.url.endswith("/incoming")]
    assert await line.post("incoming", dict(sent.params)) == 200
    message = await line.one(MessageReceived)
    kept = [path for path in line.blobs.root.rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [message.attachments[0].reference]


async def test_a_text_after_the_matter_was_settled_takes_it_up_again(line: Hotline) -> None:
    await line.texts()
    work = await line.in_hand((await line.one(MessageReceived)).interaction_id)
    await line.resolves(work)
    await line.works()
    assert "załatwione" in bodies(line.got())[-1]
    await line.texts(body="Not yet!")
    await line.one(TicketReopened)
    assert "znowu otwarte" in bodies(line.got())[-1]


async def test_a_text_to_a_number_that_came_into_use_a_moment_ago_is_taken(tmp_path: Path) -> None:
    """By a process that has just looked at the documents, and need not look again for the numbers that it knows."""
    new = "+48222000333"
    async with hotline(tmp_path, recent=3600.0) as line:
        more = {"new": {"number": new, "title": "New", "texts": {"department": "billing"}, "language": "pl"}}
        await line.do(ConfigureProject(document=project(numbers=numbers() | more), expected_revision=1))
        assert await line.incoming("Where is my parcel?", to=MAIN) == 200
        assert await line.incoming("Where is my parcel?", to=new) == 200
        assert await line.incoming("Where is my parcel?", to="+48222000999") == 404
        assert len(await line.events(MessageReceived)) == 2
