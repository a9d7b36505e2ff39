"""A day in a centre: one running node, Twilio emulated, mail by real SMTP, everybody at work over the API."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr

from channels.twilio.steps import Addresses
from channels.twilio_emulator.clients import Clients
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Call, Person
from channels.twilio_emulator.serving import serving, sound
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.event import Event, Recorded
from domain.execute import Origin
from infra.demo.outbox import Outbox
from infra.node import Node
from infra.process import running_node
from infra.settings import Settings, TwilioAccount
from infra.stores import new_id
from web.access import read_grants
from web.accounts import Account

SID, TOKEN = "AC" + "a1" * 16, "a token of thirty-two characters"
#: With which browsers register as telephones, where a day has such.
KEY, SECRET = "SK" + "b2" * 16, "a secret that is long enough for HMAC-SHA256"
LINE, ADA, BOB, OFFICE = "+48221234567", "+48601234567", "+48602345678", "+48585559876"
PROJECT = "/api/projects/raspberries"
ADMIN = Origin(project="raspberries", pool="main", actor="admin")
E = TypeVar("E", bound=Event)
PATIENCE = 90.0


def project() -> ProjectDocument:
    say = {"number": "Your customer number", "agree": "Press 1 if we may record", "choose": "Orders 1, office 2"}
    steps: dict[str, Any] = {
        "who": {"ask": {"say": {"en": say["number"]}, "pattern": "[0-9]{6}", "retries": 0,
                        "known": "choose", "unknown": "choose", "none": "choose"}},
        "choose": {"menu": {"say": {"en": say["choose"]}, "keys": {"1": "agree", "2": "office"}, "otherwise": "agree"}},
        "agree": {"consent": {"say": {"en": say["agree"]}, "then": "wait"}},
        "wait": {"queue": {"queue": "orders", "callback": "back", "record": "with_consent"}},
        "back": {"callback_offer": {"say": {"en": "Press 1 and we call you back"}, "declined": "wait"}},
        "office": {"message_taking": {"say": {"en": "Leave word for Mr Nowak"}, "recipient": "Mr Nowak",
                                      "deliver_to": "nowak@office.example", "queue": "orders"}},
    }  # fmt: skip
    return ProjectDocument.model_validate(
        {
            "schema_version": 1,
            "project": "raspberries",
            "title": "Raspberries",
            "pool": "main",
            "departments": {"orders": {"title": "Orders", "queue": "orders"}},
            "queues": {"orders": {"title": "Orders", "announce": 30, "wrap_up": {"mode": "none"}}},
            "mailboxes": {"help": {"address": "help@raspberries.example", "title": "Help", "department": "orders"}},
            "status": {"sender": "help"},
            "callbacks": {"queue": "orders", "record": "with_consent"},
            "recordings": {"keep_days": 90},
            "numbers": {
                "main": {"number": LINE, "title": "Main", "flow": "hello", "texts": {"department": "orders"}},
            },
            "flows": {"hello": {"title": "Hello", "start": "who", "steps": steps}},
        }
    )


def centre() -> CentreDocument:
    channels = {name: {"concurrency": 1} for name in ("voice", "callback", "email")}
    agents = {name: {"name": name.title(), "site": "paris", "profile": "all"} for name in ("anna", "boris")}
    return CentreDocument.model_validate(
        {
            "schema_version": 1,
            "centre": "demo",
            "title": "Demo",
            "pool": "main",
            "sites": {"paris": {"title": "Paris"}},
            "profiles": {"all": {"capacity": 1, "channels": channels, "queues": {"raspberries/orders": {}}}},
            "agents": agents,
        }
    )


@dataclass
class Post:
    """The world's mail server: whatever is sent ends here. `got`: the envelope's sender and recipients too."""

    outbox: Outbox = field(default_factory=Outbox)
    got: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        self.got.append((envelope.mail_from, list(envelope.rcpt_tos), mail))  # type: ignore[arg-type]
        for recipient in envelope.rcpt_tos:
            self.outbox.put(recipient, envelope.content)
        return "250 taken"


@dataclass
class Day:
    """`post` is what was mailed, `emulator` the telephones, `clients` those that are browsers, `node` the centre."""

    node: Node
    emulator: Emulator
    post: Post
    clients: Clients
    people: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def until(self, there: Callable[[], Awaitable[Any]], what: str) -> Any:
        """Wait until something holds; telephones' time goes on meanwhile."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := await there()):
                    await self.emulator.advance(0.5)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{what} did not come about") from None
        return found

    async def recorded(self, *kinds: type[Event]) -> list[Recorded]:
        """What the log has, opened as whoever may see it."""
        found = await self.node.stores.log.read(0, 10_000, types=[kind.wire for kind in kinds] or None)
        return [one._replace(event=self.node.stores.opener(one.event)) for one in found]

    async def event(self, kind: type[E], count: int = 1) -> E:
        async def there() -> E | None:
            found = await self.recorded(kind)
            return found[count - 1].event if len(found) >= count else None  # type: ignore[return-value]

        found: E = await self.until(there, f"{kind.__name__} {count}")
        return found

    async def hears(self, call: Call, words: str) -> None:
        async def heard() -> bool:
            return any(words in one for one in self.emulator.heard(call.sid))

        await self.until(heard, f"{words!r} on {self.emulator.heard(call.sid)}")

    async def keys(self, call: Call, keys: str) -> None:
        async def pressed() -> bool:
            return await self.emulator.press(call.sid, keys)

        await self.until(pressed, f"listening for {keys}")

    async def tells(self, speaker: Call, words: str, listener: Call) -> None:
        """What one says reaches the other."""

        async def heard() -> bool:
            await self.emulator.say(speaker.sid, words)
            return any(words in one for one in self.emulator.heard(listener.sid))

        await self.until(heard, f"{words!r} from {speaker.to} at {listener.to}")

    async def asks(self, who: str, method: str, path: str, **body: Any) -> Any:
        """A request of somebody's, which is granted."""
        answer = await self.people[who].request(method, path, json=body if method == "POST" else None)
        assert answer.status_code == 200, f"{who} {method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if "json" in answer.headers["content-type"] else answer.content

    async def takes(self, who: str) -> tuple[str, str]:
        """Accept what rings; the interaction's address, and the leg."""

        async def ringing() -> Any:
            items = (await self.asks(who, "GET", "/api/work"))["items"]
            return next((one for one in items if one["status"] == "offered"), None)

        item = await self.until(ringing, f"an offer to {who}")
        here = f"{PROJECT}/interactions/{item['interaction_id']}"
        await self.asks(who, "POST", f"{here}/legs/{item['leg']}/offers/{item['work_id']}/accept")
        return here, item["leg"]

    async def mail(self, sender: str, to: str, mail: str) -> None:
        def send() -> None:
            with smtplib.SMTP("127.0.0.1", self.node.smtp_in_port, timeout=10) as client:
                client.sendmail(sender, [to], mail)

        await asyncio.to_thread(send)

    async def mailed(self, to: str) -> tuple[str, EmailMessage]:
        """The first mail that somebody got: where its bounces go, and the mail."""

        async def there() -> Any:
            return next(((back, mail) for back, rcpt, mail in self.post.got if to in rcpt), None)

        found: tuple[str, EmailMessage] = await self.until(there, f"a mail to {to}")
        return found


