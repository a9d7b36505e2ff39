"""The wallboard in a real browser: pushed as it changes, each figure with what it means and what is behind it."""

from __future__ import annotations

from playwright.async_api import Browser, Locator, expect

from tests.desk.browsing import Person, person
from tests.desk.floor import leading, ready, watched
from tests.web.running import OTHER, PROJECT, Running, until

#: Bytes of the desk's own files as they came over the wire.
WEIGHT = """performance.getEntriesByType('resource').filter(one => one.name.includes('/desk/'))
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


def tile(sue: Person, span: str, figure: str) -> Locator:
    part = sue.page.get_by_role("region", name=span)
    return part.get_by_role("listitem").filter(has=sue.page.get_by_role("heading", name=figure))


async def test_the_board_changes_by_itself_over_the_one_stream_of_the_browser(web: Running, chromium: Browser) -> None:
    await watched(web, alerts={})
    sue = await leading(web, chromium, "wallboard")
    waiting = tile(sue, "Right now", "Waiting").locator(".tile-value")
    await expect(waiting).to_have_text("0")
    await web.mail()
    await expect(waiting).to_have_text("1")
    await expect(tile(sue, "Right now", "Ready agents")).to_have_class("tile bad")
    await ready(web, "anna")
    await expect(tile(sue, "Right now", "Ready agents")).to_have_class("tile good")
    await expect(sue.page.get_by_role("row", name="Paris")).to_contain_text("1")
    assert web.app.state.live.connected == 1
    spans = await sue.page.locator("section.span h2").all_inner_texts()
    assert [one.split(" since")[0] for one in spans] == ["This interval", "Right now", "Today", "Agents of the pool"]
    assert sue.complaints == []


async def test_a_figure_says_what_it_means_and_leads_to_the_events_behind_it(web: Running, chromium: Browser) -> None:
    await watched(web, alerts={})
    await web.resolved()
    sue = await leading(web, chromium, "wallboard")
    level = tile(sue, "Today", "Service level")
    await expect(level.locator(".tile-value")).to_have_text("100 %")
    await level.get_by_role("button", name="What Service level means").press("Enter")
    await expect(level.get_by_text("answered in time / (answered + abandoned)")).to_be_visible()
    await level.get_by_role("button", name="Events behind Service level").press("Enter")
    behind = sue.page.get_by_role("dialog", name="Events behind: Service level, Today")
    await expect(behind.get_by_role("row").nth(1)).to_contain_text("Queued")
    await expect(behind.get_by_role("row").nth(2)).to_contain_text("Answered")
    await expect(behind.get_by_role("row").nth(2)).to_contain_text("Anna")
    await sue.press("Escape")
    await expect(behind).to_have_count(0)
    assert sue.complaints == []


async def test_who_leads_two_projects_chooses_one_and_it_is_remembered(web: Running, chromium: Browser) -> None:
    await web.mail(project=OTHER)
    sue = await leading(web, chromium, "wallboard")
    await sue.page.get_by_label("Project").select_option("Otherline")
    waiting = tile(sue, "Right now", "Waiting").locator(".tile-value")
    await expect(waiting).to_have_text("1")
    await sue.page.reload()
    await expect(sue.page.get_by_label("Project")).to_have_value(OTHER)
    await expect(waiting).to_have_text("1")


async def test_pages_of_those_who_lead_are_there_for_them_alone(web: Running, chromium: Browser) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    anna = await person(web, chromium)
    await anna.open("wallboard")
    await anna.sign_in()
    await anna.sees("Your shift has not begun")
    names = await anna.page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert names == ["Work", "Follow-ups", "Messages", "Search", "Settings"]
    asked = await anna.page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [name for name in asked if "floor" in name.lower() or "Alerts" in name], "an agent loads none of it"
    weight = await anna.page.evaluate(WEIGHT)
    assert 10_000 < weight < 250_000


async def test_a_role_that_is_lost_takes_its_pages_away_while_one_looks(web: Running, chromium: Browser) -> None:
    account = await web.account("sam", {PROJECT: ["supervisor"], OTHER: ["agent"]})
    sam = await person(web, chromium)
    await sam.open("wallboard")
    await sam.sign_in("sam")
    await expect(sam.page.get_by_role("heading", name="Wallboard")).to_be_visible()
    await until(lambda: web.app.state.live.connected == 1)
    ann = await web.client("ann", {"*": ["administrator"]})
    await ann.put(f"/api/accounts/{account.account_id}/roles", json={"roles": {OTHER: ["agent"]}})
    await expect(sam.page.get_by_role("link", name="Wallboard")).to_have_count(0)
    await expect(sam.page.get_by_role("link", name="Messages")).to_be_visible()
