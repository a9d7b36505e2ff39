"""A word from one desk to others: seen at once on whatever page they are, and kept to be read."""

from __future__ import annotations

from playwright.async_api import Browser, Route, expect

from tests.desk.browsing import Person, person
from tests.desk.floor import leading
from tests.web.running import Running


async def write(author: Person, to: str, words: str) -> None:
    await author.page.get_by_label("To").select_option(to)
    await author.page.get_by_label("Message", exact=True).fill(words)
    await author.page.get_by_role("button", name="Send").press("Enter")


async def test_a_supervisor_writes_to_a_team_and_to_a_person_and_they_answer(web: Running, chromium: Browser) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    anna = await person(web, chromium)
    await anna.open()
    await anna.sign_in()
    await anna.sees("Your shift has not begun")
    sue = await leading(web, chromium, "messages")
    await write(sue, "Paris", "Ten minutes until the drill 🔔")
    await sue.is_told("Message sent.")
    await anna.is_told("sue: Ten minutes until the drill 🔔")
    await expect(anna.page.get_by_role("link", name="Messages")).to_contain_text("1")
    await write(sue, "Anna", "Please take the stairs")
    await expect(anna.page.get_by_role("link", name="Messages")).to_contain_text("2")
    await anna.page.get_by_role("link", name="Messages").press("Enter")
    listed = anna.page.locator(".message-text")
    await expect(listed).to_have_text(["Please take the stairs", "Ten minutes until the drill 🔔"])
    await expect(anna.page.get_by_role("link", name="Messages")).to_have_text("Messages")
    await expect(anna.page.get_by_label("To").locator("option").filter(has_text="Everybody")).to_have_count(0)
    await anna.page.get_by_role("button", name="Answer sue").first.press("Enter")
    await expect(anna.page.get_by_label("To").locator("option:checked")).to_have_text("sue")
    await anna.page.get_by_label("Message", exact=True).fill("Will do")
    await anna.page.get_by_role("button", name="Send").press("Enter")
    await sue.page.locator(".message-text").get_by_text("Will do").wait_for()
    assert await anna.faults() == []
    await anna.page.reload()
    await expect(listed).to_have_count(3)
    await expect(anna.page.get_by_role("link", name="Messages")).to_have_text("Messages")
    assert anna.complaints == sue.complaints == []


async def test_messages_are_heard_of_though_the_server_was_away_when_what_hears_of_them_was_to_be_loaded(
    web: Running, chromium: Browser
) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    anna = await person(web, chromium)
    asked = 0

    async def away_at_first(route: Route) -> None:
        nonlocal asked
        asked += 1
        await (route.abort("connectionrefused") if asked == 1 else route.continue_())

    await anna.page.route("**/assets/arriving-*.js", away_at_first)
    await anna.open()
    await anna.sign_in()
    await anna.sees("Your shift has not begun")
    sue = await leading(web, chromium, "messages")
    await write(sue, "Anna", "Please take the stairs")
    await expect(anna.page.get_by_role("link", name="Messages")).to_contain_text("1")
    assert asked > 1
    assert anna.complaints == []
