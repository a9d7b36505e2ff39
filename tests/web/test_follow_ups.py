"""Follow-ups by the API, and the calendar that shows them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar

from domain.follow_up.decide import ScheduleFollowUp
from projections.reading import MAX_PAGE
from tests.web.problems import problem_of
from tests.web.running import OTHER, PROJECT, Running

BASE = f"/api/projects/{PROJECT}/follow-ups"


async def planned(web: Running, **fields: object) -> tuple[dict[str, str], int]:
    """A letter on a new ticket that Anna plans for tomorrow."""
    anna = await web.client("planner", {"*": ["agent"]}, "boris")
    came = dict((await web.mail()).result)
    due_at = (web.clock() + timedelta(days=1)).isoformat()
    body = {"ticket_id": came["ticket_id"], "channel": "email", "due_at": due_at, "about": "ask how it went"}
    answer = await anna.post(BASE, json=body | fields)
    assert answer.status_code == 200, answer.text
    return came | answer.json()["result"], answer.json()["position"]


async def test_a_follow_up_is_planned_listed_moved_and_done(web: Running) -> None:
    anna = await web.agent()
    ids, position = await planned(web, agent_id="anna")
    mine = (await anna.get("/api/follow-ups", params={"min_position": position})).json()["items"]
    (one,) = mine
    assert (one["status"], one["about"], one["customer_name"]) == ("scheduled", "ask how it went", "Ada Lovelace")
    assert one["ticket_number"].startswith("T-")
    later = (web.clock() + timedelta(days=2)).isoformat()
    moved = await anna.post(f"{BASE}/{ids['follow_up_id']}/move", json={"due_at": later})
    assert moved.status_code == 200, moved.text
    done = await anna.post(f"{BASE}/{ids['follow_up_id']}/done")
    seen = await anna.get(f"{BASE}/{ids['follow_up_id']}", params={"min_position": done.json()["position"]})
    assert (seen.json()["status"], seen.json()["sequence"]) == ("done", 2)
    about = await anna.get(BASE, params={"ticket_id": ids["ticket_id"]})
    assert [item["follow_up_id"] for item in about.json()["items"]] == [ids["follow_up_id"]]
    assert (await anna.get(BASE)).json()["items"] == []
    assert problem_of(await anna.post(f"{BASE}/{ids['follow_up_id']}/done"))["code"] == "not_possible_now"


async def test_a_ticket_shows_its_own_work_not_what_is_planned_beside_it(web: Running) -> None:
    ids, position = await planned(web)
    sue = await web.client("sue", {"*": ["supervisor"]})
    cancelled = await sue.post(f"{BASE}/{ids['follow_up_id']}/cancel", json={"reason": "no need"})
    position = cancelled.json()["position"]
    ticket = await sue.get(f"/api/projects/{PROJECT}/tickets/{ids['ticket_id']}", params={"min_position": position})
    assert ticket.json()["queue"] == "billing", "the mail that opened it still waits"


async def test_another_projects_follow_up_does_not_exist(web: Running) -> None:
    ids, position = await planned(web)
    other = await web.client("olga", {OTHER: ["agent"]})
    there = f"/api/projects/{OTHER}/follow-ups/{ids['follow_up_id']}"
    for answer in (await other.get(there, params={"min_position": position}), await other.post(f"{there}/done")):
        assert (answer.status_code, problem_of(answer)["code"]) == (404, "not_found")


async def test_a_calendar_shows_when_and_on_which_ticket_and_nothing_of_the_customer(web: Running) -> None:
    anna = await web.agent()
    ids, _ = await planned(web, agent_id="anna", minutes=30)
    later = (web.clock() + timedelta(days=2)).isoformat()
    await anna.post(f"{BASE}/{ids['follow_up_id']}/move", json={"due_at": later})
    url = (await anna.post("/api/session/calendar")).json()["url"]
    head = await web.head()
    answer = await web.anybody().get(urlsplit(url).path, params={"min_position": head})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-cache"
    calendar: Any = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert str(event["uid"]) == f"{ids['follow_up_id']}@trunkline"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=30)
    assert str(event["summary"]).startswith("Write: T-")
    assert (event["sequence"], str(event["status"])) == (1, "CONFIRMED")
    assert b"Ada" not in answer.content
    assert b"how it went" not in answer.content
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n")), "RFC 5545 folds longer lines"


async def test_what_is_to_come_is_in_the_calendar_however_much_there_was_in_the_month_before(web: Running) -> None:
    anna = await web.agent()
    ids, _ = await planned(web, agent_id="anna")
    planning = ScheduleFollowUp(
        project=PROJECT,
        by="anna",
        due_at=web.clock(),
        about="again",
        channel="email",
        ticket_id=ids["ticket_id"],
        agent_id="anna",
    )
    for _ in range(MAX_PAGE):
        await web.execute(planning)
    url = (await anna.post("/api/session/calendar")).json()["url"]
    web.clock.ahead += timedelta(days=3)
    coming = replace(planning, due_at=web.clock() + timedelta(days=1))
    done = await web.execute(coming)
    answer = await web.anybody().get(urlsplit(url).path, params={"min_position": done.position})
    uids = re.findall(r"UID:(.+)@trunkline", answer.text)
    assert done.result["follow_up_id"] in uids
    assert len(uids) == len(set(uids)) > MAX_PAGE


async def test_a_calendars_address_can_be_replaced_and_taken_back_and_cannot_be_made_up(web: Running) -> None:
    anna = await web.agent()
    first = urlsplit((await anna.post("/api/session/calendar")).json()["url"]).path
    second = urlsplit((await anna.post("/api/session/calendar")).json()["url"]).path
    nobody = web.anybody()
    assert [(await nobody.get(path)).status_code for path in (first, second, second[:-6] + "xx.ics")] == [404, 200, 404]
    assert (await anna.delete("/api/session/calendar")).status_code == 204
    assert (await nobody.get(second)).status_code == 404
    assert (await anna.delete("/api/session/calendar")).status_code == 404
    account = await web.accounts.find("anna")
    assert account is not None
    recorded = [one.event.wire for one in await web.doors.log.read_stream(f"account-{account.account_id}")]
    assert recorded == ["account.calendar_opened.v1"] * 2 + ["account.calendar_closed.v1"]


async def test_the_calendar_of_a_disabled_account_opens_no_more(web: Running) -> None:
    anna = await web.agent()
    path = urlsplit((await anna.post("/api/session/calendar")).json()["url"]).path
    account = await web.accounts.find("anna")
    assert account is not None
    await web.accounts.set_disabled(account.account_id, True)
    assert (await web.anybody().get(path)).status_code == 404
