"""On a slow computer the next key comes before what the last one led to has been drawn: none is lost."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.desk.browsing import person
from tests.desk.shift import with_answers
from tests.desk.test_connection import at_work, sent
from tests.web.running import Running

#: How many times slower than this machine; with it the old desk lost keys in most tries.
TIMES = 20


async def test_a_key_that_is_pressed_at_once_becomes_the_action_s_key(web: Running, chromium: Browser) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    anna = await person(web, chromium)
    await anna.open("settings")
    await anna.sign_in()
    await anna.page.get_by_role("button", name="Go to Search: S. Change").focus()
    await anna.slow_down(TIMES)
    await anna.press_at_once("Enter", "g")
    await anna.page.get_by_role("button", name="Go to Search: G. Change").wait_for()


async def test_a_canned_answer_is_sent_by_the_very_next_key(web: Running, chromium: Browser) -> None:
    await with_answers(web)
    anna, _ = await at_work(web, chromium)
    await anna.press("r")
    await anna.page.keyboard.type("::ref")
    await anna.page.get_by_role("option", name="A refund is on its way").wait_for()
    await anna.slow_down(TIMES)
    await anna.press_at_once("Enter", "Control+Enter")
    await expect(anna.page.get_by_role("textbox", name="Write to the customer")).to_have_value("")
    assert [text[:8] for text in await sent(web)] == ["Dear Ada"]
