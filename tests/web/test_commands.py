"""Commands and queries over the API: what they lead to, said once."""

from __future__ import annotations

import asyncio

from tests.web.problems import CUSTOMERS, TICKETS, problem_of
from tests.web.running import PROJECT, Running


async def test_a_mail_is_accepted_answered_and_settled_by_its_agent(web: Running) -> None:
    came = await web.mail()
    anna = await web.agent()
    work_id = await web.offer(came.result["interaction_id"])
    head = await web.head()
    (item,) = (await anna.get("/api/work", params={"min_position": head})).json()["items"]
    assert (item["status"], item["work_id"], item["customer_name"]) == ("offered", work_id, "Ada Lovelace")
    work = f"/api/projects/{PROJECT}/interactions/{came.result['interaction_id']}"
    assert (await anna.post(f"{work}/legs/1/offers/{work_id}/accept")).status_code == 200
    replied = await anna.post(f"{work}/legs/1/reply", json={"text": "We have corrected it."})
    assert replied.json()["result"].keys() >= {"delivery_id", "message_id"}
    assert (await anna.post(f"{work}/notes", json={"text": "second time this month"})).status_code == 200
    done = await anna.post(f"{work}/legs/1/complete", json={"ticket": "resolve", "disposition": "answered"})
    position = done.json()["position"]
    ticket = (await anna.get(f"{TICKETS}/{came.result['ticket_id']}", params={"min_position": position})).json()
    assert (ticket["status"], ticket["settled_by"], ticket["subject"]) == ("resolved", "anna", "Invoice 4711")
    history = (await anna.get(work)).json()["items"]
    assert [e["data"]["text"] for e in history if e["type"] == "interaction.message_sent.v1"] == [
        "We have corrected it."
    ]
    assert (await anna.get("/api/work", params={"min_position": position})).json()["items"] == []


