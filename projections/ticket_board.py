"""Ticket board: every matter with its state, department, deadline, next action, rating and whole history."""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.follow_up.decide import ENTRY as FOLLOW_UP
from domain.interaction.events import (
    InteractionClosed,
    InteractionInterrupted,
    InteractionQueued,
    InteractionStarted,
    MessageReceived,
    MessageSent,
    NoteAdded,
    OfferAccepted,
    SentToVoicemail,
    WorkExpired,
    WorkGivenUp,
)
from domain.ports import Rows
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
from projections.erasing import forgets, text_of
from projections.schema import Column, Projection, Table

TICKETS = Table(
    "board_tickets",
    (
        Column("ticket_id"),
        Column("project"),
        Column("number"),
        Column("customer_id"),
        Column("interaction_id"),
        Column("department"),
        Column("mailbox"),
        Column("language"),
        Column("status"),
        Column("subject", personal=True),
        Column("opened_at", "instant"),
        Column("deadline", "instant"),
        Column("changed_at", "instant"),
        Column("position", "integer"),
        Column("last_said_by"),
        Column("last_said_at", "instant", optional=True),
        Column("queue"),
        Column("agent_id"),
        Column("settled_by"),
        Column("settled_at", "instant", optional=True),
        Column("agent_score", "integer", optional=True),
        Column("company_score", "integer", optional=True),
        Column("comment", personal=True),
        Column("rated_at", "instant", optional=True),
    ),
    key=("ticket_id",),
    indexes=(
        ("customer_id",),
        ("project", "number"),
        ("project", "status", "deadline", "ticket_id"),
        ("project", "department", "status", "deadline", "ticket_id"),
    ),
    owner="customer_id",
    on_erasure="blank",
    read_back=True,
)

#: `internal` entries are for the desk alone and never shown to the customer.
HISTORY = Table(
    "board_history",
    (
        Column("ticket_id"),
        Column("position", "integer"),
        Column("customer_id"),
        Column("at", "instant"),
        Column("what"),
        Column("by"),
        Column("detail"),
        Column("internal", "boolean"),
        Column("text", personal=True),
    ),
    key=("ticket_id", "position"),
    indexes=(("customer_id",),),
    owner="customer_id",
    on_erasure="blank",
)

#: Which ticket an open interaction works on; `planned`: beside what the ticket waits for, once it is due.
WORK = Table(
    "board_work",
    (Column("interaction_id"), Column("ticket_id"), Column("customer_id"), Column("planned", "boolean")),
    key=("interaction_id",),
    read_back=True,
)

ticket_board = Projection("ticket_board", 3, (TICKETS, HISTORY, WORK))
on = ticket_board.on
forgets(ticket_board)


def _tell(
    recorded: Recorded,
    rows: Rows,
    ticket_id: str,
    customer_id: str,
    what: str,
    *,
    by: str = "",
    detail: str = "",
    internal: bool = False,
    text: str = "",
) -> None:
    row: dict[str, Any] = {
        "ticket_id": ticket_id,
        "position": recorded.position,
        "customer_id": customer_id,
        "at": recorded.occurred_at,
        "what": what,
        "by": by or recorded.actor,
        "detail": detail,
        "internal": internal,
        "text": text,
    }
    rows.put("board_history", row)


def _change(
    recorded: Recorded, rows: Rows, ticket_id: str, what: str, by: str = "", detail: str = "", **now: Any
) -> None:
    """The ticket's new values, and the change in its history."""
    ticket = rows.get("board_tickets", (ticket_id,))
    if ticket is None:
        return
    changed = {"changed_at": recorded.occurred_at, "position": recorded.position}
    rows.put("board_tickets", {**ticket, **changed, **now})
    _tell(recorded, rows, ticket_id, ticket["customer_id"], what, by=by, detail=detail)


@on(TicketOpened)
def opened(recorded: Recorded, event: TicketOpened, rows: Rows) -> None:
    row: dict[str, Any] = {
        "ticket_id": event.ticket_id,
        "project": recorded.project,
        "number": event.number,
        "customer_id": event.customer_id,
        "interaction_id": event.interaction_id,
        "department": event.department,
        "mailbox": event.mailbox,
        "language": event.language,
        "status": "open",
        "subject": text_of(event.subject),
        "opened_at": recorded.occurred_at,
        "deadline": event.deadline,
        "changed_at": recorded.occurred_at,
        "position": recorded.position,
        "last_said_by": "",
        "last_said_at": None,
        "queue": "",
        "agent_id": "",
        "settled_by": "",
        "settled_at": None,
        "agent_score": None,
        "company_score": None,
        "comment": "",
        "rated_at": None,
    }
    rows.put("board_tickets", row)
    _tell(recorded, rows, event.ticket_id, event.customer_id, "opened", detail=event.department)


