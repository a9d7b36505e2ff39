"""Queue board: the work that waits, by queue and in the order of arrival."""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
)
from domain.ports import Rows
from projections.schema import Column, Projection, Table

#: `ready_at` is when the leg can be worked: its arrival, or the time a callback was asked for. `offers` ring now.
WAITING = Table(
    "queue_waiting",
    (
        Column("interaction_id"),
        Column("leg"),
        Column("pool"),
        Column("project"),
        Column("queue"),
        Column("channel"),
        Column("priority", "integer"),
        Column("arrived_at", "instant"),
        Column("ready_at", "instant"),
        Column("target", "integer"),
        Column("customer_id"),
        Column("language"),
        Column("skills", "json"),
        Column("trail", "json"),
        Column("offers", "integer"),
        Column("reason"),
    ),
    key=("interaction_id", "leg"),
    indexes=(("project", "queue", "ready_at", "interaction_id", "leg"),),
    read_back=True,
)

#: Every queue that ever had work, so that an empty one is listed too.
QUEUES = Table("queue_names", (Column("project"), Column("queue")), key=("project", "queue"), read_back=True)

queue_board = Projection("queue_board", 1, (WAITING, QUEUES))
on = queue_board.on


@on(InteractionQueued)
def queued(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    ready_at = max(event.arrived_at, event.not_before) if event.not_before else event.arrived_at
    row: dict[str, Any] = {
        "interaction_id": event.interaction_id,
        "leg": event.leg,
        "pool": recorded.pool,
        "project": recorded.project,
        "queue": event.queue,
        "channel": event.channel,
        "priority": event.priority,
        "arrived_at": event.arrived_at,
        "ready_at": ready_at,
        "target": event.target,
        "customer_id": event.customer_id,
        "language": event.language,
        "skills": dict(event.skills),
        "trail": list(event.trail),
        "offers": 0,
        "reason": event.reason,
    }
    rows.put("queue_waiting", row)
    rows.put("queue_names", {"project": recorded.project, "queue": event.queue})


def _ring(rows: Rows, interaction_id: str, leg: str, by: int, *, missed_by: str = "") -> None:
    waiting = rows.get("queue_waiting", (interaction_id, leg))
    if waiting is not None:
        trail = [*waiting["trail"], missed_by] if missed_by else waiting["trail"]
        rows.put("queue_waiting", {**waiting, "offers": waiting["offers"] + by, "trail": trail})


@on(InteractionOffered)
def offered(recorded: Recorded, event: InteractionOffered, rows: Rows) -> None:
    _ring(rows, event.interaction_id, event.leg, 1)


@on(OfferDeclined, OfferTimedOut)
def missed(recorded: Recorded, event: OfferDeclined | OfferTimedOut, rows: Rows) -> None:
    _ring(rows, event.interaction_id, event.leg, -1, missed_by=event.agent_id)


@on(OfferRescinded)
def rescinded(recorded: Recorded, event: OfferRescinded, rows: Rows) -> None:
    _ring(rows, event.interaction_id, event.leg, -1)


@on(OfferAccepted, InteractionAbandoned)
def gone(recorded: Recorded, event: OfferAccepted | InteractionAbandoned, rows: Rows) -> None:
    rows.delete("queue_waiting", (event.interaction_id, event.leg))


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    for row in rows.find("queue_waiting", interaction_id=event.interaction_id):
        rows.delete("queue_waiting", (row["interaction_id"], row["leg"]))
