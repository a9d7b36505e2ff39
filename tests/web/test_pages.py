"""The customers' pages over real HTTP: GET shows and changes nothing, POST acts, in four languages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from domain.intake import Referred
from tests.web.running import OTHER, PROJECT, Client, Running, running
from web.middleware import HEADERS

SCANNERS = (
    {},
    {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)", "Sec-Purpose": "prefetch"},
    {"Purpose": "prefetch", "X-Moz": "prefetch"},
)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name} on the page"
    return found[1]


def checked(page: str, name: str) -> str | None:
    found = re.search(rf'name="{name}" value="(\d)" checked', page)
    return found[1] if found else None


def link(web: Running, kind: str, ticket_id: str) -> str:
    now = web.clock()
    url = web.doors.links.ticket_url(ticket_id, now)
    if kind == "rating":
        url = web.doors.links.rating_url(ticket_id, "agent", now)
    return url.removeprefix(web.doors.settings.base_url)


async def scanned(web: Running, client: Client, path: str) -> None:
    """Visit a page as programs do that check or prefetch links."""
    for headers in SCANNERS:
        for method in ("GET", "HEAD"):
            assert (await client.request(method, path, headers=headers)).status_code == 200


async def test_no_visit_of_a_link_scanner_changes_anything(web: Running) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    client, head = web.anybody(), await web.head()
    await scanned(web, client, link(web, "ticket", ticket_id))
    rating = link(web, "rating", ticket_id)
    for about in ("agent", "company"):
        for score in range(1, 6):
            await scanned(web, client, f"{rating.partition('?')[0]}?about={about}&score={score}")
    await scanned(web, client, f"/callback/{PROJECT}")
    assert await web.head() == head


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


async def test_a_rating_is_recorded_by_the_form_and_replaced_by_a_further_one(web: Running) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    client, path = web.anybody(), link(web, "rating", ticket_id)
    page = (await client.get(f"{path}&score=4")).text
    assert (checked(page, "agent_score"), checked(page, "company_score")) == ("4", None)
    first = await client.post(path, data={"agent_score": "4", "comment": "quick"})
    assert first.status_code == 303
    page = (await client.get(first.headers["location"])).text
    assert "Thank you for your rating." in page
    assert checked(page, "agent_score") == "4"
    assert ">quick</textarea>" in page
    second = await client.post(path, data={"agent_score": "2", "company_score": "5", "comment": "quick"})
    page = (await client.get(second.headers["location"])).text
    assert "replaces your earlier one" in page
    assert (checked(page, "agent_score"), checked(page, "company_score")) == ("2", "5")
    rated = [one.event for one in await web.doors.log.read(types=["ticket.service_rated.v2"])]
    assert [(e.agent_score, e.company_score, e.agent_id) for e in rated] == [  # type: ignore[attr-defined]
        (4, None, "anna"),
        (2, 5, "anna"),
    ]


@pytest.mark.parametrize("scores", [{}, {"agent_score": "6"}, {"company_score": "five"}])
async def test_a_rating_without_a_score_is_asked_for_again(web: Running, scores: dict[str, str]) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    head = await web.head()
    answer = await web.anybody().post(link(web, "rating", ticket_id), data=scores)
    assert answer.status_code == 422
    assert "choose at least one score" in answer.text
    assert await web.head() == head


async def test_what_is_not_settled_cannot_be_rated_yet(web: Running) -> None:
    ticket_id = (await web.mail()).result["ticket_id"]
    path = link(web, "rating", ticket_id)
    client = web.anybody()
    assert "not settled yet" in (await client.get(path)).text
    assert (await client.post(path, data={"agent_score": "5"})).status_code == 422


@pytest.mark.parametrize("score", ["0", "6", "nine", "4' OR 1=1", "٤"])
async def test_a_nonsense_score_in_a_link_selects_nothing(web: Running, score: str) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    answer = await web.anybody().get(link(web, "rating", ticket_id), params={"about": "agent", "score": score})
    assert answer.status_code == 200
    assert checked(answer.text, "agent_score") is None


async def test_links_expire_and_none_can_be_made_up_or_used_for_another_page(web: Running) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    client, path = web.anybody(), link(web, "ticket", ticket_id)
    token = path.rpartition("/")[2]
    for forged in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "x", ticket_id, "x" * 3000):
        answer = await client.get(f"/t/{forged}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8"), forged
    assert (await client.get(f"/r/{token}")).status_code == 404
    web.clock.ahead = timedelta(days=62)
    for method in ("GET", "POST"):
        answer = await client.request(method, path)
        assert answer.status_code == 410
        assert "expired" in answer.text


async def test_an_erased_customers_page_is_gone(web: Running) -> None:
    came = (await web.mail()).result
    web.keyring.destroy([came["customer_id"]])
    web.doors.executor.forget()
    answer = await web.anybody().get(link(web, "ticket", came["ticket_id"]))
    assert answer.status_code == 410
    assert "deleted for good" in answer.text


@pytest.mark.parametrize(
    ("language", "settled"), [("en", "Settled"), ("fr", "Réglé"), ("pl", "Załatwione"), ("ru", "Решено")]
)
async def test_pages_speak_the_tickets_language_and_any_other_that_is_asked_for(
    web: Running, language: str, settled: str
) -> None:
    ids = await web.resolved(language=language)
    client, path = web.anybody({"Accept-Language": "de, fr;q=0.5"}), link(web, "ticket", ids["ticket_id"])
    page = await client.get(path)
    assert f'<html lang="{language}">' in page.text
    assert page.headers["content-language"] == language
    assert settled in page.text
    assert "Add information" in (await client.get(path, params={"lang": "en"})).text


async def test_a_stranger_is_spoken_to_in_the_language_that_the_browser_prefers(web: Running) -> None:
    for accepted, language in (("pl-PL, en;q=0.9", "pl"), ("de, ru;q=0.8, en;q=0.2", "ru"), ("xx;;q=", "en")):
        page = (await web.anybody({"Accept-Language": accepted}).get(f"/callback/{PROJECT}")).text
        assert f'<html lang="{language}">' in page, accepted


async def test_every_page_keeps_its_address_to_itself_and_loads_nothing_from_elsewhere(web: Running) -> None:
    ids = await web.resolved()
    client = web.anybody()
    paths = (
        link(web, "ticket", ids["ticket_id"]),
        link(web, "rating", ids["ticket_id"]),
        f"/callback/{PROJECT}",
        "/t/nothing",
        "/docs",
    )
    for path in paths:
        answer = await client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, f"{path}: {name}"
        assert answer.headers["cache-control"] == "no-store"
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text
        assert not re.search(r'(src|href|action)="(https?:)?//', answer.text), path
        assert "<script" not in answer.text
        assert " style=" not in answer.text


def filled(page: str, **fields: str) -> dict[str, str]:
    return {"form": field(page, "form"), "number": "+48 22 123 45 67", "due": "now", "zone": "Europe/Warsaw"} | fields


async def test_a_callback_is_asked_for_once_however_often_the_form_is_sent(web: Running) -> None:
    client, path = web.anybody(), f"/callback/{PROJECT}"
    body = filled((await client.get(path)).text, name="Ada", about="the contract")
    for _ in range(3):
        answer = await client.post(path, data=body)
        assert answer.status_code == 200
        assert "+48 22 123 45 67" in answer.text
    (requested,) = await web.doors.log.read(types=["interaction.callback_requested.v1"])
    opened = web.doors.opener(requested.event)
    assert (opened.number, opened.about) == ("+48221234567", "the contract")  # type: ignore[attr-defined]
    again = await client.post(path, data=filled((await client.get(path)).text))
    assert again.status_code == 409
    assert "already have your request" in again.text


async def test_a_callback_at_a_time_is_due_at_that_time_of_the_chosen_zone(web: Running) -> None:
    client, path = web.anybody(), f"/callback/{PROJECT}"
    day = (web.clock() + timedelta(days=2)).date().isoformat()
    fields = filled((await client.get(path)).text, due="at", date=day, time="14:30", zone="Asia/Tokyo")
    answer = await client.post(path, data=fields)
    assert answer.status_code == 200
    (requested,) = await web.doors.log.read(types=["interaction.callback_requested.v1"])
    assert requested.event.due_at.isoformat() == f"{day}T05:30:00+00:00"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fields", "saying"),
    [
        ({"number": "12"}, "no such telephone number"),
        ({"number": ""}, "no such telephone number"),
        ({"due": "at", "date": "2020-01-01", "time": "10:00"}, "has passed"),
        ({"due": "at", "date": "2099-01-01", "time": "10:00"}, "too far ahead"),
        ({"due": "at", "date": "soon", "time": "10:00"}, "choose a day and a time"),
        ({"due": "at", "date": "2026-03-29", "time": "02:30"}, "skip this time"),
        ({"due": "at", "date": "2026-03-30", "time": "02:30", "zone": "Mars/Olympus"}, "time zone from the list"),
        ({"form": "made-up"}, "press the button once more"),
        ({"about": "x" * 2001}, "too long"),
    ],
)
async def test_a_callback_form_says_what_is_wrong_beside_the_field(
    web: Running, fields: dict[str, str], saying: str
) -> None:
    client, path, head = web.anybody(), f"/callback/{PROJECT}", await web.head()
    answer = await client.post(path, data=filled((await client.get(path)).text, **fields))
    assert answer.status_code in (409, 422)
    assert saying in answer.text
    assert await web.head() == head


async def test_a_number_without_a_country_code_is_taken_to_be_from_the_pages_country(web: Running) -> None:
    client, path = web.anybody(), f"/callback/{PROJECT}?lang=fr"
    answer = await client.post(path, data=filled((await client.get(path)).text, number="01 70 18 99 00"))
    assert answer.status_code == 200
    assert "+33 1 70 18 99 00" in answer.text


async def test_a_machine_that_fills_in_everything_asks_for_nothing(web: Running) -> None:
    client, path, head = web.anybody(), f"/callback/{PROJECT}", await web.head()
    body = filled((await client.get(path)).text, website="https://spam.example")
    assert (await client.post(path, data=body)).status_code == 200
    assert await web.head() == head


async def test_too_many_callback_forms_from_one_address_are_slowed_down() -> None:
    async with running() as web:
        client, path = web.anybody(), f"/callback/{PROJECT}"
        answers = [await client.post(path, data={"number": "x"}) for _ in range(11)]
        assert [a.status_code for a in answers[:10]] == [422] * 10
        assert answers[10].status_code == 429
        assert "<h1>That was too often</h1>" in answers[10].text
        assert int(answers[10].headers["retry-after"]) > 0


async def test_a_project_that_takes_no_callbacks_has_no_form(web: Running) -> None:
    for project in ("nowhere", "*"):
        assert (await web.anybody().get(f"/callback/{project}")).status_code == 404
    assert (await web.anybody().get(f"/callback/{OTHER}")).status_code == 200


async def test_pages_need_no_cookies_and_set_none(web: Running) -> None:
    ids = await web.resolved()
    client = web.anybody()
    for path in (link(web, "ticket", ids["ticket_id"]), f"/callback/{PROJECT}"):
        assert "set-cookie" not in (await client.get(path)).headers


async def test_the_reference_names_every_operation_with_its_roles(web: Running) -> None:
    client = web.anybody()
    schema = (await client.get("/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    operations = [o for methods in schema["paths"].values() for o in methods.values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert all("security" in o and "x-permission" in o for o in operations)
    page = (await client.get("/docs")).text
    for one in operations:
        assert f'id="{one["operationId"]}"' in page
    assert "curl -X POST" in page
