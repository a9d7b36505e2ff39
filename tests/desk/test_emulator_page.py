"""A person plays the customer on the emulator's page, in a real Chromium; the hotline behind it is a real node's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from channels.twilio_emulator.line import Line
from channels.twilio_emulator.serving import serving
from channels.twilio_emulator.telephony import new_call, place
from domain.interaction.events import MessageReceived
from domain.voice.events import CallEnded, MessageLeft
from domain.voice.recordings import RecordingPlayed
from tests.desk.browsing import AXE, PATIENCE, RULES
from tests.desk.ringing import in_front_of, is_ready
from tests.e2e.day import ADA, LINE, Day, a_day

pytestmark = pytest.mark.timeout(240)
#: What a player says that could play to the end (HTML, section 4.8.11.7).
ENOUGH = 4


@dataclass
class Telephone:
    """The page in Ada's browser, and the day that she rings into."""

    page: Page
    day: Day
    complaints: list[str]

    async def hears(self, words: str) -> None:
        """It is heard, whatever time must go by for that, and then shown: however long the page takes, nobody's
        patience runs out meanwhile.
        """
        world = self.day.emulator.world

        async def heard() -> bool:
            return any(words in one.text for call in world.calls.values() for one in call.heard)

        await self.day.until(heard, f"{words!r} on the line")
        await expect(self.page.locator("#heard").get_by_text(words).first).to_be_visible()

    async def gets(self, words: str) -> None:
        """A text, which comes when it comes."""

        async def shown() -> bool:
            return await self.page.locator("#heard").get_by_text(words).count() > 0

        await self.day.until(shown, f"{words!r} on the page")


@pytest_asyncio.fixture(loop_scope="session")
async def telephone(tmp_path: Path, chromium: Browser) -> AsyncIterator[Telephone]:
    async with a_day(tmp_path) as day, serving(day.emulator) as url:
        context = await chromium.new_context(viewport={"width": 390, "height": 800})
        context.set_default_timeout(PATIENCE)
        page, complaints = await context.new_page(), list[str]()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        await page.goto(url)
        await page.get_by_label("Your number").fill(ADA)
        await page.get_by_role("button", name="Take the telephone").click()
        yield Telephone(page, day, complaints)
        await context.close()


async def test_a_person_dials_keys_speaks_after_the_tone_and_hangs_up(telephone: Telephone, chromium: Browser) -> None:
    page, day = telephone.page, telephone.day
    await page.get_by_role("button", name="Dial").click()
    await telephone.hears("Your customer number")
    await page.get_by_label("Several keys").fill("123456#")
    await page.get_by_role("button", name="Press").click()
    await telephone.hears("Orders 1, office 2")
    await page.get_by_role("button", name="2", exact=True).click()
    await telephone.hears("beep")
    lines = await page.locator("#heard ol.heard").first.locator("li").all_inner_texts()
    said = [line.split(maxsplit=1)[1] for line in lines]
    assert said.index("you 123456#") < said.index("say Orders 1, office 2") < said.index("you 2")
    await page.get_by_label("Say").fill("The raspberries are ripe <b>now</b>")
    await page.get_by_role("button", name="Say").click()
    await expect(page.locator("#heard .mine").get_by_text("The raspberries are ripe <b>now</b>")).to_be_visible()
    await day.emulator.advance(2)
    await page.get_by_role("button", name="Hang up").click()
    await day.event(MessageLeft)
    await day.event(CallEnded)
    await expect(page.get_by_role("button", name="Hang up")).to_have_count(0)
    assert telephone.complaints == []
    await an_agent_hears_it_at_the_desk(day, chromium)


async def an_agent_hears_it_at_the_desk(day: Day, chromium: Browser) -> None:
    async with AsyncExitStack() as closing:
        anna = await in_front_of(day, "anna", chromium, closing)
        await is_ready(anna)
        await day.until(anna.page.locator(".offer").first.is_visible, "the message as work")
        await anna.press("Control+Shift+A")
        listen = anna.page.get_by_role("button", name="Listen: Message for Mr Nowak")
        await day.until(listen.is_visible, "the message on the desk")
        await listen.press("Enter")
        await expect(anna.page.locator("audio")).to_have_js_property("readyState", ENOUGH)
        assert (await day.event(RecordingPlayed)).recording_id
        assert anna.complaints == []


async def test_a_person_texts_and_a_long_link_does_not_widen_the_page(telephone: Telephone) -> None:
    page, day = telephone.page, telephone.day
    words = "Are they ripe? 🍓 https://raspberries.example/" + "ripe" * 100
    await page.get_by_label("Text", exact=True).fill(words)
    await page.get_by_role("button", name="Send").click()
    assert (await day.event(MessageReceived)).text == words
    await telephone.gets("riperipe")
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert await page.locator("form[action='/phone/dial'] input[name=to]").input_value() == LINE
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules})", [r for r in RULES if r != "best-practice"]
    )
    assert [one["id"] for one in found["violations"]] == []
    assert telephone.complaints == []


async def test_what_cannot_be_done_is_said_on_the_page(telephone: Telephone) -> None:
    page = telephone.page
    await page.locator("form[action='/phone/text'] input[name=to]").fill("+48000000000")
    await page.get_by_label("Text", exact=True).fill("Hello")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_have_text("+48000000000 is no number of this account")


async def test_a_telephone_can_be_answered_once_it_rings_and_not_before(telephone: Telephone) -> None:
    page, day = telephone.page, telephone.day
    await page.get_by_role("button", name="Answer by hand").click()
    await expect(page.get_by_text("You answer by hand.")).to_be_visible()
    call = new_call(day.emulator.world, ADA, LINE, "outbound-api")
    place(day.emulator.world, call, _listens)
    await day.emulator.settle()
    # the page looks by itself whether there is a call
    await expect(page.get_by_text("It is about to ring.")).to_be_visible()
    assert await page.get_by_role("button", name="Answer", exact=True).count() == 0
    answer = page.get_by_role("button", name="Answer", exact=True)
    await day.until(answer.is_visible, "ringing on the page")
    await answer.click()
    await expect(page.get_by_role("button", name="Hang up")).to_be_visible()
    assert await page.get_by_role("alert").count() == 0


async def _listens(line: Line) -> None:
    await line.wait(None)
