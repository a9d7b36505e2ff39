"""A hotline's history for measuring: mails answered, resolved and rated by the real decisions, on a log in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain.agent.commands import BecomeReady, SignIn
from domain.belonging import Referred
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.customer.decide import Contact
from domain.decide import Command
from domain.delivery.events import NotificationRequested
from domain.delivery.state import AttemptDelivery, RecordDelivered
from domain.execute import Done, Executor, Origin
from domain.intake import ReceiveMessage
from domain.interaction.events import Candidate, Decision
from domain.interaction.offers import AcceptOffer, OfferInteraction
from domain.interaction.work import AddNote, CompleteWork, CompleteWrapUp, Reply
from domain.ticket.decide import RateService
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener

AGENTS = tuple(f"agent{number}" for number in range(20))
#: Share of contacts that come from somebody known, that get a note, that are rated.
KNOWN, NOTED, RATED = 0.4, 0.3, 0.3
_SENTENCE = "I ordered this three weeks ago and it has still not arrived, although it was promised. "

CENTRE: dict[str, Any] = {
    "schema_version": 1,
    "centre": "bench",
    "title": "Bench",
    "pool": "main",
    "sites": {"one": {"title": "One"}},
    "profiles": {"mail": {"capacity": 9, "channels": {"email": {"concurrency": 9}}, "queues": {"shop/help": {}}}},
    "agents": {name: {"name": name.title(), "site": "one", "profile": "mail"} for name in AGENTS},
}
SHOP: dict[str, Any] = {
    "schema_version": 1,
    "project": "shop",
    "title": "Shop",
    "pool": "main",
    "departments": {"help": {"title": "Help", "queue": "help"}},
    "queues": {"help": {"title": "Help", "wrap_up": {"mode": "mandatory"}}},
    "mailboxes": {"info": {"address": "info@shop.example", "title": "Info", "department": "help"}},
    "status": {"sender": "info"},
}


class Hotline:
    """The same history for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._dice = Random(seed)
        self._now = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
        self.keyring = MemoryKeyring(self._dice.randbytes)
        self.log = MemoryLog(self.keyring, lambda: self._now)
        self._executor = Executor(
            self.log, opener=KeyOpener(self.keyring), clock=lambda: self._now, new_id=self._new_id
        )
        self._customers = 0

    def _new_id(self) -> str:
        return str(UUID(int=self._dice.getrandbits(128), version=4))

    async def _do(self, command: Command) -> Done:
        self._now += timedelta(seconds=1)
        return await self._executor.execute(command, Origin(project="shop", pool="main", actor="bench"))

    async def live(self, events: int) -> None:
        """Until the log has so many events, or a few more."""
        await self._do(ConfigureCentre(document=CentreDocument.model_validate(CENTRE), expected_revision=0))
        await self._do(ConfigureProject(document=ProjectDocument.model_validate(SHOP), expected_revision=0))
        for name in AGENTS:
            await self._do(SignIn(agent_id=name))
            await self._do(BecomeReady(agent_id=name))
        while await self.log.head() < events:
            await self._case()

    async def _case(self) -> None:
        """One matter, from the first mail to the rating."""
        done = await self._do(self._mail())
        interaction_id, agent_id = done.result["interaction_id"], self._dice.choice(AGENTS)
        await self._deliver(done)
        chosen = Candidate(agent_id=agent_id, place=1, idle_since=self._now)
        why = Decision(position=1, at=self._now, policy="0" * 64, strategy="longest_idle", chosen=chosen)
        where: dict[str, Any] = {"interaction_id": interaction_id, "leg": "1", "agent_id": agent_id}
        offered = await self._do(OfferInteraction(project="shop", decision=why, **where))
        await self._do(AcceptOffer(work_id=offered.result["work_id"], **where))
        if self._dice.random() < NOTED:
            await self._do(AddNote(interaction_id=interaction_id, author=agent_id, text=self._text()))
        await self._deliver(await self._do(Reply(project="shop", text=self._text(), **where)))
        await self._deliver(await self._do(CompleteWork(project="shop", ticket="resolve", **where)))
        await self._do(CompleteWrapUp(project="shop", disposition="answered", **where))
        if self._dice.random() < RATED:
            await self._do(
                RateService(ticket_id=done.result["ticket_id"], agent_score=4, company_score=5, comment="Thank you!")
            )

    def _mail(self) -> ReceiveMessage:
        if not self._customers or self._dice.random() >= KNOWN:
            self._customers += 1
            number = self._customers
        else:
            number = self._dice.randrange(1, self._customers + 1)
        address = f"customer{number}@mail.example"
        return ReceiveMessage(
            project="shop",
            entry="info",
            via="email",
            sender=Contact(kind="email", address=address, fingerprint=f"{number:032x}"),
            sender_name=f"Customer Number{number}",
            subject="Where is my parcel?",
            text=self._text(),
            external_id=f"<{self._new_id()}@mail.example>",
            fingerprint=self._new_id().replace("-", ""),
            refers=Referred(),
        )

    def _text(self) -> str:
        return _SENTENCE * self._dice.randrange(1, 9)

    async def _deliver(self, done: Done) -> None:
        requests = [e for events in done.events.values() for e in events if isinstance(e, NotificationRequested)]
        for request in requests:
            attempt = await self._do(AttemptDelivery(delivery_id=request.delivery_id, patience=60))
            await self._do(RecordDelivered(delivery_id=request.delivery_id, attempt_id=attempt.result["attempt_id"]))
