"""What customers are shown, in a real browser: accessible in both schemes, without JavaScript, mails included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from channels.email.notices import render_notification
from domain.centre.configuration import ConfigureProject
from tests.desk.browsing import OF_COLOURS, PATIENCE, RULES, Rules, faults_of
from tests.domain.documents import project
from tests.web.pages import link
from tests.web.running import PROJECT, Running

pytestmark = pytest.mark.timeout(240)
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
#: With what axe is asked: all of it in one language of each size, and what depends on the colours in the others.
SCHEMES = (
    ("light", DESKTOP, "en", RULES),
    ("dark", PHONE, "ru", RULES),
    ("dark", DESKTOP, "pl", OF_COLOURS),
    ("light", PHONE, "fr", OF_COLOURS),
)
CALL_ME = {"en": "Call me back", "fr": "Rappelez-moi", "pl": "Zadzwońcie do mnie", "ru": "Позвоните мне"}
URL = "https://help.example.com/t/x"
TICKET = {"project": "Hotline", "name": "Ada", "subject": "Invoice 4711", "ticket": "T-1", "ticket_url": URL}
NOTICES: dict[str, dict[str, Any]] = {
    "ticket_opened": TICKET | {"answer_within_hours": 4},
    "ticket_resolved": TICKET
    | {"rating_url_agent": f"{URL}?about=agent", "rating_url_company": f"{URL}?about=company", "reopen_days": 14},
    "reply": TICKET | {"text": "Dear Ada,\n\nit is corrected.", "agent": "Anna"},
    "callback_registered": {
        "project": "Hotline",
        "phone": "+48 22 123 45 67",
        "due": datetime(2026, 3, 1, 9, tzinfo=UTC),
        "manage_url": URL,
    },
}


async def context(opened: Browser, **more: Any) -> BrowserContext:
    made = await opened.new_context(**({"viewport": DESKTOP, "reduced_motion": "reduce"} | more))
    made.set_default_timeout(PATIENCE)
    return made


async def flaws(page: Page, rules: Rules = RULES) -> list[str]:
    """What axe finds, whether the page is wider than its window, and fields too narrow to be read."""
    await page.wait_for_load_state()  # what is looked for on it may be there before its style sheet is
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    narrow = await page.evaluate(
        """() => [...document.querySelectorAll('select, textarea, input:not([type=radio], [type=hidden])')]
            .filter(one => one.checkVisibility() && !one.closest('.unseen') && one.offsetWidth < 100)
            .map(one => one.name)"""
    )
    found = [*(f"{name} is too narrow" for name in narrow), *await faults_of(page, rules)]
    return found + ([f"{wide} pixels wide in {window}"] if wide > window else [])


async def with_chat(web: Running) -> None:
    conversations = {"help": {"channel": "chat", "title": "Ask us", "department": "billing"}}
    await web.execute(ConfigureProject(document=project(conversations=conversations), expected_revision=1))


async def test_every_page_for_customers_is_accessible_in_both_schemes_at_a_desk_and_on_a_phone(
    web: Running, chromium: Browser
) -> None:
    await with_chat(web)
    ids = await web.resolved()
    ticket, rating = link(web, "ticket", ids["ticket_id"]), link(web, "rating", ids["ticket_id"])
    found: dict[str, list[str]] = {}
    for scheme, viewport, language, rules in SCHEMES:
        page = await (await context(chromium, color_scheme=scheme, viewport=viewport)).new_page()

        async def look(name: str, where: str = f"{scheme} {language}", page: Page = page, rules: Rules = rules) -> None:
            found[f"{name} {where}"] = await flaws(page, rules)

        joint = "&" if "?" in rating else "?"
        for name, path in (
            ("ticket", f"{ticket}?lang={language}"),
            ("rating", f"{rating}{joint}score=4&lang={language}"),
            ("callback", f"/callback/{PROJECT}?lang={language}"),
            ("chat", f"/chat/{PROJECT}/help?lang={language}"),
            ("nothing", f"/t/nothing?lang={language}"),
        ):
            await page.goto(web.url + path)
            await look(name)
        await page.goto(f"{web.url}{ticket}?lang={language}")
        await page.locator("form button").click()
        await page.get_by_role("alert").wait_for()
        await look("ticket with nothing in it")
        await page.goto(f"{web.url}{rating}{joint}score=4&lang={language}")
        await page.locator("form button").click()
        await page.get_by_role("status").wait_for()
        await look("rated")
        await page.context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


async def test_a_matter_is_added_to_with_a_file_and_rated_by_one_click_without_javascript(
    web: Running, chromium: Browser, tmp_path: Path
) -> None:
    ids = await web.resolved()
    photograph = tmp_path / "Zähler – фото.png"
    photograph.write_bytes(b"\x89PNG\r\n\x1a\n")
    page = await (await context(chromium, java_script_enabled=False, viewport=PHONE)).new_page()
    rating = web.url + link(web, "rating", ids["ticket_id"])
    joint = "&" if "?" in rating else "?"
    await page.goto(f"{rating}{joint}score=4")
    assert await web.doors.log.read(types=["ticket.service_rated.v2"]) == []
    await page.get_by_role("button", name="Send my rating").click()
    await page.get_by_text("Thank you for your rating.").wait_for()
    await page.goto(f"{rating}{joint}score=2")
    await page.get_by_text("the new rating replaces the earlier one").wait_for()
    await page.get_by_role("button", name="Replace my rating").click()
    await page.get_by_text("This rating replaces your earlier one").wait_for()
    rated = [one.event for one in await web.doors.log.read(types=["ticket.service_rated.v2"])]
    assert [one.agent_score for one in rated] == [4, 2]  # type: ignore[attr-defined]
    await page.goto(web.url + link(web, "ticket", ids["ticket_id"]))
    await page.get_by_label("Your message").fill("This is the meter.\nIt runs backwards.")
    await page.get_by_label("Files (optional)").set_input_files(photograph)
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text("Your message has reached us").wait_for()
    await page.get_by_text("Files: 1").wait_for()
    await page.get_by_text("Opened again").wait_for()


@pytest.mark.parametrize("language", list(CALL_ME))
async def test_the_widget_on_somebody_elses_site_asks_for_a_call_in_the_sites_language(
    web: Running, chromium: Browser, language: str
) -> None:
    async with site(web, language) as address:
        page, complaints = await (await context(chromium, locale="de-DE")).new_page(), list[str]()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(address)
        await page.get_by_role("button", name=CALL_ME[language]).click()
        frame = page.frame_locator("iframe")
        await frame.locator(f"html[lang={language}]").wait_for(state="attached")
        await frame.locator("[name=number]").fill("+48 22 123 45 67")
        await frame.locator("form button:not(.second)").click()
        await frame.get_by_text("+48 22 123 45 67").first.wait_for()
        (asked,) = await web.doors.log.read(types=["interaction.callback_requested.v1"])
        assert web.doors.opener(asked.event).number == "+48221234567"  # type: ignore[attr-defined]
        assert complaints == []


@asynccontextmanager
async def site(web: Running, language: str) -> AsyncGenerator[str]:
    """Somebody's shop on another port, as strict as a site can be; its address."""
    script = f'<script async src="{web.url}/callback/{PROJECT}/widget.js"></script>'
    icon = '<link rel="icon" href="data:,">'
    page = f"<!doctype html><html lang={language}>{icon}<title>Shop</title><main><h1>Shop</h1></main>{script}</html>"
    policy = f"default-src 'none'; img-src data:; script-src {web.url}; frame-src {web.url}"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: {policy}\r\n"
        writer.write(f"{head}Content-Length: {len(page)}\r\nConnection: close\r\n\r\n{page}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_kind_of_mail_is_readable_in_both_schemes(chromium: Browser, scheme: str) -> None:
    page = await (await context(chromium, color_scheme=scheme, viewport=PHONE)).new_page()
    found: dict[str, list[str]] = {}
    for kind, params in NOTICES.items():
        for language in CALL_ME:
            mail = render_notification(kind, language, params)  # type: ignore[arg-type]
            assert mail.text.strip()
            await page.set_content(mail.html)
            # a mail is shown inside of a program, which brings the landmarks
            found[f"{kind} {language}"] = [
                one for one in await flaws(page) if not one.startswith(("region", "landmark"))
            ]
    assert {name: faults for name, faults in found.items() if faults} == {}
