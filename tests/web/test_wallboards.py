"""Wallboards: the current interval first, the day from local midnight, each figure with what it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.centre.configuration import ConfigureProject
from domain.ticket.decide import RateService
from projections.queries.wallboard import day_start, interval_start
from tests.domain.documents import project
from tests.web.problems import problem_of
from tests.web.running import OTHER, PROJECT, Running, next_event

BOARD = f"/api/projects/{PROJECT}/wallboard"
TARGETS = {"service_level": 0.8, "longest_wait": 60, "rating": 4}


async def aiming(web: Running) -> int:
    document = project(wallboard={"targets": TARGETS, "time_zone": "Europe/Paris"})
    return (await web.execute(ConfigureProject(document=document, expected_revision=1))).position


def tiles(span: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {tile["metric"]: tile for tile in span["tiles"]}


async def test_a_board_tells_what_waits_what_was_answered_who_is_there_and_how_it_was_rated(web: Running) -> None:
    await aiming(web)
    ids = await web.resolved()
    await web.execute(RateService(ticket_id=ids["ticket_id"], agent_score=5, company_score=3))
    waiting = await web.mail("eve@example.org")
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    answer = await sue.get(BOARD, params={"min_position": waiting.position})
    assert answer.status_code == 200, answer.text
    board = answer.json()
    assert list(board)[:6] == ["project", "as_of", "zone", "interval", "now", "day"], "the interval comes first"
    assert board["zone"] == "Europe/Paris"
    for span in (board["interval"], board["day"]):
        told = tiles(span)
        assert (told["service_level"]["value"], told["service_level"]["met"]) == (1.0, True)
        assert (told["rating"]["value"], told["rating"]["met"]) == (3.0, False)
        assert told["abandon_share"]["value"] == 0
        assert told["abandon_share"]["met"] is None, "nothing is aimed at"
    present = tiles(board["now"])
    assert (present["waiting"]["value"], present["ready_agents"]["value"]) == (1, 1)
    assert present["longest_wait"]["met"] is True
    assert board["channels"]["email"]["waiting"] == 1
    assert board["sites"]["paris"]["agents"]["ready"] == 1
    assert set(board["sites"]) == {"paris", "warsaw"}
    assert board["agents"]["signed_out"] == 2
    assert [tile["value"] for tile in board["now"]["queues"]["billing"]][1] == 1


async def test_every_tile_says_what_it_means_and_leads_to_the_events_behind_it(web: Running) -> None:
    await aiming(web)
    done = await web.mail()
    sue = await web.client("sue", {"*": ["supervisor"]})
    board = (await sue.get(BOARD, params={"min_position": done.position})).json()
    for span in ("interval", "now", "day"):
        for tile in board[span]["tiles"]:
            assert tile["definition"].endswith(".")
            assert tile["formula"]
            behind = await sue.get(tile["events"])
            assert behind.status_code == 200, f"{tile['metric']}: {behind.text}"
    queued = await sue.get(tiles(board["day"])["service_level"]["events"])
    assert [one["type"] for one in queued.json()["items"]] == ["interaction.queued.v1"]


async def test_events_can_be_read_from_a_moment_on(web: Running) -> None:
    first = await web.mail()
    second = await web.mail("eve@example.org")
    began = await web.doors.log.read_stream(f"interaction-{second.result['interaction_id']}")
    since = began[0].recorded_at
    ann = await web.client("ann", {"*": ["analyst"]})
    base, query = f"/api/projects/{PROJECT}/events", {"type": "interaction.started.v1"}
    told = (await ann.get(base, params=query | {"since": since.isoformat()})).json()["items"]
    assert [one["data"]["interaction_id"] for one in told] == [second.result["interaction_id"]]
    earlier = (await ann.get(base, params=query | {"since": (since - timedelta(hours=2)).isoformat()})).json()["items"]
    assert [one["data"]["interaction_id"] for one in earlier] == [
        first.result["interaction_id"],
        second.result["interaction_id"],
    ]
    assert problem_of(await ann.get(base, params={"since": "2026-03-01T00:00:00"}))["code"] == "no_time_zone"


async def test_a_board_is_sent_as_it_changes_and_not_to_who_does_not_lead_there(web: Running) -> None:
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    async with sue.stream("GET", "/api/stream", params={"wallboard": OTHER}) as refused:
        assert refused.status_code == 403
    max_ = await web.client("max", {"*": ["manager"]})
    async with max_.stream("GET", "/api/stream", params={"wallboard": "elsewhere"}) as unknown:
        assert unknown.status_code == 404
    async with sue.listen(wallboard=PROJECT) as events:
        first = await next_event(events, "wallboard")
        assert tiles(first["data"]["now"])["waiting"]["value"] == 0
        await web.mail()
        while True:
            board = (await next_event(events, "wallboard"))["data"]
            if tiles(board["now"])["waiting"]["value"] == 1:
                break


@pytest.mark.parametrize(
    ("zone", "day", "interval"),
    [
        ("UTC", "2026-03-02T00:00", "2026-03-02T22:00"),
        ("Europe/Warsaw", "2026-03-01T23:00", "2026-03-02T22:00"),
        ("Pacific/Auckland", "2026-03-02T11:00", "2026-03-02T22:00"),
        ("Asia/Kathmandu", "2026-03-02T18:15", "2026-03-02T22:15"),
    ],
)
def test_a_day_begins_at_local_midnight_and_an_interval_with_the_local_clock(
    zone: str, day: str, interval: str
) -> None:
    now, here = datetime(2026, 3, 2, 22, 20, tzinfo=UTC), ZoneInfo(zone)
    assert day_start(now, here) == datetime.fromisoformat(f"{day}+00:00")
    assert interval_start(now, 30, here) == datetime.fromisoformat(f"{interval}+00:00")


async def test_who_asks_for_what_they_have_just_done_is_shown_no_board_made_before(web: Running) -> None:
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    assert (await sue.get(BOARD)).json()["zone"] == "UTC"  # and is kept for a second
    position = await aiming(web)
    assert (await sue.get(BOARD, params={"min_position": position})).json()["zone"] == "Europe/Paris"
