"""Drafts, presence on a ticket, mails as written, search: what a desk needs beside commands and queries."""

from __future__ import annotations

from datetime import timedelta

from domain.belonging import Referred
from domain.customer.decide import EraseCustomer
from domain.interaction.work import AddNote
from projections.queries.texts import CANDIDATES
from tests.desk.shift import html_mail
from tests.web.running import PROJECT, Running


def about(interaction_id: str) -> str:
    return f"/api/projects/{PROJECT}/interactions/{interaction_id}"


async def test_a_draft_is_ones_own_and_refused_to_a_window_that_is_behind(web: Running) -> None:
    came = (await web.mail()).result
    anna, boris = await web.agent("anna"), await web.agent("boris")
    place = f"{about(came['interaction_id'])}/drafts/reply"
    assert (await anna.get(place)).json() == {"text": "", "revision": 0}
    first = (await anna.put(place, json={"text": "Dear Ada", "revision": 0})).json()
    assert first == {"text": "Dear Ada", "revision": 1}
    behind = await anna.put(place, json={"text": "Dear Bob", "revision": 0})
    assert (behind.status_code, behind.json()["code"]) == (409, "draft_changed")
    assert (await anna.get(place)).json() == first
    assert (await boris.get(place)).json()["text"] == ""
    assert (await anna.put(place, json={"text": "", "revision": 1})).json() == {"text": "", "revision": 2}
    assert (await anna.get(f"{about('nothing')}/drafts/reply")).status_code == 404
    assert (await anna.get(f"{about(came['interaction_id'])}/drafts/poem")).status_code == 422


async def test_nobody_can_read_a_draft_about_a_customer_who_was_erased(web: Running) -> None:
    came = (await web.mail()).result
    anna = await web.agent("anna")
    place = f"{about(came['interaction_id'])}/drafts/note"
    await anna.put(place, json={"text": "She lives in Rue du Port", "revision": 0})
    await web.execute(EraseCustomer(customer_id=came["customer_id"]))
    web.keyring.destroy([came["customer_id"]])
    assert (await anna.get(place)).json()["text"] == ""
    refused = await anna.put(place, json={"text": "again", "revision": 1})
    assert (refused.status_code, refused.json()["code"]) == (410, "erased")


async def test_whoever_has_a_ticket_open_is_seen_by_others_until_they_leave_or_fall_silent(web: Running) -> None:
    came = (await web.mail()).result
    anna, boris = await web.agent("anna"), await web.agent("boris")
    place = f"/api/projects/{PROJECT}/tickets/{came['ticket_id']}/presence"
    assert (await anna.put(place, json={"writing": True})).json() == {"others": []}
    seen = (await boris.put(place, json={"writing": False})).json()["others"]
    assert seen == [{"name": "Anna", "agent_id": "anna", "writing": True}]
    assert (await anna.delete(place)).status_code == 204
    assert (await boris.put(place, json={"writing": False})).json() == {"others": []}
    await anna.put(place, json={"writing": True})
    web.clock.ahead = timedelta(seconds=13)
    assert (await boris.put(place, json={"writing": False})).json() == {"others": []}


async def test_a_reply_that_misses_what_was_said_meanwhile_is_refused(web: Running) -> None:
    came = (await web.mail()).result
    anna = await web.agent("anna")
    work_id = await web.offer(came["interaction_id"])
    leg = f"{about(came['interaction_id'])}/legs/1"
    await anna.post(f"{leg}/offers/{work_id}/accept")
    history = (await anna.get(about(came["interaction_id"]))).json()["items"]
    (read,) = [one["data"]["message_id"] for one in history if one["type"].startswith("interaction.message_received")]
    further = (await web.mail(text="One thing more", refers=Referred(ticket_id=came["ticket_id"]))).result
    assert further["interaction_id"] == came["interaction_id"]
    refused = await anna.post(f"{leg}/reply", json={"text": "Done.", "after": read})
    assert (refused.status_code, refused.json()["code"]) == (409, "said_meanwhile")
    sent = await anna.post(f"{leg}/reply", json={"text": "Both done.", "after": further["message_id"]})
    assert sent.status_code == 200, sent.text
    again = await anna.post(f"{leg}/reply", json={"text": "PS", "after": further["message_id"]})
    assert again.json()["code"] == "said_meanwhile"


