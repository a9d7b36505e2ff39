"""Opening, handing over, settling and rating tickets, with the status mails each change gives cause for."""

from __future__ import annotations

from dataclasses import dataclass

from domain.centre.configuration import project_of
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery import request
from domain.event import Event
from domain.rejection import Rejection
from domain.states import States
from domain.ticket.events import (
    ServiceRated,
    TicketAwaitingCustomer,
    TicketClosed,
    TicketHandedOver,
    TicketReopened,
    TicketResolved,
)
from domain.ticket.state import STATUS, Ticket, evolve, ticket_of
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverTicket(Command):
    """Pass the matter to another department (work in hand is transferred by `TransferInteraction`)."""

    project: str
    ticket_id: str
    department: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitCustomer(Command):
    ticket_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTicket(Command):
    project: str
    ticket_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTicket(Command):
    project: str
    ticket_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTicket(Command):
    ticket_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateService(Command):
    """Scores from 1 (poor) to 5 (excellent); None where the customer did not say."""

    ticket_id: str
    agent_score: int | None
    company_score: int | None
    comment: str = ""


def change(states: States, ticket: Ticket, event: Event) -> tuple[Ticket, Outcome]:
    """The ticket after one of its events, and the outcome that has it. Raises `Rejection` when not possible now."""
    step(STATUS, ticket.status, type(event), f"ticket {ticket.number}")
    return evolve(ticket, event), Outcome().add("ticket", ticket.ticket_id, event)


def told(states: States, what: str, project: str, ticket: Ticket, at: Moment) -> Outcome:
    """The status mail or text to the ticket's customer."""
    customer = states.of(Customer, "customer", ticket.customer_id)
    return request.told(what, ticket, customer, project_of(states, project), at)


def hand_over(states: States, project: str, ticket: Ticket, department: str, by: str, at: Moment) -> Outcome:
    """Pass a ticket to another department and tell the customer; the same department changes nothing."""
    project_of(states, project).department_queue(department)
    if ticket.department == department:
        return Outcome()
    event = TicketHandedOver(
        ticket_id=ticket.ticket_id, from_department=ticket.department, department=department, by=by
    )
    after, outcome = change(states, ticket, event)
    return outcome.merge(told(states, "handed_over", project, after, at))


def resolve(states: States, project: str, ticket: Ticket, agent_id: str, at: Moment) -> Outcome:
    """Settle a ticket and tell the customer, with the links to rate the service."""
    after, outcome = change(states, ticket, TicketResolved(ticket_id=ticket.ticket_id, agent_id=agent_id))
    return outcome.merge(told(states, "resolved", project, after, at))


def reopen(states: States, project: str, ticket: Ticket, reason: str, at: Moment) -> Outcome:
    """Open a ticket again; one that awaits the customer goes on without a mail about it."""
    was_resolved = ticket.status == "resolved"
    after, outcome = change(states, ticket, TicketReopened(ticket_id=ticket.ticket_id, reason=reason))
    return outcome.merge(told(states, "reopened", project, after, at)) if was_resolved else outcome


@decides(HandOverTicket)
def hand_over_ticket(states: States, c: HandOverTicket, at: Moment) -> Outcome:
    return hand_over(states, c.project, ticket_of(states, c.ticket_id), c.department, c.by, at)


@decides(AwaitCustomer)
def await_customer(states: States, c: AwaitCustomer, at: Moment) -> Outcome:
    ticket = ticket_of(states, c.ticket_id)
    return change(states, ticket, TicketAwaitingCustomer(ticket_id=c.ticket_id, by=c.by))[1]


@decides(ResolveTicket)
def resolve_ticket(states: States, c: ResolveTicket, at: Moment) -> Outcome:
    return resolve(states, c.project, ticket_of(states, c.ticket_id), c.agent_id, at)


@decides(ReopenTicket)
def reopen_ticket(states: States, c: ReopenTicket, at: Moment) -> Outcome:
    return reopen(states, c.project, ticket_of(states, c.ticket_id), c.reason, at)


@decides(CloseTicket)
def close_ticket(states: States, c: CloseTicket, at: Moment) -> Outcome:
    ticket = ticket_of(states, c.ticket_id)
    return change(states, ticket, TicketClosed(ticket_id=c.ticket_id, reason=c.reason))[1]


@decides(RateService)
def rate_service(states: States, c: RateService, at: Moment) -> Outcome:
    ticket = ticket_of(states, c.ticket_id)
    for score in (c.agent_score, c.company_score):
        if score is not None and not 1 <= score <= 5:
            raise Rejection("bad_score", f"a score is a whole number from 1 to 5, not {score}")
    if c.agent_score is None and c.company_score is None:
        raise Rejection("no_score", "rate the agent, the company or both")
    before = ticket.rating or (None, None)
    agent_score = before[0] if c.agent_score is None else c.agent_score
    company_score = before[1] if c.company_score is None else c.company_score
    rated = ServiceRated(
        ticket_id=c.ticket_id,
        customer_id=ticket.customer_id,
        agent_id=ticket.settled_by,
        agent_score=agent_score,
        company_score=company_score,
        comment=c.comment,
    )
    if (agent_score, company_score) == ticket.rating and not c.comment:
        return Outcome()
    return change(states, ticket, rated)[1]
