"""The callback form over real HTTP: asked for once, in a window of opening hours, with faults beside their fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.centre.configuration import ConfigureProject
from domain.delivery.events import NotificationRequested
from domain.interaction.events import CallbackRequested
from tests.domain.documents import project
from tests.web.pages import field
from tests.web.running import OTHER, PROJECT, Running, running
from web.middleware import CONTENT_SECURITY_POLICY

PATH = f"/callback/{PROJECT}"
OFFICE: dict[str, Any] = {
    "time_zone": "Europe/Warsaw",
    "weekly": {day: ["09:00-12:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}


def filled(page: str, **fields: str) -> dict[str, str]:
    return {"form": field(page, "form"), "number": "+48 22 123 45 67", "due": "now", "zone": "Europe/Warsaw"} | fields


def offered(page: str) -> dict[str, str]:
    """The windows on the page: what each is called, by when it begins."""
    return {value: unescape(words) for value, words in re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)<', page)}


async def keeps(web: Running, hours: dict[str, Any] | None = None, **changes: Any) -> None:
    """Let the hotline keep hours, and change what else is named."""
    queues = project().model_dump(mode="json")["queues"]
    queues["billing"] |= {"hours": "office"}
    document = project(hours={"office": hours or OFFICE}, queues=queues, **changes)
    await web.execute(ConfigureProject(document=document, expected_revision=1))


async def requested(web: Running) -> CallbackRequested:
    (recorded,) = await web.doors.log.read(types=["interaction.callback_requested.v1"])
    event = web.doors.opener(recorded.event)
    assert isinstance(event, CallbackRequested)
    return event


async def test_a_callback_is_asked_for_once_however_often_the_form_is_sent(web: Running) -> None:
    client = web.anybody()
    body = filled((await client.get(PATH)).text, name="Ada", about="the contract")
    for _ in range(3):
        answer = await client.post(PATH, data=body)
        assert answer.status_code == 200
        assert "+48 22 123 45 67" in answer.text
    event = await requested(web)
    assert (event.number, event.about) == ("+48221234567", "the contract")
    again = await client.post(PATH, data=filled((await client.get(PATH)).text))
    assert again.status_code == 409
    assert "already have your request" in again.text


async def test_windows_lie_in_the_opening_hours_and_are_told_on_the_visitors_clock(web: Running) -> None:
    await keeps(web)
    for zone in ("Europe/Warsaw", "Asia/Tokyo", "America/New_York"):
        found = offered((await web.anybody().get(PATH, params={"zone": zone})).text)
        assert len(found) >= 18
        for value, words in found.items():
            start = datetime.fromisoformat(value)
            in_warsaw = _in(start, "Europe/Warsaw")
            assert 9 <= in_warsaw.hour < 12, words
            shown, end = _in(start, zone), _in(start + timedelta(hours=1), zone)
            assert f"{shown:%H:%M} – {end:%H:%M}" in words
            assert str(shown.day) in words


def _in(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


async def test_a_holiday_has_no_windows(web: Running) -> None:
    day = (web.clock() + timedelta(days=2)).astimezone(UTC).date().isoformat()
    await keeps(web, OFFICE | {"time_zone": "UTC", "days": {day: []}})
    found = offered((await web.anybody().get(PATH, params={"zone": "UTC"})).text)
    assert found
    assert not [value for value in found if value.startswith(day)]


async def test_a_chosen_window_is_when_the_callback_is_due(web: Running) -> None:
    await keeps(web)
    client = web.anybody()
    page = (await client.get(PATH, params={"zone": "Asia/Tokyo"})).text
    value, words = list(offered(page).items())[5]
    answer = await client.post(PATH, data=filled(page, due="at", window=value, zone="Asia/Tokyo"))
    assert answer.status_code == 200
    assert words.rpartition(" ")[2] in answer.text
    event = await requested(web)
    assert event.due_at == datetime.fromisoformat(value)
    assert event.due_until == event.due_at + timedelta(hours=1)
    assert event.zone == "Asia/Tokyo"
    (queued,) = await web.doors.log.read(types=["interaction.queued.v1"])
    assert queued.event.not_before == event.due_at  # type: ignore[attr-defined]


async def test_as_soon_as_possible_is_the_opening_while_nobody_is_there(web: Running) -> None:
    tomorrow = (web.clock() + timedelta(days=1)).astimezone(UTC)
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[tomorrow.weekday()]
    await keeps(web, {"time_zone": "UTC", "weekly": {name: ["06:00-23:00"]}})
    client = web.anybody()
    page = (await client.get(PATH)).text
    assert "Nobody is there now" in page
    assert (await client.post(PATH, data=filled(page))).status_code == 200
    assert (await requested(web)).due_at.isoformat() == f"{tomorrow.date().isoformat()}T06:00:00+00:00"


async def test_the_times_of_another_zone_are_shown_without_a_script_and_nothing_typed_is_lost(web: Running) -> None:
    await keeps(web)
    client, head = web.anybody(), await web.head()
    page = (await client.get(PATH)).text
    body = filled(page, zone="Asia/Tokyo", show="1", number="12", name='Ada "Countess"', about="<b>")
    shown = await client.post(PATH, data=body)
    assert shown.status_code == 200
    assert "<option selected>Asia/Tokyo</option>" in shown.text
    assert 'value="Ada &#34;Countess&#34;"' in shown.text
    assert "&lt;b&gt;" in shown.text
    assert await web.head() == head


@pytest.mark.parametrize(
    ("fields", "saying"),
    [
        ({"number": "12"}, "no such telephone number"),
        ({"number": ""}, "no such telephone number"),
        ({"due": "at"}, "not free any more"),
        ({"due": "at", "window": "2020-01-01T10:00:00+00:00"}, "not free any more"),
        ({"due": "at", "window": "soon"}, "not free any more"),
        ({"zone": "Mars/Olympus"}, "time zone from the list"),
        ({"email": "ada"}, "not an e-mail address"),
        ({"form": "made-up"}, "press the button once more"),
        ({"about": "x" * 2001}, "too long"),
    ],
)
async def test_a_callback_form_says_what_is_wrong_beside_the_field(
    web: Running, fields: dict[str, str], saying: str
) -> None:
    client, head = web.anybody(), await web.head()
    answer = await client.post(PATH, data=filled((await client.get(PATH)).text, **fields))
    assert answer.status_code in (409, 422)
    assert saying in answer.text
    assert await web.head() == head


async def test_who_leaves_an_address_is_told_there_and_it_becomes_nobodys(web: Running) -> None:
    await web.execute(ConfigureProject(document=project(status={"sender": "help"}), expected_revision=1))
    client = web.anybody()
    body = filled((await client.get(PATH)).text, email="ada@example.org", name="Ada")
    assert (await client.post(PATH, data=body)).status_code == 200
    (recorded,) = await web.doors.log.read(types=["delivery.notification_requested.v1"])
    mail = web.doors.opener(recorded.event)
    assert isinstance(mail, NotificationRequested)
    assert (mail.kind, mail.to, mail.body) == ("callback_registered", "ada@example.org", "+48221234567")
    linked = await web.doors.log.read(types=["customer.contact_point_linked.v1"])
    assert [one.event.kind for one in linked] == ["phone"]  # type: ignore[attr-defined]


async def test_a_link_shows_how_a_callback_stands_and_cancels_it(web: Running) -> None:
    client = web.anybody()
    await client.post(PATH, data=filled((await client.get(PATH)).text))
    event = await requested(web)
    link = web.doors.links.callback_url(event.interaction_id, web.clock()).removeprefix(web.doors.settings.base_url)
    shown, head = (await client.get(link)).text, await web.head()
    assert "We will call +48 22 123 45 67" in shown
    assert (await client.head(link)).status_code == 200
    assert await web.head() == head
    for _ in range(2):
        gone = await client.post(link, follow_redirects=True)
        assert "no longer want to be called" in gone.text
    assert (await client.post(PATH, data=filled((await client.get(PATH)).text))).status_code == 200
    assert (await client.get(link[:-2])).status_code == 404


async def test_a_number_without_a_country_code_is_taken_to_be_from_the_pages_country(web: Running) -> None:
    client, path = web.anybody(), f"{PATH}?lang=fr"
    answer = await client.post(path, data=filled((await client.get(path)).text, number="01 70 18 99 00"))
    assert answer.status_code == 200
    assert "+33 1 70 18 99 00" in answer.text


async def test_a_form_that_says_no_zone_means_that_of_the_opening_hours(web: Running) -> None:
    await keeps(web)
    client = web.anybody()
    body = filled((await client.get(PATH)).text)
    del body["zone"]
    assert (await client.post(PATH, data=body)).status_code == 200
    assert (await requested(web)).zone == "Europe/Warsaw"


async def test_a_machine_that_fills_in_everything_asks_for_nothing(web: Running) -> None:
    client, head = web.anybody(), await web.head()
    body = filled((await client.get(PATH)).text, website="https://spam.example")
    assert (await client.post(PATH, data=body)).status_code == 200
    assert await web.head() == head


async def test_too_many_callback_forms_from_one_address_are_slowed_down() -> None:
    async with running() as web:
        client = web.anybody()
        answers = [await client.post(PATH, data={"number": "x"}) for _ in range(11)]
        assert [a.status_code for a in answers[:10]] == [422] * 10
        assert answers[10].status_code == 429
        assert "<h1>That was too often</h1>" in answers[10].text
        assert int(answers[10].headers["retry-after"]) > 0


async def test_a_project_that_takes_no_callbacks_has_no_form(web: Running) -> None:
    for name in ("nowhere", "*"):
        assert (await web.anybody().get(f"/callback/{name}")).status_code == 404
        assert (await web.anybody().get(f"/callback/{name}/widget.js")).status_code == 404
    assert (await web.anybody().get(f"/callback/{OTHER}")).status_code == 200


async def test_only_a_page_that_is_asked_for_in_a_frame_may_be_framed_and_by_whom_the_document_says(
    web: Running,
) -> None:
    client = web.anybody()
    alone = await client.get(PATH)
    assert alone.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert alone.headers["x-frame-options"] == "DENY"
    framed = await client.get(f"{PATH}?embedded=1")
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    await web.execute(ConfigureProject(document=project(embedded_in=["https://shop.example"]), expected_revision=1))
    answer = await client.post(f"{PATH}?embedded=1", data=filled(framed.text, number="12"))
    assert answer.status_code == 422
    assert "frame-ancestors https://shop.example;" in answer.headers["content-security-policy"] + ";"
    assert f'action="{PATH}?lang=en&amp;embedded=1"' in answer.text


async def test_the_widget_is_a_small_script_that_any_site_may_load(web: Running) -> None:
    script = await web.anybody().get(f"{PATH}/widget.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age" in script.headers["cache-control"]
    assert len(script.content) < 6_000
    for words in ("Call me back", "Rappelez-moi", "Zadzwońcie do mnie", "Позвоните мне"):
        assert words in script.text or words.encode("unicode-escape").decode().replace("\\x", "\\u00") in script.text
    assert f'"{PATH}"' in script.text


async def test_staff_ask_for_windows_and_must_choose_open_hours(web: Running) -> None:
    await keeps(web)
    agent = await web.agent()
    api = f"/api/projects/{PROJECT}/callbacks"
    offered_now = (await agent.get(f"{api}/windows")).json()
    wanted = offered_now[4]
    good = await agent.post(
        api,
        json={"number": "+48221234567", "due_at": wanted["start"], "due_until": wanted["end"], "zone": "Asia/Tokyo"},
    )
    assert good.status_code == 200, good.text
    night = datetime.fromisoformat(wanted["start"]).replace(hour=1) + timedelta(days=1)
    closed = await agent.post(api, json={"number": "+48221234568", "due_at": night.isoformat()})
    assert (closed.status_code, closed.json()["code"]) == (409, "closed_then")
    assert "it opens at" in closed.json()["detail"]
    for body in ({"zone": "Mars/Olympus"}, {"notify": "nobody"}):
        assert (await agent.post(api, json={"number": "+48221234569", **body})).status_code == 422
