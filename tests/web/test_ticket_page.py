"""The ticket's page over real HTTP: how the matter stands, and adding information."""

from __future__ import annotations

import pytest

from channels.email.scanning import CommandScanner
from domain.belonging import Referred
from infra.mail.enclosing import Enclosing
from infra.mail.letters import StoredLetters
from tests.web.pages import field, link
from tests.web.running import PROJECT, Running


async def test_the_ticket_page_shows_how_the_matter_stands_and_what_was_said(web: Running) -> None:
    ids = await web.resolved()
    answer = await web.anybody().get(link(web, "ticket", ids["ticket_id"]))
    assert answer.status_code == 200
    for text in ("Invoice 4711", "Settled", "We received your message", "The amount is wrong.", "we have corrected it"):
        assert text in answer.text
    assert "anna" not in answer.text.lower()


async def test_internal_notes_and_third_parties_stay_off_the_ticket_page(web: Running) -> None:
    came = (await web.mail()).result
    sue = await web.client("sue", {"*": ["supervisor"]})
    note = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/notes"
    assert (await sue.post(note, json={"text": "difficult customer"})).status_code == 200
    refers = Referred(ticket_id=came["ticket_id"])
    await web.mail("stranger@example.org", text="I am somebody else.", refers=refers)
    page = (await web.anybody().get(link(web, "ticket", came["ticket_id"]))).text
    assert "difficult customer" not in page
    assert "somebody else" not in page


async def test_the_page_adds_information_once_however_often_it_is_sent(web: Running) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    for _ in range(3):
        answer = await client.post(path, data={"text": "It was in March.\r\nNot in May.", "form": form})
        assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert "Your message has reached us" in page
    assert page.count("It was in March.\nNot in May.") == 1
    received = await web.doors.log.read(types=["interaction.message_received.v1"])
    assert [one.event.via for one in received] == ["email", "page"]  # type: ignore[attr-defined]


async def test_what_is_added_to_a_closed_matter_opens_a_new_one(web: Running) -> None:
    ids = await web.resolved()
    sue = await web.client("sue", {"*": ["supervisor"]})
    close = f"/api/projects/{PROJECT}/tickets/{ids['ticket_id']}/close"
    assert (await sue.post(close, json={"reason": "done"})).status_code == 200
    client, path = web.anybody(), link(web, "ticket", ids["ticket_id"])
    form = field((await client.get(path)).text, "form")
    answer = await client.post(path, data={"text": "It is wrong again.", "form": form})
    assert answer.headers["location"].partition("?")[0] != path
    page = (await client.get(answer.headers["location"])).text
    assert "we opened a new one" in page
    assert "It is wrong again." in page
    assert ids["number"] not in page


@pytest.mark.parametrize(("text", "saying"), [("  ", "write something"), ("x" * 20_001, "too long")])
async def test_an_empty_or_endless_message_is_refused_and_kept_in_the_form(
    web: Running, text: str, saying: str
) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form, head = field((await client.get(path)).text, "form"), await web.head()
    answer = await client.post(path, data={"text": text, "form": form})
    assert answer.status_code == 422
    assert saying in answer.text
    assert text.strip()[:100] in answer.text
    assert await web.head() == head


async def test_a_form_that_we_did_not_show_is_asked_for_again_with_its_text_kept(web: Running) -> None:
    came = (await web.mail()).result
    client, path, head = web.anybody(), link(web, "ticket", came["ticket_id"]), await web.head()
    answer = await client.post(path, data={"text": "Hello <b>there</b>", "form": "made-up"})
    assert answer.status_code == 422
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in answer.text
    assert await web.head() == head


async def test_characters_that_no_keyboard_types_are_left_out(web: Running) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    body = {"text": "one\x00two\x07 👍 שלום", "form": form}
    assert (await client.post(path, data=body)).status_code == 303
    assert "onetwo 👍 שלום" in (await client.get(path)).text


async def test_hostile_text_is_shown_as_text(web: Running) -> None:
    came = await web.mail(subject="<script>alert(1)</script>", text='"><img src=x onerror=alert(1)>')
    page = (await web.anybody().get(link(web, "ticket", came.result["ticket_id"]))).text
    assert "<script" not in page
    assert "<img" not in page


