"""What was recorded is listened to at the desk, by whoever may, and that they did is on record."""

from __future__ import annotations

import wave
from io import BytesIO

from playwright.async_api import Browser, expect

from domain.voice.recordings import RecordingPlayed
from tests.desk.browsing import person
from tests.desk.floor import leading
from tests.web.running import PROJECT, Running
from tests.web.test_recordings import recorded


def sound(seconds: int) -> bytes:
    """So much silence."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * (2 * 8000 * seconds))
    return buffer.getvalue()


async def test_a_supervisor_listens_on_the_customers_card_and_an_agent_is_told_who_may(
    web: Running, chromium: Browser
) -> None:
    _, _, customer = await recorded(web, sound=sound(3))
    anna = await person(web, chromium)
    await anna.open("work")
    await anna.sign_in()
    await anna.page.locator(".work-row").first.click()
    await anna.sees("Conversation with Anna")
    await anna.sees("for those who lead to hear")
    assert await anna.page.get_by_role("button", name="Listen").count() == 0
    sue = await leading(web, chromium, f"search/customer/{PROJECT}/{customer}")
    listen = sue.page.get_by_role("button", name="Listen: Conversation with Anna")
    await listen.press("Enter")
    await expect(sue.page.locator("audio")).to_have_js_property("duration", 3)
    assert len(await web.doors.log.read(types=[RecordingPlayed.wire])) == 1
    assert await sue.faults() == []
    assert (anna.complaints, sue.complaints) == ([], [])
