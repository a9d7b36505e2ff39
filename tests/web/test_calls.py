"""Calls over the API: what an agent and a supervisor ask for, who may, and what comes of it on record."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.interaction.recording import StartRecording
from tests.domain.documents import centre, project
from tests.web.problems import problem_of
from tests.web.running import PROJECT, Client, Running
from web.doors import Registered

CUSTOMER, OFFICE = "+48 22 123 45 67", "+48 58 555 98 76"
#: A number of ours, with the shortest flow there is.
OURS: dict[str, Any] = {
    "flows": {"bye": {"title": "Bye", "start": "end", "steps": {"end": {"hang_up": {"say": {"en": "Bye"}}}}}},
    "numbers": {"main": {"number": "+48800625469", "title": "Main", "flow": "bye"}},
}


async def talking(web: Running) -> tuple[Client, str]:
    """Anna, in conversation with a customer who asked to be called; the interaction's address."""
    anna = await web.agent()
    sue = await web.client("sam", {"*": ["supervisor"]})
    asked = await sue.post(f"/api/projects/{PROJECT}/callbacks", json={"number": CUSTOMER})
    interaction = asked.json()["result"]["interaction_id"]
    work_id = await web.offer(interaction)
    here = f"/api/projects/{PROJECT}/interactions/{interaction}"
    assert (await anna.post(f"{here}/legs/1/offers/{work_id}/accept")).status_code == 200
    return anna, here


async def posted(client: Client, path: str, body: Any = None) -> dict[str, str]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    result: dict[str, str] = answer.json()["result"]
    return result


async def stands(client: Client, here: str) -> Any:
    return (await client.get(f"{here}/conversation")).json()


async def test_a_customer_is_held_and_a_colleague_is_consulted_and_brought_in(web: Running) -> None:
    anna, here = await talking(web)
    await web.agent("boris")
    await posted(anna, f"{here}/legs/1/hold")
    party = (await posted(anna, f"{here}/legs/1/consult", {"agent_id": "boris"}))["party"]
    (leg,) = (await stands(anna, here))["legs"]
    assert leg["held"]
    assert [(one["party"], one["agent_id"], one["standing"]) for one in leg["parties"]] == [
        (party, "boris", "consulted")
    ]
    await posted(anna, f"{here}/legs/1/parties/{party}/bring-in")
    (leg,) = (await stands(anna, here))["legs"]
    assert (leg["held"], leg["parties"][0]["standing"]) == (False, "joined")
    await posted(anna, f"{here}/legs/1/parties/{party}/remove")
    assert (await stands(anna, here))["legs"][0]["parties"] == []


async def test_an_agent_is_muted_and_heard_again(web: Running) -> None:
    anna, here = await talking(web)
    for what, muted in (("mute", True), ("mute", True), ("unmute", False)):
        await posted(anna, f"{here}/legs/1/{what}")
        assert [leg["muted"] for leg in (await stands(anna, here))["legs"]] == [muted]
    boris = await web.agent("boris")
    refused = await boris.post(f"{here}/legs/1/mute")
    assert (refused.status_code, problem_of(refused)["code"]) == (409, "not_yours")


async def test_a_consulted_colleague_takes_the_customer_over(web: Running) -> None:
    anna, here = await talking(web)
    await web.agent("boris")
    party = (await posted(anna, f"{here}/legs/1/consult", {"agent_id": "boris"}))["party"]
    await posted(anna, f"{here}/legs/1/parties/{party}/hand-over")
    legs = (await stands(anna, here))["legs"]
    assert [(leg["agent_id"], leg["status"]) for leg in legs] == [("anna", "ended"), ("boris", "connected")]


async def test_an_expert_outside_is_consulted_and_keeps_the_customer(web: Running) -> None:
    anna, here = await talking(web)
    party = (await posted(anna, f"{here}/legs/1/consult", {"number": OFFICE}))["party"]
    await posted(anna, f"{here}/legs/1/parties/{party}/hand-over")
    now = await stands(anna, here)
    assert (now["outside"], now["status"], now["legs"][0]["status"]) == (party, "open", "ended")


async def test_a_consult_that_is_ended_leaves_the_customer_on_hold_until_resumed(web: Running) -> None:
    anna, here = await talking(web)
    party = (await posted(anna, f"{here}/legs/1/consult", {"number": OFFICE}))["party"]
    await posted(anna, f"{here}/legs/1/parties/{party}/end")
    assert (await stands(anna, here))["legs"][0]["held"]
    await posted(anna, f"{here}/legs/1/resume")
    assert not (await stands(anna, here))["legs"][0]["held"]


@pytest.mark.parametrize(
    ("body", "queue"),
    [({"queue": "ringing"}, "ringing"), ({"department": "sales"}, "ringing"), ({"agent_id": "boris"}, "billing")],
)
async def test_work_is_passed_on_to_a_queue_a_department_or_an_agent(web: Running, body: Any, queue: str) -> None:
    anna, here = await talking(web)
    await web.agent("boris")
    await posted(anna, f"{here}/legs/1/transfer", body)
    first, second = (await stands(anna, here))["legs"]
    assert (first["status"], second["status"], second["queue"]) == ("ended", "waiting", queue)


async def test_a_customer_is_put_through_to_an_outside_number(web: Running) -> None:
    anna, here = await talking(web)
    party = (await posted(anna, f"{here}/legs/1/transfer", {"number": OFFICE, "note": "asks for Mr Nowak"}))["party"]
    assert (await stands(anna, here))["outside"] == party


