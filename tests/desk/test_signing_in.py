"""Signing in, and the list of work, in a real browser."""

from __future__ import annotations

from playwright.async_api import Browser

from tests.desk.browsing import person
from tests.web.running import Running


async def test_an_agent_signs_in_by_keyboard_and_sees_the_work_in_hand(web: Running, chromium: Browser) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    came = (await web.mail()).result
    somebody = await person(web, chromium)
    await somebody.open()
    await somebody.sign_in()
    await somebody.sees("Your shift has not begun")
    agent = await web.agent("boris")
    assert (await agent.get("/api/desk")).status_code == 200
    await somebody.press("p")
    await somebody.page.get_by_role("menuitemradio", name="Ready").wait_for()
    await somebody.press("Enter")
    await somebody.page.get_by_role("button", name="Presence: Ready").wait_for()
    await web.offer(came["interaction_id"])
    await somebody.page.get_by_role("heading", name="Ada Lovelace").wait_for()
    await somebody.press("Control+Shift+A")
    row = somebody.page.get_by_role("link", name="Ada Lovelace")
    await row.wait_for()
    assert "Invoice 4711" in await row.inner_text()
    assert somebody.complaints == []


async def test_a_wrong_password_is_told_without_saying_what_was_wrong(web: Running, chromium: Browser) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    somebody = await person(web, chromium, locale="fr-FR")
    await somebody.open()
    await somebody.page.get_by_label("Nom").fill("anna")
    await somebody.page.get_by_label("Mot de passe", exact=True).fill("a wrong password")
    await somebody.press("Enter")
    await somebody.sees("Le nom ou le mot de passe est incorrect.")
