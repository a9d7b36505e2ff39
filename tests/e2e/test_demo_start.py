"""The demo's start page, by its address: whom it lets in, what it shows, and that nothing else has it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from infra.demo.outbox import Outbox
from infra.demo.pace import Pace
from infra.demo.post_office import CustomersServer
from infra.demo.running import Run, opened
from infra.demo.start.rendering import LANGUAGES, LOCALE, SOURCE, TEMPLATES
from infra.demo.start.writing import YOU
from tests.web.running import until

assert babel_extract, "babel finds it by its name"
pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("demo")]
PATIENCE = 30.0


@pytest.fixture
async def demo() -> AsyncIterator[tuple[Run, CustomersServer]]:
    """A demo in which nobody lives yet."""
    async with opened(Pace()) as found:
        yield found


def browser(run: Run, **headers: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=run.start_url, headers=headers, timeout=PATIENCE, trust_env=False)


async def test_one_click_signs_in_at_the_centre_and_only_a_browser_on_this_page_can_click(
    demo: tuple[Run, CustomersServer],
) -> None:
    run, _ = demo
    async with browser(run) as client:
        for name, roles in (("guest", ["agent"]), ("supervisor", ["supervisor"]), ("manager", ["manager"])):
            answer = await client.post("/sign-in", data={"name": name})
            assert (answer.status_code, answer.headers["location"]) == (303, f"{run.node.base_url}/desk/")
            me = (await client.get(f"{run.node.base_url}/api/session")).json()
            assert (me["name"], me["roles"]["*"]) == (name, roles)
        assert (await client.post("/sign-in", data={"name": "nobody"})).status_code == 404
        telephone = re.search(r'href="([^"]+me=client%3Aguest)"', (await client.get("/")).text)
        assert telephone is not None, "the guest hears and speaks on a page of the telephone network"
        assert "client:guest" in (await client.get(telephone[1])).text
    for headers in (
        {"Host": "rebound.example"},
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        async with browser(run, **headers) as client:
            refused = await client.post("/sign-in", data={"name": "supervisor"})
            assert (refused.status_code, "set-cookie" in refused.headers) == (403, False), headers
    async with browser(run, Host=run.start_url.replace("http://127.0.0.1", "localhost")) as client:
        assert (await client.get("/outbox")).headers["location"] == f"{run.start_url}/outbox"
    async with browser(run) as client:
        assert (await client.post("/mail", data={"text": "x" * 70_000})).status_code == 413


def test_a_centre_that_serves_knows_nothing_of_the_demo() -> None:
    command = (
        "import infra.process, infra.cli.serve, sys; print([m for m in sys.modules if m.startswith('infra.demo')])"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


async def test_a_mail_written_on_the_page_is_answered_into_the_outbox_where_it_can_be_read(
    demo: tuple[Run, CustomersServer],
) -> None:
    run, server = demo
    to = next(iter(run.documents.projects[0].mailboxes.values())).address
    async with browser(run, **{"Accept-Language": "en"}) as client:
        sent = await client.post("/mail", data={"to": to, "subject": "My <b>meter</b>", "text": "It runs backwards."})
        assert sent.headers["location"] == "/?written=taken#customer"
        assert (await client.post("/mail", data={"to": "somebody@else.example", "text": "x"})).status_code == 404
        await until(lambda: bool(list(server.outbox.newest(YOU))))
        listed = (await client.get("/outbox", params={"to": YOU})).text
        (number,) = re.findall(r'href="/outbox/(\d+)"', listed)
        shown = (await client.get(f"/outbox/{number}")).text
        assert "Auto-Submitted" in shown
        assert f"{run.node.base_url}/t/" in shown
        assert "<b>meter" not in shown
        frame = await client.get(f"/outbox/{number}/html")
        assert "sandbox" in frame.headers["content-security-policy"]
        assert "img-src data:;" in frame.headers["content-security-policy"]
        assert '<base target="_blank">' in frame.text
        assert (await client.get("/outbox/999999")).status_code == 404
        assert (await client.get("/outbox/x")).status_code == 404


async def test_the_tail_shows_what_the_api_would_show_to_each_role(demo: tuple[Run, CustomersServer]) -> None:
    run, server = demo
    to = next(iter(run.documents.projects[0].mailboxes.values())).address
    async with browser(run) as client:
        await client.post("/mail", data={"to": to, "subject": "Hello", "text": "It runs backwards."})
        await until(lambda: bool(list(server.outbox.newest(YOU))))
        seen: dict[str, dict[str, Any]] = {}
        for viewer in ("analyst", "supervisor"):
            asked = {"viewer": viewer, "kind": "interaction.message_received", "stream": "interaction-"}
            headers = {"Last-Event-ID": "0"}
            async with client.stream("GET", "/events/stream", params=asked, headers=headers) as answer:
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        seen[viewer] = json.loads(line[6:])
                        break
        assert seen["analyst"]["data"].get("text") is None
        assert "text" in seen["analyst"]["sealed"]
        assert "backwards" in seen["supervisor"]["data"]["text"]
        for viewer, one in seen.items():
            asked = await _as_copied(one["curl"])
            assert asked.json()["items"][0]["type"] == "interaction.message_received.v1", viewer
        for unknown in ("guest", "client", "nobody"):
            assert (await client.get("/events/stream", params={"viewer": unknown})).status_code == 404


async def _as_copied(command: str) -> httpx2.Response:
    """Do what a `curl` line says."""
    words, method, body = shlex.split(command), "GET", None
    assert words[:2] == ["curl", "-s"]
    headers: dict[str, str] = {}
    rest = iter(words[2:-1])
    for word in rest:
        match word:
            case "-X":
                method = next(rest)
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest)
            case _:
                raise AssertionError(f"{word} is not expected in {command}")
    async with httpx2.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        return await client.request(method, words[-1], headers=headers, content=body)


async def test_every_command_that_is_shown_works_as_it_is_copied(demo: tuple[Run, CustomersServer]) -> None:
    run, _ = demo
    async with browser(run) as client:
        page = (await client.get("/try")).text
    shown = [re.sub(r"&#39;", "'", one).replace("&#34;", '"').replace("&amp;", "&") for one in
             re.findall(r"<code>(curl [^<]*)</code>", page)]  # fmt: skip
    assert len(shown) > 8
    for command in shown:
        if command.endswith("/api/stream"):
            continue  # never ends: the tail's own test follows one
        answer = await _as_copied(command)
        assert answer.is_success, f"{command}: {answer.text}"


async def test_the_knob_turns_by_plain_forms_and_the_doctor_is_asked(demo: tuple[Run, CustomersServer]) -> None:
    run, _ = demo
    json_wanted = {"Accept": "application/json"}
    async with browser(run, **{"Accept-Language": "en"}) as client:
        assert (await client.post("/day", data={"turn": "pause", "kept": "?lang=fr"})).headers[
            "location"
        ] == "/?lang=fr#day"
        assert "en pause" in (await client.get("/?lang=fr")).text
        assert (await client.get("/day", headers=json_wanted)).json()["paused"] is True
        now = (await client.post("/day", data={"turn": "faster"}, headers=json_wanted)).json()
        assert (now["paused"], now["speed"]) == (False, 2.0)
        assert (await client.post("/day", data={"turn": "explode"})).status_code == 404
        doctor = (await client.get("/doctor")).text
        assert "answers, head at" in doctor
        assert 'class="fault"' not in doctor


def test_the_outbox_lets_go_of_the_oldest_by_number_and_by_size() -> None:
    outbox = Outbox(most=3, most_bytes=1_000)
    for number in range(5):
        outbox.put(f"{number}@example.org", b"x" * 100)
    assert [one.number for one in outbox.newest()] == [5, 4, 3]
    outbox.put("large@example.org", b"x" * 950)
    assert [one.recipient for one in outbox.newest()] == ["large@example.org"]
    outbox.put("larger@example.org", b"x" * 2_000)
    assert [one.recipient for one in outbox.newest()] == ["larger@example.org"]
    assert (outbox.get(1), outbox.count) == (None, 7)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != SOURCE])
def test_every_text_of_the_page_is_translated_and_no_translation_is_left_over(language: str) -> None:
    found = extract_from_dir(
        TEMPLATES, [("**.html", "jinja2")], {"**.html": {"trimmed": "true", "trim_blocks": "true"}},
        keywords={"_": None, "gettext": None},
    )  # fmt: skip
    said = {text for _, _, text, _, _ in found if isinstance(text, str)}
    with (LOCALE / f"{language}.po").open("rb") as file:
        catalogue = {m.id: m.string for m in read_po(file, locale=language) if m.id}
    assert catalogue.keys() == said
    for text, translation in catalogue.items():
        assert translation, text
        assert sorted(re.findall(r"%\(\w+\)s|</?\w+", text)) == sorted(re.findall(r"%\(\w+\)s|</?\w+", translation))
