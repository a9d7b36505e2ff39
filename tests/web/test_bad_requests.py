"""Bad requests and a log that is away: each is told as a problem that says how to mend it."""

from __future__ import annotations

import pytest

from domain.ports import Appended, LogUnavailable
from infra.log.memory import MemoryLog
from tests.web.problems import CUSTOMERS, TICKETS, problem_of
from tests.web.running import PROJECT, Client, Running, running


@pytest.mark.parametrize(
    ("body", "code", "saying"),
    [
        ({"number": "12"}, "invalid", "body.number"),
        ({"number": "0123"}, "bad_number", "country code"),
        ({"number": "+48221234567", "due_at": "2020-01-01T10:00:00+00:00"}, "in_the_past", "passed"),
        ({"number": "+48221234567", "due_at": "2099-01-01T10:00:00+00:00"}, "too_far", "7 days"),
        ({"number": "+48221234567", "when": "soon"}, "invalid", "body.when"),
    ],
)
async def test_bad_values_are_told_with_the_field_and_how_to_mend_it(
    web: Running, body: dict[str, str], code: str, saying: str
) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.post(f"/api/projects/{PROJECT}/callbacks", json=body)
    assert answer.status_code == 422
    assert problem_of(answer)["code"] == code
    assert saying in answer.json()["detail"]


async def test_a_validation_fault_never_repeats_what_was_sent(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.post(CUSTOMERS, json={"name": ["ada@example.org"], "contacts": "ada@example.org"})
    assert answer.status_code == 422
    assert "ada@example.org" not in answer.text


@pytest.mark.parametrize("text", ["\\u0000", "before \\u0000 after", "\\ud800", "\\udfff\\ud800"])
async def test_characters_that_no_store_takes_are_refused(web: Running, text: str) -> None:
    came = await web.mail()
    sue = await web.client("sue", {"*": ["supervisor"]})
    note = f"/api/projects/{PROJECT}/interactions/{came.result['interaction_id']}/notes"
    content = f'{{"text": "{text}"}}'.encode()
    answer = await sue.post(note, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    problem_of(answer)
    assert await web.head() == came.position


@pytest.mark.parametrize(
    "path", ["/api/projects/hot%00line/tickets", "/api/projects/hotline/customers?q=%00", "/t/%00"]
)
async def test_a_null_character_in_an_address_is_refused(web: Running, path: str) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.get(path)
    assert (answer.status_code, problem_of(answer)["code"]) == (400, "unreadable")


@pytest.mark.parametrize("text", ["👩‍👩‍👧 naïve שלום", "x" * 99_000, "\u202e right to left", "\r\n\t"])
async def test_whatever_people_write_comes_back_as_it_was(web: Running, text: str) -> None:
    came = await web.mail()
    sue = await web.client("sue", {"*": ["supervisor"]})
    work = f"/api/projects/{PROJECT}/interactions/{came.result['interaction_id']}"
    answer = await sue.post(f"{work}/notes", json={"text": text + "."})
    assert answer.status_code == 200, answer.text
    last = (await sue.get(work)).json()["items"][-1]
    assert last["data"]["text"] == text + "."


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1,", b'{"name": "\x00"}'])
async def test_a_body_that_is_no_json_is_told_so(web: Running, content: bytes) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.post(CUSTOMERS, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    problem_of(answer)


async def test_a_body_that_is_too_large_is_refused(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.post(CUSTOMERS, json={"name": "x" * 300_000})
    assert (answer.status_code, problem_of(answer)["code"]) == (413, "too_large")


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(web: Running) -> None:
    client = web.anybody()
    assert problem_of(await client.get("/api/nothing"))["code"] == "no_such_address"
    assert problem_of(await client.delete("/livez"))["code"] == "wrong_method"


async def test_a_rejection_says_what_is_the_matter(web: Running) -> None:
    came = await web.resolved()
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.post(f"{TICKETS}/{came['ticket_id']}/hand-over", json={"department": "technical"})
    assert (answer.status_code, problem_of(answer)["code"]) == (409, "not_possible_now")
    missing = await sue.post(f"{TICKETS}/nothing/resolve")
    assert (missing.status_code, problem_of(missing)["code"]) == (404, "not_found")


async def test_a_position_that_does_not_come_is_told_with_when_to_try_again() -> None:
    async with running(catch_up_seconds=0.05) as web:
        sue = await web.client("sue", {"*": ["supervisor"]})
        answer = await sue.get(TICKETS, params={"min_position": 10**9})
        assert (answer.status_code, problem_of(answer)["code"]) == (503, "not_caught_up")
        assert int(answer.headers["retry-after"]) > 0


async def test_a_cursor_of_another_list_is_refused(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    answer = await sue.get(TICKETS, params={"cursor": "bm9uc2Vuc2U"})
    assert (answer.status_code, problem_of(answer)["code"]) == (422, "bad_cursor")


async def test_a_faulty_document_is_told_field_by_field(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    path = f"/api/projects/{PROJECT}/configuration"
    document = (await max_.get(path)).json()["document"]
    document["queues"]["billing"]["priority"] = 99
    document["departments"] = {}
    answer = await max_.put(path, json={"document": document, "expected_revision": 1})
    assert (answer.status_code, problem_of(answer)["code"]) == (422, "bad_document")
    assert {error["field"] for error in answer.json()["errors"]} == {
        "document.queues.billing.priority",
        "document.departments",
    }
    other = await max_.put("/api/projects/elsewhere/configuration", json={"document": document, "expected_revision": 0})
    assert other.status_code == 422


class Unplugged(MemoryLog):
    """A log whose disk can be taken away."""

    away = False

    async def append(self, *changes: object, once: str | None = None) -> Appended:
        if self.away:
            raise LogUnavailable("no disk")
        return await super().append(*changes, once=once)  # type: ignore[arg-type]

    async def head(self) -> int:
        if self.away:
            raise LogUnavailable("no disk")
        return await super().head()


async def test_without_the_log_commands_say_when_to_try_again_and_readiness_ends() -> None:
    async with running(log=Unplugged) as web:
        customer = (await web.mail()).result["customer_id"]
        sue: Client = await web.client("sue", {"*": ["supervisor"]})
        assert (await sue.get("/readyz")).status_code == 200
        web.doors.log.away = True  # type: ignore[attr-defined]
        answer = await sue.post(f"{CUSTOMERS}/{customer}/identify", json={"name": "Ada"})
        assert (answer.status_code, problem_of(answer)["code"]) == (503, "log_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert (await sue.get("/readyz")).status_code == 503
        assert (await sue.get("/livez")).status_code == 200
        web.doors.log.away = False  # type: ignore[attr-defined]
        assert (await sue.post(f"{CUSTOMERS}/{customer}/identify", json={"name": "Ada"})).status_code == 200
