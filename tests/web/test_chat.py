"""Web chat over real HTTP: a customer on the page, an agent at the API or the terminal, nothing lost in between."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.chat.channel import CHAT
from domain.channel import channel_names
from domain.conversation import LONGEST
from domain.interaction.escalation import RequeueSilent
from tests.web.chatting import PATH, accepted, begin, following, interaction, next_line, say, with_chat
from tests.web.pages import field
from tests.web.running import PROJECT, Running, running
from tests.web.test_terminals import sit_down

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def chat() -> AsyncIterator[Running]:
    async with running() as web:
        yield await with_chat(web)


async def test_a_customer_and_an_agent_write_with_each_other(chat: Running) -> None:
    agent = await chat.agent()
    client, page = await begin(chat, "Where is my parcel?", name="Ada")
    async with following(client, page) as lines:
        leg = await accepted(chat, agent)
        assert (await next_line(lines))["text"] == "Anna is here now."
        answer = await agent.post(f"{leg}/reply", json={"text": "It left today."})
        assert answer.status_code == 200, answer.text
        said = await next_line(lines)
        assert (said["what"], said["who"], said["text"]) == ("us", "Anna", "It left today.")
        assert await say(client, page, "Thank you!") == 303
        assert (await next_line(lines))["text"] == "Thank you!"
        assert (
            await agent.post(f"{leg}/complete", json={"ticket": "leave", "disposition": "answered"})
        ).status_code == 200
        assert (await next_line(lines))["what"] == "ended"
        assert [one async for one in lines] == []
    history = (await agent.get(leg.rpartition("/legs")[0])).json()["items"]
    texts = [one["data"]["text"] for one in history if "text" in one["data"]]
    assert texts == ["Where is my parcel?", "It left today.", "Thank you!"]
    assert "This conversation has ended." in (await client.get(page)).text
    assert await say(client, page, "One more thing", "two") == 409


async def test_an_agent_at_the_terminal_works_a_chat_like_anything_else(chat: Running) -> None:
    await chat.account("anna", {"*": ["agent"]}, "anna")
    client, page = await begin(chat, "Is it [red]open[/red] on Sunday?")
    code, given, errors = await sit_down(chat, "ready")
    assert code == 0, errors
    await chat.offer(await interaction(chat))
    code, given, errors = await sit_down(chat, "accept", "show", "reply From ten to four.", "done answered")
    assert code == 0, errors
    assert given[0]["given"]["channel"] == "chat"
    assert any(one["data"].get("text") == "Is it [red]open[/red] on Sunday?" for one in given[1]["given"])
    shown = (await client.get(page)).text
    assert "From ten to four." in shown
    assert "This conversation has ended." in shown


async def test_whoever_reconnects_misses_nothing_and_gets_nothing_twice(chat: Running) -> None:
    agent = await chat.agent()
    client, page = await begin(chat)
    async with following(client, page) as lines:
        leg = await accepted(chat, agent)
        seen = await next_line(lines)
    for number in range(5):
        await agent.post(f"{leg}/reply", json={"text": f"line {number}"})
    async with following(client, page, **{"Last-Event-ID": seen["id"]}) as lines:
        assert [(await next_line(lines))["text"] for _ in range(5)] == [f"line {number}" for number in range(5)]
        await agent.post(f"{leg}/reply", json={"text": "now"})
        assert (await next_line(lines))["text"] == "now"


async def test_everything_works_without_a_script(chat: Running) -> None:
    agent = await chat.agent()
    client, page = await begin(chat)
    leg = await accepted(chat, agent)
    await agent.post(f"{leg}/reply", json={"text": "How can I help?"})
    shown = (await client.get(page)).text
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in shown
    assert "How can I help?" in shown
    answer = await client.post(page, data={"text": "With this", "id": field(shown, "id")}, follow_redirects=True)
    assert "With this" in answer.text
    answer = await client.post(page, data={"leave": "1"}, follow_redirects=True)
    assert "This conversation has ended." in answer.text
    assert (await chat.doors.log.read(types=["interaction.closed.v1"])) != []


async def test_what_is_said_is_text_and_never_markup(chat: Running) -> None:
    agent = await chat.agent()
    client, page = await begin(chat, "<img src=x onerror=alert(1)>", name='"><script>alert(1)</script>')
    leg = await accepted(chat, agent)
    await agent.post(f"{leg}/reply", json={"text": "</ul><script>alert(2)</script>"})
    shown = (await client.get(page)).text
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "&lt;/ul&gt;&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "<img" not in shown


async def test_a_form_or_a_message_sent_twice_counts_once(chat: Running) -> None:
    client = chat.anybody()
    body = {"form": field((await client.get(PATH)).text, "form"), "text": "Good day"}
    pages = {
        (await client.post(PATH, data=body)).headers["location"].split("?")[0].rpartition("/")[0] for _ in range(3)
    }
    assert len(pages) == 1
    assert len(await chat.doors.log.read(types=["interaction.started.v1"])) == 1
    page = (await client.post(PATH, data=body)).headers["location"].partition("?")[0]
    for _ in range(3):
        assert await say(client, page, "Hello?", "same") == 303
    assert await say(client, page, "Hello?", "another") == 303
    assert len(await chat.doors.log.read(types=["interaction.message_received.v1"])) == 3


async def test_a_conversation_opens_to_nobody_without_its_own_address(chat: Running) -> None:
    client, page = await begin(chat, "a secret")
    token = page.rpartition("/")[2]
    for forged in (token[:-2], await interaction(chat), "x"):
        assert (await client.get(f"{PATH}/{forged}")).status_code == 404
        assert await say(client, f"{PATH}/{forged}", "hello") == 404
        stream = await client.get(f"/chat/stream?project={PROJECT}&entry=help&talk={forged}")
        assert stream.status_code == 404
        assert "secret" not in stream.text
    chat.clock.ahead = timedelta(hours=13)
    assert (await client.get(page)).status_code == 410


async def test_visiting_pages_changes_nothing(chat: Running) -> None:
    client, page = await begin(chat)
    head = await chat.head()
    for method in ("GET", "HEAD"):
        for path in (PATH, page, f"{PATH}/widget.js"):
            if not (method == "HEAD" and path.endswith(".js")):
                assert (await client.request(method, path)).status_code == 200
    assert await chat.head() == head


@pytest.mark.parametrize(
    ("fields", "saying"),
    [
        ({"text": ""}, "write something first"),
        ({"text": "x" * (LONGEST + 1)}, "too long"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"form": "made up"}, "press the button once more"),
    ],
)
async def test_a_first_message_that_cannot_be_taken_says_why_and_is_kept(
    chat: Running, fields: dict[str, str], saying: str
) -> None:
    client, head = chat.anybody(), await chat.head()
    body = {"form": field((await client.get(PATH)).text, "form"), "text": "my words"} | fields
    answer = await client.post(PATH, data=body)
    assert answer.status_code == 422
    assert saying in answer.text
    assert body["text"] in answer.text
    assert await chat.head() == head


async def test_a_machine_that_fills_in_everything_begins_nothing(chat: Running) -> None:
    client, head = chat.anybody(), await chat.head()
    body = {"form": field((await client.get(PATH)).text, "form"), "text": "buy", "website": "https://spam.example"}
    await client.post(PATH, data=body)
    assert await chat.head() == head


async def test_too_many_messages_are_slowed_down(chat: Running) -> None:
    client, page = await begin(chat)
    answers = [await say(client, page, "again", f"n{number}") for number in range(41)]
    assert (answers[:40], answers[40]) == ([303] * 40, 429)


async def test_a_customer_whose_agent_stays_silent_is_told_of_somebody_else() -> None:
    async with running() as web:
        await with_chat(web, silence=60)
        agent = await web.agent()
        client, page = await begin(web)
        await accepted(web, agent)
        identity = await interaction(web)
        (connected,) = await web.doors.log.read(types=["interaction.agent_connected.v1"])
        web.clock.ahead = timedelta(seconds=61)
        silent = RequeueSilent(project=PROJECT, interaction_id=identity, leg="1", work_id=connected.event.work_id)  # type: ignore[attr-defined]
        await web.execute(silent)
        shown = (await client.get(page)).text
        assert "Somebody else will be with you shortly" in shown
        assert 'data-state="waiting"' in shown


async def test_when_nobody_may_wait_for_the_opening_the_page_offers_a_call_instead() -> None:
    async with running() as web:
        await with_chat(web, hours="never", closed={"then": "message", "text": "Closed."})
        client = web.anybody()
        page = (await client.get(PATH)).text
        assert "Nobody is here to answer now." in page
        assert f'href="/callback/{PROJECT}?lang=en"' in page
        assert 'name="text"' not in page


async def test_only_a_declared_page_of_this_channel_is_there(chat: Running) -> None:
    for path in (f"/chat/{PROJECT}/nothing", "/chat/nowhere/help", f"/chat/{PROJECT}/nothing/widget.js"):
        assert (await chat.anybody().get(path)).status_code == 404


async def test_the_page_in_a_frame_stays_in_the_frame(chat: Running) -> None:
    client = chat.anybody()
    framed = await client.get(f"{PATH}?embedded=1")
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    body = {"form": field(framed.text, "form"), "text": "Good day"}
    answer = await client.post(f"{PATH}?embedded=1", data=body)
    assert answer.headers["location"].endswith("&embedded=1")
    talk = await client.get(answer.headers["location"])
    assert "x-frame-options" not in talk.headers
    assert "embedded=1" in re.findall(r'action="([^"]+)"', talk.text)[0]
    script = (await client.get(f"{PATH}/widget.js")).text
    assert f'"{PATH}"' in script
    assert "Écrivez-nous" in script or "\\u00c9crivez-nous" in script


def test_web_chat_is_one_module_and_one_page_and_nothing_else_knows_of_it() -> None:
    assert CHAT.name in channel_names()
    knowing = {
        path.relative_to(ROOT).as_posix()
        for folder in ("domain", "router", "projections", "channels", "web")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"""["']chat["'/.]|web\.pages\.chat|channels\.chat""", path.read_text("utf-8"))
    }
    page = {f"web/pages/chat{part}.py" for part in ("", "_stream", "_view")}
    assert knowing <= {"channels/chat/channel.py", *page}
