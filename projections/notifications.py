"""Notifications: the sender's to-do list, and for everybody else what became of each delivery.

Two projections. A row of the to-do list holds all that a mail is made of and goes once its fate is known; the
delivery's own row stays.
"""

from __future__ import annotations

from typing import Any

from domain.delivery.events import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryDeferred,
    NotificationBounced,
    NotificationDelivered,
    NotificationFailed,
    NotificationRequested,
)
from domain.event import Recorded
from domain.ports import Rows
from projections.erasing import forgets, text_of
from projections.schema import Column, Projection, Table

#: `status`: pending, attempting or accepted. `due_at`: when to send, send again, take an unheard-of attempt for lost,
#: or ask a provider what became of what it accepted.
PENDING = Table(
    "pending_notifications",
    (
        Column("delivery_id"),
        Column("pool"),
        Column("project"),
        Column("kind"),
        Column("channel"),
        Column("customer_id"),
        Column("ticket_id"),
        Column("interaction_id"),
        Column("mailbox"),
        Column("language"),
        Column("params", "json"),
        Column("to", personal=True),
        Column("name", personal=True),
        Column("subject", personal=True),
        Column("body", personal=True),
        Column("thread", personal=True),
        Column("status"),
        Column("due_at", "instant"),
        Column("requested_at", "instant"),
        Column("attempts", "integer"),
        Column("attempt_id"),
        Column("event_id"),
        Column("correlation_id"),
    ),
    key=("delivery_id",),
    indexes=(("pool", "channel", "due_at", "delivery_id"), ("customer_id",)),
    owner="customer_id",
    on_erasure="delete",
    read_back=True,
)

pending_notifications = Projection("pending_notifications", 3, (PENDING,))
forgets(pending_notifications)
_pending = pending_notifications.on

#: `status`: pending, attempting, accepted, delivered, failed, bounced. `reason` is what the other side said,
#: `reference` the provider's own id, `segments` how many short messages it is paid for as.
DELIVERIES = Table(
    "deliveries",
    (
        Column("delivery_id"),
        Column("project"),
        Column("ticket_id"),
        Column("interaction_id"),
        Column("customer_id"),
        Column("kind"),
        Column("channel"),
        Column("status"),
        Column("requested_at", "instant"),
        Column("position", "integer"),
        Column("attempts", "integer"),
        Column("settled_at", "instant", optional=True),
        Column("retry_at", "instant", optional=True),
        Column("code"),
        Column("reason", personal=True),
        Column("reference"),
        Column("segments", "integer"),
    ),
    key=("delivery_id",),
    indexes=(("ticket_id", "position"), ("customer_id",), ("project", "status", "position")),
    owner="customer_id",
    on_erasure="blank",
    read_back=True,
)

deliveries = Projection("deliveries", 2, (DELIVERIES,))
forgets(deliveries)
_delivery = deliveries.on


@_pending(NotificationRequested)
def pending_requested(recorded: Recorded, event: NotificationRequested, rows: Rows) -> None:
    to = text_of(event.to)
    if not to:  # erased before it could be sent: there is nobody to send it to
        return
    row: dict[str, Any] = {
        "delivery_id": event.delivery_id,
        "pool": recorded.pool,
        "project": recorded.project,
        "kind": event.kind,
        "channel": event.channel,
        "customer_id": event.customer_id,
        "ticket_id": event.ticket_id,
        "interaction_id": event.interaction_id,
        "mailbox": event.mailbox,
        "language": event.language,
        "params": dict(event.params),
        "to": to,
        "name": text_of(event.name),
        "subject": text_of(event.subject),
        "body": text_of(event.body),
        "thread": text_of(event.thread),
        "status": "pending",
        "due_at": recorded.occurred_at,
        "requested_at": recorded.occurred_at,
        "attempts": 0,
        "attempt_id": "",
        "event_id": recorded.event_id,
        "correlation_id": recorded.correlation_id,
    }
    rows.put("pending_notifications", row)


