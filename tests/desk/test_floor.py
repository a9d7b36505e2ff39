"""The floor as those who lead it act on it: states, work, calls."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, expect

from domain.agent.events import AgentBecameNotReady, AgentSignedOut, ChannelPaused, ChannelResumed
from domain.interaction.call_events import PartyJoined
from domain.interaction.events import InteractionTransferred
from tests.desk.browsing import person
from tests.desk.floor import leading, ready, watched
from tests.desk.screens import accepted
from tests.web.running import Running
from tests.web.test_calls import talking


async def recorded(web: Running, *kinds: Any) -> list[Any]:
    return [one.event for one in await web.doors.log.read(types=[kind.wire for kind in kinds])]


async def test_a_supervisor_forces_a_state_with_a_reason_by_keyboard(web: Running, chromium: Browser) -> None:
    await ready(web, "anna")
    sue = await leading(web, chromium, "floor")
    row = sue.page.get_by_role("row", name="Anna")
    await expect(row).to_contain_text("Ready")
    await row.get_by_role("button", name="What to do about Anna").press("Enter")
    await expect(sue.page.get_by_role("menuitem", name="Set not ready")).to_be_focused()
    await sue.press("Enter")
    await expect(sue.page.get_by_role("textbox", name="Reason")).to_be_focused()
    await sue.page.keyboard.type("fire drill")
    await sue.press("Enter")
    await sue.is_told("Done.")
    await expect(row).to_contain_text("Not ready · fire drill")
    (event,) = await recorded(web, AgentBecameNotReady)
    assert (event.agent_id, event.reason) == ("anna", "fire drill")
    await row.get_by_role("button", name="What to do about Anna").press("Enter")
    await sue.page.get_by_role("menuitem", name="Sign out").press("Enter")
    await sue.page.get_by_role("textbox", name="Reason").fill("gone home")
    await sue.press("Enter")
    await expect(row).to_contain_text("Off shift")
    assert [one.reason for one in await recorded(web, AgentSignedOut)] == ["gone home"]
    assert sue.complaints == []


async def test_an_agent_pauses_one_channel_and_the_floor_says_so_and_has_it_taken_again(
    web: Running, chromium: Browser
) -> None:
    await web.agent("anna")
    anna = await person(web, chromium)
    await anna.open()
    await anna.sign_in()
    await anna.page.get_by_role("button", name="E-mail: 0 of").press("Enter")
    await anna.page.get_by_role("menuitemradio", name="Pause E-mail: Equipment trouble").press("Enter")
    await anna.page.get_by_role("button", name="E-mail: paused, Equipment trouble").wait_for()
    assert await anna.faults() == []
    sue = await leading(web, chromium, "floor")
    row = sue.page.get_by_role("row", name="Anna")
    await expect(row).to_contain_text("without E-mail: Equipment trouble")
    await row.get_by_role("button", name="What to do about Anna").press("Enter")
    await sue.page.get_by_role("menuitem", name="Pause or resume a channel").press("Enter")
    dialog = sue.page.get_by_role("dialog", name="Pause or resume a channel: Anna")
    await dialog.get_by_label("Channel").select_option("email")
    await dialog.get_by_label("Reason").fill("it works again")
    assert await sue.faults() == []
    await sue.press("Enter")
    await sue.is_told("Done.")
    await anna.page.get_by_role("button", name="E-mail: 0 of").wait_for()
    assert [one.reason for one in await recorded(web, ChannelPaused, ChannelResumed)] == ["equipment", "it works again"]
    assert (anna.complaints, sue.complaints) == ([], [])


async def test_work_is_taken_from_an_agent_and_given_to_a_queue(web: Running, chromium: Browser) -> None:
    agent = await web.agent("anna")
    came = (await web.mail()).result
    await accepted(web, agent, came["interaction_id"])
    sue = await leading(web, chromium, "floor")
    await sue.page.get_by_role("button", name="Anna", exact=True).press("Enter")
    await sue.sees("Invoice 4711")
    await sue.page.get_by_role("button", name="Reassign: Invoice 4711").press("Enter")
    dialog = sue.page.get_by_role("dialog", name="Give this work to others")
    await dialog.get_by_role("combobox").select_option("Technical")
    await dialog.get_by_label("Reason").fill("Anna goes home")
    await sue.press("Enter")
    await sue.is_told("Reassigned.")
    (moved,) = await recorded(web, InteractionTransferred)
    assert (moved.queue, moved.reason) == ("technical", "Anna goes home")
    waiting = sue.page.get_by_role("region", name="What waits")
    await waiting.get_by_role("button", name="Technical").press("Enter")
    await expect(waiting.get_by_role("row").nth(1)).to_contain_text("E-mail")
    assert sue.complaints == []


async def test_a_supervisor_listens_to_a_call_whispers_and_leaves(web: Running, chromium: Browser) -> None:
    await talking(web)
    await web.account("clara", {"*": ["supervisor"]}, "clara")
    clara = await person(web, chromium)
    await clara.open("floor")
    await clara.sign_in("clara")
    await clara.page.get_by_role("button", name="Anna", exact=True).press("Enter")
    call = clara.page.get_by_role("group", name="The call of Anna")
    await call.get_by_role("button", name="Listen").press("Enter")
    await clara.is_told("Your telephone rings: answer it to be in the call.")
    await expect(call.get_by_role("button", name="Listen")).to_have_attribute("aria-pressed", "true")
    await call.get_by_role("button", name="Whisper").press("Enter")
    await expect(call.get_by_role("button", name="Whisper")).to_have_attribute("aria-pressed", "true")
    assert await clara.faults() == []
    await call.get_by_role("button", name="Leave the call").press("Enter")
    await expect(call.get_by_role("button", name="Leave the call")).to_have_count(0)
    assert [one.hearing for one in await recorded(web, PartyJoined)] == ["listens", "whispers"]
    assert clara.complaints == []


async def test_people_are_found_by_name_site_and_state(web: Running, chromium: Browser) -> None:
    await ready(web, "boris")
    sue = await leading(web, chromium, "floor")
    names = sue.page.get_by_role("region", name="People").first.get_by_role("rowheader")
    await expect(names).to_have_text(["Boris", "Anna", "Clara"])
    await sue.page.get_by_placeholder("Find by name").fill("CLÁ")
    await expect(names).to_have_text(["Clara"])
    await sue.page.get_by_placeholder("Find by name").fill("")
    await sue.page.get_by_label("State").select_option("Ready")
    await expect(names).to_have_text(["Boris"])
    await sue.page.get_by_label("Site").select_option("Warsaw")
    await sue.sees("Nobody matches.")


async def test_a_refusal_is_told_in_the_servers_words_and_changes_nothing(web: Running, chromium: Browser) -> None:
    await ready(web, "anna")
    sue = await leading(web, chromium, "floor")
    row = sue.page.get_by_role("row", name="Anna")
    await row.get_by_role("button", name="What to do about Anna").press("Enter")
    await sue.page.get_by_role("menuitem", name="Set not ready").press("Enter")
    await sue.page.route("**/force-not-ready", lambda route: route.fulfill(status=409, json={"detail": "not just now"}))
    await sue.page.get_by_role("textbox", name="Reason").fill("lunch")
    await sue.press("Enter")
    await sue.is_told("not just now")
    await expect(sue.page.get_by_role("dialog")).to_be_visible()
    assert await recorded(web, AgentBecameNotReady) == []


async def test_the_floor_is_usable_at_the_width_of_a_phone(web: Running, chromium: Browser) -> None:
    await watched(web)
    await web.mail()
    await ready(web, "anna")
    sue = await leading(web, chromium, "wallboard", viewport={"width": 390, "height": 844})
    for place, seen in (("wallboard", "Service level"), ("floor", "What waits"), ("messages", "Write a message")):
        await sue.open(place)
        await sue.sees(seen)
        wide = await sue.page.evaluate("document.scrollingElement.scrollWidth > innerWidth")
        assert not wide, f"{place} is wider than the screen"
        assert await sue.faults() == [], place
    await sue.open("floor")
    row = sue.page.get_by_role("row", name="Anna")
    await row.get_by_role("button", name="What to do about Anna").click()
    await sue.page.get_by_role("menuitem", name="Set not ready").click()
    await sue.page.get_by_role("textbox", name="Reason").fill("lunch")
    await sue.page.get_by_role("button", name="Do it").click()
    await expect(row).to_contain_text("Not ready · Lunch")
