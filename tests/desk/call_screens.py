"""Pictures of a call in hand, for docs/tour.md."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from playwright.async_api import Browser

from tests.desk.ringing import at_the_desk, rings


async def telephone_pictures(opened: Browser, folder: Path, scheme: Literal["light", "dark"]) -> None:
    """A call that was answered in the browser, with the keypad."""
    look: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": 1440, "height": 900}}
    with TemporaryDirectory() as data:
        async with at_the_desk(Path(data), opened, browsers=True, permissions=["microphone"], **look) as desk:
            page = desk.anna.page
            await page.get_by_text("This browser is your telephone").wait_for(state="attached")
            ada, _ = await rings(desk)
            await page.get_by_role("button", name="Keypad").click()
            await page.get_by_role("button", name="Key 1", exact=True).wait_for()
            await page.screenshot(path=folder / f"desk-telephone-{scheme}.png", animations="disabled")
            await desk.day.emulator.hang_up(ada.sid)
            await desk.until(page.get_by_role("form", name="Wrap-up"))


async def call_pictures(opened: Browser, folder: Path, scheme: Literal["light", "dark"]) -> None:
    """A call in hand, a colleague consulted."""
    look: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": 1440, "height": 900}}
    with TemporaryDirectory() as data:
        async with at_the_desk(Path(data), opened, **look) as desk:
            ada, _ = await rings(desk)
            await desk.anna.press("c")
            await desk.until(desk.anna.page.get_by_role("dialog"))
            await desk.anna.page.screenshot(path=folder / f"desk-consult-{scheme}.png", animations="disabled")
            await desk.anna.press("Tab", "Tab", "Tab", "Enter")
            await desk.reached("client:boris")
            await desk.sees("consulted")
            await desk.anna.page.screenshot(path=folder / f"desk-call-{scheme}.png", animations="disabled")
            await desk.day.emulator.hang_up(ada.sid)
            await desk.until(desk.anna.page.get_by_role("form", name="Wrap-up"))
