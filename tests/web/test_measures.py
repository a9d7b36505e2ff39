"""Measures by API: who may see them, what they say, what is refused."""

from __future__ import annotations

import pytest

from tests.web.running import OTHER, PROJECT, Running

PATH = f"/api/projects/{PROJECT}/measures"


async def test_a_contact_shows_in_the_measures_of_today(web: Running) -> None:
    came = await web.mail()
    client = await web.client("sue", {PROJECT: ["supervisor"]})
    answer = await client.get(PATH, params={"by": "channel", "min_position": came.position})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["project"], told["total"]["contacts"], told["total"]["waiting"]) == (PROJECT, 1, 1)
    assert [(group["key"], group["contacts"]) for group in told["groups"]] == [("email", 1)]


async def test_a_client_sees_its_own_project_and_no_agents(web: Running) -> None:
    client = await web.client("carl", {PROJECT: ["client"]})
    assert (await client.get(PATH)).status_code == 200
    by_agent = await client.get(PATH, params={"by": "agent"})
    assert (by_agent.status_code, by_agent.json()["code"]) == (403, "forbidden")
    assert (await client.get(f"/api/projects/{OTHER}/measures")).status_code == 403
    lead = await web.client("sue", {PROJECT: ["supervisor"]})
    assert (await lead.get(PATH, params={"by": "agent"})).status_code == 200


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "before it begins"),
        ({"from": "2020-01-01", "to": "2026-03-01"}, "longer than 400 days"),
        ({"definition": "nothing"}, "there is no definition 'nothing'"),
        ({"zone": "Mars/Olympus"}, "is no time zone"),
        ({"by": "colour"}, "by"),
        ({"from": "yesterday"}, "from"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused_with_the_reason(
    web: Running, asked: dict[str, str], said: str
) -> None:
    client = await web.client("sue", {PROJECT: ["supervisor"]})
    answer = await client.get(PATH, params=asked)
    assert answer.status_code == 422
    assert said in answer.text
