"""Files that go along with a reply: added every way there is, kept through reloads and a dead network, sent once."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, expect

from tests.desk.browsing import person
from tests.desk.test_connection import at_work
from tests.web.pages import link
from tests.web.running import Running, until

PHOTOGRAPH: Any = {"name": "Żółw — фото.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
GIVEN = """(field, kind) => {
  const given = new DataTransfer()
  given.items.add(new File(['brought'], `${kind}.txt`, {type: 'text/plain'}))
  const name = kind === 'paste' ? 'clipboardData' : 'dataTransfer'
  const event = kind === 'paste' ? new ClipboardEvent(kind, {bubbles: true, cancelable: true, clipboardData: given})
    : new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: given})
  field.dispatchEvent(event)
}"""


async def test_files_are_added_by_key_paste_and_drop_taken_away_and_sent_with_the_reply(
    web: Running, chromium: Browser
) -> None:
    anna, came = await at_work(web, chromium)
    # the key works from a note too, which it leaves for the reply
    await anna.press("x", "Escape")
    await expect(anna.page.get_by_role("textbox", name="Write a note;")).to_be_visible()
    await (await anna.is_asked_for_files("a")).set_files([PHOTOGRAPH])
    files = anna.page.get_by_role("list", name="Files that go along").get_by_role("listitem")
    await expect(files).to_have_count(1)
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    for kind in ("paste", "drop"):
        await field.evaluate(GIVEN, kind)
        await anna.sees(f"{kind}.txt")
    await anna.page.get_by_role("button", name="Take paste.txt away").press("Enter")
    await expect(field).to_be_focused()
    await expect(files).to_have_count(2)
    await expect(anna.page.get_by_text("being added")).to_have_count(0)
    assert await anna.faults() == []
    await anna.page.keyboard.type("See here.")
    await anna.press("Control+Enter")
    await anna.is_told("Sent.")
    await expect(files).to_have_count(0)
    sent = anna.page.get_by_role("list", name="Attachments").get_by_role("link")
    await expect(sent).to_have_text([PHOTOGRAPH["name"], "drop.txt"])
    async with anna.page.expect_download() as download:
        await sent.first.click()
    assert (await download.value).suggested_filename == PHOTOGRAPH["name"]
    customer = await person(web, chromium)
    await customer.page.goto(f"{web.url}{link(web, 'ticket', came['ticket_id'])}")
    await expect(customer.page.locator(".files a")).to_have_text([PHOTOGRAPH["name"], "drop.txt"])
    assert await customer.faults() == []
    assert anna.complaints == []


async def test_a_file_that_could_not_reach_the_server_is_there_after_a_reload_and_goes_when_it_can(
    web: Running, chromium: Browser
) -> None:
    anna, came = await at_work(web, chromium)
    await anna.page.route("**/drafts/reply/files/**", lambda route: route.abort())
    await anna.page.locator("input[type=file]").set_input_files([PHOTOGRAPH])
    await anna.sees("Files are still being added")
    await expect(anna.page.get_by_role("button", name="Send")).to_be_disabled()
    await anna.page.reload()
    await anna.sees(PHOTOGRAPH["name"])
    await anna.sees("being added")
    await anna.page.unroute("**/drafts/reply/files/**")
    await expect(anna.page.get_by_role("button", name="Send")).to_be_enabled()
    await anna.page.reload()
    await anna.sees(PHOTOGRAPH["name"])
    await until(lambda: any(one.is_file() for one in web.blobs.root.rglob("*")))
    await anna.page.get_by_role("textbox", name="Write to the customer").press("Control+Enter")
    await anna.is_told("Sent.")
    (said,) = await web.doors.log.read(types=["interaction.message_sent.v1"])
    assert [one.size for one in said.event.files] == [4]  # type: ignore[attr-defined]
    assert came["ticket_id"]
