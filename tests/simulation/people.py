"""Customers and agents: what they do is drawn from the seed, how they are answered is the real software's."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from domain.agent.commands import BecomeNotReady, BecomeReady, PauseChannel, ResumeChannel, SignIn, SignOut
from domain.belonging import Referred
from domain.callback import RequestCallback
from domain.customer.contact import callback_key, contact, within
from domain.decide import Command
from domain.execute import Done, Origin, TooBusy
from domain.intake import ReceiveMessage
from domain.interaction.leaving import CancelCallback
from domain.interaction.offers import AcceptOffer, DeclineOffer
from domain.interaction.work import AddNote, CompleteWork, CompleteWrapUp, Reply, TransferInteraction
from domain.ports import LogUnavailable
from domain.rejection import Rejection
from domain.ticket.decide import RateService
from tests.simulation.centre import POOL, PROJECT

if TYPE_CHECKING:
    from tests.simulation.world import World

#: What may be answered to a command that came too late; anything else is a fault of the software.
EXPECTED = frozenset(
    {
        "not_possible_now", "offer_gone", "not_yours", "already_requested", "closed", "in_hand", "not_a_callback",
        "agent_unfit", "in_the_past", "no_address", "no_ticket", "no_score", "unknown_disposition", "not_found",
        "retired", "signed_out", "no_such_channel", "wants_no_texts",
    }
)  # fmt: skip


def fingerprint(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()[:24]


@dataclass(slots=True)
class Person:
    """Somebody who sends commands and sends them again under the same key when no answer came."""

    world: World
    random: Random
    actor: str
    sent: int = field(default=0)

    async def ask(self, command: Command) -> Done | None:
        """Send until there is an answer; None when it was refused for a reason that can happen to anybody."""
        self.sent += 1
        once = f"{self.actor}:{self.sent}"
        origin = Origin(project=PROJECT, pool=POOL, actor=self.actor)
        while True:
            try:
                done = await self.world.executor().execute(command, origin, once=once)
                if self.random.random() < self.world.weather.duplicates:
                    await self.world.executor().execute(command, origin, once=once)
                return done
            except (LogUnavailable, TooBusy):
                await asyncio.sleep(self.random.uniform(0.1, 2))
            except Rejection as rejection:
                if rejection.code not in EXPECTED:
                    raise
                return None


@dataclass(slots=True)
class Customer(Person):
    """Writes, texts, answers, sends out-of-office notes, asks to be called, changes their mind, rates."""

    address: str = ""
    telephone: str = ""
    tickets: list[str] = field(default_factory=list[str])

    async def live(self, actions: int) -> None:
        for _ in range(actions):
            await asyncio.sleep(self.random.expovariate(1 / 90))
            await self.random.choice(self._ways())()

    def _ways(self) -> list[Callable[[], object]]:
        ways = [self._write, self._write, self._call_me]
        if self.telephone:
            ways += [self._text, self._text]
        if self.tickets:
            ways += [self._answer, self._answer, self._out_of_office, self._rate]
        return ways  # type: ignore[return-value]

    async def _write(self) -> None:
        box = self.random.choice(["main", "main", "bills"])
        done = await self.ask(self._message(box, Referred()))
        if done is not None and done.result.get("ticket_id"):
            self.tickets.append(done.result["ticket_id"])

    async def _text(self) -> None:
        words = self.random.choice(["where is it?", "and now?", "please call", "STOP", "START"])
        self.sent += 1
        await self.world.texting.text(f"SM{self.actor}{self.sent}", self.telephone, words)

    async def _answer(self) -> None:
        ticket = self.random.choice(self.tickets)
        by_token = self.random.random() < 0.5
        deliveries = self.world.deliveries_of(ticket)
        refers = Referred(ticket_id=ticket) if by_token or not deliveries else Referred(delivery_ids=(deliveries[-1],))
        await self.ask(self._message("main", refers))

    async def _out_of_office(self) -> None:
        refers = Referred(ticket_id=self.random.choice(self.tickets))
        await self.ask(self._message("main", refers, automatic="replied: Auto-Submitted"))

    async def _rate(self) -> None:
        ticket = self.random.choice(self.tickets)
        score = self.random.randint(1, 5)
        await self.ask(RateService(ticket_id=ticket, agent_score=score, company_score=None))

    async def _call_me(self) -> None:
        number = f"+4822{self.random.randint(1000000, 1000003)}"
        due = self.world.now() + timedelta(seconds=self.random.choice([0, 60, 600]))
        done = await self.ask(
            RequestCallback(
                project=PROJECT,
                number=contact(fingerprint, PROJECT, "phone", number),
                key=callback_key(fingerprint, PROJECT, "calls", number),
                name="",
                about="please call",
                due_at=due,
                entry="form",
            )
        )
        if done is not None and self.random.random() < 0.3:
            await asyncio.sleep(self.random.uniform(0, 120))
            await self.ask(CancelCallback(interaction_id=done.result["interaction_id"]))

    def _message(self, box: str, refers: Referred, automatic: str = "") -> ReceiveMessage:
        message_id = f"<{self.sent}.{self.address}>"
        return ReceiveMessage(
            project=PROJECT,
            entry=box,
            via="email",
            sender=contact(fingerprint, PROJECT, "email", self.address),
            sender_name=self.actor,
            subject="my order",
            text="where is it?",
            external_id=message_id,
            fingerprint=within(fingerprint, PROJECT, "message", message_id),
            refers=refers,
            automatic=automatic,
        )


@dataclass(slots=True)
class Desk(Person):
    """An agent: looks at what rings and what is in hand, and does one thing at a time. `diligent` ones always do."""

    agent_id: str = ""
    diligent: bool = False

    async def live(self) -> None:
        await self.ask(SignIn(agent_id=self.agent_id))
        await self.ask(BecomeReady(agent_id=self.agent_id))
        while True:
            await asyncio.sleep(self.random.uniform(1, 3) if self.diligent else self.random.expovariate(1 / 8))
            await self._act()

    async def _act(self) -> None:
        agent = self.world.checker.agent(self.agent_id)
        if agent.presence == "retired":
            return
        if agent.presence == "signed_out":
            await self.ask(SignIn(agent_id=self.agent_id))
        if agent.presence != "ready" and (self.diligent or self.random.random() < 0.5):
            await self.ask(BecomeReady(agent_id=self.agent_id))
        for channel in sorted(agent.paused):
            if self.diligent or self.random.random() < 0.3:
                await self.ask(ResumeChannel(agent_id=self.agent_id, channel=channel))
        if not self.diligent and self.random.random() < 0.04:
            leave = SignOut(agent_id=self.agent_id)
            pause = BecomeNotReady(agent_id=self.agent_id, reason="tea")
            hoarse = PauseChannel(
                agent_id=self.agent_id, channel=self.random.choice(["callback", "email"]), reason="hoarse"
            )
            await self.ask(self.random.choice([leave, pause, hoarse]))
            return
        for work_id, held in sorted(agent.work.items()):
            await self._work(work_id, held.interaction_id, held.leg)

    async def _work(self, work_id: str, interaction_id: str, leg: str) -> None:
        state = self.world.checker.interaction(interaction_id).leg(leg)
        here = {"interaction_id": interaction_id, "leg": leg, "agent_id": self.agent_id}
        if work_id in state.offers:
            await self._answer_offer(work_id, interaction_id, leg)
        elif state.status == "connected":
            await self._handle(interaction_id, leg)
        elif state.status == "wrap_up" and (self.diligent or self.random.random() < 0.5):
            await self.ask(CompleteWrapUp(project=PROJECT, disposition="answered", **here))

    async def _answer_offer(self, work_id: str, interaction_id: str, leg: str) -> None:
        mood = 0.0 if self.diligent else self.random.random()
        where = {"interaction_id": interaction_id, "leg": leg, "work_id": work_id, "agent_id": self.agent_id}
        if mood < 0.6:
            await self.ask(AcceptOffer(**where))
        elif mood < 0.75:
            await self.ask(DeclineOffer(**where, reason="not mine"))

    async def _handle(self, interaction_id: str, leg: str) -> None:
        here = {"interaction_id": interaction_id, "leg": leg, "agent_id": self.agent_id}
        mood = self.random.random()
        interaction = self.world.checker.interaction(interaction_id)
        if mood < 0.3 and interaction.ticket_id:
            await self.ask(Reply(project=PROJECT, text="on its way", **here))
        elif mood < 0.4:
            await self.ask(AddNote(interaction_id=interaction_id, author=self.agent_id, text="called twice"))
        elif mood < 0.5 and not self.diligent:
            await self.ask(TransferInteraction(project=PROJECT, department="billing", note="yours", **here))
        else:
            ending = self.random.choice(["resolve", "resolve", "await_customer", "leave"])
            ticket = self.world.checker.states.get(f"ticket-{interaction.ticket_id}")
            open_ticket = ticket is not None and ticket.status == "open"
            await self.ask(CompleteWork(project=PROJECT, ticket=ending if open_ticket else "leave", **here))