async def test_an_erased_customers_page_is_gone(web: Running) -> None:
    came = (await web.mail()).result
    web.keyring.destroy([came["customer_id"]])
    web.doors.executor.forget()
    answer = await web.anybody().get(link(web, "ticket", came["ticket_id"]))
    assert answer.status_code == 410
    assert "deleted for good" in answer.text


async def test_files_go_along_and_the_agent_has_them_under_their_names(web: Running) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    files = [
        ("files", ("../Zähler\u202egnp.pdf", b"%PDF-1.4", "application/pdf")),
        ("files", ("a.txt", b"one\r\ntwo", "message/rfc822")),
    ]
    kept: list[int] = []
    for _ in range(2):
        answer = await client.post(path, data={"text": "See here.", "form": form}, files=files)
        assert answer.status_code == 303, answer.text
        kept.append(sum(one.is_file() for one in web.blobs.root.rglob("*")))
    assert kept[0] == kept[1], "sent twice, kept once"
    assert "Files: 2" in (await client.get(answer.headers["location"])).text
    (_, added) = await web.doors.log.read(types=["interaction.message_received.v1"])
    sue = await web.client("sue", {"*": ["supervisor"]})
    base = f"/api/projects/{PROJECT}/interactions/{added.event.interaction_id}/messages/{added.position}"  # type: ignore[attr-defined]
    shown = (await sue.get(base)).json()["attachments"]
    assert [(one["name"], one["media_type"], one["size"]) for one in shown] == [
        ("Zählergnp.pdf", "application/pdf", 8),
        ("a.txt", "application/octet-stream", 8),
    ]
    assert (await sue.get(f"{base}/attachments/2")).content == b"one\r\ntwo"


@pytest.mark.parametrize(
    ("count", "size", "status", "saying"),
    [
        (6, 1, 422, "At most 5 files"),
        (2, 5 * 2**20 + 1, 422, "together they may have 10 MB"),
        (3, 4 * 2**20, 413, "Nothing was saved"),
    ],
)
async def test_too_many_or_too_large_files_are_refused_and_the_text_is_kept(
    web: Running, count: int, size: int, status: int, saying: str
) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form, head = field((await client.get(path)).text, "form"), await web.head()
    files = [("files", (f"{number}.bin", b"x" * size, "image/png")) for number in range(count)]
    answer = await client.post(path, data={"text": "Twelve photographs", "form": form}, files=files)
    assert answer.status_code == status
    assert saying in answer.text
    assert "Twelve photographs" in answer.text or status == 413
    assert await web.head() == head


async def test_files_alone_say_enough_and_empty_ones_say_nothing(web: Running) -> None:
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    nothing = [("files", ("empty.txt", b"", "text/plain"))]
    assert (await client.post(path, data={"text": "", "form": form}, files=nothing)).status_code == 422
    photograph = [("files", ("meter.jpg", b"\xff\xd8\xff", "image/jpeg"))]
    assert (await client.post(path, data={"text": " ", "form": form}, files=photograph)).status_code == 303


async def test_a_file_that_the_scanner_calls_infected_is_left_out_and_the_customer_is_told(web: Running) -> None:
    sniffer = CommandScanner(["sh", "-c", "! grep -q EICAR"])
    web.doors.letters = StoredLetters(web.blobs, Enclosing(web.blobs, sniffer))
    came = (await web.mail()).result
    client, path = web.anybody(), link(web, "ticket", came["ticket_id"])
    form = field((await client.get(path)).text, "form")
    files = [
        ("files", ("bad.exe", b"EICAR", "application/octet-stream")),
        ("files", ("good.txt", b"fine", "text/plain")),
    ]
    answer = await client.post(path, data={"text": "Both", "form": form}, files=files)
    page = (await client.get(answer.headers["location"])).text
    assert "A file was left out" in page
    assert "Files: 1" in page
    (_, added) = await web.doors.log.read(types=["interaction.message_received.v1"])
    sue = await web.client("sue", {"*": ["supervisor"]})
    base = f"/api/projects/{PROJECT}/interactions/{added.event.interaction_id}/messages/{added.position}"  # type: ignore[attr-defined]
    assert [one["name"] for one in (await sue.get(base)).json()["attachments"]] == ["good.txt"]
    assert (await sue.get(f"{base}/attachments/1")).status_code == 404
