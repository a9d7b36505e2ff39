"""Tickets: one by id or number, lists by state and department, the history for the desk and for the customer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from projections.reading import MAX_PAGE, Page, Reader, Row, View, read_cursor, reads, write_cursor

NextAction = Literal["answer", "await_customer", "await_rating", "close", "none"]
Status = Literal["open", "awaiting_customer", "resolved", "closed"]


class TicketView(View):
    """A ticket. `next_action` says what should happen, `agent_id` who has it in hand, `queue` where it waits."""

    ticket_id: str
    project: str
    number: str
    customer_id: str
    interaction_id: str
    department: str
    mailbox: str
    language: str
    status: Status
    subject: str
    opened_at: datetime
    deadline: datetime
    changed_at: datetime
    last_said_by: str
    last_said_at: datetime | None
    queue: str
    agent_id: str
    settled_by: str
    settled_at: datetime | None
    agent_score: int | None
    company_score: int | None
    comment: str
    rated_at: datetime | None
    next_action: NextAction


class TicketEntry(View):
    """Something in a ticket's history. `internal` ones are not for the customer."""

    position: int
    at: datetime
    what: str
    by: str
    detail: str
    internal: bool
    text: str


def _next_action(row: Row) -> NextAction:
    if row["status"] == "open":
        return "answer"
    if row["status"] == "awaiting_customer":
        return "await_customer"
    if row["status"] == "resolved":
        return "await_rating" if row["rated_at"] is None else "close"
    return "none"


def _view(row: Row) -> TicketView:
    return TicketView.of(row, next_action=_next_action(row))


@reads("ticket_board")
def ticket(read: Reader, ticket_id: str) -> TicketView | None:
    """The ticket with this id. Its `project` and `customer_id` say who may see it."""
    row = read.get("board_tickets", (ticket_id,))
    return None if row is None else _view(row)


@reads("ticket_board")
def ticket_by_number(read: Reader, project: str, number: str) -> TicketView | None:
    """The project's ticket with this number, as people say it; case does not matter."""
    rows = read.find("board_tickets", project=project, number=number.strip().upper())
    return _view(rows[0]) if rows else None


@reads("ticket_board")
def tickets(
    read: Reader,
    project: str,
    status: Status,
    *,
    department: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[TicketView]:
    """A project's tickets in one state, the nearest deadline first. Raises `BadCursor`."""
    limit = max(1, min(limit, MAX_PAGE))
    equal = {"project": project, "status": status} | ({"department": department} if department else {})
    after = None
    if cursor:
        after = read_cursor(cursor, datetime, str)
    rows = read.scan("board_tickets", equal, ("deadline", "ticket_id"), after=after, limit=limit + 1)
    page = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=tuple(map(_view, page)),
        next=write_cursor(page[-1]["deadline"], page[-1]["ticket_id"]) if more else None,
    )


@reads("ticket_board")
def customer_tickets(read: Reader, project: str, customer_id: str) -> tuple[TicketView, ...]:
    """All tickets of one customer, the latest first."""
    rows = [row for row in read.find("board_tickets", customer_id=customer_id) if row["project"] == project]
    return tuple(_view(row) for row in sorted(rows, key=lambda row: row["opened_at"], reverse=True))


@reads("ticket_board")
def ticket_history(
    read: Reader, ticket_id: str, *, internal: bool, cursor: str | None = None, limit: int = 100
) -> Page[TicketEntry]:
    """What happened on a ticket, oldest first; without what is internal, for the customer. Raises `BadCursor`."""
    limit = max(1, min(limit, MAX_PAGE))
    after = read_cursor(cursor, int) if cursor else None
    shown: list[Row] = []
    while True:
        rows = read.scan("board_history", {"ticket_id": ticket_id}, ("position",), after=after, limit=limit + 1)
        shown += [row for row in rows if internal or not row["internal"]]
        if len(shown) > limit or len(rows) <= limit:
            break
        after = (rows[-1]["position"],)
    page = shown[:limit]
    return Page(
        items=tuple(TicketEntry.of(row) for row in page),
        next=write_cursor(page[-1]["position"]) if len(shown) > limit else None,
    )
