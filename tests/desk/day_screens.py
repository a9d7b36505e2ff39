"""The scripted day of tests/e2e by hand, on the pages that people have, each step a picture: `make day`.

Customers sit at the emulator's page, agents at the desk with a telephone beside it, mails are read in the outbox. The
pictures are docs/screens/day-*.webp; docs/day.md shows them. Whatever is not seen or heard where it should be ends it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import expect

from channels.twilio_emulator.serving import serving
from tests.desk.browsing import Person, browser, missing
from tests.desk.ringing import is_ready
from tests.desk.stage import FOLDER, Stage, Telephone, read_outbox
from tests.e2e.day import ADA, BOB, LINE, a_day, bounce

CARD = "4111 1111 1111 1111"


async def a_customer_is_promised_a_call(stage: Stage, anna: Person, ada: Telephone) -> None:
    page = anna.page
    await anna.press("n")
    await page.get_by_role("radio", name="Customer", exact=True).check()
    await page.get_by_label("Name").fill("Ada Lovelace")
    await page.get_by_label("Reached by").select_option("Customer number")
    await page.get_by_label("Address").fill("123456")
    await stage.picture(page, "a-customer-is-known-by-a-number")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("heading", name="Ada Lovelace").wait_for()
    await ada.presses("Dial")
    await ada.hears("Your customer number")
    await ada.keys("123456#")
    await ada.hears("Orders 1, office 2")
    await stage.picture(ada.page, "she-keys-her-number")
    await ada.keys("1")
    await ada.hears("Press 1 if we may record")
    await ada.keys("1")
    await ada.hears("Your place in the queue: 1.")
    await stage.picture(ada.page, "she-waits-and-hears-how-long")
    await ada.keys("1")
    await ada.hears("Press 1 and we call you back")
    await ada.keys("1")
    await ada.hears("We will call you back. Your place is kept.")
    await stage.until(ada.page.get_by_role("heading", name="(completed)"))
    await stage.picture(ada.page, "she-is-promised-a-call")
    await ada.presses("Answer by hand")


async def anna_calls_back(stage: Stage, anna: Person, ada: Telephone, annas: Telephone) -> None:
    await is_ready(anna)
    offer = anna.page.locator(".offer.channel-callback")
    await stage.until(offer)
    await stage.until(offer.get_by_text("Ada Lovelace"))
    await stage.picture(anna.page, "anna-is-offered-the-callback")
    await anna.press("Control+Shift+A")
    await anna.page.locator(".work-row").first.click()
    await stage.until(ada.page.get_by_role("button", name="Decline"))
    await stage.picture(ada.page, "her-telephone-rings")
    await ada.presses("Answer")
    await stage.together("client:anna", ADA)
    await annas.says("Good morning, you asked us to call")
    await ada.hears("Good morning, you asked us to call")
    await ada.says("I would like to pay for my raspberries")
    await annas.hears("I would like to pay")
    await stage.until(anna.page.get_by_text("Recording", exact=True))
    await stage.picture(anna.page, "anna-talks-to-her-and-it-is-recorded")


async def she_pays_by_card(stage: Stage, anna: Person, ada: Telephone, annas: Telephone) -> None:
    await anna.page.get_by_role("button", name="Pause recording").click()
    await stage.until(anna.page.get_by_text("Recording paused"))
    await stage.until(ada.page.get_by_text("What is recorded of it (paused)"))
    await stage.picture(anna.page, "anna-pauses-the-recording")
    await ada.says(CARD)
    await annas.hears(CARD)
    await anna.page.get_by_role("button", name="Resume recording").click()
    await stage.until(ada.page.get_by_text("What is recorded of it (in-progress)"))
    assert "4111" not in await ada.page.locator(".recorded").inner_text(), "the card was recorded"
    await ada.page.locator(".recorded").scroll_into_view_if_needed()
    await stage.picture(ada.page, "the-card-is-in-no-recording")
    await anna.press("Control+Shift+H")
    await stage.until(anna.page.get_by_text("On hold: the customer hears music."))
    await ada.hears("hold music")
    await stage.picture(anna.page, "anna-holds-her")
    await anna.press("Control+Shift+H")
    await stage.until(anna.page.get_by_text("In conversation"))
    await stage.together("client:anna", ADA)
    await annas.says("Thank you for holding")
    await ada.hears("Thank you for holding")


async def boris_takes_over(
    stage: Stage, anna: Person, boris: Person, ada: Telephone, annas: Telephone, boriss: Telephone
) -> None:
    await anna.press("c")
    await stage.until(anna.page.get_by_role("dialog"))
    await anna.page.get_by_role("dialog").locator("select").select_option("Boris")
    await anna.page.get_by_role("dialog").locator("button[type=submit]").click()
    await stage.until(anna.page.get_by_text("consulted"))
    await stage.together("client:anna", "client:boris")
    await stage.until(boris.page.locator(".work-row").get_by_text("You are consulted"))
    assert await boris.page.locator(".offer").count() == 0, "there is nothing to accept"
    await annas.says("A customer who has paid already. May I hand her over to you?")
    await boriss.hears("May I hand her over to you?")
    await boriss.says("Yes, gladly")
    await annas.hears("Yes, gladly")
    await stage.picture(anna.page, "anna-consults-boris")
    await stage.picture(boriss.page, "boris-hears-anna-alone")
    assert await ada.page.get_by_text("hand her over").count() == 0, "the customer heard what was not for her"
    await anna.press("h")
    await stage.until(boris.page.get_by_text("Nothing in hand").or_(boris.page.locator(".work-row")))
    await stage.together("client:boris", ADA)
    await boriss.says("Boris speaking, how can I help?")
    await ada.hears("Boris speaking, how can I help?")
    await ada.says("Two kilos of raspberries, please")
    await boriss.hears("Two kilos of raspberries, please")
    await stage.until(boris.page.locator(".work-row"))
    await boris.page.locator(".work-row").first.click()
    await stage.until(boris.page.get_by_text("In conversation"))
    await stage.picture(boris.page, "boris-has-taken-over")
    await stage.picture(ada.page, "all-that-she-heard")
    await ada.presses("Hang up")
    await stage.until(boris.page.get_by_text("Nothing in hand"))


async def bob_stops_texts(stage: Stage, anna: Person) -> None:
    bob = await stage.telephone(BOB)
    await bob.page.get_by_label("Text", exact=True).fill("STOP")
    await bob.presses("Send")
    await stage.until(bob.page.locator("#heard").get_by_text(f"from {LINE}"))
    await stage.picture(bob.page, "a-customer-texts-stop")
    await anna.press("s")
    await anna.page.get_by_role("searchbox").fill(BOB)
    await anna.page.locator(".result").first.click()
    await stage.until(anna.page.get_by_role("complementary", name="Customer").get_by_text("withdrawn"))
    await stage.picture(anna.page, "the-desk-knows-it")


async def a_mail_comes_back(stage: Stage, anna: Person, reader: Person) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Joe <joe@gone.example>", "help@raspberries.example", "Sour raspberries"
    mail.set_content("They are sour. Please take them back.")
    await stage.day.mail("joe@gone.example", "help@raspberries.example", mail.as_string())
    back, receipt = await stage.day.mailed("joe@gone.example")
    await reader.page.goto(stage.outbox)
    await stage.picture(reader.page, "the-outbox")
    await reader.page.get_by_role("link", name="Sour raspberries").first.click()
    await reader.page.frame_locator("iframe.letter").locator("body").wait_for()
    await stage.picture(reader.page, "joe-is-sent-a-receipt")
    await anna.open("work")
    offer = anna.page.locator(".offer.channel-email")
    await stage.until(offer)
    await anna.press("Control+Shift+A")
    await anna.page.locator(".work-row").first.click()
    await stage.until(anna.page.get_by_role("log").get_by_text("They are sour."))
    await stage.day.mail("", back, bounce(back, receipt))
    await stage.until(anna.page.get_by_role("log").get_by_text("Mail came back"))
    await stage.picture(anna.page, "the-receipt-came-back")


async def sue_listens(stage: Stage, sue: Person) -> None:
    page = sue.page
    await sue.open("search")
    await page.get_by_role("searchbox").fill("Ada Lovelace")
    await page.get_by_role("link", name="Ada Lovelace").click()
    await stage.until(page.get_by_role("button", name="Listen: Conversation with Anna"))
    await stage.until(page.get_by_role("button", name="Listen: Conversation with Boris"))
    await page.get_by_role("button", name="Listen: Conversation with Anna").click()
    await expect(page.locator("audio")).to_have_js_property("readyState", 4)
    await stage.picture(page, "a-supervisor-listens")


async def the_whole_day(stage: Stage) -> None:
    anna, ada = await stage.desk("anna"), await stage.telephone(ADA)
    await a_customer_is_promised_a_call(stage, anna, ada)
    annas, boriss = await stage.telephone("client:anna"), await stage.telephone("client:boris")
    await anna_calls_back(stage, anna, ada, annas)
    await she_pays_by_card(stage, anna, ada, annas)
    boris = await stage.desk("boris")
    await boris_takes_over(stage, anna, boris, ada, annas, boriss)
    await bob_stops_texts(stage, anna)
    sue = await stage.desk("sue")
    await a_mail_comes_back(stage, anna, sue)
    await sue_listens(stage, sue)
    assert [one.complaints for one in stage.everybody if one.complaints] == [], "browsers complained"


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("day-*.webp"):
        old.unlink()
    with TemporaryDirectory() as data:
        async with browser() as opened, a_day(Path(data)) as day, AsyncExitStack() as closing:
            telephones = await closing.enter_async_context(serving(day.emulator))
            stage = Stage(day, opened, closing, telephones, await read_outbox(day, closing))
            try:
                await the_whole_day(stage)
            except BaseException:
                print(f"how the pages stood is in {await stage.as_it_stands()}", file=sys.stderr)
                raise
    print(f"{stage.taken} pictures are in {FOLDER}")


if __name__ == "__main__":
    if what := missing():
        sys.exit(what)
    asyncio.run(main())
