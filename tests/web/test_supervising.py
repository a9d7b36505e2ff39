"""What a supervisor sees and does beyond one project."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.agent.commands import ExpireSkill, RegisterAgent
from domain.interaction.events import InteractionTransferred
from tests.domain.documents import centre
from tests.web.running import OTHER, PROJECT, Running


async def test_certifications_that_end_soon_or_have_ended_are_listed_for_supervisors_alone(web: Running) -> None:
    now, profile = web.clock(), centre().profiles["mixed"]
    for agent_id, days in (("anna", 10), ("boris", 100)):
        register = RegisterAgent(
            agent_id=agent_id,
            name=agent_id,
            site="paris",
            profile_name="mixed",
            profile=profile,
            skills={"french": 3},
            centre="demo",
            expiries={"french": now + timedelta(days=days)},
        )
        done = await web.execute(register, "")
    sue = await web.client("sue", {"*": ["supervisor"]})
    soon = (await sue.get("/api/certifications", params={"min_position": done.position})).json()["items"]
    assert [(one["agent_id"], one["skill"], one["expired"]) for one in soon] == [("anna", "french", False)]
    web.clock.ahead = timedelta(days=11)
    done = await web.execute(ExpireSkill(agent_id="anna", skill="french"), "")
    ended = (await sue.get("/api/certifications", params={"within": 0, "min_position": done.position})).json()["items"]
    assert [(one["agent_id"], one["expired"]) for one in ended] == [("anna", True)]
    anna = await web.agent("anna")
    assert (await anna.get("/api/certifications")).status_code == 403


async def test_a_supervisor_takes_work_from_an_agent_with_a_reason_that_stands_on_record(web: Running) -> None:
    anna = await web.agent("anna")
    came = (await web.mail()).result
    work_id = await web.offer(came["interaction_id"])
    leg = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/legs/1"
    assert (await anna.post(f"{leg}/offers/{work_id}/accept")).status_code == 200
    assert (await anna.post(f"{leg}/reassign", json={"reason": "mine", "queue": "technical"})).status_code == 403
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    moved = await sue.post(f"{leg}/reassign", json={"reason": "Anna goes home", "queue": "technical"})
    assert moved.status_code == 200, moved.text
    (event,) = [
        one
        for one in await web.doors.log.read_stream(f"interaction-{came['interaction_id']}")
        if isinstance(one.event, InteractionTransferred)
    ]
    assert event.actor.startswith("account:")
    assert isinstance(event.event, InteractionTransferred)
    assert (event.event.by, event.event.reason) == (event.actor, "Anna goes home")
    other = await web.client("olga", {OTHER: ["supervisor"]})
    assert (await other.post(f"{leg}/reassign", json={"reason": "x", "queue": "technical"})).status_code == 403


async def test_a_supervisor_sets_an_agents_state_and_the_board_says_why(web: Running) -> None:
    await web.agent("anna")
    sue = await web.client("sue", {"*": ["supervisor"]})
    states: list[tuple[str, str]] = []
    for act, reason in (("not-ready", "fire drill"), ("ready", "drill over"), ("sign-out", "gone home")):
        done = await sue.post(f"/api/agents/anna/force-{act}", json={"reason": reason})
        assert done.status_code == 200, done.text
        seen = await sue.get("/api/agents/anna", params={"min_position": done.json()["position"]})
        states.append((seen.json()["presence"], seen.json()["reason"]))
    assert states == [("not_ready", "fire drill"), ("ready", "drill over"), ("signed_out", "gone home")]


async def test_a_channel_is_paused_alone_by_its_agent_or_by_who_leads_and_the_board_says_why(web: Running) -> None:
    anna, boris = await web.agent("anna"), await web.agent("boris")
    sue = await web.client("sue", {"*": ["supervisor"]})
    place = "/api/agents/anna/channels/email"

    async def standing(done: Any) -> tuple[str, str | None]:
        assert done.status_code == 200, done.text
        told = (await sue.get("/api/agents/anna", params={"min_position": done.json()["position"]})).json()
        pause = told["channels"]["email"]["paused"]
        return told["presence"], pause and pause["reason"]

    assert await standing(await anna.post(f"{place}/pause", json={"reason": "hoarse"})) == ("ready", "hoarse")
    assert (await boris.post(f"{place}/pause", json={"reason": "x"})).status_code == 403
    assert (await anna.post(f"{place}/force-resume", json={"reason": "x"})).status_code == 403
    assert await standing(await sue.post(f"{place}/force-resume", json={"reason": "better"})) == ("ready", None)
    assert await standing(await sue.post(f"{place}/force-pause", json={"reason": "crackles"})) == ("ready", "crackles")
    assert await standing(await anna.post(f"{place}/resume")) == ("ready", None)
    for body, channel in (({}, "email"), ({"reason": "x"}, "E Mail")):
        refused = await anna.post(f"/api/agents/anna/channels/{channel}/pause", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    unknown = await anna.post("/api/agents/anna/channels/fax/pause", json={"reason": "x"})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "no_such_channel")