@asynccontextmanager
async def a_day(
    folder: Path,
    of: ProjectDocument | None = None,
    at_centre: CentreDocument | None = None,
    *,
    browsers: bool = False,
) -> AsyncGenerator[Day]:
    """The centre is open: Anna and Boris signed in and not ready yet, Sue supervises.

    `of`, `at_centre`: documents other than the usual ones. `browsers`: agents' desks are their telephones.
    """
    async with AsyncExitStack() as closing:
        emulator, post = Emulator(SID, TOKEN, datetime.now(UTC)), Post()
        clients = Clients(emulator, sound)
        api = await closing.enter_async_context(serving(emulator, clients=clients))
        world = await asyncio.get_running_loop().create_server(lambda: SMTP(post), "127.0.0.1", 0)
        closing.callback(world.close)
        account = TwilioAccount(account_sid=SID, auth_token=SecretStr(TOKEN), base_url=api)
        if browsers:
            emulator.api_key(KEY, SECRET)
            account = account.model_copy(update={"api_key": KEY, "api_secret": SecretStr(SECRET)})
        settings = Settings(
            data=folder,
            keys_url=SecretStr("memory:"),
            http_port=0,
            smtp_in_port=0,
            smtp_out_host="127.0.0.1",
            smtp_out_port=world.sockets[0].getsockname()[1],
            smtp_out_tls="none",
            twilio={"twilio": account},
        )
        node = await closing.enter_async_context(running_node(settings))
        do = node.stores.executor.execute
        await do(ConfigureProject(document=of or project(), expected_revision=0), ADMIN)
        await do(ConfigureCentre(document=at_centre or centre(), expected_revision=0), ADMIN)
        await node.configured.catch_up()
        at = Addresses(f"{node.base_url}/voice/twilio")
        emulator.number(
            LINE,
            voice_url=at.of("voice"),
            status_callback=at.of("progress"),
            sms_url=f"{node.base_url}/texts/twilio/incoming",
        )
        for address in ("client:anna", "client:boris", "client:sue", ADA, BOB, OFFICE):
            emulator.declare(address, Person("answers", after=1.0))
        day = Day(node, emulator, post, clients)
        for name, role in (("anna", "agent"), ("boris", "agent"), ("sue", "supervisor")):
            day.people[name] = await _client(node, name, role, closing)
        for name in ("anna", "boris"):
            await day.asks(name, "POST", f"/api/agents/{name}/sign-in")
        yield day


async def _client(node: Node, name: str, role: str, closing: AsyncExitStack) -> httpx2.AsyncClient:
    account, now = Account(new_id(), name, "main", name, read_grants({"*": [role]})), node.stores.clock()
    await node.accounts.add(account, "correct horse battery", now)
    _, token = await node.accounts.issue_token(account.account_id, "day", (), now, None)
    headers = {"Authorization": f"Bearer {token}"}
    base = f"http://127.0.0.1:{node.http_port}"
    return await closing.enter_async_context(httpx2.AsyncClient(base_url=base, headers=headers, timeout=PATIENCE))


def bounce(to: str, of: EmailMessage) -> str:
    """What a mail server writes of an address that is no more (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@gone.example\r\nTo: {to}\r\nSubject: Undelivered\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nThere is no such mailbox.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; gone.example\r\n\r\n"
        "Final-Recipient: rfc822; joe@gone.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {of['Message-ID']}\r\n--b--\r\n"
    )
