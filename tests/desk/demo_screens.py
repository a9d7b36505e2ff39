"""Pictures of the demo's start page while simulated people live, for `make screens`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from infra.demo.outbox import Outbox
from infra.demo.pace import Pace
from infra.demo.running import Run, live, opened
from tests.web.running import until

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
PAGES = {
    "start": "",
    "outbox": "outbox",
    "events": "events",
    "texts": "outbox?what=texts",
    "commands": "try",
    "doctor": "doctor",
}
#: Mails that have gone out before the pictures are taken.
ENOUGH = 15
#: Seconds until then at most.
PATIENCE = 240.0


@asynccontextmanager
async def a_demo_day(enough: int = ENOUGH) -> AsyncGenerator[tuple[Run, Outbox]]:
    """A demo in which people live, stopped for a moment once so many mails have gone out."""
    async with opened(Pace(customers=120, seed=7, drain=1)) as (run, server):
        stop = asyncio.Event()
        living = asyncio.create_task(live(run, server, stop))
        try:
            await until(lambda: server.outbox.count >= enough or living.done(), PATIENCE)
            run.day.tempo.pause()
            yield run, server.outbox
        finally:
            stop.set()
            run.day.over.set()
            await living


async def demo_pictures(opened_browser: Browser, folder: Path) -> None:
    """Every page of the start page, at a desk and on a phone, light and dark."""
    async with a_demo_day() as (run, _):
        for scheme in ("light", "dark"):
            for size, viewport in SIZES.items():
                context = await opened_browser.new_context(
                    color_scheme=scheme, viewport=viewport, locale="en-GB", reduced_motion="reduce"
                )  # type: ignore[arg-type]
                page = await context.new_page()
                for name, path in PAGES.items():
                    await page.goto(f"{run.start_url}/{path}")
                    await _filled(page, name)
                    await page.screenshot(path=folder / f"demo-{name}-{size}-{scheme}.png", animations="disabled")
                await page.goto(f"{run.start_url}/outbox")
                await page.locator(".mails a").first.click()
                await page.frame_locator("iframe.letter").locator("body").wait_for()
                await page.screenshot(path=folder / f"demo-mail-{size}-{scheme}.png", animations="disabled")
                await context.close()


async def _filled(page: Page, name: str) -> None:
    if name == "events":
        async with page.expect_response(lambda answer: "kind=interaction.message_received" in answer.url):
            await page.get_by_label("As seen by").select_option("supervisor")
            await page.get_by_label("Kind begins with").fill("interaction.message_received")
        await page.locator(".tail summary").first.click()
        await page.get_by_role("button", name="Copy as curl").wait_for()
