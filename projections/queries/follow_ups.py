"""Follow-ups: those of an agent, of a project in one state, of a ticket or a customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from projections.reading import MAX_PAGE, Page, Reader, Row, View, read_cursor, reads, write_cursor

FollowUpStatus = Literal["scheduled", "in_hand", "done", "cancelled", "lapsed"]


class FollowUpView(View):
    """A planned contact. `agent_id` empty: whoever serves the queue; `minutes` is how long it takes in a calendar.

    `interaction_id` is its work, offered from `due_at` on. `lapsed`: its work ended and nobody took it.
    """

    follow_up_id: str
    project: str
    customer_id: str
    customer_name: str
    ticket_id: str
    ticket_number: str
    interaction_id: str
    agent_id: str
    queue: str
    channel: Literal["callback", "email"]
    due_at: datetime
    minutes: int
    status: FollowUpStatus
    about: str
    by: str
    scheduled_at: datetime
    changed_at: datetime
    sequence: int


def _view(read: Reader, row: Row) -> FollowUpView:
    customer = read.get("history_customers", (row["customer_id"],))
    ticket = read.get("board_tickets", (row["ticket_id"],))
    name, number = customer["name"] if customer else "", ticket["number"] if ticket else ""
    return FollowUpView.of(row, customer_name=name, ticket_number=number)


def _page(read: Reader, where: Mapping[str, Any], cursor: str | None, limit: int) -> Page[FollowUpView]:
    limit = max(1, min(limit, MAX_PAGE))
    after = read_cursor(cursor, datetime, str) if cursor else None
    rows = read.scan("follow_ups", where, ("due_at", "follow_up_id"), after=after, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = write_cursor(last["due_at"], last["follow_up_id"]) if last else None
    return Page(items=tuple(_view(read, row) for row in rows[:limit]), next=following)


@reads("follow_ups", "customer_history", "ticket_board")
def follow_up(read: Reader, follow_up_id: str) -> FollowUpView | None:
    row = read.get("follow_ups", (follow_up_id,))
    return None if row is None else _view(read, row)


@reads("follow_ups", "customer_history", "ticket_board")
def follow_ups(
    read: Reader, project: str, status: FollowUpStatus, *, cursor: str | None = None, limit: int = 50
) -> Page[FollowUpView]:
    """Those of a project in one state, the earliest first. Raises `BadCursor`."""
    return _page(read, {"project": project, "status": status}, cursor, limit)


@reads("follow_ups", "customer_history", "ticket_board")
def follow_ups_of_agent(
    read: Reader, agent_id: str, since: datetime, *, limit: int = MAX_PAGE
) -> tuple[FollowUpView, ...]:
    """An agent's own from a time on, in order, whatever became of them."""
    after = (since, "")
    rows = read.scan("follow_ups", {"agent_id": agent_id}, ("due_at", "follow_up_id"), after=after, limit=limit)
    return tuple(_view(read, row) for row in rows)


@reads("follow_ups", "customer_history", "ticket_board")
def follow_ups_about(
    read: Reader,
    what: Literal["ticket_id", "customer_id"],
    identity: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FollowUpView]:
    """Those about a ticket or a customer, the earliest first. Raises `BadCursor`."""
    return _page(read, {what: identity}, cursor, limit)
