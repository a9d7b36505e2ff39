"""A customer's way from a mail to a rating, with a browser that runs no scripts, and the agent's desk meanwhile."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from playwright.async_api import Browser

from domain.ticket.events import InformationAdded, ServiceRated
from tests.desk.ringing import Desk, at_the_desk, letter, wraps_up

pytestmark = pytest.mark.timeout(400)
GRACE = "grace@example.org"


async def linked(desk: Desk, words: str) -> str:
    """The first address with these words in it that was mailed to Grace."""

    async def there() -> str:
        for _, to, mail in desk.day.post.got:
            page = mail.get_body(("html",)) if GRACE in to else None
            for found in re.findall(r'href="([^"]+)"', page.get_content() if page else ""):
                if words in unescape(found):
                    return unescape(found)
        return ""

    found: str = await desk.day.until(there, f"a mail with {words!r}")
    return found


async def test_a_customer_goes_from_a_mail_to_a_rating(tmp_path: Path, chromium: Browser) -> None:
    async with at_the_desk(tmp_path, chromium) as desk:
        await letter(desk, "Invoice", "Why is it so much?")
        await desk.accept("email")
        await desk.until(desk.anna.page.get_by_role("heading", name="Invoice"))
        context = await chromium.new_context(java_script_enabled=False, locale="en-GB")
        grace = await context.new_page()
        await grace.goto(await linked(desk, "/t/"))
        await grace.get_by_label("Your message").fill("It is about the second line. 🍓")
        await grace.get_by_role("button", name="Send").click()
        await grace.get_by_text("It is about the second line. 🍓").wait_for()
        await desk.sees("It is about the second line. 🍓")

        await desk.anna.press("r")
        await desk.anna.page.keyboard.type("You are right, it is ten euros less.")
        await desk.anna.press("Control+Enter")
        await desk.told("Sent.")
        await desk.anna.press("Escape", "f")
        await desk.until(desk.anna.page.get_by_role("dialog", name="Finish this contact"))
        await desk.anna.press("Enter")
        await wraps_up(desk)

        answer = await grace.goto(await linked(desk, "score=5"))
        assert answer is not None
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert await grace.locator("input[name=agent_score][value='5']").is_checked()
        assert await desk.day.recorded(ServiceRated) == [], "a link that is opened, by a scanner as well, rates nothing"
        await grace.get_by_role("button", name="Send my rating").click()
        await grace.get_by_text("Thank you for your rating.").wait_for()
        rated = await desk.day.event(ServiceRated)
        assert (rated.agent_id, rated.agent_score, rated.company_score) == ("anna", 5, None)
        said = await desk.day.recorded(InformationAdded)
        assert [one.event.by for one in said][-2:] == ["customer", "agent"]  # type: ignore[attr-defined]
        await context.close()
