"""A ticket as decisions see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.event import Event
from domain.personal import plain
from domain.rejection import NotFound
from domain.states import States, concept
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
from domain.transitions import Table, step

Status = Literal["absent", "open", "awaiting_customer", "resolved", "closed"]

STATUS: Table[Status] = {
    ("absent", TicketOpened): "open",
    ("open", TicketHandedOver): "open",
    ("open", TicketAwaitingCustomer): "awaiting_customer",
    ("open", TicketResolved): "resolved",
    ("awaiting_customer", TicketResolved): "resolved",
    ("awaiting_customer", TicketHandedOver): "open",
    ("awaiting_customer", TicketReopened): "open",
    ("resolved", TicketReopened): "open",
    ("resolved", TicketClosed): "closed",
    ("open", InformationAdded): "open",
    ("awaiting_customer", InformationAdded): "awaiting_customer",
    ("resolved", InformationAdded): "resolved",
    ("closed", InformationAdded): "closed",
    ("resolved", ServiceRated): "resolved",
    ("closed", ServiceRated): "closed",
}

#: How many message ids of a thread are kept for References: the first and the latest (RFC 5322 §3.6.4 bounds nothing).
THREAD_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    ticket_id: str = ""
    number: str = ""
    status: Status = "absent"
    customer_id: str = ""
    interaction_id: str = ""
    department: str = ""
    mailbox: str = ""
    text_number: str = ""
    language: str = "en"
    subject: str = ""
    deadline: datetime | None = None
    settled_by: str = ""
    thread: tuple[str, ...] = ()
    rating: tuple[int | None, int | None] | None = None


def ticket_of(states: States, ticket_id: str) -> Ticket:
    """The ticket. Raises `NotFound`."""
    found = states.of(Ticket, "ticket", ticket_id)
    if found.status == "absent":
        raise NotFound("ticket", ticket_id)
    return found


def lengthen(thread: tuple[str, ...], message: str) -> tuple[str, ...]:
    """The thread with one more message id, its first kept and its middle dropped where it grows too long."""
    if not message or message in thread:
        return thread
    longer = (*thread, message)
    return longer if len(longer) <= THREAD_LENGTH else (longer[0], *longer[-THREAD_LENGTH + 1 :])


def evolve(state: Ticket, event: Event) -> Ticket:
    if (state.status, type(event)) in STATUS:
        state = replace(state, status=step(STATUS, state.status, type(event), "the ticket"))
    match event:
        case TicketOpened():
            return replace(
                state,
                ticket_id=event.ticket_id,
                number=event.number,
                customer_id=event.customer_id,
                interaction_id=event.interaction_id,
                department=event.department,
                mailbox=event.mailbox,
                text_number=event.text_number,
                language=event.language,
                subject=plain(event.subject),
                deadline=event.deadline,
            )
        case InformationAdded():
            current = event.interaction_id if event.by != "automatic" else state.interaction_id
            thread = lengthen(state.thread, plain(event.external_id, otherwise=""))
            return replace(state, interaction_id=current, thread=thread)
        case TicketHandedOver():
            return replace(state, department=event.department)
        case TicketResolved():
            return replace(state, settled_by=event.agent_id)
        case ServiceRated():
            return replace(state, rating=(event.agent_score, event.company_score))
        case _:
            return state


concept("ticket", Ticket(), evolve)
