"""Documents for an editor: looked at without being applied, applied on a known revision, every version kept."""

from __future__ import annotations

from typing import Any

from tests.domain.documents import centre, project
from tests.web.problems import problem_of
from tests.web.running import PROJECT, Running

CONFIGURATION = f"/api/projects/{PROJECT}/configuration"


def document(**changes: Any) -> dict[str, Any]:
    return project(**changes).model_dump(mode="json", exclude_defaults=True) | {"schema_version": 1}


async def test_a_review_tells_what_would_change_in_words_and_changes_nothing(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    head = await web.head()
    changed = document(title="Hotline II")
    changed["queues"]["billing"]["target"] = 600
    review = (await max_.post(f"{CONFIGURATION}/review", json={"document": changed})).json()
    assert review["applicable"], review["faults"]
    assert review["revision"] == 1
    assert [(one["path"], one["said"]) for one in review["changes"]] == [
        ("title", "title: Hotline → Hotline II"),
        ("queues.billing.target", "queue billing: target 3600 s → 600 s"),
    ]
    target = review["changes"][1]["wording"]
    assert target["code"] == "of_place"
    assert target["given"]["place"] == {
        "code": "entry",
        "given": {"kind": {"code": "kind_queue", "given": {}}, "name": "billing"},
    }
    assert review["document"]["queues"]["billing"]["offer"]["misses"] == 2
    assert await web.head() == head


async def test_faults_are_told_all_at_once_with_their_places_and_lines(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    text = """
schema_version: 1
project: hotline
title: Hotline
pool: main
departments:
  billing: {title: Billing, queue: biling}
queues:
  billing: {title: Billing, target: soon}
"""
    review = (await max_.post(f"{CONFIGURATION}/review", json={"yaml": text})).json()
    assert not review["applicable"]
    assert review["document"] is None
    told = {fault["path"]: (fault["line"], fault["severity"]) for fault in review["faults"]}
    assert told["queues.billing.target"] == (9, "fault")
    assert told["departments.billing.queue"] == (7, "fault")
    assert all(fault["mend"] for fault in review["faults"])
    unknown = next(one for one in review["faults"] if one["path"] == "departments.billing.queue")
    assert unknown["what"] == "there is no queue 'biling'"
    assert unknown["what_wording"]["code"] == "there_is_no_such"
    assert unknown["what_wording"]["given"]["name"] == "biling"
    assert unknown["mend_wording"]["code"] == "did_you_mean"


async def test_a_review_finds_what_is_wrong_with_numbers_and_words_of_texts_as_checking_a_file_does(
    web: Running,
) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    texts = {"department": "billing", "keywords": {"callback": ["STOP"]}}
    numbers = {
        "main": {"number": "+48221234567", "title": "Main", "texts": texts},
        "other": {"number": "+48221234568", "title": "Other", "vanity": "800 MALINY"},
    }
    review = (await max_.post(f"{CONFIGURATION}/review", json={"document": document(numbers=numbers)})).json()
    assert not review["applicable"]
    faults = {fault["path"] for fault in review["faults"] if fault["severity"] == "fault"}
    assert {"numbers.main.texts.keywords", "numbers.other.vanity"} <= faults


async def test_what_is_no_document_is_told_and_not_a_fault_of_ours(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    for body in (
        {"yaml": "{"},
        {"yaml": ""},
        {"yaml": "a: 1\n---\nb: 2\n"},
        {"document": {}},
        {"yaml": "centre: demo\n"},
    ):
        review = await max_.post(f"{CONFIGURATION}/review", json=body)
        assert review.status_code == 200, review.text
        assert not review.json()["applicable"], body
        assert review.json()["faults"], body
    for body in ({}, {"yaml": "a: 1", "document": {}}):
        assert (await max_.post(f"{CONFIGURATION}/review", json=body)).status_code == 422


async def test_a_document_of_another_project_or_pool_is_misplaced(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    review = (await max_.post(f"{CONFIGURATION}/review", json={"document": document(pool="other")})).json()
    assert not review["applicable"]
    elsewhere = f"/api/projects/{PROJECT}2/configuration/review"
    misplaced = (await max_.post(elsewhere, json={"document": document()})).json()
    assert "must be 'hotline2' here" in [fault["what"] for fault in misplaced["faults"]]


async def test_what_was_reviewed_is_applied_on_its_revision_and_a_stale_one_is_refused(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    review = (await max_.post(f"{CONFIGURATION}/review", json={"document": document(title="Second")})).json()
    body = {"document": review["document"], "expected_revision": review["revision"]}
    assert (await max_.put(CONFIGURATION, json=body)).status_code == 200
    body = {"document": document(title="Third"), "expected_revision": review["revision"]}
    stale = await max_.put(CONFIGURATION, json=body)
    assert (stale.status_code, problem_of(stale)["code"]) == (409, "stale_revision")


async def test_every_version_is_kept_with_who_applied_it_when_and_what_it_changed(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    for revision, title in ((1, "Second"), (2, "Third")):
        body = {"document": document(title=title), "expected_revision": revision}
        assert (await max_.put(CONFIGURATION, json=body)).status_code == 200
    account = await web.accounts.find("max")
    assert account is not None
    versions = (await max_.get(f"{CONFIGURATION}/versions")).json()["items"]
    assert [one["revision"] for one in versions] == [3, 2, 1]
    assert [one["actor"] for one in versions] == [f"account:{account.account_id}"] * 2 + ["test"]
    assert [change["said"] for change in versions[0]["changes"]] == ["title: Second → Third"]
    assert versions[2]["changes"] == []
    second = (await max_.get(f"{CONFIGURATION}/versions/2")).json()
    assert second["document"]["title"] == "Second"
    assert (await max_.get(f"{CONFIGURATION}/versions/9")).status_code == 404
    back = {"document": second["document"], "expected_revision": 3}
    assert (await max_.put(CONFIGURATION, json=back)).status_code == 200


async def test_a_centres_document_is_reviewed_and_its_versions_kept_too(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    changed = centre(title="Demo II").model_dump(mode="json")
    review = (await max_.post("/api/centres/demo/review", json={"document": changed})).json()
    assert [change["said"] for change in review["changes"]] == ["title: Demo → Demo II"], review["faults"]
    assert [one["revision"] for one in (await max_.get("/api/centres/demo/versions")).json()["items"]] == [1]
    assert (await max_.get("/api/centres/demo/versions/1")).json()["document"]["title"] == "Demo"
    assert (await max_.post("/api/centres/nowhere/review", json={"document": changed})).status_code == 404


async def test_reviewing_needs_the_role_that_configures(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    assert (await sue.post(f"{CONFIGURATION}/review", json={"document": document()})).status_code == 403
    assert (await sue.get(f"{CONFIGURATION}/versions")).status_code == 200


async def test_a_version_is_told_as_yaml_that_changes_nothing_when_it_is_applied_again(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    answers = {"no": {"title": "on", "text": {"en": "Dear {customer},\n\n  # 08:00\n", "fr": "« où » : là 🌷"}}}
    changed = document(
        answers=answers, hours={"office": {"weekly": {"mon": ["08:00-16:00"]}, "days": {"2026-12-24": []}}}
    )
    applied = await max_.put(CONFIGURATION, json={"document": changed, "expected_revision": 1})
    assert applied.status_code == 200, applied.text
    for path, revision in ((CONFIGURATION, 2), ("/api/centres/demo", 1)):
        told = (await max_.get(f"{path}/versions/{revision}")).json()
        review = (await max_.post(f"{path}/review", json={"yaml": told["yaml"]})).json()
        assert review["applicable"], review["faults"]
        assert review["changes"] == []
        assert review["document"] == told["document"]
        assert "interval" not in told["yaml"], "what stands at its default is left out"
