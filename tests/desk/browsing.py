"""A person at the desk: a real Chromium against a real server on loopback."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, BrowserContext, FileChooser, Page, Playwright, async_playwright, expect

from tests.web.running import PASSWORD
from web.pages.desk import BUNDLE

SOURCES = Path(__file__).parents[2] / "web" / "desk"
AXE = SOURCES / "node_modules" / "axe-core" / "axe.min.js"
#: WCAG 2.2, levels A and AA, and the practices that axe holds besides.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Rules = list[str] | dict[str, Any]
#: The rules whose outcome depends on the colours.
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # a microphone that beeps, for whom a test lets the page hear it
    "--use-fake-device-for-media-stream",
]
#: Milliseconds that anything on the page may take on a busy machine; reached only when something is broken.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


def missing() -> str:
    """What the desk cannot be tested for want of, empty when everything is there."""
    if chromium() is None:
        return "no Chromium: install Debian's package `chromium`"
    if not (BUNDLE / "index.html").is_file() or not AXE.is_file():
        return "the desk has not been built: run `make install`"
    return ""


def chromium() -> str | None:
    """The system's own browser; none is ever downloaded."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        opened = await _launch(playwright)
        try:
            yield opened
        finally:
            await opened.close()


async def _launch(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(executable_path=chromium(), args=FLAGS, headless=True)


class Served(Protocol):
    """Where a desk is, and what is to be closed when the test is over."""

    url: str
    closing: AsyncExitStack


@dataclass
class Person:
    """Somebody in front of one browser window."""

    web: Served
    context: BrowserContext
    page: Page
    #: what the browser complained of: blocked by policy, failed scripts
    complaints: list[str] = field(default_factory=list[str])

    async def open(self, place: str = "") -> None:
        await self.page.goto(f"{self.web.url}/desk/{place}")

    async def sign_in(self, name: str = "anna", password: str = PASSWORD) -> None:
        """By keyboard alone: the name has the focus."""
        await self.page.get_by_label("Name").wait_for()
        await self.page.keyboard.type(name)
        await self.page.keyboard.press("Tab")
        await self.page.keyboard.type(password)
        await self.page.keyboard.press("Enter")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def slow_down(self, times: float) -> None:
        """Let the page's own work take so many times as long as it does, as on a small or busy computer."""
        debugger = await self.context.new_cdp_session(self.page)
        await debugger.send("Emulation.setCPUThrottlingRate", {"rate": times})

    async def press_at_once(self, *keys: str) -> None:
        """As whoever knows the way does: no key waits for what the one before it has led to."""
        debugger = await self.context.new_cdp_session(self.page)
        strokes = [_stroke(kind, key) for key in keys for kind in ("keyDown", "keyUp")]
        await asyncio.gather(*(debugger.send("Input.dispatchKeyEvent", stroke) for stroke in strokes))

    async def is_asked_for_files(self, *keys: str) -> FileChooser:
        """By the window that opens on these keys."""
        async with self.page.expect_file_chooser() as chooser:
            # Chromium is told to hand that window over by another way than that of keys, and on a busy machine hears of
            # the keys first: what is asked by the same way is answered after it has heard
            await self.page.evaluate("0")
            await self.press(*keys)
        return await chooser.value

    async def sees(self, text: str) -> None:
        await self.page.get_by_text(text).first.wait_for()

    async def is_told(self, text: str) -> None:
        """By a message at the edge of the screen."""
        await self.page.locator(".toast").get_by_text(text, exact=True).first.wait_for()

    async def faults(self) -> list[str]:
        """What axe finds wrong on the page as it stands."""
        return await faults_of(self.page)

    async def faults_in_both_schemes(self) -> list[str]:
        """The same in light, and in dark what depends on the colours."""
        found = await self.faults()
        await self.page.emulate_media(color_scheme="dark")
        found += [f"in dark: {fault}" for fault in await faults_of(self.page, OF_COLOURS)]
        await self.page.emulate_media(color_scheme="light")
        return found


async def faults_of(page: Page, rules: Rules = RULES) -> list[str]:
    """What axe finds wrong on a page as it stands."""
    # by the debugger, as a person would in the console: the page itself lets no script in
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [f"{v['id']}: {', '.join(n['target'][0] for n in v['nodes'])}" for v in found["violations"]]


#: Of the keys that `press_at_once` knows beside letters: name, what Windows calls it (`VK_…`), whether Ctrl is held
#: (2 for yes), what it writes.
NAMED = {"Enter": ("Enter", 13, 0, "\r"), "Control+Enter": ("Enter", 13, 2, "\r"), "Escape": ("Escape", 27, 0, "")}


def _stroke(kind: str, key: str) -> dict[str, Any]:
    """Chrome DevTools Protocol, `Input.dispatchKeyEvent`."""
    name, code, held, text = NAMED.get(key, (key, ord(key[0].upper()), 0, key))
    written = {"text": text} if kind == "keyDown" and text else {}
    return {"type": kind, "key": name, "windowsVirtualKeyCode": code, "modifiers": held} | written


def _note(found: Person, said: str) -> None:
    """Chromium reports every answer that is no success; what the desk makes of those is seen on the page."""
    if not said.startswith("Failed to load resource"):
        found.complaints.append(said)


async def person(web: Served, opened: Browser, **more: Any) -> Person:
    """A person with a browser of their own. `more`: color_scheme, locale, viewport as Playwright names them."""
    given: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce"}
    context = await opened.new_context(**(given | more))
    context.set_default_timeout(PATIENCE)
    found = Person(web, context, await context.new_page())
    found.page.on("console", lambda said: _note(found, said.text) if said.type == "error" else None)
    found.page.on("pageerror", lambda fault: found.complaints.append(str(fault)))
    web.closing.push_async_callback(context.close)
    return found
