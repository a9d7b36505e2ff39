"""Every page of the desk passes axe's rules for WCAG 2.2 AA, in light and in dark."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.desk.browsing import Person, person
from tests.desk.screens import LETTERS, morning
from tests.web.running import Running


async def test_every_page_is_accessible(web: Running, chromium: Browser) -> None:
    what = await morning(web)
    anna = await person(web, chromium, color_scheme="light")
    found: dict[str, list[str]] = {}

    async def look(name: str) -> None:
        found[name] = await anna.faults_in_both_schemes()

    await anna.open()
    await anna.page.get_by_label("Name").wait_for()
    await look("sign-in")
    await anna.sign_in()
    await anna.page.get_by_role("link", name="Ada Lovelace").click()
    await anna.sees("E-20418")
    await anna.page.get_by_role("button", name="Show the mail as it was written").click()
    await look("work")
    await anna.press("y")
    await anna.page.keyboard.type("It’s on its way")
    await anna.sees("1 text")
    await look("a text")
    await anna.press("Escape")
    await web.offer(what.ringing)
    await anna.page.get_by_role("heading", name=LETTERS[-1][1]).wait_for()
    await anna.sees("Why you")
    await look("offer")
    await anna.press("Control+Shift+R")
    await dialogs(anna, look)
    await anna.press("s")
    await anna.page.get_by_role("searchbox").fill("invoice")
    await anna.page.get_by_role("link", name="Invoice 4711").first.click()
    await anna.sees("Resolve ticket")
    await look("search")
    await anna.open("settings")
    await anna.sees("Back to the usual keys")
    await look("settings")
    assert {name: faults for name, faults in found.items() if faults} == {}


async def dialogs(anna: Person, look: object) -> None:
    for key, title in (("f", "Finish this contact"), ("t", "Hand over"), ("?", "Keyboard shortcuts"), ("n", "New")):
        await anna.press(key)
        await anna.page.get_by_role("dialog", name=title).wait_for()
        await look(title)  # type: ignore[operator]
        await anna.press("Escape")
        await anna.page.get_by_role("dialog").wait_for(state="detached")
    await anna.press("Control+k")
    await anna.page.get_by_role("combobox").wait_for()
    await look("palette")  # type: ignore[operator]
    await anna.press("Escape")
