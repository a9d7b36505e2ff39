"""Colleagues write to one another: at once, bounded, and nothing of it in the log but that something was said."""

from __future__ import annotations

from datetime import timedelta

from infra.accounts.database import SqliteDatabase
from infra.accounts.messages import KEPT, StaffMessageStore
from infra.clock import system_clock
from tests.web.problems import problem_of
from tests.web.running import Running, next_event
from web.messages import Addresses, StaffMessage


async def test_a_message_reaches_the_colleague_at_once_and_nobody_elses_screen(web: Running) -> None:
    anna, boris = await web.agent("anna"), await web.agent("boris")
    clara = await web.agent("clara")
    async with anna.listen() as events:
        await next_event(events, "hello")
        sent = await boris.post("/api/messages", json={"to": "agent:anna", "text": "Can you take the Dupont case?"})
        assert sent.status_code == 201, sent.text
        told = (await next_event(events))["data"]
    assert (told["type"], told["data"]["message_id"]) == ("staff.message_sent.v1", sent.json()["message_id"])
    assert "Dupont" not in str(told)
    (seen,) = (await anna.get("/api/messages")).json()["items"]
    assert (seen["text"], seen["sender"], seen["mine"]) == ("Can you take the Dupont case?", "agent:boris", False)
    assert (await boris.get("/api/messages")).json()["items"][0]["mine"]
    assert (await clara.get("/api/messages")).json()["items"] == []


async def test_those_who_lead_write_to_a_team_and_its_members_alone_read_it(web: Running) -> None:
    anna = await web.agent("anna")
    sue = await web.client("sue", {"*": ["supervisor"]})
    async with anna.listen() as events:
        await next_event(events, "hello")
        assert (await sue.post("/api/messages", json={"to": "site:paris", "text": "Ten minutes"})).status_code == 201
        assert (await next_event(events))["data"]["data"]["to"] == "site:paris"
    for to in ("profile:mixed", "everyone"):
        assert (await sue.post("/api/messages", json={"to": to, "text": to})).status_code == 201
    assert [one["text"] for one in (await anna.get("/api/messages")).json()["items"]] == [
        "Ten minutes",
        "profile:mixed",
        "everyone",
    ]
    max_ = await web.client("max", {"*": ["manager"]})
    assert [one["text"] for one in (await max_.get("/api/messages")).json()["items"]] == ["everyone"]
    refused = await anna.post("/api/messages", json={"to": "everyone", "text": "party!"})
    assert refused.status_code == 403
    empty = await sue.post("/api/messages", json={"to": "site:warsaw", "text": "anybody?"})
    assert problem_of(empty)["detail"] == "nobody has the site 'warsaw'"


async def test_an_answer_to_somebody_who_takes_no_work_goes_to_their_account(web: Running) -> None:
    anna = await web.agent("anna")
    sue = await web.client("sue", {"*": ["supervisor"]})
    await sue.post("/api/messages", json={"to": "agent:anna", "text": "All well?"})
    (asked,) = (await anna.get("/api/messages")).json()["items"]
    await anna.post("/api/messages", json={"to": asked["sender"], "text": "Yes"})
    after = (await sue.get("/api/messages", params={"after": asked["message_id"]})).json()["items"]
    assert [one["text"] for one in after] == ["Yes"]


async def test_who_does_not_exist_and_words_without_measure_are_refused(web: Running) -> None:
    anna = await web.agent("anna")
    for body, status in (
        ({"to": "agent:nobody", "text": "x"}, 404),
        ({"to": "account:nobody", "text": "x"}, 404),
        ({"to": "the boss", "text": "x"}, 422),
        ({"to": "agent:boris", "text": " "}, 422),
        ({"to": "agent:boris", "text": "x" * 2001}, 422),
    ):
        assert (await anna.post("/api/messages", json=body)).status_code == status, body
    answers = [await anna.post("/api/messages", json={"to": "agent:boris", "text": "x"}) for _ in range(61)]
    assert (answers[0].status_code, answers[-1].status_code) == (201, 429)


async def test_old_words_end_and_no_more_are_kept_than_the_bound() -> None:
    database = SqliteDatabase(":memory:")
    store, now = StaffMessageStore(database, most=3), system_clock()

    async def say(number: int, ago: timedelta = timedelta()) -> None:
        sent_at = (now - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        words = f"words {number}"
        await store.add(StaffMessage(f"m{number}", "main", "agent:a", "A", "agent:b", words, sent_at), now)

    async def kept(later: timedelta = timedelta()) -> list[str]:
        found = await store.to("main", Addresses("account:1", "agent:b"), "", 10, now + later)
        return [one.message_id for one in found]

    await say(1, KEPT + timedelta(seconds=1))
    assert await kept() == []
    for number in range(2, 7):
        await say(number)
    assert await kept() == ["m4", "m5", "m6"]
    assert await kept(KEPT + timedelta(seconds=1)) == [], "also where nobody writes any more"
    assert await kept() == []
    await database.close()
