"""Pictures of every page of the desk, in light and in dark, as docs/tour.md shows them: `make screens`.

A real centre, a real browser, one agent's morning; nothing on the pictures is drawn by hand.
"""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, expect

from domain.customer.decide import RecordFact
from domain.interaction.work import AddNote
from domain.ticket.decide import RateService
from tests.desk.browsing import Person, browser, missing, person
from tests.desk.call_screens import call_pictures, telephone_pictures
from tests.desk.customer_screens import customer_pictures
from tests.desk.demo_screens import demo_pictures
from tests.desk.floor import leading, two_sites, watched
from tests.desk.shift import customer, html_mail, with_answers, with_room, with_telephone
from tests.web.running import PROJECT, Client, Running, running

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
Scheme = Literal["light", "dark"]
LETTERS = (
    (
        "grace@example.org",
        "Grace Hopper",
        "Delivery to the new address",
        "We have moved. Please send parcel 88-2041 to Rue du Port 12.",
    ),
    ("zoe@example.org", "Zoë Müller 🌷", "Rückfrage zur Rechnung", "Guten Tag, warum sind es diesmal zwei Posten?"),
    ("salma@example.org", "سلمى الخطيب", "طلب رقم 5512", "لم يصل الطلب بعد. متى يصل؟"),
)


@dataclass
class Morning:
    """What there is to see: the work in Anna's hands and the ticket of the first letter."""

    ticket_id: str
    customer_id: str
    ringing: str


async def accepted(web: Running, agent: Client, interaction_id: str) -> str:
    work_id = await web.offer(interaction_id)
    path = f"/api/projects/{PROJECT}/interactions/{interaction_id}/legs/1/offers/{work_id}/accept"
    answer = await agent.post(path)
    assert answer.status_code == 200, answer.text
    return work_id


async def morning(web: Running) -> Morning:
    """Anna has two mails in hand, a third rings; the first customer is known well."""
    await with_answers(web)
    await with_room(web)
    agent = await web.agent("anna")
    first = await html_mail(web)
    for name, value in (("contract", "E-20418"), ("household", "2 adults, 1 child"), ("tariff", "Green 24")):
        fact = RecordFact(customer_id=first["customer_id"], name=name, value=value, source="import")
        await web.execute(fact)
    await with_telephone(web, first["customer_id"])
    path = f"/api/projects/{PROJECT}/interactions/{first['interaction_id']}"
    await accepted(web, agent, first["interaction_id"])
    await agent.post(
        f"{path}/legs/1/reply", json={"text": "Dear Ada,\n\nthank you; I am looking into it at once.\n\nAnna"}
    )
    await web.execute(
        AddNote(
            interaction_id=first["interaction_id"],
            author="boris",
            text="Second time this year: check the meter reading.",
        )
    )
    for address, name, subject, text in LETTERS:
        await customer(web, address, name)
        came = (await web.mail(address, sender_name=name, subject=subject, text=text)).result
        if address == LETTERS[0][0]:
            await accepted(web, agent, came["interaction_id"])
    return Morning(first["ticket_id"], first["customer_id"], came["interaction_id"])


async def shot(somebody: Person, name: str, scheme: Scheme) -> None:
    await somebody.page.screenshot(path=FOLDER / f"desk-{name}-{scheme}.png", animations="disabled")


