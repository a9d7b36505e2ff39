"""A script beside the work, from its first answer to what analysts see of it."""

from __future__ import annotations

from domain.centre.configuration import ConfigureProject
from domain.interaction.work import CompleteWork
from tests.domain.documents import project
from tests.domain.test_scripts import SALE, VERSION
from tests.web.problems import problem_of
from tests.web.running import PROJECT, Running


async def test_an_agent_goes_through_a_script_and_an_analyst_sees_what_came_of_it(web: Running) -> None:
    document = project(scripts={"sale": SALE, "other": {**SALE, "queues": ["ringing"]}})
    await web.execute(ConfigureProject(document=document, expected_revision=1))
    anna = await web.agent("anna")
    came = (await web.mail()).result
    work_id = await web.offer(came["interaction_id"])
    base = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}"
    assert (await anna.post(f"{base}/legs/1/offers/{work_id}/accept")).status_code == 200
    (offered,) = (await anna.get(f"{base}/scripts")).json()["items"]
    assert (offered["script"], offered["version"], offered["step"], offered["begun"]) == ("sale", VERSION, "ask", False)
    for step, choice in (("ask", "no"),):
        answer = await anna.post(
            f"{base}/scripts/sale/answer", json={"version": VERSION, "step": step, "choice": choice}
        )
        assert answer.json()["result"] == {"step": ""}, answer.text
    assert (await anna.post(f"{base}/scripts/sale/back")).json()["result"] == {"step": "ask"}
    await anna.post(f"{base}/scripts/sale/answer", json={"version": VERSION, "step": "ask", "choice": "yes"})
    words = {"version": VERSION, "step": "why", "words": "a cheaper tariff for Ada"}
    await anna.post(f"{base}/scripts/sale/answer", json=words)
    (stands,) = (await anna.get(f"{base}/scripts")).json()["items"]
    assert (stands["step"], stands["path"]) == ("bye", [["ask", "yes"], ["why", ""]])
    stale = await anna.post(f"{base}/scripts/sale/answer", json={"version": "0" * 64, "step": "bye", "choice": "done"})
    assert problem_of(stale)["code"] == "stale_version"
    mine = {"project": PROJECT, "interaction_id": came["interaction_id"], "leg": "1", "agent_id": "anna"}
    done = await web.execute(CompleteWork(**mine, disposition="answered"))
    ann = await web.client("ann", {"*": ["analyst"]})
    answer = await ann.get(f"/api/projects/{PROJECT}/scripts/sale/results", params={"min_position": done.position})
    (version,) = answer.json()["items"]
    assert (version["version"], version["runs"], version["finished"]) == (VERSION, 1, 0)
    asked = {one["choice"]: (one["answers"], one["back"], one["dispositions"]) for one in version["steps"]["ask"]}
    assert asked == {"no": (0, 1, {}), "yes": (1, 0, {"answered": 1})}
    assert "tariff" not in answer.text
