"""What a supervisor sees and does beyond one project."""

from __future__ import annotations

from datetime import timedelta

from domain.agent.commands import ExpireSkill, RegisterAgent
from tests.domain.documents import centre
from tests.web.running import Running


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