async def pictures(web: Running, opened: Browser, scheme: Scheme) -> None:
    what = await morning(web)
    somebody = await person(web, opened, color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page = somebody.page
    await somebody.open()
    await page.get_by_label("Name").wait_for()
    await shot(somebody, "sign-in", scheme)
    await somebody.sign_in("anna")
    await page.get_by_role("link", name="Ada Lovelace").click()
    await somebody.sees("Second time this year")
    await somebody.sees("E-20418")
    await shot(somebody, "work", scheme)
    await page.get_by_role("button", name="Show the mail as it was written").click()
    await page.frame_locator("iframe.letter").get_by_text("is wrong").wait_for()
    await shot(somebody, "letter", scheme)
    await somebody.press("y")
    await page.keyboard.type("Dear Ada – your new invoice comes with Friday’s post; we have taken ten euros off.")
    await somebody.sees("2 texts")
    await shot(somebody, "text", scheme)
    await page.get_by_role("button", name="By mail").click()
    await page.get_by_role("textbox", name="Write to the customer").fill("")
    await somebody.press("Escape", "r")
    await page.keyboard.type("::")
    await somebody.sees("A refund is on its way")
    await shot(somebody, "answers", scheme)
    await somebody.press("Enter")
    await somebody.sees("Draft saved")
    await web.offer(what.ringing)
    await page.get_by_role("heading", name=LETTERS[-1][1]).wait_for()
    await somebody.sees("Why you")
    await shot(somebody, "offer", scheme)
    await somebody.press("Control+Shift+R")
    await page.get_by_role("heading", name=LETTERS[-1][1]).wait_for(state="detached")
    await page.get_by_role("textbox", name="Write to the customer").press("Escape")
    await somebody.press("f")
    await somebody.sees("Finish this contact")
    await shot(somebody, "finish", scheme)
    await somebody.press("Escape")
    await somebody.press("t")
    await somebody.sees("Hand over to a department")
    await shot(somebody, "hand-over", scheme)
    await somebody.press("Escape")
    await page.get_by_role("button", name="Merge…").click()
    await page.get_by_label("Name, address or number").fill("grace")
    await page.get_by_role("button", name="Grace Hopper").click()
    await somebody.sees("Afterwards, this customer has")
    await shot(somebody, "merge", scheme)
    await somebody.press("Escape")
    await somebody.press("Control+k")
    await page.get_by_role("combobox").wait_for()
    await shot(somebody, "palette", scheme)
    await somebody.press("Escape")
    await somebody.press("?")
    await somebody.sees("Keyboard shortcuts")
    await shot(somebody, "keys", scheme)
    await somebody.press("Escape")
    await somebody.press("s")
    await page.get_by_role("searchbox").fill("invoice")
    await page.get_by_role("link", name="Invoice 4711").first.click()
    await somebody.sees("Resolve ticket")
    await page.get_by_text("Loading").first.wait_for(state="detached")
    await shot(somebody, "search", scheme)
    await somebody.open("follow-ups")
    await somebody.sees("In your own calendar")
    await shot(somebody, "follow-ups", scheme)
    await somebody.open("settings")
    await somebody.sees("Back to the usual keys")
    await shot(somebody, "settings", scheme)


async def busy_floor(web: Running) -> None:
    """Two sites, work in hand and waiting, a good morning behind them, one alert."""
    await two_sites(web)
    await watched(web)
    ids = await web.resolved()
    await web.execute(RateService(ticket_id=ids["ticket_id"], agent_score=5, company_score=5))
    boris = await web.agent("boris")
    for address, name, subject, text in LETTERS:
        await customer(web, address, name)
        came = (await web.mail(address, sender_name=name, subject=subject, text=text)).result
        if address == LETTERS[0][0]:
            work_id = await web.offer(came["interaction_id"], "boris")
            path = f"/api/projects/{PROJECT}/interactions/{came['interaction_id']}/legs/1/offers/{work_id}/accept"
            assert (await boris.post(path)).status_code == 200
    await boris.post("/api/agents/boris/not-ready", json={"reason": "lunch"})
    max_ = await web.client("max", {"*": ["manager"]}, "clara")
    await max_.post(
        "/api/messages", json={"to": "everyone", "text": "The new tariff begins on Monday: sheet in the wiki."}
    )


async def pictures_of_the_floor(web: Running, opened: Browser, scheme: Scheme) -> None:
    """What those who lead see, at a desk and on a phone."""
    await busy_floor(web)
    size = {"width": 1280, "height": 900}
    sue = await leading(web, opened, "wallboard", "manager", color_scheme=scheme, viewport=size)
    await sue.page.get_by_role("heading", name="By queue").wait_for()
    await sue.page.get_by_role("button", name="I see to it: long wait").wait_for()
    await shot(sue, "wallboard", scheme)
    await sue.page.get_by_role("button", name="Events behind Service level").first.click()
    await sue.page.get_by_role("cell", name="Answered").first.wait_for()
    await shot(sue, "events", scheme)
    await sue.press("Escape")
    await sue.open("floor")
    await sue.page.get_by_role("button", name="Boris", exact=True).click()
    await sue.sees(LETTERS[0][2])
    await shot(sue, "floor", scheme)
    await sue.open("messages")
    await sue.sees("The new tariff begins")
    await shot(sue, "messages", scheme)
    await sue.open("sites")
    await sue.page.get_by_role("button", name="Declare down: Warsaw").click()
    await sue.page.get_by_role("textbox", name="Reason").fill("power cut")
    await sue.press("Enter")
    await sue.page.get_by_role("button", name="Back again: Warsaw").wait_for()
    await sue.sees("2030")
    await sue.page.get_by_role("button", name="Close").click()
    await shot(sue, "sites", scheme)
    await sue.page.get_by_role("button", name="Back again: Warsaw").click()
    await sue.open("policy")
    await sue.page.get_by_role("combobox").select_option("Project: Hotline")
    field = sue.page.get_by_role("textbox", name="The document, as YAML")
    await expect(field).to_have_value(re.compile("title: Hotline"))
    document = await field.input_value()
    await field.fill(document.replace("target: 3600", "target: soon").replace("queue: billing", "queue: biling", 1))
    await sue.page.get_by_role("button", name="Check").click()
    await sue.sees("2 faults")
    await sue.page.get_by_role("button", name="Line 18").click()
    await shot(sue, "policy-faults", scheme)
    await field.fill(document.replace("target: 3600", "target: 600"))
    await field.press("Control+Home")
    await sue.page.get_by_role("button", name="Check").click()
    await sue.sees("queue billing: target 3600 s → 600 s")
    await shot(sue, "policy", scheme)
    await sue.page.get_by_role("button", name="Apply").click()
    await sue.sees("Revision 3")
    await sue.open("staff")
    await sue.page.get_by_role("button", name="Change the skills of Anna").click()
    await sue.page.get_by_label("French: level, 1 to 10").fill("6")
    await sue.page.get_by_label("French: certified until").fill(f"{web.clock() + timedelta(days=30):%Y-%m-%d}")
    await sue.page.get_by_role("button", name="Save").click()
    await sue.sees("ends soon")
    await shot(sue, "staff", scheme)
    await sue.page.set_viewport_size({"width": 390, "height": 844})
    await sue.open("wallboard")
    await sue.page.get_by_role("heading", name="By queue").wait_for()
    await shot(sue, "phone", scheme)


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with browser() as opened:
        for scheme in ("light", "dark"):
            async with running() as web:
                await pictures(web, opened, scheme)
            await call_pictures(opened, FOLDER, scheme)
            await telephone_pictures(opened, FOLDER, scheme)
            async with running() as web:
                await pictures_of_the_floor(web, opened, scheme)
            async with running() as web:
                await customer_pictures(web, opened, scheme, FOLDER)
        await demo_pictures(opened, FOLDER)
    print(f"pictures are in {FOLDER}")


if __name__ == "__main__":
    if what := missing():
        sys.exit(what)
    asyncio.run(main())
