"""A person plays the customer on the page, a script does by the control API, and the command runs it all."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator

import httpx2
import pytest
from typer.testing import CliRunner

from channels.voice.control import Enqueue, Gather, Play, Say
from infra.cli.main import app
from tests.channels.twilio.centre import ANNA, BOB, CUSTOMER, OURS, Running


@pytest.fixture
async def browser(phones: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=phones.base, follow_redirects=True, timeout=60) as client:
        yield client


def menu(phones: Running) -> None:
    script = phones.centre.script
    script["voice"] = lambda told: [Gather("menu", (Say("Press 1 for sales."),), most=1, speech=True)]
    script["gathered"] = lambda told: [Enqueue("sales", hearing="music", then="left")]
    script["hearing"] = lambda told: [Say("Please wait."), Play("https://sounds.example.org/a.mp3")]


async def test_a_person_dials_presses_keys_speaks_hears_and_hangs_up_on_the_page(
    phones: Running, browser: httpx2.AsyncClient
) -> None:
    menu(phones)
    assert OURS in (await browser.get("/")).text
    page = await browser.post("/phone/dial", data={"me": CUSTOMER, "to": OURS})
    assert page.status_code == 200
    assert "Press 1 for sales." in page.text
    [call] = phones.emulator.world.calls.values()
    page = await browser.post(f"/phone/{call.sid}/keys", data={"me": CUSTOMER, "text": "1"})
    assert "Please wait." in page.text
    page = await browser.post(f"/phone/{call.sid}/say", data={"me": CUSTOMER, "text": "hello?"})
    assert page.status_code == 200
    page = await browser.post(f"/phone/{call.sid}/hangup", data={"me": CUSTOMER})
    assert "(completed)" in page.text
    page = await browser.post(f"/phone/{call.sid}/keys", data={"me": CUSTOMER, "text": "1"})
    assert "this call is over" in page.text


async def test_a_person_answers_by_hand_or_declines(phones: Running, browser: httpx2.AsyncClient) -> None:
    for what, status in (("answer", "in-progress"), ("hangup", "busy")):
        page = await browser.post("/phone/on", data={"me": CUSTOMER, "on": "yes"})
        assert "You answer by hand." in page.text
        leg = await phones.control.call(CUSTOMER, OURS, [Gather("x", (Say("Hello"),), patience=60)], mark="m")
        await phones.emulator.advance(3)
        assert "Decline" in (await browser.get("/phone", params={"me": CUSTOMER})).text
        await browser.post(f"/phone/{leg}/{what}", data={"me": CUSTOMER})
        assert phones.emulator.world.calls[leg].status == status


async def test_a_person_texts_and_reads_the_answer(phones: Running, browser: httpx2.AsyncClient) -> None:
    page = await browser.post("/phone/text", data={"me": CUSTOMER, "to": OURS, "body": "<b>HELP</b>"})
    assert "&lt;b&gt;HELP&lt;/b&gt;" in page.text
    assert "<b>HELP</b>" not in page.text
    await phones.rest.send_message(CUSTOMER, "We are open till six.", sender=OURS)
    assert "We are open till six." in (await browser.get("/phone/heard", params={"me": CUSTOMER})).text
    page = await browser.post("/phone/text", data={"me": CUSTOMER, "to": "+48000", "body": "x"})
    assert "no number of this account" in page.text
    phones.emulator.world.alerts.clear()  # the centre of this test does not listen to texts


async def test_a_call_with_the_number_withheld_is_still_on_its_callers_page(
    phones: Running, browser: httpx2.AsyncClient
) -> None:
    menu(phones)
    page = await browser.post("/phone/dial", data={"me": CUSTOMER, "to": OURS, "hidden": "yes"})
    assert "Press 1 for sales." in page.text
    assert phones.centre.of("voice")[0]["From"] == "anonymous"


async def test_an_address_that_is_none_is_refused_with_how_to_write_it(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/phone", params={"me": "<script>"})
    assert "is written +48601234567" in page.text
    assert "<script>alert" not in page.text


async def test_a_script_plays_a_whole_call_by_the_control_api(phones: Running, browser: httpx2.AsyncClient) -> None:
    menu(phones)
    await browser.post("/emulator/people", json={"address": ANNA, "manner": "busy", "after": 1})
    call = (await browser.post("/emulator/calls", json={"caller": CUSTOMER, "to": OURS})).json()
    await browser.post("/emulator/advance", json={"seconds": 2})
    shown = (await browser.post(f"/emulator/calls/{call['sid']}/keys", json={"text": "1"})).json()
    assert [one["text"] for one in shown["heard"]] == ["Press 1 for sales.", "Please wait."]
    leg = await phones.control.connect_agent("room", ANNA, OURS, mark="m", label="anna")
    await browser.post("/emulator/advance", json={"seconds": 5})
    assert (await browser.get(f"/emulator/calls/{leg}")).json()["status"] == "busy"
    await browser.post(f"/emulator/calls/{call['sid']}/hangup")
    assert (await browser.get("/emulator/calls", params={"to": OURS})).json()[0]["status"] == "completed"
    told = (await browser.get("/emulator/webhooks")).json()
    assert [one["params"]["QueueResult"] for one in told if "QueueResult" in one["params"]] == ["hangup"]
    assert [one["operation"] for one in (await browser.get("/emulator/requests")).json()] == ["CreateParticipant"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/emulator/faults", {"where": "rest", "kind": "duplicate"}, 422),
        ("/emulator/faults", {"where": "rest", "kind": "refuse", "times": 0}, 422),
        ("/emulator/advance", {"seconds": -1}, 422),
        ("/emulator/numbers", {"number": "our number"}, 422),
        ("/emulator/people", {"address": "+48601234567", "manner": "sleeps"}, 422),
        ("/emulator/texts", {"sender": "+48601234567", "to": "+48999999999", "body": "x"}, 409),
        ("/emulator/calls/CA1/keys", {"text": "1"}, 404),
    ],
)
async def test_what_a_script_asks_wrongly_is_refused(
    browser: httpx2.AsyncClient, path: str, body: dict[str, object], status: int
) -> None:
    answer = await browser.post(path, json=body)
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_keys_that_no_telephone_has_are_refused(phones: Running, browser: httpx2.AsyncClient) -> None:
    menu(phones)
    call = await phones.emulator.dial(CUSTOMER, OURS)
    answer = await browser.post(f"/emulator/calls/{call.sid}/keys", json={"text": "1x"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "a telephone has the keys 0 to 9, * and #")


async def test_an_agents_desk_telephone_and_browser_are_people_too(phones: Running) -> None:
    for address in ("sip:anna@example.org", ANNA, BOB):
        leg = await phones.control.connect_agent("room", address, OURS, mark="m", label=address[:3])
        await phones.emulator.advance(5)
        assert (await phones.control.state(leg)).status == "talking"


async def test_the_command_serves_until_it_is_told_to_stop_and_its_clock_goes_by_itself() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "infra.cli.main", "twilio-emulator", "--port", "0", "--number", OURS,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address is not None, line
        async with httpx2.AsyncClient(base_url=address[0], timeout=60) as client:
            assert OURS in (await client.get("/")).text
            first = (await client.get("/emulator/clock")).json()["now"]
            for _ in range(600):
                now = (await client.get("/emulator/clock")).json()["now"]
                if now != first:
                    break
                await asyncio.sleep(0.05)
            assert now > first
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--account-sid", "AC1"], "AC and 32 hexadecimal digits"),
        (["--number", "0221234567"], "is not written like"),
        (["--voice-url", "calls.example.org"], "is no http or https address"),
        (["--auth-token", ""], "must not be empty"),
    ],
)
def test_the_command_refuses_wrong_options_in_words(options: list[str], why: str) -> None:
    ended = CliRunner().invoke(app, ["twilio-emulator", *options])
    assert ended.exit_code == 2
    assert why in re.sub(r"[\s│]+", " ", ended.output)
