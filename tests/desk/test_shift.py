"""A shift with mails, by keyboard alone: from signing in to the end of wrap-up."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.desk.browsing import person
from tests.desk.shift import with_answers
from tests.web.running import Running


async def test_a_whole_shift_with_mails_needs_no_mouse(web: Running, chromium: Browser) -> None:
    await with_answers(web)
    await web.account("anna", {"*": ["agent"]}, "anna")
    first = (await web.mail(entry="tech")).result
    second = (await web.mail("grace@example.org", sender_name="Grace Hopper", subject="Parcel")).result
    anna = await person(web, chromium)
    page = anna.page
    await anna.open()
    await anna.sign_in()
    await anna.sees("Your shift has not begun")
    await anna.press("p")
    await expect(page.get_by_role("menuitemradio", name="Ready")).to_be_focused()
    await anna.press("Enter")
    await page.get_by_role("button", name="Presence: Ready").wait_for()

    await web.offer(first["interaction_id"])
    await anna.sees("You have been free the longest")
    await anna.press("Control+Shift+A")
    await page.get_by_role("heading", name="Invoice 4711").wait_for()
    await anna.sees("The amount is wrong.")

    # she wrote to the mailbox whose customers are answered in French
    await page.get_by_role("complementary", name="Customer").get_by_role("heading", name="Ada Lovelace").wait_for()
    await anna.press("r")
    await page.keyboard.type("::ref")
    await page.get_by_role("option", name="A refund is on its way").wait_for()
    await anna.press("Enter")
    reply = page.get_by_role("textbox", name="Write to the customer")
    await expect(reply).to_have_value("Bonjour Ada Lovelace,\n\nnous avons remboursé la différence.\n\nAnna")
    await anna.press("Control+Enter")
    await anna.is_told("Sent.")
    await expect(reply).to_have_value("")

    await anna.press("Escape", "x")
    await page.keyboard.type("She was kind.")
    await anna.press("Control+Enter")
    await anna.is_told("Note saved.")

    await anna.press("Escape", "f")
    await anna.sees("Finish this contact")
    await anna.press("Enter")
    await page.get_by_role("form", name="Wrap-up").wait_for()
    await page.get_by_role("radio", name="answered").focus()
    await anna.press("Enter")
    await anna.sees("Nothing in hand")

    await web.offer(second["interaction_id"])
    await page.get_by_role("heading", name="Grace Hopper").wait_for()
    await anna.press("Control+Shift+A")
    await page.get_by_role("heading", name="Parcel").wait_for()
    await anna.press("t")
    await expect(page.get_by_role("combobox", name="Department")).to_be_focused()
    await page.keyboard.type("Tech")
    await anna.press("Tab", "Tab", "Tab", "Enter")
    await anna.sees("Handed over to Technical.")

    settled = await web.doors.log.read(types=["ticket.resolved.v1"])
    passed = await web.doors.log.read(types=["ticket.handed_over.v1"])
    wrapped = await web.doors.log.read(types=["interaction.wrap_up_completed.v1"])
    assert [one.event.ticket_id for one in settled] == [first["ticket_id"]]  # type: ignore[attr-defined]
    assert [one.event.department for one in passed] == ["technical"]  # type: ignore[attr-defined]
    assert [one.event.disposition for one in wrapped] == ["answered"]  # type: ignore[attr-defined]
    assert anna.complaints == []


async def test_a_person_gives_an_action_another_key_and_the_old_one_does_nothing(
    web: Running, chromium: Browser
) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    anna = await person(web, chromium)
    await anna.open("settings")
    await anna.sign_in()
    await anna.page.get_by_role("button", name="Go to Search: S. Change").focus()
    await anna.press("Enter", "g")
    await anna.page.get_by_role("button", name="Go to Search: G. Change").wait_for()
    await anna.press("s")
    assert anna.page.url.endswith("/settings")
    await anna.press("g")
    await anna.page.get_by_role("searchbox").wait_for()


async def test_the_palette_finds_an_action_by_a_part_of_its_words(web: Running, chromium: Browser) -> None:
    await web.account("anna", {"*": ["agent"]}, "anna")
    anna = await person(web, chromium, locale="fr-FR")
    await anna.open()
    await anna.page.get_by_label("Nom").fill("anna")
    await anna.page.get_by_label("Mot de passe", exact=True).fill("correct horse battery")
    await anna.press("Enter")
    await anna.sees("Votre service n’a pas commencé")
    await anna.press("Control+k")
    await anna.page.get_by_role("combobox").wait_for()
    await anna.page.keyboard.type("reglages")
    await anna.press("Enter")
    await anna.sees("Revenir aux touches habituelles")
