"""Files that an agent adds to a reply: kept with the draft, gone with the reply, had again by both sides."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from channels.email.scanning import CommandScanner
from domain.customer.decide import EraseCustomer
from domain.enclosing import MOST_BYTES, MOST_FILES
from tests.web.pages import link
from tests.web.problems import problem_of
from tests.web.running import PROJECT, Client, Running, running

NAME = "Żółw — фото.png"


def about(came: Any) -> str:
    return f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}"


async def in_hand(web: Running, **mail: Any) -> tuple[Client, dict[str, str]]:
    """Anna has a mail in hand."""
    came = dict((await web.mail(**mail)).result)
    anna = await web.agent("anna")
    work_id = await web.offer(came["interaction_id"])
    assert (await anna.post(f"{about(came)}/legs/1/offers/{work_id}/accept")).status_code == 200
    return anna, came


async def add(client: Client, came: Any, file_id: str = "f1", name: str = NAME, content: bytes = b"\x89PNG") -> Any:
    place = f"{about(came)}/drafts/reply/files/{file_id}"
    return await client.put(place, params={"name": name}, content=content, headers={"Content-Type": "image/png"})


async def names(client: Client, came: Any) -> list[str]:
    return [one["name"] for one in (await client.get(f"{about(came)}/drafts/reply/files")).json()["files"]]


def blobs(web: Running) -> int:
    return sum(one.is_file() for one in web.blobs.root.rglob("*"))


async def sent(web: Running, client: Client, came: Any, **body: Any) -> int:
    """Reply; the position of the message in the log."""
    answer = await client.post(f"{about(came)}/legs/1/reply", json={"text": "See here."} | body)
    assert answer.status_code == 200, answer.text
    return (await web.doors.log.read(types=["interaction.message_sent.v1"]))[-1].position


async def test_a_file_is_ones_own_and_added_once_however_often_it_is_sent(web: Running) -> None:
    came = (await web.mail()).result
    anna, boris = await web.agent("anna"), await web.agent("boris")
    answers = await asyncio.gather(*(add(anna, came) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    told = answers[0].json()
    assert told == {"file_id": "f1", "name": NAME, "media_type": "image/png", "size": 4}
    assert (await names(anna, came), await names(boris, came), blobs(web)) == ([NAME], [], 1)
    for _ in range(2):
        assert (await anna.delete(f"{about(came)}/drafts/reply/files/f1")).status_code == 204
    assert (await names(anna, came), blobs(web)) == ([], 0)


async def test_what_may_not_go_along_is_refused_and_nothing_of_it_is_kept(web: Running) -> None:
    came = (await web.mail()).result
    anna = await web.agent("anna")
    for content, code in ((b"", "empty_file"), (b"x" * (MOST_BYTES + 1), "too_large_files")):
        refused = await add(anna, came, content=content)
        assert (refused.status_code, problem_of(refused)["code"]) == (422, code)
    assert blobs(web) == 0
    for number in range(MOST_FILES):
        assert (await add(anna, came, f"f{number}", "../a\u202egnp.exe")).json()["name"] == "agnp.exe"
    refused = await add(anna, came, "more")
    assert (refused.status_code, problem_of(refused)["code"]) == (422, "too_many_files")
    assert blobs(web) == MOST_FILES


@pytest.mark.parametrize(("content", "code"), [(b"EICAR", "infected"), (b"broken", "not_scanned")])
async def test_what_the_scanner_does_not_call_harmless_is_not_taken(content: bytes, code: str) -> None:
    script = 'read -r found; case "$found" in EICAR) exit 1;; broken) exit 7;; *) exit 0;; esac'
    async with running(scanner=CommandScanner(["sh", "-c", script])) as web:
        came = (await web.mail()).result
        anna = await web.agent("anna")
        refused = await add(anna, came, content=content)
        assert (refused.status_code, problem_of(refused)["code"]) == (409, code)
        assert NAME in refused.json()["detail"]
        assert (blobs(web), (await add(anna, came, "f2", content=b"fine\n")).status_code) == (0, 200)


async def test_a_reply_takes_its_files_out_of_the_draft_and_sent_again_it_is_the_same_reply(web: Running) -> None:
    anna, came = await in_hand(web)
    await add(anna, came)
    await add(anna, came, "f2", "later.txt", b"later")
    reply = {"text": "See here.", "files": ["f1"]}
    for replayed in (False, True):
        answer = await anna.post(f"{about(came)}/legs/1/reply", json=reply, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["replayed"]) == (200, replayed)
    assert await names(anna, came) == ["later.txt"]
    assert (await anna.delete(f"{about(came)}/drafts/reply/files/f1")).status_code == 204
    assert blobs(web) == 2, "what was sent is not taken away with the draft"
    (said,) = await web.doors.log.read(types=["interaction.message_sent.v1"])
    assert [one.size for one in said.event.files] == [4]  # type: ignore[attr-defined]


async def test_a_refused_reply_leaves_its_files_in_the_draft(web: Running) -> None:
    anna, came = await in_hand(web)
    await add(anna, came)
    for body, code in (
        ({"text": " "}, "empty"),
        ({"files": ["f1"], "by": "sms"}, "no_files_this_way"),
        ({"text": "See here.", "files": ["f1"], "by": "sms"}, "no_files_this_way"),
        ({"text": "See here.", "files": ["f1", "f9"]}, "no_such_file"),
    ):
        refused = await anna.post(f"{about(came)}/legs/1/reply", json=body)
        assert problem_of(refused)["code"] == code
    assert await names(anna, came) == [NAME]
    assert (await anna.delete(f"{about(came)}/drafts/reply/files/f1")).status_code == 204
    assert blobs(web) == 0


async def test_both_sides_have_a_sent_file_again_under_its_name(web: Running) -> None:
    anna, came = await in_hand(web)
    await add(anna, came)
    position = await sent(web, anna, came, files=["f1"])
    place = f"{about(came)}/messages/{position}"
    (told,) = (await anna.get(place)).json()["attachments"]
    assert told == {"number": 1, "name": NAME, "media_type": "image/png", "size": 4}
    timeline = f"/api/projects/{PROJECT}/customers/{came['customer_id']}/timeline"
    items = (await anna.get(timeline, params={"min_position": position})).json()["items"]
    assert [one["detail"] for one in items if one["what"] == "message_sent"] == ["1"]
    page = await web.anybody().get(path := link(web, "ticket", came["ticket_id"]))
    assert NAME in page.text
    for client, address in ((anna, f"{place}/attachments/1"), (web.anybody(), f"{path}/files/{position}/1")):
        saved = await client.get(address)
        assert (saved.content, saved.headers["content-type"]) == (b"\x89PNG", "application/octet-stream")
        assert saved.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(NAME, safe='')}"
        assert (await client.get(address[:-1] + "2")).status_code == 404


async def test_a_link_opens_the_files_of_its_own_ticket_alone(web: Running) -> None:
    anna, came = await in_hand(web)
    await add(anna, came)
    position = await sent(web, anna, came, files=["f1"])
    other = (await web.mail("eve@example.org")).result
    stranger, path = web.anybody(), link(web, "ticket", other["ticket_id"])
    for place in (position, position - 1, 10**9):
        assert (await stranger.get(f"{path}/files/{place}/1")).status_code == 404


async def test_files_are_gone_with_the_customer_sent_or_not(web: Running) -> None:
    anna, came = await in_hand(web)
    await add(anna, came)
    position = await sent(web, anna, came, files=["f1"])
    await add(anna, came, "f2")
    await web.execute(EraseCustomer(customer_id=came["customer_id"]))
    web.keyring.destroy([came["customer_id"]])
    await web.blobs.destroy(came["customer_id"])
    assert (await names(anna, came), blobs(web)) == ([], 0)
    place = f"{about(came)}/messages/{position}"
    assert (await anna.get(place)).json()["attachments"] == []
    assert (await anna.get(f"{place}/attachments/1")).status_code == 404
    refused = await add(anna, came, "f3")
    assert (refused.status_code, refused.json()["code"]) == (410, "erased")
