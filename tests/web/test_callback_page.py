"""The callback form over real HTTP: asked for once, at the right time, with faults told beside their fields."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.pages import field
from tests.web.running import OTHER, PROJECT, Running, running


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
