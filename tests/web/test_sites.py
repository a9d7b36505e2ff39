"""A site is declared down and back by those who lead, and by nobody else."""

from __future__ import annotations

from domain.centre.outage import SiteCameBack, SiteWentDown
from tests.web.problems import problem_of
from tests.web.running import Running

SITE = "/api/centres/demo/sites/paris"


async def test_a_supervisor_declares_a_site_down_and_back_and_both_are_on_record(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    down = await sue.post(f"{SITE}/down", json={"reason": "power cut"})
    assert down.status_code == 200, down.text
    again = await sue.post(f"{SITE}/down", json={"reason": "power cut"})
    assert again.json()["position"] == 0
    back = await sue.post(f"{SITE}/back")
    assert back.json()["position"] > down.json()["position"]
    recorded = await web.doors.log.read_stream("centre-demo")
    said = [one.event for one in recorded if isinstance(one.event, SiteWentDown | SiteCameBack)]
    assert [type(event) for event in said] == [SiteWentDown, SiteCameBack]
    assert said[0].site == "paris"


async def test_the_list_of_sites_says_which_are_down_and_who_is_there(web: Running) -> None:
    await web.agent("anna")
    sue = await web.client("sue", {"*": ["supervisor"]})
    down = await sue.post(f"{SITE}/down", json={"reason": "power cut"})
    listed = await sue.get("/api/sites", params={"min_position": down.json()["position"]})
    paris, warsaw = listed.json()["items"]
    assert (paris["centre"], paris["site"], paris["title"], paris["time_zone"]) == ("demo", "paris", "Paris", "UTC")
    assert (paris["down"]["reason"], paris["agents"]["ready"], paris["agents"]["signed_out"]) == ("power cut", 1, 2)
    assert (warsaw["down"], warsaw["agents"]["ready"]) == (None, 0)


async def test_a_centres_document_is_read_and_replaced_while_one_of_its_sites_is_down(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    before = (await max_.get("/api/centres/demo")).json()
    assert (await max_.post(f"{SITE}/down", json={"reason": "power cut"})).status_code == 200
    known = await max_.get("/api/centres/demo")
    assert known.status_code == 200, known.text
    assert known.json() == before
    body = {"document": before["document"] | {"title": "Demo II"}, "expected_revision": before["revision"]}
    assert (await max_.put("/api/centres/demo", json=body)).status_code == 200
    assert (await max_.get("/api/centres/demo")).json()["document"]["title"] == "Demo II"


async def test_an_agent_cannot_declare_a_site_down(web: Running) -> None:
    anna = await web.agent()
    answer = await anna.post(f"{SITE}/down", json={"reason": "I want to go home"})
    assert answer.status_code == 403
    assert not [one for one in await web.doors.log.read_stream("centre-demo") if isinstance(one.event, SiteWentDown)]


async def test_a_site_that_does_not_exist_and_another_pools_centre_are_not_found(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    unknown = await sue.post("/api/centres/demo/sites/atlantis/down", json={"reason": "flood"})
    assert (unknown.status_code, problem_of(unknown)["detail"]) == (404, "there is no site 'atlantis'")
    elsewhere = await sue.post("/api/centres/elsewhere/sites/paris/down", json={"reason": "flood"})
    assert elsewhere.status_code == 404
