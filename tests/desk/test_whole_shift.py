"""A whole shift by keyboard alone: a call, a text and a mail are in Anna's hands at once, as her capacity allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from channels.twilio_emulator.model import Call
from domain.follow_up.events import FollowUpScheduled
from domain.interaction.call_events import ConsultStarted
from domain.interaction.events import InteractionTransferred, OfferAccepted, WrapUpCompleted
from domain.ticket.events import TicketHandedOver
from tests.desk.ringing import Desk, at_the_desk, letter, rings, wraps_up
from tests.e2e.day import BOB, LINE

pytestmark = pytest.mark.timeout(400)


async def test_a_whole_shift_by_keyboard_alone(tmp_path: Path, chromium: Browser) -> None:
    async with at_the_desk(tmp_path, chromium) as desk:
        ada, anna = await rings(desk)
        await desk.day.tells(anna, "Good morning, the raspberries", ada)
        await desk.day.emulator.text(BOB, LINE, "Where are my raspberries?")
        await desk.accept("sms")
        await letter(desk, "Invoice", "Why is it so much?")
        await desk.accept("email")
        await expect(desk.anna.page.locator(".work-row")).to_have_count(3)
        await answers_the_text(desk)
        await hands_the_mail_over(desk)
        await consults_and_hands_the_call_over(desk, ada, anna)
        assert len(await desk.day.recorded(OfferAccepted)) >= 3
        assert desk.anna.complaints == []


async def answers_the_text(desk: Desk) -> None:
    page = desk.anna.page
    await desk.opens("sms")
    await desk.until(page.get_by_role("log").get_by_text("Where are my raspberries?"))
    await desk.anna.press("r")
    await page.keyboard.type("On their way.")
    await desk.anna.press("Control+Enter")
    await desk.told("Sent.")

    async def came() -> bool:
        return any(one.body == "On their way." for one in desk.day.emulator.texts_to(BOB))

    await desk.day.until(came, "the text on the telephone")
    await desk.anna.press("Escape", "f")
    await desk.until(page.get_by_role("dialog", name="Finish this contact"))
    await desk.anna.press("Enter")
    await wraps_up(desk)


async def hands_the_mail_over(desk: Desk) -> None:
    page = desk.anna.page
    await desk.opens("email")
    await desk.until(page.get_by_role("heading", name="Invoice"))
    await desk.anna.press("u")
    await desk.until(page.get_by_role("dialog"))
    await page.keyboard.type("Ask whether it is clear now")
    await desk.anna.press("Tab")
    await page.get_by_role("dialog").locator("button[type=submit]").focus()
    await desk.anna.press("Enter")
    await desk.happened(FollowUpScheduled)
    await desk.gone(page.get_by_role("dialog"))
    await desk.anna.press("t")
    await expect(page.get_by_role("combobox", name="Department")).to_be_focused()
    await page.keyboard.type("Billing")
    await desk.anna.press("Tab", "Tab", "Tab", "Enter")
    await desk.told("Handed over to Billing.")
    assert (await desk.happened(TicketHandedOver)).department == "billing"


async def consults_and_hands_the_call_over(desk: Desk, ada: Call, anna: Call) -> None:
    page = desk.anna.page
    await desk.opens("voice")
    await desk.sees("In conversation")
    await desk.anna.press("Control+Shift+H")
    await desk.sees("On hold: the customer hears music.")
    await desk.day.hears(ada, "hold music")
    await desk.anna.press("Control+Shift+H")
    await desk.sees("In conversation")
    await desk.anna.press("Control+Shift+M")
    await desk.sees("Muted: nobody hears you.")
    await desk.anna.press("Control+Shift+M")
    await desk.gone(page.get_by_text("Muted: nobody hears you."))
    await desk.anna.press("c")
    await expect(page.get_by_role("radio", name="A colleague")).to_be_focused()
    await desk.anna.press("Tab", "Tab", "Tab", "Enter")
    await desk.happened(ConsultStarted)
    await desk.sees("consulted")
    boris = await desk.reached("client:boris")
    await desk.day.tells(anna, "May I hand her over to you", boris)
    await desk.anna.press("h")
    await desk.happened(InteractionTransferred)
    await desk.day.tells(boris, "Boris speaking", ada)
    await desk.sees("Nothing in hand")
    assert (await desk.happened(WrapUpCompleted)).disposition == "answered"
