"""Tickets on the customer's history: what is open, and every change of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.event import Recorded
from domain.ports import Rows
from domain.ticket.events import (
    ServiceRated,
    TicketAwaitingCustomer,
    TicketClosed,
    TicketHandedOver,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from projections.customer_history.tables import customer_history, entry
from projections.erasing import text_of

on = customer_history.on
#: A ticket in one of these states is an open matter on the card.
OPEN = frozenset({"open", "awaiting_customer"})


def _store(rows: Rows, ticket: Mapping[str, Any]) -> None:
    """The ticket's row, and its place among the open matters while it is one."""
    rows.put("history_tickets", ticket)
    key = (ticket["customer_id"], "ticket", ticket["ticket_id"])
    if ticket["status"] not in OPEN:
        rows.delete("history_open_matters", key)
        return
    row: dict[str, Any] = {
        "customer_id": ticket["customer_id"],
        "kind": "ticket",
        "matter_id": ticket["ticket_id"],
        "number": ticket["number"],
        "title": ticket["subject"],
        "department": ticket["department"],
        "status": ticket["status"],
        "due_at": ticket["deadline"],
        "opened_at": ticket["opened_at"],
    }
    rows.put("history_open_matters", row)


def _changed(recorded: Recorded, rows: Rows, ticket_id: str, what: str, by: str, detail: str, **now: str) -> None:
    """The ticket's new values, and the change on its customer's timeline."""
    ticket = rows.get("history_tickets", (ticket_id,))
    if ticket is None:
        return
    _store(rows, {**ticket, **now})
    entry(recorded, rows, ticket["customer_id"], what, ticket_id=ticket_id, by=by, detail=detail)


@on(TicketOpened)
def opened(recorded: Recorded, event: TicketOpened, rows: Rows) -> None:
    subject = text_of(event.subject)
    row: dict[str, Any] = {
        "ticket_id": event.ticket_id,
        "customer_id": event.customer_id,
        "number": event.number,
        "subject": subject,
        "department": event.department,
        "status": "open",
        "deadline": event.deadline,
        "opened_at": recorded.occurred_at,
    }
    _store(rows, row)
    entry(
        recorded,
        rows,
        event.customer_id,
        "ticket_opened",
        ticket_id=event.ticket_id,
        interaction_id=event.interaction_id,
        detail=event.number,
        title=subject,
    )


@on(TicketHandedOver)
def handed_over(recorded: Recorded, event: TicketHandedOver, rows: Rows) -> None:
    now = {"department": event.department, "status": "open"}
    _changed(recorded, rows, event.ticket_id, "ticket_handed_over", event.by, event.department, **now)


@on(TicketAwaitingCustomer)
def awaiting(recorded: Recorded, event: TicketAwaitingCustomer, rows: Rows) -> None:
    _changed(recorded, rows, event.ticket_id, "ticket_awaiting_customer", event.by, "", status="awaiting_customer")


@on(TicketResolved)
def resolved(recorded: Recorded, event: TicketResolved, rows: Rows) -> None:
    _changed(recorded, rows, event.ticket_id, "ticket_resolved", event.agent_id, "", status="resolved")


@on(TicketReopened)
def reopened(recorded: Recorded, event: TicketReopened, rows: Rows) -> None:
    _changed(recorded, rows, event.ticket_id, "ticket_reopened", "", event.reason, status="open")


@on(TicketClosed)
def closed(recorded: Recorded, event: TicketClosed, rows: Rows) -> None:
    _changed(recorded, rows, event.ticket_id, "ticket_closed", "", event.reason, status="closed")


@on(ServiceRated)
def rated(recorded: Recorded, event: ServiceRated, rows: Rows) -> None:
    scores = f"agent {event.agent_score or '-'}, company {event.company_score or '-'}"
    entry(
        recorded,
        rows,
        event.customer_id,
        "rated",
        ticket_id=event.ticket_id,
        by="customer",
        detail=scores,
        text=text_of(event.comment),
    )