@on(TicketHandedOver)
def handed_over(recorded: Recorded, event: TicketHandedOver, rows: Rows) -> None:
    now = {"department": event.department, "status": "open"}
    _change(recorded, rows, event.ticket_id, "handed_over", event.by, event.department, **now)


@on(TicketAwaitingCustomer)
def awaiting(recorded: Recorded, event: TicketAwaitingCustomer, rows: Rows) -> None:
    _change(recorded, rows, event.ticket_id, "awaiting_customer", event.by, status="awaiting_customer")


@on(TicketResolved)
def resolved(recorded: Recorded, event: TicketResolved, rows: Rows) -> None:
    now: dict[str, Any] = {"status": "resolved", "settled_by": event.agent_id, "settled_at": recorded.occurred_at}
    _change(recorded, rows, event.ticket_id, "resolved", event.agent_id, **now)


@on(TicketReopened)
def reopened(recorded: Recorded, event: TicketReopened, rows: Rows) -> None:
    _change(recorded, rows, event.ticket_id, "reopened", detail=event.reason, status="open", settled_at=None)


@on(TicketClosed)
def closed(recorded: Recorded, event: TicketClosed, rows: Rows) -> None:
    _change(recorded, rows, event.ticket_id, "closed", detail=event.reason, status="closed")


@on(ServiceRated)
def rated(recorded: Recorded, event: ServiceRated, rows: Rows) -> None:
    comment = text_of(event.comment)
    now: dict[str, Any] = {
        "agent_score": event.agent_score,
        "company_score": event.company_score,
        "comment": comment,
        "rated_at": recorded.occurred_at,
    }
    scores = f"agent {event.agent_score or '-'}, company {event.company_score or '-'}"
    _change(recorded, rows, event.ticket_id, "rated", "customer", scores, **now)


@on(InformationAdded)
def said(recorded: Recorded, event: InformationAdded, rows: Rows) -> None:
    ticket = rows.get("board_tickets", (event.ticket_id,))
    if ticket is None or event.by == "automatic":
        return
    now = {"last_said_by": event.by, "last_said_at": recorded.occurred_at, "interaction_id": event.interaction_id}
    rows.put("board_tickets", {**ticket, **now, "position": recorded.position})


@on(InteractionStarted)
def started(recorded: Recorded, event: InteractionStarted, rows: Rows) -> None:
    if event.ticket_id:
        row = {"interaction_id": event.interaction_id, "ticket_id": event.ticket_id, "customer_id": event.customer_id}
        rows.put("board_work", {**row, "planned": event.entry == FOLLOW_UP})


@on(MessageReceived, MessageSent, NoteAdded)
def message(recorded: Recorded, event: MessageReceived | MessageSent | NoteAdded, rows: Rows) -> None:
    work = rows.get("board_work", (event.interaction_id,))
    if work is None:
        return
    what, by, detail = "message_received", "customer", ""
    if isinstance(event, MessageSent):
        what, by, detail = "message_sent", event.agent_id, event.delivery_id
    elif isinstance(event, NoteAdded):
        what, by = "note", event.author
    elif event.automatic:
        by, detail = "automatic", event.automatic
    internal = what == "note" or by == "automatic"
    text = text_of(event.text)
    _tell(
        recorded, rows, work["ticket_id"], event.customer_id, what, by=by, detail=detail, internal=internal, text=text
    )


def _worked(rows: Rows, interaction_id: str, **now: str) -> None:
    """Where the ticket's work is: in which queue, in whose hands."""
    work = rows.get("board_work", (interaction_id,))
    ticket = rows.get("board_tickets", (work["ticket_id"],)) if work and not work["planned"] else None
    if ticket is not None:
        rows.put("board_tickets", {**ticket, **now})


@on(InteractionQueued)
def queued(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    _worked(rows, event.interaction_id, queue=event.queue, agent_id="")


@on(OfferAccepted)
def accepted(recorded: Recorded, event: OfferAccepted, rows: Rows) -> None:
    _worked(rows, event.interaction_id, agent_id=event.agent_id)


@on(WorkGivenUp, InteractionInterrupted)
def given_up(recorded: Recorded, event: WorkGivenUp | InteractionInterrupted, rows: Rows) -> None:
    _worked(rows, event.interaction_id, agent_id="")


@on(SentToVoicemail, WorkExpired)
def waits_no_longer(recorded: Recorded, event: SentToVoicemail | WorkExpired, rows: Rows) -> None:
    _worked(rows, event.interaction_id, queue="", agent_id="")


@on(InteractionClosed)
def work_closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    _worked(rows, event.interaction_id, queue="", agent_id="")
    rows.delete("board_work", (event.interaction_id,))
