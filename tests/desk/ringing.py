"""Anna at her desk in a whole centre: a real node, emulated telephones, mail by SMTP, texts, and one browser."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, expect

from channels.twilio_emulator.model import Call
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.event import Event
from domain.interaction.call_events import RecordingStarted
from tests.desk.browsing import Person, person
from tests.e2e.day import ADA, LINE, Day, a_day, centre, project


def documents() -> tuple[ProjectDocument, CentreDocument]:
    """One call, one text and one mail at once; a second department; how a contact ended is asked for."""
    wrapping = {"mode": "mandatory", "limit": 600, "default_disposition": "not_stated"}
    steps: dict[str, Any] = {
        "agree": {"consent": {"say": {"en": "Press 1 if we may record"}, "then": "wait"}},
        "wait": {"queue": {"queue": "orders", "record": "with_consent"}},
    }
    given = project().model_dump(mode="json") | {
        "departments": {
            "orders": {"title": "Orders", "queue": "orders"},
            "billing": {"title": "Billing", "queue": "billing"},
        },
        "queues": {
            "orders": {"title": "Orders", "announce": 30, "wrap_up": wrapping},
            "billing": {"title": "Billing"},
        },
        "flows": {"hello": {"title": "Hello", "start": "agree", "steps": steps}},
        "callbacks": {"queue": "orders"},
    }
    channels = {name: {"concurrency": 1, "units": 1} for name in ("voice", "callback", "sms", "email")}
    everything = {"capacity": 3, "channels": channels, "queues": {"raspberries/orders": {}}}
    at = centre().model_dump(mode="json") | {"profiles": {"all": everything}}
    return ProjectDocument.model_validate(given), CentreDocument.model_validate(at)


@dataclass
class Desk:
    """Anna at her desk, on a day on which telephones ring."""

    day: Day
    anna: Person

    async def until(self, here: Locator) -> None:
        """Wait for something on the page; telephones' time goes on meanwhile."""
        await self.day.until(here.first.is_visible, f"{here} on the page")

    async def sees(self, text: str) -> None:
        await self.until(self.anna.page.get_by_text(text))

    async def told(self, text: str) -> None:
        await self.until(self.anna.page.locator(".toast").get_by_text(text, exact=True))

    async def gone(self, here: Locator) -> None:
        async def none() -> bool:
            return await here.count() == 0

        await self.day.until(none, f"{here} gone from the page")

    async def accept(self, channel: str) -> None:
        """Take what rings."""
        ringing = self.anna.page.locator(f".offer.channel-{channel}")
        await self.until(ringing)
        await self.anna.press("Control+Shift+A")
        await self.gone(ringing)

    async def opens(self, channel: str) -> None:
        """The work on this channel, from the list."""
        row = self.anna.page.locator(".work-row").filter(has=self.anna.page.locator(f".channel-{channel}"))
        await row.focus()
        await self.anna.press("Enter")
        await expect(row).to_have_attribute("aria-current", "true")

    async def reached(self, address: str, count: int = 1) -> Call:
        """The call to somebody, once they have answered it."""

        async def answered() -> Call | None:
            calls = self.day.emulator.calls_to(address)
            return calls[count - 1] if len(calls) >= count and calls[count - 1].status == "in-progress" else None

        found: Call = await self.day.until(answered, f"{address} on the line")
        return found

    async def happened(self, kind: type[Event], count: int = 1) -> Any:
        return await self.day.event(kind, count)


@dataclass
class Here:
    url: str
    closing: AsyncExitStack


@asynccontextmanager
async def at_the_desk(folder: Path, chromium: Browser, *, browsers: bool = False, **more: Any) -> AsyncGenerator[Desk]:
    """Anna has signed in and is ready. `browsers`: her desk is her telephone. `more`: as for `person`."""
    async with a_day(folder, *documents(), browsers=browsers) as day, AsyncExitStack() as closing:
        anna = await in_front_of(day, "anna", chromium, closing, **more)
        await is_ready(anna)
        yield Desk(day, anna)


async def in_front_of(day: Day, name: str, chromium: Browser, closing: AsyncExitStack, **more: Any) -> Person:
    """Somebody signed in at the desk. `more`: as for `person`."""
    somebody = await person(Here(f"http://127.0.0.1:{day.node.http_port}", closing), chromium, **more)
    await somebody.open()
    await somebody.sign_in(name)
    await somebody.page.get_by_role("navigation").first.wait_for()
    return somebody


async def is_ready(somebody: Person) -> None:
    await somebody.page.get_by_role("button", name="Presence:").wait_for()
    await somebody.press("p")
    await expect(somebody.page.get_by_role("menuitemradio", name="Ready")).to_be_visible()
    await somebody.press("Home", "Enter")
    await somebody.page.get_by_role("button", name="Presence: Ready").wait_for()


async def rings(desk: Desk) -> tuple[Call, Call]:
    """Ada rings and Anna takes the call; Ada's end of it and Anna's."""
    ada = await desk.day.emulator.dial(ADA, LINE)
    await desk.day.hears(ada, "Press 1 if we may record")
    await desk.day.keys(ada, "1")
    await desk.accept("voice")
    await desk.sees("In conversation")
    (anna,) = desk.day.emulator.calls_to("client:anna")
    await desk.happened(RecordingStarted)
    await desk.sees("Recording")
    return ada, anna


async def wraps_up(desk: Desk) -> None:
    form = desk.anna.page.get_by_role("form", name="Wrap-up")
    await desk.until(form)
    await form.get_by_role("radio", name="answered").focus()
    await desk.anna.press("Enter")
    await desk.gone(form)


async def letter(desk: Desk, subject: str, text: str) -> None:
    """Grace writes to the hotline."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Grace <grace@example.org>", "help@raspberries.example", subject
    mail.set_content(text)
    await desk.day.mail("grace@example.org", "help@raspberries.example", mail.as_string())
