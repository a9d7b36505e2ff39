"""Every page of those who lead passes axe's rules for WCAG 2.2 AA, in light and in dark, with its dialogs open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Browser

from tests.desk.browsing import Person
from tests.desk.floor import leading
from tests.desk.screens import busy_floor
from tests.web.running import Running

Look = Callable[[str], Awaitable[None]]


async def test_every_page_of_those_who_lead_is_accessible(web: Running, chromium: Browser) -> None:
    await busy_floor(web)
    sue = await leading(web, chromium, "wallboard", "manager", color_scheme="light")
    found: dict[str, list[str]] = {}

    async def look(name: str) -> None:
        found[name] = await sue.faults_in_both_schemes()

    await sue.page.get_by_role("button", name="I see to it: long wait").wait_for()
    await of_the_board(sue, look)
    await of_the_floor(sue, look)
    await of_the_rest(sue, look)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert sue.complaints == []


async def of_the_board(sue: Person, look: Look) -> None:
    await sue.page.get_by_role("heading", name="By queue").wait_for()
    await sue.page.get_by_role("button", name="What Service level means").first.click()
    await look("wallboard")
    await sue.page.get_by_role("button", name="Events behind Service level").first.click()
    await sue.page.get_by_role("cell", name="Answered").first.wait_for()
    await look("events")
    await sue.press("Escape")


async def of_the_floor(sue: Person, look: Look) -> None:
    await sue.open("floor")
    await sue.page.get_by_role("button", name="Boris", exact=True).click()
    await sue.sees("Delivery to the new address")
    await sue.page.get_by_role("button", name="Billing").click()
    await sue.page.get_by_role("region", name="Waiting: Billing").wait_for()
    await look("floor")
    await sue.page.get_by_role("button", name="Reassign: Delivery").click()
    await sue.page.get_by_role("dialog").wait_for()
    await look("reassign")
    await sue.press("Escape")
    await sue.page.get_by_role("button", name="What to do about Boris").click()
    await look("menu")
    await sue.page.get_by_role("menuitem", name="Set ready").click()
    await sue.page.get_by_role("dialog").wait_for()
    await look("force")
    await sue.press("Escape")


async def of_the_rest(sue: Person, look: Look) -> None:
    await sue.open("messages")
    await sue.sees("The new tariff begins")
    await look("messages")
    await sue.open("sites")
    await sue.page.get_by_role("button", name="Declare down: Warsaw").click()
    await sue.page.get_by_role("textbox", name="Reason").fill("power cut")
    await look("down")
    await sue.press("Enter")
    await sue.page.get_by_role("button", name="Back again: Warsaw").wait_for()
    await sue.page.get_by_text("Add a day").first.click()
    await look("sites")
    await sue.open("policy")
    await sue.page.get_by_role("textbox", name="The document, as YAML").fill("schema_version: 1\ncentre: demo\n")
    await sue.page.get_by_role("button", name="Check").click()
    await sue.page.get_by_role("heading", name="What is wrong").wait_for()
    await look("policy")
    await sue.open("staff")
    await sue.page.get_by_role("button", name="Change the skills of Anna").click()
    await look("staff")
