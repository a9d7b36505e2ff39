"""Everything a call can be put through at the desk: consulting, transferring, bringing in, pausing a recording."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from domain.interaction.call_events import (
    CustomerPutThrough,
    PartyJoined,
    PartyLeft,
    RecordingPaused,
    RecordingResumed,
)
from domain.interaction.events import InteractionTransferred
from tests.desk.ringing import at_the_desk, rings, wraps_up
from tests.e2e.day import OFFICE

pytestmark = pytest.mark.timeout(400)


async def test_what_a_call_can_be_put_through_is_done_at_the_desk(tmp_path: Path, chromium: Browser) -> None:
    async with at_the_desk(tmp_path, chromium) as desk:
        ada, anna = await rings(desk)
        page = desk.anna.page
        await page.get_by_role("button", name="Pause recording").focus()
        await desk.anna.press("Enter")
        await desk.happened(RecordingPaused)
        await desk.sees("Recording paused")
        await page.get_by_role("button", name="Resume recording").focus()
        await desk.anna.press("Enter")
        await desk.happened(RecordingResumed)
        await desk.anna.press("c")
        await page.get_by_role("radio", name="An outside number").focus()
        await desk.anna.press("Space", "Tab")
        await page.keyboard.type(OFFICE)
        await desk.anna.press("Enter")
        await desk.sees("consulted")
        assert await desk.anna.faults() == [], "what axe finds wrong with a call in hand"
        office = await desk.reached(OFFICE)
        await desk.day.tells(anna, "A customer asks for you", office)
        assert not any("asks for you" in one for one in desk.day.emulator.heard(ada.sid))
        await desk.anna.press("i")
        await desk.happened(PartyJoined)
        await desk.sees("in the conversation")
        await desk.day.tells(office, "This is the office", ada)
        await page.get_by_role("button", name="Put out").focus()
        await desk.anna.press("Enter")
        await desk.happened(PartyLeft)
        await desk.gone(page.get_by_text("in the conversation"))
        await desk.day.tells(anna, "I shall put you through", ada)
        await desk.anna.press("b")
        await page.get_by_role("radio", name="An outside number").focus()
        await desk.anna.press("Space", "Tab")
        await page.keyboard.type(OFFICE)
        await desk.anna.press("Enter")
        await desk.happened(CustomerPutThrough)
        await wraps_up(desk)

        again = await desk.reached(OFFICE, 2)
        await desk.day.tells(again, "Office once more", ada)
        assert desk.anna.complaints == []


async def test_a_number_that_is_none_is_refused_and_a_department_gets_the_call_at_once(
    tmp_path: Path, chromium: Browser
) -> None:
    async with at_the_desk(tmp_path, chromium) as desk:
        ada, anna = await rings(desk)
        page = desk.anna.page
        await desk.anna.press("b")
        await page.get_by_role("radio", name="An outside number").focus()
        await desk.anna.press("Space", "Tab")
        await page.keyboard.type("12")
        await desk.anna.press("Enter")
        await desk.until(page.locator(".toast.bad"))
        await desk.anna.press("Escape")
        await desk.gone(page.get_by_role("dialog"))
        await desk.day.tells(anna, "I am still here", ada)
        assert await desk.day.recorded(InteractionTransferred, CustomerPutThrough) == []
        await desk.anna.press("b", "Tab")
        await page.keyboard.type("Billing")
        await desk.anna.press("Tab", "Tab", "Enter")
        await desk.happened(InteractionTransferred)
        await desk.sees("Nothing in hand")
        await desk.day.hears(ada, "Your place in the queue: 1.")
