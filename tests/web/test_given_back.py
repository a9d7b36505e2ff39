"""Who was refused because a store of ours was away has not tried too often."""

from __future__ import annotations

from domain.interaction.events import CallbackRequested
from tests.web.pages import field
from tests.web.running import PROJECT, Client, Running, running
from tests.web.test_bad_requests import Unplugged

PATH = f"/callback/{PROJECT}"


async def form(client: Client, **fields: str) -> dict[str, str]:
    page = (await client.get(PATH)).text
    return {"form": field(page, "form"), "number": "+48 22 123 45 67", "due": "now", "zone": "Europe/Warsaw"} | fields


def unplug(web: Running, away: bool) -> None:
    web.doors.log.away = away  # type: ignore[attr-defined]


async def test_who_tried_again_and_again_while_the_log_was_away_is_not_told_that_it_was_too_often() -> None:
    async with running(log=Unplugged) as web:
        client = web.anybody()
        body = await form(client)
        unplug(web, True)
        assert {(await client.post(PATH, data=body)).status_code for _ in range(25)} == {503}
        unplug(web, False)
        assert (await client.post(PATH, data=body)).status_code == 200
        assert len(await web.doors.log.read(types=[CallbackRequested.wire])) == 1
        # what was taken counts as ever
        others = [(await client.post(PATH, data=body | {"number": "x"})).status_code for _ in range(10)]
        assert others == [422] * 9 + [429]


async def test_what_is_given_back_is_given_once() -> None:
    async with running(log=Unplugged) as web:
        client = web.anybody()
        body = await form(client)
        for _ in range(3):
            unplug(web, True)
            assert (await client.post(PATH, data=body)).status_code == 503
            unplug(web, False)
            assert (await client.post(PATH, data=body | {"number": "x"})).status_code == 422
        answers = [(await client.post(PATH, data=body | {"number": "x"})).status_code for _ in range(8)]
        assert answers == [422] * 7 + [429]


async def test_all_tries_together_have_a_limit_while_the_log_is_away_too() -> None:
    async with running(log=Unplugged) as web:
        client = web.anybody()
        body = await form(client)
        unplug(web, True)
        answers = [(await client.post(PATH, data=body)).status_code for _ in range(201)]
        assert answers == [503] * 200 + [429]
