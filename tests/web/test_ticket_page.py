"""The ticket's page over real HTTP: how the matter stands, and adding information."""

from __future__ import annotations

import pytest

from domain.belonging import Referred
from tests.web.pages import field, link
from tests.web.running import PROJECT, Running


async def test_the_ticket_page_shows_how_the_matter_stands_and_what_was_said(web: Running) -> None:
    ids = await web.resolved()
    answer = await web.anybody().get(link(web, "ticket", ids["ticket_id"]))
    assert answer.status_code == 200
    for text in ("Invoice 4711", "Settled", "We received your message", "The amount is wrong.", "we have corrected it"):
        assert text in answer.text
    assert "anna" not in answer.text.lower()


async def test_internal_notes_and_third_parties_stay_off_the_ticket_page(web: Running) -> None:
    came = (await web.mail()).result
    sue = await web.client("sue", {"*": ["supervisor"]})
    note = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/notes"
    assert (await sue.post(note, json={"text": "difficult customer"})).status_code == 200
    refers = Referred(ticket_id=came["ticket_id"])
    await web.mail("stranger@example.org", text="I am somebody else.", refers=refers)
    page = (await web.anybody().get(link(web, "ticket", came["ticket_id"]))).text
    assert "difficult customer" not in page
    assert "somebody else" not in page


async def test_the_page_adds_information_once_however_often_it_is_sent(web: Running) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    for _ in range(3):
        answer = await client.post(path, data={"text": "It was in March.\r\nNot in May.", "form": form})
        assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert "Your message has reached us" in page
    assert page.count("It was in March.\nNot in May.") == 1
    received = await web.doors.log.read(types=["interaction.message_received.v1"])
    assert [one.event.via for one in received] == ["email", "page"]  # type: ignore[attr-defined]


async def test_what_is_added_to_a_closed_matter_opens_a_new_one(web: Running) -> None:
    ids = await web.resolved()
    sue = await web.client("sue", {"*": ["supervisor"]})
    close = f"/api/projects/{PROJECT}/tickets/{ids['ticket_id']}/close"
    assert (await sue.post(close, json={"reason": "done"})).status_code == 200
    client, path = web.anybody(), link(web, "ticket", ids["ticket_id"])
    form = field((await client.get(path)).text, "form")
    answer = await client.post(path, data={"text": "It is wrong again.", "form": form})
    assert answer.headers["location"].partition("?")[0] != path
    page = (await client.get(answer.headers["location"])).text
    assert "we opened a new one" in page
    assert "It is wrong again." in page
    assert ids["number"] not in page


@pytest.mark.parametrize(("text", "saying"), [("  ", "write something"), ("x" * 20_001, "too long")])
async def test_an_empty_or_endless_message_is_refused_and_kept_in_the_form(
    web: Running, text: str, saying: str
) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form, head = field((await client.get(path)).text, "form"), await web.head()
    answer = await client.post(path, data={"text": text, "form": form})
    assert answer.status_code == 422
    assert saying in answer.text
    assert text.strip()[:100] in answer.text
    assert await web.head() == head


async def test_a_form_that_we_did_not_show_is_asked_for_again_with_its_text_kept(web: Running) -> None:
    came = (await web.mail()).result
    client, path, head = web.anybody(), link(web, "ticket", came["ticket_id"]), await web.head()
    answer = await client.post(path, data={"text": "Hello <b>there</b>", "form": "made-up"})
    assert answer.status_code == 422
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in answer.text
    assert await web.head() == head


async def test_characters_that_no_keyboard_types_are_left_out(web: Running) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    body = {"text": "one\x00two\x07 👍 שלום", "form": form}
    assert (await client.post(path, data=body)).status_code == 303
    assert "onetwo 👍 שלום" in (await client.get(path)).text


async def test_hostile_text_is_shown_as_text(web: Running) -> None:
    came = await web.mail(subject="<script>alert(1)</script>", text='"><img src=x onerror=alert(1)>')
    page = (await web.anybody().get(link(web, "ticket", came.result["ticket_id"]))).text
    assert "<script" not in page
    assert "<img" not in page


async def test_an_erased_customers_page_is_gone(web: Running) -> None:
    came = (await web.mail()).result
    web.keyring.destroy([came["customer_id"]])
    web.doors.executor.forget()
    answer = await web.anybody().get(link(web, "ticket", came["ticket_id"]))
    assert answer.status_code == 410
    assert "deleted for good" in answer.text