def _later(rows: Rows, delivery_id: str, **now: Any) -> None:
    row = rows.get("pending_notifications", (delivery_id,))
    if row is not None:
        rows.put("pending_notifications", {**row, **now})


@_pending(DeliveryAttempted)
def pending_attempted(recorded: Recorded, event: DeliveryAttempted, rows: Rows) -> None:
    now = {"status": "attempting", "due_at": event.deadline}
    _later(rows, event.delivery_id, attempts=event.number, attempt_id=event.attempt_id, **now)


@_pending(DeliveryAccepted)
def pending_accepted(recorded: Recorded, event: DeliveryAccepted, rows: Rows) -> None:
    _later(rows, event.delivery_id, status="accepted", due_at=event.check_at)


@_pending(DeliveryDeferred)
def pending_deferred(recorded: Recorded, event: DeliveryDeferred, rows: Rows) -> None:
    _later(rows, event.delivery_id, status="pending", due_at=event.retry_at)


@_pending(NotificationDelivered, NotificationFailed, NotificationBounced)
def pending_settled(
    recorded: Recorded, event: NotificationDelivered | NotificationFailed | NotificationBounced, rows: Rows
) -> None:
    rows.delete("pending_notifications", (event.delivery_id,))


@_delivery(NotificationRequested)
def requested(recorded: Recorded, event: NotificationRequested, rows: Rows) -> None:
    row: dict[str, Any] = {
        "delivery_id": event.delivery_id,
        "project": recorded.project,
        "ticket_id": event.ticket_id,
        "interaction_id": event.interaction_id,
        "customer_id": event.customer_id,
        "kind": event.kind,
        "channel": event.channel,
        "status": "pending",
        "requested_at": recorded.occurred_at,
        "position": recorded.position,
        "attempts": 0,
        "settled_at": None,
        "retry_at": None,
        "code": "",
        "reason": "",
        "reference": "",
        "segments": 0,
    }
    rows.put("deliveries", row)


def _moved(rows: Rows, delivery_id: str, status: str, **now: Any) -> None:
    row = rows.get("deliveries", (delivery_id,))
    if row is not None:
        rows.put("deliveries", {**row, "status": status, **now})


@_delivery(DeliveryAttempted)
def attempted(recorded: Recorded, event: DeliveryAttempted, rows: Rows) -> None:
    _moved(rows, event.delivery_id, "attempting", attempts=event.number, retry_at=None)


@_delivery(DeliveryAccepted)
def accepted(recorded: Recorded, event: DeliveryAccepted, rows: Rows) -> None:
    row = rows.get("deliveries", (event.delivery_id,))
    segments = max(event.segments, 0 if row is None else row["segments"])
    _moved(rows, event.delivery_id, "accepted", reference=event.reference, segments=segments, code="", reason="")


@_delivery(DeliveryDeferred)
def deferred(recorded: Recorded, event: DeliveryDeferred, rows: Rows) -> None:
    now = {"retry_at": event.retry_at, "code": event.code, "reason": text_of(event.reason)}
    _moved(rows, event.delivery_id, "pending", **now)


@_delivery(NotificationDelivered)
def delivered(recorded: Recorded, event: NotificationDelivered, rows: Rows) -> None:
    _moved(rows, event.delivery_id, "delivered", settled_at=recorded.occurred_at, code="", reason="")


@_delivery(NotificationFailed)
def failed(recorded: Recorded, event: NotificationFailed, rows: Rows) -> None:
    now = {"code": event.code, "reason": text_of(event.reason)}
    _moved(rows, event.delivery_id, "failed", settled_at=recorded.occurred_at, **now)


@_delivery(NotificationBounced)
def bounced(recorded: Recorded, event: NotificationBounced, rows: Rows) -> None:
    now = {"code": event.status, "reason": text_of(event.reason)}
    _moved(rows, event.delivery_id, "bounced", settled_at=recorded.occurred_at, **now)
