"""A customer chats in a real Chromium: on our page, and by the widget on a site of somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, FrameLocator, Page, expect

from tests.desk.browsing import AXE, RULES, Person, person
from tests.web.chatting import PATH, accepted, with_chat
from tests.web.running import Client, Running, running

pytestmark = pytest.mark.timeout(240)


@dataclass
class Customer:
    """Somebody with our page open, and the agent who will answer."""

    window: Person
    agent: Client
    web: Running


@pytest_asyncio.fixture(loop_scope="session")
async def chat() -> AsyncIterator[Running]:
    async with running() as web:
        yield await with_chat(web)


@pytest_asyncio.fixture(loop_scope="session")
async def customer(chat: Running, chromium: Browser) -> Customer:
    agent = await chat.agent()
    window = await person(chat, chromium, viewport={"width": 420, "height": 760})
    return Customer(window, agent, chat)


async def begins(where: Page | FrameLocator | Frame, text: str) -> None:
    await where.get_by_label("Your message").fill(text)
    await where.get_by_role("button", name="Begin").click()
    await where.get_by_role("log").get_by_text(text).wait_for()


async def talks(customer: Customer, where: Page | FrameLocator | Frame) -> None:
    """Both say something; nobody loads the page again."""
    leg = await accepted(customer.web, customer.agent)
    await where.get_by_text("Anna is here now.").wait_for()
    answer = await customer.agent.post(f"{leg}/reply", json={"text": "It left <b>today</b>."})
    assert answer.status_code == 200
    await where.get_by_role("log").get_by_text("It left <b>today</b>.").wait_for()
    box = where.get_by_label("Your message")
    await box.fill("Thank you, Anna")
    await box.press("Enter")
    await where.get_by_role("log").get_by_text("Thank you, Anna").wait_for()
    await expect(box).to_have_value("")


async def faults(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [one["id"] for one in found["violations"]]


async def test_a_customer_writes_is_answered_live_and_ends_it(customer: Customer) -> None:
    page = customer.window.page
    await page.goto(f"{customer.web.url}{PATH}")
    assert await faults(page) == []
    await begins(page, "Where is my parcel? 📦")
    await page.get_by_text("Somebody will be with you shortly.").wait_for()
    await talks(customer, page)
    assert await faults(page) == []
    await page.get_by_role("button", name="End the conversation").click()
    await page.get_by_role("link", name="Begin another conversation").wait_for()
    assert customer.window.complaints == []


async def test_a_message_that_could_not_be_sent_is_kept_and_goes_out_once_by_trying_again(customer: Customer) -> None:
    page = customer.window.page
    await page.goto(f"{customer.web.url}{PATH}")
    await begins(page, "Good day")
    await customer.window.context.set_offline(True)
    box = page.get_by_label("Your message")
    await box.fill("Are you there?")
    await box.press("Enter")
    await page.get_by_text("This was not sent. Please try again.").wait_for()
    await expect(box).to_have_value("Are you there?")
    await customer.window.context.set_offline(False)
    await box.press("Enter")
    await page.get_by_role("log").get_by_text("Are you there?").wait_for()
    await expect(page.get_by_role("log").get_by_text("Are you there?")).to_have_count(1)


async def somebodys_site(content: bytes) -> asyncio.Server:
    """A site on another origin than ours, of one page."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(content)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + content)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def test_the_widget_opens_the_chat_on_a_site_of_somebody_elses_and_escape_closes_it(customer: Customer) -> None:
    script = f'<script async src="{customer.web.url}{PATH}/widget.js"></script>'
    content = f"<!doctype html><html lang=en><title>A shop</title><link rel=icon href=data:,><h1>A shop</h1>{script}"
    site = await somebodys_site(content.encode())
    async with site:
        page = customer.window.page
        await page.goto(f"http://127.0.0.1:{site.sockets[0].getsockname()[1]}/")
        opening = page.locator("body > button")
        await opening.click()
        await expect(opening).to_have_attribute("aria-expanded", "true")
        frame = page.frame_locator("iframe")
        await begins(frame, "Do you have raspberries?")
        await talks(customer, frame)
        await expect(page.locator("iframe")).to_be_visible()
        await page.keyboard.press("Escape")  # the focus is in the frame, where the customer was writing
        await expect(page.locator("iframe")).to_be_hidden()
        await opening.click()
        await frame.get_by_role("log").get_by_text("Thank you, Anna").wait_for()
        assert customer.window.complaints == []
