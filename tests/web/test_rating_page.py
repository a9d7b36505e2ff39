"""The rating page over real HTTP: a link selects, the form records, a further rating replaces."""

from __future__ import annotations

import asyncio

import pytest

from domain.ports import Appended, Change, Keyring
from domain.ticket.decide import ReopenTicket
from infra.log.memory import MemoryLog
from tests.conformance.waiting import eventually
from tests.web.pages import checked, link
from tests.web.running import PROJECT, Running, running


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


async def test_the_same_form_sent_twice_rates_once(web: Running) -> None:
    path = link(web, "rating", (await web.resolved())["ticket_id"])
    client, form = web.anybody(), {"agent_score": "4", "company_score": "3", "comment": " quick\r\n"}
    answers = [await client.post(path, data=form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(await web.doors.log.read(types=["ticket.service_rated.v2"])) == 1


class Away(MemoryLog):
    """A log whose disk does not answer while `back` is not set."""

    def __init__(self, keyring: Keyring) -> None:
        super().__init__(keyring)
        self.back = asyncio.Event()
        self.back.set()
        self.waiting = 0

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        if not self.back.is_set():
            self.waiting += 1
            await self.back.wait()
        return await super().append(*changes, once=once)


async def test_the_same_form_sent_again_while_the_first_waits_for_the_log_rates_once() -> None:
    """As browsers send it whose connection was cut while the database was away: both came through in the end."""
    async with running(log=Away) as web:
        path = link(web, "rating", (await web.resolved())["ticket_id"])
        client, form = web.anybody(), {"agent_score": "4", "company_score": "5", "comment": "quick"}
        log = web.doors.log
        assert isinstance(log, Away)
        log.back.clear()
        answers = asyncio.gather(*(client.post(path, data=form) for _ in range(2)))

        async def both_wait() -> bool:
            return log.waiting >= 2

        await eventually(both_wait)
        log.back.set()
        assert [one.status_code for one in await answers] == [303, 303]
        assert len(await log.read(types=["ticket.service_rated.v2"])) == 1


async def test_who_goes_back_to_an_earlier_opinion_has_that_one_on_record(web: Running) -> None:
    path, client = link(web, "rating", (await web.resolved())["ticket_id"]), web.anybody()
    for score in ("4", "2", "4"):
        assert (await client.post(path, data={"agent_score": score, "comment": "quick"})).status_code == 303
    rated = [one.event for one in await web.doors.log.read(types=["ticket.service_rated.v2"])]
    assert [one.agent_score for one in rated] == [4, 2, 4]  # type: ignore[attr-defined]


async def test_a_form_whose_answer_was_lost_is_thanked_for_though_the_matter_was_opened_again(web: Running) -> None:
    ticket_id = (await web.resolved())["ticket_id"]
    path, client = link(web, "rating", ticket_id), web.anybody()
    form = {"agent_score": "3", "company_score": "2", "comment": "slow"}
    assert (await client.post(path, data=form)).status_code == 303
    await web.execute(ReopenTicket(project=PROJECT, ticket_id=ticket_id, reason="it is wrong again"))
    assert "not settled yet" in (await client.get(path)).text
    again = await client.post(path, data=form)
    assert again.status_code == 303
    assert "Thank you" in (await client.get(again.headers["location"])).text
    assert (await client.post(path, data={**form, "agent_score": "1"})).status_code == 422
    assert (await client.post(path, data={"comment": "slow"})).status_code == 422
    assert len(await web.doors.log.read(types=["ticket.service_rated.v2"])) == 1


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
