"""What strangers write cannot do anything to the desk, and tells its sender nothing."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.desk.browsing import Person, person
from tests.desk.screens import accepted
from tests.desk.shift import html_mail
from tests.web.running import Running

MEETING = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:<img src=x onerror=alert(1)>Meter reading
ORGANIZER;CN=Ada:mailto:ada@example.org
DTSTART;VALUE=DATE:20300304
DTEND;VALUE=DATE:20300306
LOCATION:Rue du Port 12
END:VEVENT
END:VCALENDAR
"""


async def opened(web: Running, chromium: Browser) -> Person:
    agent = await web.agent()
    came = await html_mail(web, calendar=MEETING)
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    return anna


async def test_a_hostile_mail_shows_its_words_runs_nothing_and_asks_nobody(web: Running, chromium: Browser) -> None:
    anna = await opened(web, chromium)
    asked: list[str] = []
    anna.page.on("request", lambda request: asked.append(request.url))
    anna.page.on("dialog", lambda dialog: anna.complaints.append(dialog.message))
    meeting = anna.page.get_by_role("region", name="Meeting")
    await meeting.get_by_text("<img src=x onerror=alert(1)>Meter reading").wait_for()
    await meeting.get_by_text("4 March 2030 – 5 March 2030").wait_for()
    await meeting.get_by_text("Rue du Port 12").wait_for()
    await anna.page.get_by_role("button", name="Show the mail as it was written").click()
    inside = anna.page.frame_locator("iframe.letter")
    await inside.get_by_text("invoice 4711").wait_for()
    for forbidden in (
        "script",
        "form",
        "input",
        "iframe",
        "svg",
        "style >> text=none",
        "[onclick]",
        "[href^=javascript]",
    ):
        assert await inside.locator(f"body {forbidden}").count() == 0, forbidden
    assert await anna.page.title() == "Ada Lovelace · Trunkline"
    assert [url for url in asked if not url.startswith((web.url, "data:"))] == []
    assert anna.complaints == []


async def test_remote_images_are_fetched_only_once_somebody_asks_for_them(web: Running, chromium: Browser) -> None:
    anna = await opened(web, chromium)
    asked: list[str] = []

    async def answer(route: object) -> None:
        asked.append("pixel")
        await route.abort()  # type: ignore[attr-defined]

    await anna.context.route("https://tracker.example/**", answer)
    await anna.page.get_by_role("button", name="Show the mail as it was written").click()
    await anna.sees("1 remote image is blocked.")
    assert asked == []
    async with anna.page.expect_request("https://tracker.example/pixel.gif"):
        await anna.page.get_by_role("button", name="Show images").click()


async def test_an_attachment_is_saved_under_its_name_and_never_shown(web: Running, chromium: Browser) -> None:
    anna = await opened(web, chromium)
    async with anna.page.expect_download() as download:
        await anna.page.get_by_role("link", name="invoice 4711.pdf").click()
    assert (await download.value).suggested_filename == "invoice 4711.pdf"
