"""A reply by mail or by text, as the customer can be reached; what a text costs stands beside it."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from domain.customer.decide import SetConsent
from domain.delivery.events import NotificationRequested
from tests.desk.browsing import Person, person
from tests.desk.screens import accepted
from tests.desk.shift import with_answers, with_telephone
from tests.web.running import Running

NUMBER = "+48601234567"


async def writing(web: Running, chromium: Browser) -> tuple[Person, str]:
    """Anna with a mail of somebody whose telephone is known; the customer's id."""
    await with_answers(web)
    agent = await web.agent()
    came = (await web.mail()).result
    await with_telephone(web, came["customer_id"], NUMBER)
    work_id = await accepted(web, agent, came["interaction_id"])
    anna = await person(web, chromium)
    await anna.open(f"work/{work_id}")
    await anna.sign_in()
    await anna.page.get_by_role("button", name="By text").wait_for()
    return anna, came["customer_id"]


async def sent(web: Running) -> list[tuple[str, str, str]]:
    recorded = await web.doors.log.read(types=[NotificationRequested.wire])
    letters = [web.doors.opener(one.event) for one in recorded]
    return [(one.channel, one.to, one.body) for one in letters if one.kind == "reply"]  # type: ignore[attr-defined]


async def test_what_a_text_costs_is_shown_while_it_is_written_and_it_goes_by_text(
    web: Running, chromium: Browser
) -> None:
    anna, _ = await writing(web, chromium)
    await anna.press("y")
    await expect(anna.page.get_by_role("button", name="By text")).to_have_attribute("aria-pressed", "true")
    await anna.page.keyboard.type("Dear Ada – it is on its way, and " + "very " * 8 + "soon.")
    await anna.sees("2 texts")
    await anna.sees("– cost more room.")
    await anna.page.get_by_role("button", name="Write it plainly: 1 text").click()
    await anna.sees("1 text")
    await anna.page.get_by_role("textbox", name="Write to the customer").press("Control+Enter")
    await anna.is_told("Sent.")
    assert await sent(web) == [("sms", NUMBER, "Dear Ada - it is on its way, and " + "very " * 8 + "soon.")]
    assert anna.complaints == []


async def test_a_text_that_is_too_long_goes_by_mail_instead(web: Running, chromium: Browser) -> None:
    anna, _ = await writing(web, chromium)
    await anna.page.get_by_role("button", name="By text").click()
    field = anna.page.get_by_role("textbox", name="Write to the customer")
    await field.fill("x" * 1_601)
    await anna.sees("Too long by 1 character.")
    await expect(anna.page.get_by_role("button", name="Send")).to_be_disabled()
    await anna.page.get_by_role("button", name="By mail").click()
    await field.press("Control+Enter")
    await anna.is_told("Sent.")
    assert await sent(web) == [("email", "ada@example.org", "x" * 1_601)]


async def test_who_wants_no_texts_is_offered_none(web: Running, chromium: Browser) -> None:
    anna, customer_id = await writing(web, chromium)
    await web.execute(SetConsent(customer_id=customer_id, purpose="texts", given=False))
    await anna.page.get_by_role("button", name="By text").wait_for(state="detached")
    await anna.press("r")
    await anna.page.keyboard.type("Dear Ada")
    await anna.press("Control+Enter")
    await anna.is_told("Sent.")
    assert await sent(web) == [("email", "ada@example.org", "Dear Ada")]
