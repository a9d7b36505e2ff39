"""The customer beside the work: what an agent adds shows at once; two records become one and two again."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from domain.customer.events import CustomersMerged, CustomersUnmerged
from tests.desk.browsing import Person
from tests.desk.shift import customer, with_telephone
from tests.desk.test_connection import at_work
from tests.web.running import Running


async def adds(anna: Person, label: str, **fields: str) -> None:
    """Fill a small form of the card by keyboard."""
    await anna.page.get_by_role("button", name=label).focus()
    await anna.press("Enter")
    for name, value in fields.items():
        await anna.page.locator(f".card [name={name}]").fill(value)
    await anna.press("Enter")
    await anna.is_told("Saved.")


async def test_what_an_agent_adds_to_a_customer_shows_at_once(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    card = anna.page.get_by_role("complementary", name="Customer")
    await adds(anna, "Add a fact", name="meter_number", value="88-2041 🔌")
    await card.get_by_text("88-2041 🔌").wait_for()
    await adds(anna, "Say who it is", name="سلمى Lovelace")
    await card.get_by_role("heading", name="سلمى Lovelace").wait_for()
    await card.get_by_text("Not identified yet").wait_for(state="detached")
    await anna.page.get_by_role("button", name="Add a fact").click()
    await anna.page.locator(".card [name=name]").fill("Meter number")
    await anna.page.locator(".card [name=value]").fill("x")
    await anna.press("Enter")
    # the browser says what is wrong with it, and nothing was sent
    assert await anna.page.locator(".card input:invalid").count() == 1
    assert len(await web.doors.log.read(types=["customer.fact_recorded.v1"])) == 1
    assert anna.complaints == []


async def test_two_records_are_merged_after_a_look_and_separated_again(web: Running, chromium: Browser) -> None:
    anna, _ = await at_work(web, chromium)
    other = await customer(web, "ada@elsewhere.example", "Ada King", tariff="green")
    await with_telephone(web, other)
    card = anna.page.get_by_role("complementary", name="Customer")
    await card.get_by_role("button", name="Merge…").focus()
    await anna.press("Enter")
    await anna.page.keyboard.type("king")
    await anna.page.get_by_role("dialog").get_by_role("button", name="Ada King").click()
    await anna.sees("Afterwards, this customer has")
    await anna.page.get_by_role("dialog").get_by_text("+48601234567").first.wait_for()
    assert await web.doors.log.read(types=[CustomersMerged.wire]) == [], "a look changes nothing"
    await anna.page.get_by_role("button", name="Merge them").click()
    await anna.is_told("Merged.")
    await anna.page.get_by_role("dialog").wait_for(state="detached")
    await card.get_by_text("+48601234567").wait_for()
    await card.get_by_text("green").wait_for()
    await card.get_by_role("button", name="Separate").focus()
    await anna.press("Enter")
    dialog = anna.page.get_by_role("dialog", name="Separate two customers")
    await dialog.get_by_text("The other one gets back").wait_for()
    await expect(dialog.locator(".facet").last).to_contain_text("+48601234567")
    await expect(dialog.locator(".facet").nth(1)).not_to_contain_text("+48601234567")
    assert await anna.faults() == []
    assert await web.doors.log.read(types=[CustomersUnmerged.wire]) == [], "a look changes nothing"
    await dialog.get_by_role("button", name="Separate them").click()
    await anna.is_told("Separated again.")
    await card.get_by_text("+48601234567").wait_for(state="detached")
    await card.get_by_text("green").wait_for(state="detached")
    assert anna.complaints == []