async def test_a_mail_as_written_is_a_document_with_a_policy_of_its_own(web: Running) -> None:
    came = await html_mail(web)
    anna = await web.agent("anna")
    history = (await anna.get(about(came["interaction_id"]))).json()["items"]
    (position,) = [one["position"] for one in history if one["type"].startswith("interaction.message_received")]
    place = f"{about(came['interaction_id'])}/messages/{position}"
    told = (await anna.get(place)).json()
    assert (told["html"], told["remote_images"]) == (True, 1)
    assert [(one["name"], one["size"]) for one in told["attachments"]] == [("invoice 4711.pdf", 16)]
    page = await anna.get(f"{place}/html")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'")
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "tracker.example/pixel.gif" in (await anna.get(f"{place}/html?images=remote")).text
    assert ' src="https://tracker.example' not in page.text
    file = await anna.get(f"{place}/attachments/1")
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''invoice%204711.pdf"
    assert (await anna.get(f"{place}/attachments/2")).status_code == 404
    assert (await anna.get(f"{about(came['interaction_id'])}/messages/{position - 1}")).status_code == 404
    for no_position in (0, -1, 10**30):
        answer = await anna.get(f"{about(came['interaction_id'])}/messages/{no_position}")
        assert answer.status_code == 422, no_position


async def test_an_attachment_that_was_infected_is_not_to_be_had_from_the_mail_as_written_either(web: Running) -> None:
    came = await html_mail(web, faults=("attachment 1: infected (Worm.Paper), left out",))
    anna = await web.agent("anna")
    history = (await anna.get(about(came["interaction_id"]))).json()["items"]
    (position,) = [one["position"] for one in history if one["type"].startswith("interaction.message_received")]
    place = f"{about(came['interaction_id'])}/messages/{position}"
    assert (await anna.get(place)).json()["attachments"] == []
    assert (await anna.get(f"{place}/attachments/1")).status_code == 404


async def test_one_search_finds_customers_tickets_notes_and_messages_and_forgets_the_erased(web: Running) -> None:
    came = (await web.mail(text="Der Zähler zeigt 4711 statt 4117.")).result
    done = await web.execute(
        AddNote(interaction_id=came["interaction_id"], author="boris", text="Kocham zażółć: check the meter")
    )
    anna = await web.agent("anna")
    head = done.position

    async def found(text: str) -> dict[str, list[str]]:
        answer = await anna.get(f"/api/projects/{PROJECT}/search", params={"q": text, "min_position": head})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return {
            "customers": [one["name"] for one in told["customers"]],
            "tickets": [one["ticket_id"] for one in told["tickets"]],
            "texts": [one["kind"] for one in told["texts"]],
        }

    assert (await found("lovelace"))["customers"] == ["Ada Lovelace"]
    assert (await found("meter chec"))["texts"] == ["note"]
    assert (await found("ZAZOŁC"))["texts"] == ["note"]
    assert (await found("zahler 4117"))["texts"] == ["message"]
    assert (await found("invoice"))["texts"] == ["ticket"]
    number = (await anna.get(f"/api/projects/{PROJECT}/tickets/{came['ticket_id']}")).json()["number"]
    assert (await found(number.lower()))["tickets"] == [came["ticket_id"]]
    assert (await found("meter invoice"))["texts"] == []
    head = (await web.execute(EraseCustomer(customer_id=came["customer_id"]))).position
    assert (await found("meter"))["texts"] == []


async def test_notes_are_searched_only_by_those_who_may_read_customers(web: Running) -> None:
    came = (await web.mail()).result
    done = await web.execute(AddNote(interaction_id=came["interaction_id"], author="anna", text="Secret word: zebra"))
    for role, status in (
        ("agent", 200),
        ("supervisor", 200),
        ("administrator", 200),
        ("analyst", 403),
        ("client", 403),
    ):
        client = await web.client(role, {"*": [role]}, "anna" if role == "agent" else "")
        query = {"q": "zebra", "min_position": done.position}
        answer = await client.get(f"/api/projects/{PROJECT}/search", params=query)
        assert answer.status_code == status, role
        assert ("zebra" in answer.text) is (status == 200)


async def test_the_latest_text_is_found_however_many_older_ones_begin_with_a_shorter_word(web: Running) -> None:
    came = (await web.mail(text="Good day.")).result
    for number in range(CANDIDATES):
        await web.execute(AddNote(interaction_id=came["interaction_id"], author="anna", text=f"One parcel, {number}"))
    late = AddNote(interaction_id=came["interaction_id"], author="anna", text="Two parcels, the last")
    head = (await web.execute(late)).position
    anna = await web.agent("anna")
    answer = await anna.get(f"/api/projects/{PROJECT}/search", params={"q": "parce", "min_position": head})
    found = [one["excerpt"] for one in answer.json()["texts"]]
    assert found[:2] == ["Two parcels, the last", f"One parcel, {CANDIDATES - 1}"]


async def test_what_is_shown_of_a_text_is_where_the_words_were_found_whatever_their_accents(web: Running) -> None:
    far = await web.mail(text="A long story. " * 30 + "Zażółć gęślą jaźń.")
    anna = await web.agent("anna")
    answer = await anna.get(f"/api/projects/{PROJECT}/search", params={"q": "gesla", "min_position": far.position})
    assert "gęślą" in answer.json()["texts"][0]["excerpt"]
