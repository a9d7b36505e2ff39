"""Pictures of the customers' pages, for `make screens`."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page

from tests.desk.demo_screens import SIZES
from tests.web.pages import link
from tests.web.running import PROJECT, Running


async def customer_pictures(web: Running, opened: Browser, scheme: str, folder: Path) -> None:
    """A settled matter, its rating before and after, the callback form; at a desk and on a phone."""
    ids = await web.resolved()
    ticket, rating = (web.url + link(web, kind, ids["ticket_id"]) for kind in ("ticket", "rating"))
    pages: dict[str, Page] = {}
    for size, viewport in SIZES.items():
        context = await opened.new_context(color_scheme=scheme, viewport=viewport, locale="en-GB")  # type: ignore[arg-type]
        pages[size] = await context.new_page()

    async def shot(name: str, address: str) -> None:
        for size, page in pages.items():
            await page.goto(address)
            await page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True, animations="disabled")

    await shot("callback", f"{web.url}/callback/{PROJECT}")
    await shot("rating-before", f"{rating}&score=4")
    await pages["desktop"].get_by_role("button").click()
    await pages["desktop"].get_by_role("status").wait_for()
    await shot("rating-after", f"{rating}&saved=new")
    await shot("ticket", ticket)
    for page in pages.values():
        await page.context.close()
