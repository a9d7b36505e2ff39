"""Reloading, a dead network, two windows, an ended session: nothing that was written is lost."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, Route, expect

from domain.belonging import Referred
from tests.desk.browsing import Person, person
from tests.desk.screens import accepted
from tests.web.running import PROJECT, Running, until
from web.access import read_grants


async def at_work(web: Running, chromium: Browser) -> tuple[Person, dict[str, str]]:
    """Anna with one mail in hand, open in front of her."""
    agent = await web.agent()
    came = dict((await web.mail()).result)
    came["work_id"] = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{came['work_id']}")
    await anna.sign_in()
    await anna.sees("The amount is wrong.")
    return anna, came


async def sent(web: Running) -> list[str]:
    recorded = await web.doors.log.read(types=["interaction.message_sent.v1"])
    return [web.doors.opener(one.event).text for one in recorded]  # type: ignore[attr-defined]


async def test_a_draft_survives_a_reload_and_is_there_on_another_screen(web: Running, chromium: Browser) -> None:
    anna, came = await at_work(web, chromium)
    await anna.press("r")
    await anna.page.keyboard.type("Dear Ada, half a")
    await anna.sees("Draft saved")
    await anna.page.reload()
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    await expect(field).to_have_value("Dear Ada, half a")
    elsewhere = await person(web, chromium)
    await elsewhere.open(f"work/{came['work_id']}")
    await elsewhere.sign_in()
    other = elsewhere.page.get_by_role("textbox", name="Write to the customer")
    await expect(other).to_have_value("Dear Ada, half a")
    await other.fill("Dear Ada, from the other screen")
    await elsewhere.sees("Draft saved")
    await field.fill("Dear Ada, from this one")
    await anna.sees("This draft was changed in another window.")
    await anna.page.get_by_role("button", name="Use that one").click()
    await expect(field).to_have_value("Dear Ada, from the other screen")


async def test_what_is_sent_without_a_network_goes_out_once_when_it_is_back(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    await anna.press("r")
    await anna.page.keyboard.type("Dear Ada, done.")
    await anna.context.set_offline(True)
    await anna.press("Control+Enter")
    await anna.sees("1 message waits to be sent.")
    assert await sent(web) == []
    await anna.context.set_offline(False)
    await anna.is_told("Sent.")
    assert await sent(web) == ["Dear Ada, done."]
    await expect(anna.page.get_by_text("1 message waits to be sent.")).to_have_count(0)


async def test_what_waits_to_be_sent_survives_a_reload(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    await anna.press("x")
    await anna.page.keyboard.type("Kept over a reload.")
    await anna.page.route("**/notes", lambda route: route.abort())
    await anna.press("Control+Enter")
    await anna.sees("1 message waits to be sent.")
    await anna.page.unroute("**/notes")
    await anna.page.reload()

    async def noted() -> bool:
        return len(await web.doors.log.read(types=["interaction.note_added.v1"])) == 1

    await until(noted)


async def test_what_one_person_left_waiting_never_goes_out_in_anothers_name(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    await web.account("boris", {"*": ["agent"]}, "boris")
    await anna.press("x")
    await anna.page.keyboard.type("Said by Anna.")
    await anna.page.route("**/notes", lambda route: route.abort())
    await anna.press("Control+Enter")
    await anna.sees("1 message waits to be sent.")
    await anna.context.clear_cookies()
    await anna.page.unroute("**/notes")
    await anna.open()
    await anna.sign_in("boris")
    await anna.sees("Your shift has not begun")
    await anna.press("p")
    await anna.page.get_by_role("menuitemradio", name="Ready").wait_for()
    await anna.press("Enter")
    await anna.page.get_by_role("button", name="Presence: Ready").wait_for()
    # what waits goes out in order: Anna's note would have been on record before Boris was ready
    assert await web.doors.log.read(types=["interaction.note_added.v1"]) == []


async def test_a_customer_who_writes_meanwhile_is_read_before_the_reply_goes_out(
    web: Running, chromium: Browser
) -> None:
    anna, came = await at_work(web, chromium)
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    async with anna.page.expect_response(lambda response: response.url.endswith("/drafts/reply") and response.ok):
        await field.fill("Dear Ada, the amount is right.")
    await web.mail(text="Sorry, I misread it.", refers=Referred(ticket_id=came["ticket_id"]))
    await anna.press("Control+Enter")
    await anna.sees("Something was written here meanwhile")
    assert await sent(web) == []
    await anna.page.get_by_role("button", name="Change my reply").click()
    await field.fill("Dear Ada, gladly.")
    await anna.press("Control+Enter")
    await anna.is_told("Sent.")
    assert await sent(web) == ["Dear Ada, gladly."]


async def test_an_ended_session_is_signed_in_again_over_what_was_being_written(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    typed = asyncio.Event()

    async def once_typed(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    # nothing goes to the server while there is typing: what is typed once the dialog has come goes to the dialog
    await anna.page.route("**/api/**", once_typed)
    await anna.press("r")
    await anna.page.keyboard.type("Dear Ada, a long letter.")
    await anna.context.clear_cookies()
    typed.set()
    await anna.sees("Your session has ended.")
    await anna.page.get_by_label("Password", exact=True).fill("correct horse battery")
    await anna.press("Enter")
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    await expect(anna.page.get_by_text("Your session has ended.")).to_have_count(0)
    await expect(field).to_have_value("Dear Ada, a long letter.")
    await field.press("Control+Enter")
    await anna.is_told("Sent.")
    assert await sent(web) == ["Dear Ada, a long letter."]


async def test_a_restarted_server_is_found_again_and_nothing_of_the_time_between_is_missed(
    web: Running, chromium: Browser
) -> None:
    anna, came = await at_work(web, chromium)
    await anna.press("x")
    await anna.page.keyboard.type("Written while nobody served.")
    await web.stop()
    await anna.sees("No connection; trying again.")
    await anna.press("Control+Enter")
    await anna.sees("1 message waits to be sent.")
    await web.mail(text="Sent while nobody served.", refers=Referred(ticket_id=came["ticket_id"]))
    await web.start()
    await anna.sees("Sent while nobody served.")
    await anna.is_told("Note saved.")
    await expect(anna.page.get_by_text("No connection; trying again.")).to_have_count(0)
    assert len(await web.doors.log.read(types=["interaction.note_added.v1"])) == 1
    assert anna.complaints == []


async def test_who_has_lost_the_role_is_told_so_and_keeps_what_was_written(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    await anna.press("r")
    await anna.page.keyboard.type("Dear Ada, a last word.")
    account = await web.accounts.find("anna")
    assert account is not None
    await web.accounts.set_grants(account.account_id, read_grants({PROJECT: ["client"]}))
    await anna.press("Control+Enter")
    await anna.page.locator(".toast.bad").first.wait_for()
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    await expect(field).to_have_value("Dear Ada, a last word.")
    assert await sent(web) == []
    await anna.page.reload()
    await anna.page.get_by_role("link", name="Settings").wait_for()
    await expect(anna.page.get_by_role("link", name="Work")).to_have_count(0)
    await expect(field).to_have_count(0)


async def test_two_tabs_share_one_stream_and_both_see_what_happens(web: Running, chromium: Browser) -> None:
    anna, came = await at_work(web, chromium)
    second = await anna.context.new_page()
    await second.goto(f"{web.url}/desk/work/{came['work_id']}")
    await second.get_by_text("The amount is wrong.").wait_for()
    live = web.app.state.live
    await until(lambda: live.connected == 1)
    path = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/notes"
    boris = await web.client("boris", {"*": ["agent"]}, "boris")
    assert (await boris.post(path, json={"text": "I know this one."})).status_code == 200
    for page in (anna.page, second):
        await page.get_by_text("I know this one.").wait_for()
    assert live.connected == 1


async def test_a_colleague_who_writes_on_the_same_ticket_is_named(web: Running, chromium: Browser) -> None:
    anna, came = await at_work(web, chromium)
    boris = await web.client("boris", {"*": ["agent"]}, "boris")
    path = f"/api/projects/{PROJECT}/tickets/{came['ticket_id']}/presence"
    assert (await boris.put(path, json={"writing": True})).json() == {
        "others": [{"name": "Anna", "agent_id": "anna", "writing": False}]
    }
    await anna.sees("Boris is writing here too.")
