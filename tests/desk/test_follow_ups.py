"""A further contact, planned from the matter in hand and seen on one's own list."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.desk.browsing import person
from tests.desk.screens import accepted
from tests.web.running import Running


async def test_a_follow_up_is_planned_by_keyboard_and_ticked_off(web: Running, chromium: Browser) -> None:
    agent = await web.agent()
    came = (await web.mail()).result
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    await anna.sees("The amount is wrong.")
    await anna.press("u")
    await anna.page.get_by_role("dialog", name="Plan a further contact").wait_for()
    await anna.page.keyboard.type("Ask whether the credit note arrived")
    await anna.page.get_by_role("button", name="Follow up", exact=True).press("Enter")
    await anna.is_told("Planned.")
    await anna.page.get_by_role("link", name="Follow-ups").press("Enter")
    await anna.sees("Ask whether the credit note arrived")
    assert await anna.faults() == []
    await anna.page.get_by_role("button", name="Done").press("Enter")
    await anna.page.locator(".follow-up .badge.plain").wait_for()
    assert await web.doors.log.read(types=["follow_up.done.v1"])
    assert anna.complaints == []