@pytest.mark.parametrize(
    "body", [{}, {"queue": "ringing", "number": OFFICE}, {"number": "12"}, {"number": "+48 1"}, {"queue": "nowhere"}]
)
async def test_a_transfer_to_nowhere_or_to_two_places_is_refused_and_changes_nothing(web: Running, body: Any) -> None:
    anna, here = await talking(web)
    head = await web.head()
    answer = await anna.post(f"{here}/legs/1/transfer", json=body)
    assert answer.status_code in (404, 422)
    assert problem_of(answer)["detail"]
    assert await web.head() == head


async def test_a_supervisor_listens_whispers_and_leaves(web: Running) -> None:
    anna, here = await talking(web)
    sue = await web.client("sue", {"*": ["supervisor"]}, "sue")
    for hearing in ("listens", "whispers"):
        assert (await posted(sue, f"{here}/legs/1/supervise", {"hearing": hearing}))["party"] == "supervisor:sue"
        (who,) = (await stands(sue, here))["legs"][0]["parties"]
        assert (who["kind"], who["hearing"]) == ("supervisor", hearing)
    await posted(sue, f"{here}/legs/1/supervise/end")
    assert (await stands(sue, here))["legs"][0]["parties"] == []
    assert (await anna.post(f"{here}/legs/1/supervise", json={})).status_code == 403


async def test_a_supervisor_whom_nobody_can_ring_is_told_so(web: Running) -> None:
    _, here = await talking(web)
    sue = await web.client("sue", {"*": ["supervisor"]})
    assert problem_of(await sue.post(f"{here}/legs/1/supervise", json={}))["status"] == 403


async def test_only_who_talks_with_the_customer_pauses_the_recording(web: Running) -> None:
    anna, here = await talking(web)
    interaction = here.rpartition("/")[2]
    await web.execute(StartRecording(interaction_id=interaction, leg="1", recording_id="RE1", consent="asked"))
    boris = await web.agent("boris")
    refused = await boris.post(f"{here}/recordings/RE1/pause", json={})
    assert (refused.status_code, problem_of(refused)["code"]) == (409, "not_yours")
    await posted(anna, f"{here}/recordings/RE1/pause", {"reason": "card_data"})
    assert (await stands(anna, here))["recordings"][0]["status"] == "paused"
    await posted(anna, f"{here}/recordings/RE1/resume")
    assert (await stands(anna, here))["recordings"][0]["status"] == "running"


async def calling(web: Running, client: Client, **body: Any) -> httpx2.Response:
    return await client.post(f"/api/projects/{PROJECT}/calls", json=body)


async def test_an_agent_calls_a_number_or_a_customer_and_has_the_work_in_hand_at_once(web: Running) -> None:
    await web.execute(ConfigureProject(document=project(**OURS), expected_revision=1))
    anna = await web.agent()
    called = await calling(web, anna, number=CUSTOMER)
    assert called.status_code == 200, called.text
    result = called.json()["result"]
    here = f"/api/projects/{PROJECT}/interactions/{result['interaction_id']}"
    (leg,) = (await stands(anna, here))["legs"]
    assert (leg["status"], leg["agent_id"], leg["queue"]) == ("connected", "anna", "billing")
    busy = await calling(web, anna, number=OFFICE)
    assert (busy.status_code, problem_of(busy)["code"]) == (409, "agent_unfit")
    await posted(anna, f"{here}/legs/1/complete", {"disposition": "answered"})
    again = await calling(web, anna, customer_id=result["customer_id"], line="main")
    assert again.json()["result"]["customer_id"] == result["customer_id"]


async def test_a_call_without_a_number_of_ours_or_to_an_unknown_customer_is_refused_with_the_mend(web: Running) -> None:
    anna = await web.agent()
    refused = problem_of(await calling(web, anna, number=CUSTOMER))
    assert refused["code"] == "no_number_of_ours"
    assert "add one to its document" in refused["detail"]
    assert (await calling(web, anna, customer_id="nobody")).status_code == 404
    assert (await calling(web, anna)).status_code == 422
    written = (await web.mail()).result["customer_id"]
    assert problem_of(await calling(web, anna, customer_id=written))["code"] == "no_number"


async def test_a_browser_gets_a_token_of_its_own_agent_where_an_account_has_a_key(web: Running) -> None:
    anna = await web.agent()
    refused = problem_of(await anna.post("/api/telephone/token"))
    assert (refused["status"], refused["code"]) == (409, "no_browser_telephone")
    web.doors.telephones = {"twilio": lambda agent, seconds: Registered(agent, f"{agent} for {seconds}")}
    (token,) = (await anna.post("/api/telephone/token")).json()
    assert token == {
        "provider": "twilio", "identity": "anna", "token": "anna for 3600", "edge": "", "signalling": "",
        "expires_in": 3600,
    }  # fmt: skip
    assert (await anna.get("/api/desk")).json()["telephone"] == "browser"


async def test_an_agent_whose_calls_ring_elsewhere_gets_no_token_and_the_desk_knows_it(web: Running) -> None:
    anna = await web.agent()
    assert (await anna.get("/api/desk")).json()["telephone"] == "none"
    web.doors.telephones = {"twilio": lambda agent, seconds: Registered(agent, "")}
    agents = {"anna": {"name": "Anna", "site": "paris", "profile": "mixed", "telephone": "+48221112233"}}
    await web.execute(ConfigureCentre(document=centre(agents=agents), expected_revision=1))
    refused = problem_of(await anna.post("/api/telephone/token"))
    assert (refused["status"], refused["code"]) == (409, "rings_elsewhere")
    assert (await anna.get("/api/desk")).json()["telephone"] == "elsewhere"
