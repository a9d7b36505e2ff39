"""Where a day is played by hand: telephones, desks, an outbox, each a page in a real browser."""

from __future__ import annotations

import base64
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.async_api import Browser, Locator, Page

from channels.twilio_emulator.model import Text
from infra.demo.start.outbox_pages import outbox_of
from infra.demo.start.rendering import HERE as START
from infra.listening import listen, serve
from infra.settings import LOOPBACK
from tests.desk.browsing import Person, person
from tests.desk.ringing import Here, in_front_of
from tests.e2e.day import Day
from web.app import STATIC

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZE = {"width": 1100, "height": 820}
QUALITY = 70


@dataclass
class Stage:
    """The day, and where its pages are."""

    day: Day
    opened: Browser
    closing: AsyncExitStack
    telephones: str
    outbox: str
    taken: int = 0
    everybody: list[Person] = field(default_factory=list[Person])

    async def until(self, here: Locator) -> None:
        """Wait for something on a page; telephones' time goes on meanwhile."""
        await self.day.until(here.first.is_visible, f"{here} on the page")

    async def together(self, *addresses: str) -> None:
        """Wait until these telephones hear one another, as people do before they speak."""
        world = self.day.emulator.world

        async def so() -> bool:
            for conference in world.conferences.values():
                there = [one for one in conference.participants.values() if one.status == "connected" and not one.hold]
                calls = [world.calls[one.call] for one in there]
                if {call.caller if call.direction == "inbound" else call.to for call in calls} == set(addresses):
                    return True
            return False

        await self.day.until(so, f"{addresses} in one conversation")

    async def picture(self, page: Page, name: str) -> None:
        """As the page stands, as WebP: a third of the size of a PNG."""
        self.taken += 1
        debugger = await page.context.new_cdp_session(page)
        shot = await debugger.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        await debugger.detach()
        (FOLDER / f"day-{name}.webp").write_bytes(base64.b64decode(shot["data"]))

    async def as_it_stands(self) -> Path:
        """A picture of everybody's page, where something went wrong; the folder."""
        folder = Path(mkdtemp(prefix="trunkline-day-"))
        for number, one in enumerate(self.everybody):
            await one.page.screenshot(path=folder / f"{number}.png")
        return folder

    async def desk(self, name: str) -> Person:
        somebody = await in_front_of(self.day, name, self.opened, self.closing, viewport=SIZE)
        self.everybody.append(somebody)
        return somebody

    async def telephone(self, number: str) -> Telephone:
        """The emulator's page, as whoever has this number."""
        somebody = await person(Here(self.telephones, self.closing), self.opened, viewport=SIZE)
        self.everybody.append(somebody)
        await somebody.page.goto(self.telephones)
        await somebody.page.get_by_label("Your number").fill(number)
        await somebody.page.get_by_role("button", name="Take the telephone").click()
        return Telephone(self, somebody.page)


@dataclass
class Telephone:
    stage: Stage
    page: Page

    async def presses(self, button: str) -> None:
        """Something on the page, once it is there."""
        there = self.page.get_by_role("button", name=button, exact=True)
        await self.stage.until(there)
        await there.click()

    async def keys(self, keys: str) -> None:
        if len(keys) == 1:
            await self.presses(keys)
            return
        await self.page.get_by_label("Several keys").fill(keys)
        await self.presses("Press")

    async def says(self, words: str) -> None:
        await self.stage.until(self.page.get_by_label("Say"))
        await self.page.get_by_label("Say").fill(words)
        await self.presses("Say")
        await self.page.locator("#heard .mine").get_by_text(words).first.wait_for()

    async def hears(self, words: str) -> None:
        await self.stage.until(self.page.locator("#heard").get_by_text(words))


async def read_outbox(day: Day, closing: AsyncExitStack) -> str:
    """The outbox of a demo, over what this day has sent; its address."""

    def texts(most: int) -> list[Text]:
        found = [one for one in day.emulator.world.texts.values() if one.direction == "outbound-api"]
        return list(reversed(found))[:most]

    app = FastAPI()
    app.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/start", StaticFiles(directory=START / "static"))
    app.include_router(outbox_of(day.post.outbox, texts))
    listening = listen(LOOPBACK, 0, "a port")
    closing.callback(listening.close)
    await serve(day.node, "outbox", app, listening, closing, ending=lambda: None)
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}/outbox"
