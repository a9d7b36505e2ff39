"""Notifications: what the sender has to do, and what became of what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from projections.reading import MAX_PAGE, Page, Reader, Row, View, read_cursor, reads, write_cursor


class PendingNotification(View):
    """Something to send, with all that it is made of.

    `status` pending: send it from `due_at` on; attempting: if nothing is heard until `due_at`, try again; accepted:
    if the provider tells nothing until `due_at`, ask it. `event_id` is the request itself, the cause of what the
    sender does about it.
    """

    delivery_id: str
    pool: str
    project: str
    kind: str
    channel: str
    customer_id: str
    ticket_id: str
    interaction_id: str
    mailbox: str
    language: str
    params: dict[str, str]
    to: str
    name: str
    subject: str
    body: str
    thread: str
    status: Literal["pending", "attempting", "accepted"]
    due_at: datetime
    requested_at: datetime
    attempts: int
    attempt_id: str
    event_id: str
    correlation_id: str


class DeliveryView(View):
    """A delivery. `code` and `reason` are what the other side said, `retry_at` when it is tried again.

    `reference` is a text's id at its provider, `segments` how many short messages it is paid for as.
    """

    delivery_id: str
    project: str
    ticket_id: str
    interaction_id: str
    customer_id: str
    kind: str
    channel: str
    status: Literal["pending", "attempting", "accepted", "delivered", "failed", "bounced"]
    requested_at: datetime
    attempts: int
    settled_at: datetime | None
    retry_at: datetime | None
    code: str
    reason: str
    reference: str
    segments: int


def _pending(row: Row) -> PendingNotification:
    return PendingNotification.of(row)


def _delivery(row: Row) -> DeliveryView:
    return DeliveryView.of(row)


@reads("pending_notifications")
def due_notifications(
    read: Reader, pool: str, now: datetime, *, channel: str = "email", limit: int = 100
) -> tuple[PendingNotification, ...]:
    """What a channel is to send now, the longest due first; what waits for another channel is not in its way."""
    limit = max(1, min(limit, MAX_PAGE))
    where = {"pool": pool, "channel": channel}
    rows = read.scan("pending_notifications", where, ("due_at", "delivery_id"), until=now, limit=limit)
    return tuple(map(_pending, rows))


@reads("pending_notifications")
def next_due_at(read: Reader, pool: str, *, channel: str = "email") -> datetime | None:
    """When a channel has something to send next; None when nothing is pending."""
    where = {"pool": pool, "channel": channel}
    rows = read.scan("pending_notifications", where, ("due_at", "delivery_id"), limit=1)
    return rows[0]["due_at"] if rows else None


@reads("pending_notifications")
def pending_notification(read: Reader, delivery_id: str) -> PendingNotification | None:
    """One thing to send; None once its fate is known."""
    row = read.get("pending_notifications", (delivery_id,))
    return None if row is None else _pending(row)


@reads("deliveries")
def delivery(read: Reader, delivery_id: str) -> DeliveryView | None:
    row = read.get("deliveries", (delivery_id,))
    return None if row is None else _delivery(row)


@reads("deliveries")
def deliveries_of_ticket(read: Reader, ticket_id: str, *, limit: int = MAX_PAGE) -> tuple[DeliveryView, ...]:
    """What was sent on a ticket, oldest first."""
    rows = read.scan("deliveries", {"ticket_id": ticket_id}, ("position",), limit=max(1, min(limit, MAX_PAGE)))
    return tuple(map(_delivery, rows))


@reads("deliveries")
def deliveries_by_status(
    read: Reader, project: str, status: str, *, cursor: str | None = None, limit: int = 50
) -> Page[DeliveryView]:
    """A project's deliveries in one state, the latest first: those parked (`failed`) above all. Raises `BadCursor`."""
    limit = max(1, min(limit, MAX_PAGE))
    after = read_cursor(cursor, int) if cursor else None
    where = {"project": project, "status": status}
    rows = read.scan("deliveries", where, ("position",), after=after, limit=limit + 1, descending=True)
    page = rows[:limit]
    following = write_cursor(page[-1]["position"]) if len(rows) > limit else None
    return Page(items=tuple(map(_delivery, page)), next=following)
