"""Legal histories out of the real decisions: a seeded centre in which anything may happen next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal
from uuid import UUID

from domain.alert import AlertCleared, AlertRaised
from domain.belonging import Referred
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.customer.decide import (
    Contact,
)
from domain.decide import Command
from domain.delivery.events import DeliveryAttempted, NotificationRequested
from domain.execute import Done, Executor, Origin
from domain.intake import ReceiveMessage
from domain.interaction.events import (
    InteractionOffered,
    InteractionQueued,
    InteractionStarted,
    OfferAccepted,
    WrapUpCompleted,
)
from domain.ports import Keyring
from domain.rejection import Rejection
from domain.ticket.events import TicketOpened
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.log.stored import StoredLog

POOL, PROJECT = "main", "shop"
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AGENTS = ("anna", "bob", "chloe")
DEPARTMENTS = ("help", "billing")
NAMES = ("Anna Kowalska", "Łukasz Żółć", "Zoë Dupont-Šimek", "Иван Петров", "Bob", "anna maria o'neill")
TEXTS = ("The bill is wrong.", "Cześć, gdzie jest paczka?", 'nul \x00 and "quotes" \\ tabs\tand\nlines', "")

CENTRE = CentreDocument.model_validate(
    {
        "schema_version": 1,
        "centre": "demo",
        "title": "Demo",
        "pool": POOL,
        "sites": {"paris": {"title": "Paris", "time_zone": "Europe/Paris"}},
        "skills": {"billing": {"title": "Billing"}},
        "profiles": {
            "mixed": {
                "capacity": 3,
                "channels": {"email": {"concurrency": 3}, "callback": {"concurrency": 1, "units": 2}},
                "queues": {"shop/help": {}, "shop/billing": {}},
            }
        },
        "agents": {
            name: {"name": name.title(), "site": "paris", "profile": "mixed", "skills": {"billing": 5}}
            for name in AGENTS
        },
    }
)
SHOP = ProjectDocument.model_validate(
    {
        "schema_version": 1,
        "project": PROJECT,
        "title": "Shop",
        "pool": POOL,
        "departments": {
            "help": {"title": "Help", "queue": "help"},
            "billing": {"title": "Billing", "queue": "billing"},
        },
        "queues": {
            "help": {"title": "Help", "target": 600, "offer": {"ring_width": 2, "misses": 3}},
            "billing": {
                "title": "Billing",
                "skills": {"billing": 2},
                "wrap_up": {"mode": "mandatory", "limit": 60},
            },
        },
        "mailboxes": {"info": {"address": "info@shop.example", "title": "Info", "department": "help"}},
        "callbacks": {"queue": "billing"},
        "status": {"sender": "info"},
        "numbers": {"main": {"number": "+48221234567", "title": "Main", "flow": "word", "lines": 1000}},
        "flows": {
            "word": {
                "title": "Word",
                "start": "leave",
                "steps": {"leave": {"voicemail": {"say": {"en": "Speak"}, "queue": "billing"}}},
            }
        },
        "scripts": {
            "survey": {
                "title": "Survey",
                "start": "happy",
                "steps": {
                    "happy": {
                        "say": "Are you happy?",
                        "choices": {"yes": {"title": "Yes"}, "no": {"title": "No", "then": "why"}},
                    },
                    "why": {"say": "Why not?", "then": "happy"},
                },
            }
        },
        "outcomes": {
            "answered": {
                "ticket": {"department": "billing", "subject": "Again"},
                "follow_up": {"after": 3600, "channel": "email", "queue": "help", "about": "Whether it went well"},
                "callback": {"about": "Whether it went well"},
            }
        },
        "alerts": {
            "crowd": {
                "metric": "waiting",
                "above": 3,
                "mail": ["boss@shop.example"],
                "webhook": "https://shop.example/",
            }
        },
    }
)


@dataclass(slots=True)
class Ids:
    """What has come into being, so that something may happen to it."""

    customers: list[str] = field(default_factory=list[str])
    addresses: list[Contact] = field(default_factory=list[Contact])
    tickets: list[str] = field(default_factory=list[str])
    interactions: list[str] = field(default_factory=list[str])
    legs: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    offers: list[InteractionOffered] = field(default_factory=list[InteractionOffered])
    hands: list[OfferAccepted] = field(default_factory=list[OfferAccepted])
    deliveries: list[str] = field(default_factory=list[str])
    attempts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    merges: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    follow_ups: list[str] = field(default_factory=list[str])
    ends: list[WrapUpCompleted] = field(default_factory=list[WrapUpCompleted])
    notices: list[str] = field(default_factory=list[str])


class Centre:
    """A small centre on any log; every id, choice and moment comes from the seed."""

    def __init__(self, seed: int = 0, *, log: StoredLog | None = None, keyring: Keyring | None = None) -> None:
        self.dice = Random(seed)
        self.now = BEGIN
        self.keyring = keyring or MemoryKeyring(self.dice.randbytes)
        self.log = log or MemoryLog(self.keyring, lambda: self.now)
        self.opener = KeyOpener(self.keyring)
        self.ids = Ids()
        self.rejected = 0
        self._executor = Executor(self.log, opener=self.opener, clock=lambda: self.now, new_id=self.new_id)

    def new_id(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    async def configure(self) -> Centre:
        await self.do(ConfigureCentre(document=CENTRE, expected_revision=0))
        await self.do(ConfigureProject(document=SHOP, expected_revision=0))
        return self

    async def do(self, command: Command, *, once: str | None = None) -> Done:
        """Execute a command and note what came of it. Raises `Rejection`."""
        self.now += timedelta(seconds=self.dice.choice((0, 1, 7, 40)), microseconds=self.dice.randrange(1_000_000))
        done = await self._executor.execute(command, Origin(project=PROJECT, pool=POOL, actor="test"), once=once)
        for events in done.events.values():
            for event in events:
                self._note(event)
        return done

    def pick(self, things: list[Any]) -> Any:
        """One of the latest; rejects the action where there is none."""
        if not things:
            raise Rejection("nothing", "there is nothing yet that this could happen to")
        return self.dice.choice(things[-12:])

    def contact(self, *, known: bool = False) -> Contact:
        if known and self.ids.addresses:
            return self.pick(self.ids.addresses)
        kind: Literal["email", "phone"] = self.dice.choice(("email", "email", "phone"))
        number = self.dice.randrange(10**9)
        address = f"c{number}@mail.example" if kind == "email" else f"+48{number:09d}"
        return Contact(kind=kind, address=address, fingerprint=f"{kind}{number:09d}")

    async def mail(self, sender: Contact | None = None, **more: Any) -> Done:
        """A mail comes in."""
        sender = sender or self.contact()
        given: dict[str, Any] = {
            "project": PROJECT,
            "entry": "info",
            "via": "email",
            "sender": sender,
            "sender_name": self.dice.choice(NAMES),
            "subject": self.dice.choice(("Bill", "Zażalenie", "")),
            "text": self.dice.choice(TEXTS),
            "external_id": f"<{self.dice.getrandbits(64)}@mail.example>",
            "fingerprint": f"message{self.dice.getrandbits(64)}",
            "refers": Referred(),
        }
        return await self.do(ReceiveMessage(**(given | more)))

    def _note(self, event: Any) -> None:
        ids = self.ids
        if isinstance(event, InteractionStarted):
            ids.interactions.append(event.interaction_id)
        elif isinstance(event, InteractionQueued):
            ids.legs.append((event.interaction_id, event.leg))
        elif isinstance(event, TicketOpened):
            ids.tickets.append(event.ticket_id)
        elif isinstance(event, InteractionOffered):
            ids.offers.append(event)
        elif isinstance(event, OfferAccepted):
            ids.hands.append(event)
        elif isinstance(event, NotificationRequested):
            ids.deliveries.append(event.delivery_id)
        elif isinstance(event, DeliveryAttempted):
            ids.attempts.append((event.delivery_id, event.attempt_id))
        elif isinstance(event, WrapUpCompleted):
            ids.ends.append(event)
        elif isinstance(event, AlertRaised | AlertCleared):
            ids.notices += [notice.notice_id for notice in event.notices]
        elif event.wire == "follow_up.scheduled.v1":
            ids.follow_ups.append(event.follow_up_id)
        elif event.wire == "customer.registered.v1":
            ids.customers.append(event.customer_id)
        elif event.wire == "customer.merged.v1":
            ids.merges.append((event.customer_id, event.merged_id))
        elif event.wire == "customer.contact_point_linked.v1":
            contact = Contact(kind=event.kind, address=str(event.address), fingerprint=event.fingerprint)
            ids.addresses.append(contact)
        elif event.wire == "customer.erased.v1":
            self.keyring.destroy(event.erased_ids)
