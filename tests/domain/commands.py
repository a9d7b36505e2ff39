"""Commands as tests say them, with what does not matter filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.agent.commands import BecomeReady, SignIn
from domain.belonging import Referred
from domain.callback import RequestCallback
from domain.customer.decide import Contact
from domain.decide import Command
from domain.intake import ReceiveMessage
from domain.interaction.events import Candidate, Decision
from domain.interaction.offers import AcceptOffer, DeclineOffer, OfferInteraction, TimeOutOffer
from domain.interaction.work import CompleteWork, CompleteWrapUp, Reply, TransferInteraction
from tests.domain.world import START, World

PROJECT = "hotline"


def email(address: str) -> Contact:
    return Contact(kind="email", address=address, fingerprint=f"email:{address}")


def phone(number: str) -> Contact:
    return Contact(kind="phone", address=number, fingerprint=f"phone:{number}")


def mail(sender: str = "ada@example.org", *, refers: Referred | None = None, id: str = "", **fields: Any) -> Command:
    """A mail; `id` is its Message-ID."""
    values: dict[str, Any] = {
        "project": PROJECT,
        "entry": "help",
        "via": "email",
        "sender": email(sender),
        "sender_name": "Ada",
        "subject": "Invoice",
        "text": "It is wrong.",
        "external_id": f"<{id}>" if id else "",
        "fingerprint": f"message:{id}" if id else "",
        "refers": refers or Referred(),
    }
    return ReceiveMessage(**(values | fields))


def callback(number: str = "+48221234567", due_at: datetime | None = None, **fields: Any) -> Command:
    values: dict[str, Any] = {
        "project": PROJECT,
        "number": phone(number),
        "key": f"callback:{number}",
        "name": "Ada",
        "about": "the invoice",
        "due_at": due_at,
        "entry": "form",
    }
    return RequestCallback(**(values | fields))


def ready(*agents: str) -> list[Command]:
    return [command for agent in agents for command in (SignIn(agent_id=agent), BecomeReady(agent_id=agent))]


def decision(agent: str, at: datetime = START) -> Decision:
    chosen = Candidate(agent_id=agent, place=1, idle_since=None)
    return Decision(position=0, at=at, policy="0" * 64, strategy="longest_idle", chosen=chosen)


def offer(interaction: str, agent: str, leg: str = "1") -> OfferInteraction:
    return OfferInteraction(
        project=PROJECT, interaction_id=interaction, leg=leg, agent_id=agent, decision=decision(agent)
    )


@dataclass(frozen=True)
class Work:
    """A leg of an interaction at one agent."""

    interaction_id: str
    work_id: str
    agent_id: str
    leg: str = "1"
    ticket_id: str = ""

    @property
    def where(self) -> dict[str, str]:
        return {
            "interaction_id": self.interaction_id,
            "leg": self.leg,
            "work_id": self.work_id,
            "agent_id": self.agent_id,
        }

    @property
    def mine(self) -> dict[str, str]:
        return {"project": PROJECT, "interaction_id": self.interaction_id, "leg": self.leg, "agent_id": self.agent_id}

    def accept(self) -> AcceptOffer:
        return AcceptOffer(**self.where)

    def decline(self, reason: str = "busy") -> DeclineOffer:
        return DeclineOffer(**self.where, reason=reason)

    def time_out(self) -> TimeOutOffer:
        return TimeOutOffer(project=PROJECT, interaction_id=self.interaction_id, leg=self.leg, work_id=self.work_id)

    def reply(self, text: str = "Dear Ada") -> Reply:
        return Reply(**self.mine, text=text)

    def complete(self, **fields: Any) -> CompleteWork:
        return CompleteWork(**self.mine, **fields)

    def wrap_up(self, disposition: str = "answered") -> CompleteWrapUp:
        return CompleteWrapUp(**self.mine, disposition=disposition)

    def transfer(self, department: str, note: str = "") -> TransferInteraction:
        return TransferInteraction(**self.mine, department=department, note=note)


def offered(world: World, agent: str, interaction: str = "", *, leg: str = "1", **fields: Any) -> Work:
    """An offer of a leg that rings at the agent; a new mail's where no interaction is named."""
    ticket = ""
    if not interaction:
        came = world.when(mail(**fields)).result
        interaction, ticket = came["interaction_id"], came["ticket_id"]
    ticket = ticket or world.of("interaction", interaction).ticket_id
    work_id = world.when(offer(interaction, agent, leg)).result["work_id"]
    return Work(interaction, work_id, agent, leg, ticket)


def in_hand(world: World, agent: str, interaction: str = "", **fields: Any) -> Work:
    """Work that the agent has accepted."""
    work = offered(world, agent, interaction, **fields)
    world.given(work.accept())
    return work