async def test_a_repeated_key_gets_the_first_answer_and_changes_nothing(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    body = {"name": "Grace Hopper", "contacts": [{"kind": "email", "address": "Grace@Example.org"}]}
    key = {"Idempotency-Key": "registering-grace"}
    first = await sue.post(CUSTOMERS, json=body, headers=key)
    assert first.status_code == 200
    head = await web.head()
    again = await sue.post(CUSTOMERS, json=body, headers=key)
    assert again.json() == first.json() | {"replayed": True}
    assert await web.head() == head


async def test_a_key_used_for_another_request_is_refused(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    customer = (await web.mail()).result["customer_id"]
    key = {"Idempotency-Key": "one"}
    assert (await sue.post(f"{CUSTOMERS}/{customer}/identify", json={"name": "Ada"}, headers=key)).status_code == 200
    answer = await sue.post(f"{CUSTOMERS}/{customer}/identify", json={"name": "Bob"}, headers=key)
    assert (answer.status_code, problem_of(answer)["code"]) == (422, "key_reused")


async def test_two_accounts_may_use_the_same_key(web: Running) -> None:
    customer = (await web.mail()).result["customer_id"]
    for name in ("sue", "tom"):
        client = await web.client(name, {"*": ["supervisor"]})
        answer = await client.post(
            f"{CUSTOMERS}/{customer}/identify", json={"name": name}, headers={"Idempotency-Key": "one"}
        )
        assert (answer.status_code, answer.json()["replayed"]) == (200, False)


async def test_a_key_sent_many_times_at_once_acts_once(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    body = {"number": "+48 22 123 45 67", "about": "the contract"}
    sent = [
        sue.post(f"/api/projects/{PROJECT}/callbacks", json=body, headers={"Idempotency-Key": "call"}) for _ in range(8)
    ]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["result"]["interaction_id"] for answer in answers}) == 1
    requested = await web.doors.log.read(types=["interaction.callback_requested.v1"])
    assert len(requested) == 1


async def test_a_second_callback_to_the_same_number_is_refused_with_the_reason(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    path = f"/api/projects/{PROJECT}/callbacks"
    first = await sue.post(path, json={"number": "+48221234567"})
    second = await sue.post(path, json={"number": "+48 22 123-45-67"})
    assert (second.status_code, problem_of(second)["code"]) == (409, "already_requested")
    assert (await sue.post(f"{path}/{first.json()['result']['interaction_id']}/cancel")).status_code == 200
    assert (await sue.post(path, json={"number": "+48221234567"})).status_code == 200


async def test_pages_of_a_list_meet_without_gap_or_repetition(web: Running) -> None:
    came = [await web.mail(f"ada{n}@example.org") for n in range(7)]
    sue = await web.client("sue", {"*": ["supervisor"]})
    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 3, "min_position": came[-1].position}
    while True:
        page = (await sue.get(TICKETS, params=params)).json()
        seen += [item["ticket_id"] for item in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert len(seen) == 7
    assert set(seen) == {one.result["ticket_id"] for one in came}


async def test_customers_are_found_by_each_of_their_addresses_and_by_name(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    contacts = [
        {"kind": "email", "address": "Grace@Example.org"},
        {"kind": "phone", "address": "+48 22 123 45 67"},
        {"kind": "customer_number", "address": "k-42"},
    ]
    made = (await sue.post(CUSTOMERS, json={"name": "Grace Hopper", "contacts": contacts})).json()
    customer_id, position = made["result"]["customer_id"], made["position"]
    for params in (
        {"email": "grace@example.ORG"},
        {"phone": "+48221234567"},
        {"customer_number": "K-42"},
        {"q": "hopp"},
    ):
        found = (await sue.get(CUSTOMERS, params=params | {"min_position": position})).json()["items"]
        assert [one["customer_id"] for one in found] == [customer_id], params
    nothing = await sue.get(CUSTOMERS)
    assert (nothing.status_code, problem_of(nothing)["code"]) == (422, "nothing_to_look_for")


async def test_two_customers_are_merged_and_parted_again(web: Running) -> None:
    one, two = (await web.mail("a@example.org")).result, (await web.mail("b@example.org")).result
    sue = await web.client("sue", {"*": ["supervisor"]})
    body = {"merged_id": two["customer_id"]}
    merged = (await sue.post(f"{CUSTOMERS}/{one['customer_id']}/merge", json=body)).json()
    card = (await sue.get(f"{CUSTOMERS}/{two['customer_id']}", params={"min_position": merged["position"]})).json()
    assert (card["customer_id"], card["merged"]) == (one["customer_id"], [two["customer_id"]])
    assert (await sue.post(f"{CUSTOMERS}/{one['customer_id']}/unmerge", json=body)).status_code == 200
    again = await sue.post(f"{CUSTOMERS}/{one['customer_id']}/unmerge", json=body)
    assert (again.status_code, problem_of(again)["code"]) == (409, "not_merged")


async def test_a_document_is_replaced_on_the_revision_its_author_had_seen(web: Running) -> None:
    max_ = await web.client("max", {"*": ["manager"]})
    path = f"/api/projects/{PROJECT}/configuration"
    before = (await max_.get(path)).json()
    document = before["document"] | {"title": "The hotline"}
    body = {"document": document, "expected_revision": before["revision"]}
    assert (await max_.put(path, json=body)).status_code == 200
    assert (await max_.get(path)).json()["revision"] == before["revision"] + 1
    stale = await max_.put(path, json={"document": document | {"title": "Late"}, "expected_revision": 1})
    assert (stale.status_code, problem_of(stale)["code"]) == (409, "stale_revision")


async def test_an_erased_customer_is_gone_from_what_is_shown(web: Running) -> None:
    came = await web.mail()
    root = await web.client("root", {"*": ["administrator"]})
    erased = await root.post(f"{CUSTOMERS}/{came.result['customer_id']}/erase")
    assert erased.status_code == 200
    web.keyring.destroy([came.result["customer_id"]])
    shown = await root.get(f"/api/projects/{PROJECT}/interactions/{came.result['interaction_id']}")
    assert "amount is wrong" not in shown.text
    message = next(e for e in shown.json()["items"] if e["type"] == "interaction.message_received.v1")
    assert set(message["erased"]) >= {"text", "subject", "sender"}


async def test_events_are_read_page_by_page_to_the_head(web: Running) -> None:
    for n in range(5):
        await web.mail(f"ada{n}@example.org")
    ann = await web.client("ann", {"*": ["analyst"]})
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = (await ann.get("/api/events", params={"after": after, "limit": 7})).json()
        seen += [item["position"] for item in page["items"]]
        after = page["next"]
    everything = await web.doors.log.read(0, 10_000)
    assert seen == [one.position for one in everything]
