"""The telephone in the browser: Twilio's own library against the emulator's signalling and sound."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from pydantic import SecretStr

from channels.twilio_emulator.clients import VOICE
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Call, Participant
from channels.twilio_emulator.serving import serving
from domain.interaction.call_events import AgentMuted, AgentUnmuted
from domain.interaction.events import AgentConnected, ConnectFailed, WrapUpCompleted
from domain.voice.events import DialAnswered, DialAttempted
from infra.settings import Settings, TwilioAccount
from infra.voice.telephones import telephone_sources, telephones
from tests.desk.browsing import faults_of, person
from tests.desk.ringing import Desk, at_the_desk, wraps_up
from tests.e2e.day import ADA, KEY, LINE, SECRET, SID, TOKEN
from tests.web.running import Running

pytestmark = pytest.mark.timeout(400)
IS_TELEPHONE = "This browser is your telephone"


async def rings_in_the_browser(desk: Desk, count: int = 1) -> tuple[Call, Call]:
    """Ada rings and Anna accepts; Ada's end of the call and Anna's, which rings."""
    ada = await desk.day.emulator.dial(ADA, LINE)
    await desk.day.hears(ada, "Press 1 if we may record")
    await desk.day.keys(ada, "1")
    await desk.accept("voice")

    async def ringing() -> Call | None:
        calls = desk.day.emulator.calls_to("client:anna")
        return calls[-1] if len(calls) == count and calls[-1].status != "queued" else None

    return ada, await desk.day.until(ringing, "Anna's telephone to ring")


def place(desk: Desk, call: Call) -> Participant:
    """Where a leg is in the conversation."""
    (room,) = desk.day.emulator.world.conferences.values()
    return room.participants[call.sid]


def voices(desk: Desk, call: Call) -> int:
    """How often somebody was heard to speak."""
    return sum(one.endswith(VOICE) for one in desk.day.emulator.heard(call.sid))


async def test_a_call_is_answered_in_the_browser_muted_and_hung_up_by_keyboard_alone(
    tmp_path: Path, chromium: Browser
) -> None:
    async with at_the_desk(tmp_path, chromium, browsers=True, permissions=["microphone"]) as desk:
        anna, page = desk.anna, desk.anna.page
        await page.get_by_text(IS_TELEPHONE).wait_for(state="attached")
        other = await anna.context.new_page()
        await other.goto(f"{anna.web.url}/desk/settings")
        await other.get_by_text(IS_TELEPHONE).wait_for(state="attached")
        await other.get_by_role("checkbox", name="Answer by itself").uncheck()
        microphones = other.get_by_role("combobox", name="Microphone")
        await expect(microphones.get_by_role("option")).not_to_have_count(1)
        await microphones.select_option(index=1)
        assert await faults_of(other) == [], "what axe finds wrong with the settings of a telephone"
        await anna.open()  # loaded anew, the tab leaves the telephone to the other
        await page.get_by_text(IS_TELEPHONE).wait_for(state="attached")
        assert desk.day.clients.rings("anna") == 1, "of two tabs one is the telephone"

        ada, call = await rings_in_the_browser(desk)
        for tab in (page, other):
            await expect(tab.get_by_role("region", name="Telephone").get_by_text(LINE)).to_be_visible()
        await anna.press("Control+Shift+A")
        await page.get_by_text("You are on the line").wait_for()
        await desk.sees("In conversation")
        await desk.day.hears(ada, VOICE)
        await expect(other.get_by_role("meter", name="Your microphone")).not_to_have_js_property("value", 0)
        await desk.day.tells(ada, "I hear you", call)
        assert await anna.faults() == [], "what axe finds wrong with a call in the browser"

        connection = desk.day.clients.talks[call.sid].client
        assert desk.day.clients.cut("anna") == 1

        async def taken_up() -> bool:
            return desk.day.clients.talks[call.sid].client is not connection

        await desk.day.until(taken_up, "the call on another connection")
        await page.get_by_text("You are on the line").wait_for()
        await page.get_by_text(IS_TELEPHONE).wait_for(state="attached")

        await anna.press("Control+Shift+M")
        await page.get_by_text("Muted: nobody hears you.").first.wait_for()
        await desk.happened(AgentMuted)

        async def silent() -> bool:
            return place(desk, call).muted and not desk.day.clients.is_loud(call.sid)

        await desk.day.until(silent, "silence at the provider")
        before = voices(desk, ada)
        await anna.press("Control+Shift+M")
        await desk.happened(AgentUnmuted)

        async def heard() -> bool:
            return voices(desk, ada) > before

        await desk.day.until(heard, "Anna's voice again")
        await page.get_by_role("button", name="Keypad").focus()
        await anna.press("Enter")
        await page.get_by_role("button", name="Key 1", exact=True).wait_for()
        await anna.press("7")
        await desk.day.hears(ada, "tones 7")

        await anna.press("Control+Shift+E")
        await wraps_up(desk)
        assert call.status == ada.status == "completed"
        assert len(await desk.day.recorded(DialAttempted)) == len(await desk.day.recorded(DialAnswered)) == 1
        told = await desk.day.recorded(AgentConnected, AgentMuted, AgentUnmuted, WrapUpCompleted)
        assert [type(one.event) for one in told] == [AgentConnected, AgentMuted, AgentUnmuted, WrapUpCompleted]
        assert {one.event.agent_id for one in told} == {"anna"}  # type: ignore[attr-defined]
        assert await desk.day.recorded(ConnectFailed) == []

        await other.get_by_role("checkbox", name="Answer by itself").check()
        await rings_in_the_browser(desk, 2)
        await page.get_by_text("You are on the line").wait_for()
        await desk.happened(DialAnswered, 2)
        await anna.press("Control+Shift+E")
        await wraps_up(desk)
        assert anna.complaints == []


async def test_a_browser_that_may_not_hear_the_microphone_or_lost_its_line_says_so_and_comes_back(
    web: Running, chromium: Browser
) -> None:
    emulator = Emulator(SID, TOKEN)
    emulator.api_key(KEY, SECRET)
    async with AsyncExitStack() as closing:
        provider = await closing.enter_async_context(AsyncExitStack())
        base = await provider.enter_async_context(serving(emulator))
        account = TwilioAccount(
            account_sid=SID, auth_token=SecretStr(TOKEN), api_key=KEY, api_secret=SecretStr(SECRET), base_url=base
        )
        settings = Settings(keys_url=SecretStr("memory:"), twilio={"twilio": account})
        web.doors.telephones, web.doors.telephone_sources = telephones(settings), telephone_sources(settings)
        await web.account("anna", {"*": ["agent"]}, "anna")
        anna = await person(web, chromium)
        await anna.open()
        await anna.sign_in()
        ask = anna.page.get_by_role("button", name="Allow the microphone").or_(
            anna.page.get_by_role("button", name="Try again")
        )
        await ask.focus()
        await anna.press("Enter")
        await anna.sees("The microphone is blocked for this page")
        assert await anna.faults() == [], "what axe finds wrong with a blocked microphone"
        await anna.context.grant_permissions(["microphone"])
        await expect(anna.page.get_by_text("The microphone is blocked")).to_have_count(0)
        await provider.aclose()
        await anna.sees("Your telephone has no connection")
        again = Emulator(SID, TOKEN)
        again.api_key(KEY, SECRET)
        await closing.enter_async_context(serving(again, int(base.rpartition(":")[2])))
        await anna.page.get_by_text(IS_TELEPHONE).wait_for(state="attached")
        assert again.world.by_hand == {"client:anna"}
