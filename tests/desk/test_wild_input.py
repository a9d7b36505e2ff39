"""Two megabytes from the clipboard, names from right to left, emoji: shown as they are, or refused with a sentence."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.desk.browsing import person
from tests.desk.screens import accepted
from tests.web.running import Running

MEGABYTES = 2_000_000


async def test_a_paste_of_two_megabytes_is_kept_whole_and_not_sent(web: Running, chromium: Browser) -> None:
    agent = await web.agent()
    came = (await web.mail()).result
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    await field.focus()
    await anna.page.evaluate(
        """length => {
            const data = new DataTransfer()
            data.setData('text/plain', 'x'.repeat(length))
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}))
            document.execCommand('insertText', false, 'x'.repeat(length))
        }""",
        MEGABYTES,
    )
    await anna.sees("Too long by 1,900,000 characters.")
    assert await field.evaluate("field => field.value.length") == MEGABYTES
    await expect(anna.page.get_by_role("button", name="Send")).to_be_disabled()
    await field.fill("Short.")
    await expect(anna.page.get_by_role("button", name="Send")).to_be_enabled()
    assert anna.complaints == []


async def test_names_from_right_to_left_and_emoji_are_shown_as_they_are(web: Running, chromium: Browser) -> None:
    agent = await web.agent()
    name, subject = "سلمى الخطيب 🌷", "<img src=x onerror=alert(1)> طلب ‮5512"
    came = (await web.mail(sender_name=name, subject=subject, text="متى يصل؟ 👨‍👩‍👧")).result
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    await anna.sees("متى يصل؟ 👨‍👩‍👧")
    assert await anna.page.locator(".work-who bdi").inner_text() == name
    assert await anna.page.locator(".matter-head h1 bdi").inner_text() == subject
    assert await anna.page.locator("img[src=x]").count() == 0
    assert anna.complaints == []
