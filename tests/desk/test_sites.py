"""A site goes down and comes back, declared at the desk; and when it is open."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, expect

from domain.centre.configuration import ProjectConfigured
from domain.interaction.events import InteractionOffered
from tests.desk.browsing import person
from tests.desk.floor import leading, ready, routed, two_sites, watched
from tests.web.running import PROJECT, Running, until


async def offered(web: Running) -> list[str]:
    recorded = await web.doors.log.read(types=[InteractionOffered.wire])
    return [one.event.agent_id for one in recorded]  # type: ignore[attr-defined]


async def test_a_site_is_taken_down_its_work_moves_to_the_other_and_it_comes_back(
    web: Running, chromium: Browser
) -> None:
    await two_sites(web)
    await routed(web)
    await ready(web, "anna")
    await web.mail()
    await until(lambda: _is(offered(web), ["anna"]))
    await ready(web, "boris")
    sue = await leading(web, chromium, "sites")
    paris = sue.page.get_by_role("listitem").filter(has=sue.page.get_by_role("heading", name="Paris"))
    await expect(paris).to_contain_text("Works")
    await paris.get_by_role("button", name="Declare down: Paris").press("Enter")
    await expect(sue.page.get_by_role("textbox", name="Reason")).to_be_focused()
    await sue.page.keyboard.type("power cut")
    await sue.press("Enter")
    await sue.is_told("Paris is declared down.")
    await expect(paris).to_contain_text("power cut (sue)")
    await expect(paris).to_contain_text("Nobody is signed in there any more. 1 piece of work went back to the queue.")
    await until(lambda: _is(offered(web), ["anna", "boris"]))
    await paris.get_by_role("button", name="Events since").press("Enter")
    behind = sue.page.get_by_role("dialog", name="Since Paris went down")
    await expect(behind.get_by_role("row").nth(1)).to_contain_text("Site declared down")
    await expect(behind).to_contain_text("Signed out")
    await sue.press("Escape")
    await sue.page.get_by_role("link", name="Floor").press("Enter")
    await sue.page.get_by_role("button", name="Boris", exact=True).press("Enter")
    await sue.sees("Invoice 4711")
    await sue.page.get_by_role("link", name="Sites & hours").press("Enter")
    await paris.get_by_role("button", name="Back again: Paris").press("Enter")
    await sue.is_told("Paris is back. Its agents sign in themselves.")
    await expect(paris).to_contain_text("Works")
    await ready(web, "anna")
    await expect(paris.locator(".presence-ready dd")).to_have_text("1")
    await web.mail("eve@example.org")
    await until(lambda: _is(offered(web), ["anna", "boris", "anna"]))
    assert sue.complaints == []


async def _is(asked: Any, wanted: list[str]) -> bool:
    return await asked == wanted


async def test_a_special_day_is_added_and_removed_by_a_manager_and_only_seen_by_a_supervisor(
    web: Running, chromium: Browser
) -> None:
    await watched(web, alerts={})
    max_ = await leading(web, chromium, "sites", "manager")
    hours = max_.page.get_by_role("region", name="Opening hours: Hotline")
    await expect(hours).to_contain_text("08:00-12:30, 13:30-18:00")
    await hours.get_by_text("Add a day").press("Enter")
    await hours.get_by_label("Day", exact=True).fill("2031-05-02")
    await hours.get_by_label("Open from").fill("09:00 – 12:00")
    await hours.get_by_role("button", name="Add", exact=True).press("Enter")
    await max_.is_told("Added.")
    day = hours.locator(".days li").filter(has_text="2 May 2031")
    await expect(day).to_contain_text("09:00-12:00")
    await hours.get_by_label("Day", exact=True).fill("2031-05-03")
    await hours.get_by_label("Open from").fill("nine to noon")
    await hours.get_by_role("button", name="Add", exact=True).press("Enter")
    await expect(max_.page.locator(".toast.bad")).to_contain_text("document.hours.office.days")
    await day.get_by_role("button", name="Remove").press("Enter")
    await max_.is_told("Removed.")
    await expect(day).to_have_count(0)
    await hours.get_by_text("Change the week").press("Enter")
    await hours.get_by_label("Sat", exact=True).fill("10:00 – 14:00")
    await hours.get_by_label("Fri", exact=True).fill("")
    await hours.get_by_role("button", name="Apply", exact=True).press("Enter")
    await max_.is_told("Applied.")
    await expect(hours.locator(".week")).to_contain_text("10:00-14:00")
    applied = await web.doors.log.read(types=[ProjectConfigured.wire])
    week = applied[-1].event.document["hours"]["office"]["weekly"]  # type: ignore[attr-defined]
    assert (week["sat"], "fri" in week) == (["10:00-14:00"], False)
    assert [one.event.revision for one in applied if one.project == PROJECT] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]
    await web.account("sam", {"*": ["supervisor"]})
    sam = await person(web, chromium, locale="fr-FR")
    await sam.open("sites")
    await sam.page.get_by_label("Nom").wait_for()
    await sam.page.keyboard.type("sam")
    await sam.press("Tab")
    await sam.page.keyboard.type("correct horse battery")
    await sam.press("Enter")
    region = sam.page.get_by_role("region", name="Heures d’ouverture : Hotline")
    await expect(region).to_contain_text("25 décembre 2030")
    await expect(region.get_by_role("button")).to_have_count(0)
