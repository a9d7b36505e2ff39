"""A ticket as its customer may see it, folded from the log: the status history, and what was said between us.

Internal notes, who worked on it, and what third parties or machines wrote are no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.centre.configuration import Project
from domain.customer.decide import Contact
from domain.customer.state import Customer
from domain.customer.state import evolve as evolve_customer
from domain.enclosing import NamedFile, from_event
from domain.event import Recorded
from domain.interaction.events import MessageReceived, MessageSent
from domain.personal import Erased, plain
from domain.ports import KeyDestroyed
from domain.stream import stream_of
from domain.ticket.events import (
    InformationAdded,
    ServiceRated,
    TicketAwaitingCustomer,
    TicketClosed,
    TicketHandedOver,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from domain.ticket.state import Ticket, evolve
from web.calling_back import configured
from web.doors import Doors
from web.links import BadLink

#: At most so many contacts of a ticket are shown, the latest.
MOST_INTERACTIONS = 30
MOST_MESSAGES = 100

STEPS: dict[type, str] = {
    TicketOpened: "opened",
    TicketHandedOver: "handed_over",
    TicketAwaitingCustomer: "awaiting_customer",
    TicketResolved: "resolved",
    TicketReopened: "reopened",
    TicketClosed: "closed",
    ServiceRated: "rated",
}


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    what: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    by: Literal["customer", "us"]
    text: str
    #: how many files came with it
    files: int = 0
    #: what we sent along can be had again, by the place of the message in the log
    position: int = 0
    enclosed: Sequence[NamedFile] = ()


@dataclass(slots=True)
class TicketView:
    """`comment` is that of the latest rating, and `rated` the event that has it."""

    ticket: Ticket
    project_id: str
    pool: str
    project: Project
    comment: str = ""
    rated: str = ""
    steps: list[Step] = field(default_factory=list[Step])
    said: list[Said] = field(default_factory=list[Said])

    @property
    def department(self) -> str:
        return self.title(self.ticket.department)

    def title(self, department: str) -> str:
        """What customers know a department by; its name where it was removed from the document since."""
        found = self.project.configured.departments.get(department)
        return found.title if found else department


async def read_ticket(doors: Doors, ticket_id: str) -> TicketView:
    """The ticket. Raises `BadLink` when there is none, `KeyDestroyed` when its customer was erased."""
    recorded = await doors.log.read_stream(stream_of("ticket", ticket_id))
    if not recorded or not isinstance(recorded[0].event, TicketOpened):
        raise BadLink
    first = recorded[0]
    view = TicketView(Ticket(), first.project, first.pool, await configured(doors, first.project))
    for one in recorded:
        _fold(doors, view, one)
    return view


def _fold(doors: Doors, view: TicketView, one: Recorded) -> None:
    event = doors.opener(one.event)
    if isinstance(event, TicketOpened) and isinstance(event.subject, Erased):
        raise KeyDestroyed("this ticket's customer was erased")
    view.ticket = evolve(view.ticket, event)
    if isinstance(event, ServiceRated):
        view.comment, view.rated = plain(event.comment, otherwise=""), one.event_id
    if what := STEPS.get(type(event)):
        department = view.title(event.department) if isinstance(event, TicketHandedOver | TicketOpened) else ""
        view.steps.append(Step(one.occurred_at, what, department))


async def read_conversation(doors: Doors, ticket_id: str) -> list[Said]:
    """What customer and agents wrote on the ticket, oldest first."""
    ours = await _added(doors, ticket_id)
    wanted = {event.message_id for event in ours}
    interactions = list(dict.fromkeys(event.interaction_id for event in ours))[-MOST_INTERACTIONS:]
    said: list[Said] = []
    for interaction_id in interactions:
        for one in await doors.log.read_stream(stream_of("interaction", interaction_id)):
            event = one.event
            if isinstance(event, MessageReceived | MessageSent) and event.message_id in wanted:
                said.append(_said(doors, one))
    return sorted(said, key=lambda one: one.at)[-MOST_MESSAGES:]


async def _added(doors: Doors, ticket_id: str) -> list[InformationAdded]:
    recorded = await doors.log.read_stream(stream_of("ticket", ticket_id))
    return [e.event for e in recorded if isinstance(e.event, InformationAdded) and e.event.by in ("customer", "agent")]


async def read_reply(doors: Doors, ticket_id: str, position: int) -> MessageSent:
    """What we wrote on the ticket at this place of the log, opened. Raises `BadLink` where there is nothing."""
    wanted = {one.message_id: one.interaction_id for one in await _added(doors, ticket_id)}
    streams = [stream_of("interaction", one) for one in dict.fromkeys(wanted.values())]
    found = await doors.log.read(position - 1, 1, streams=streams) if streams else []
    event = doors.opener(found[0].event) if found and found[0].position == position else None
    if not isinstance(event, MessageSent) or event.message_id not in wanted:
        raise BadLink
    return event


def _said(doors: Doors, one: Recorded) -> Said:
    event = doors.opener(one.event)
    if isinstance(event, MessageSent):
        files = from_event(event.files, event.file_names)
        return Said(one.occurred_at, "us", plain(event.text), 0, one.position, [file for file in files if file.name])
    assert isinstance(event, MessageReceived)
    return Said(one.occurred_at, "customer", plain(event.text), len(event.attachments))


async def sender_of(doors: Doors, view: TicketView) -> Contact:
    """The address that the ticket's customer writes from. Raises `KeyDestroyed` when none is left."""
    customer = Customer()
    for one in await doors.log.read_stream(stream_of("customer", view.ticket.customer_id)):
        customer = evolve_customer(customer, doors.opener(one.event))
    points = sorted(customer.contacts, key=lambda point: point.kind == "email")
    if not points:
        raise KeyDestroyed("this ticket's customer was erased")
    latest = points[-1]
    return Contact(kind=latest.kind, address=latest.address, fingerprint=latest.fingerprint)  # type: ignore[arg-type]
