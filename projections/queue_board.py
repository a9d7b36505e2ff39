"""Queue board: the work that waits, by queue and in the order of arrival."""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.interaction.events import (
    CallbackOffered,
    CustomerRecognised,
    DeflectionSent,
    InteractionAbandoned,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    PriorityRaised,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
)
from domain.ports import Rows
from projections.schema import Column, Projection, Table

#: `ready_at` is when the leg can be worked: its arrival, or the time a callback was asked for. `offers` ring now.
#: `site` is the contact's own; `also`, `rings`, `sites` and `language_required` say who may take it by now, after
#: `steps`; `announced` is the estimated wait in seconds that the customer was told last, at `announced_at`.
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
        Column("site"),
        Column("language"),
        Column("language_required", "boolean"),
        Column("skills", "json"),
        Column("also", "json"),
        Column("rings", "integer"),
        Column("sites", "json"),
        Column("steps", "json"),
        Column("expires_at", "instant", optional=True),
        Column("announced", "integer", optional=True),
        Column("announced_at", "instant", optional=True),
        Column("trail", "json"),
        Column("offers", "integer"),
        Column("reason"),
    ),
    key=("interaction_id", "leg"),
    indexes=(
        ("project", "queue", "ready_at", "interaction_id", "leg"),
        ("project", "queue", "site", "ready_at", "interaction_id", "leg"),
        ("project", "channel", "ready_at", "interaction_id", "leg"),
    ),
    read_back=True,
    ahead=True,
)

#: Every queue that ever had work, so that an empty one is listed too.
QUEUES = Table("queue_names", (Column("project"), Column("queue")), key=("project", "queue"), read_back=True)

#: And every site that contacts of a queue ever came from.
SITES = Table(
    "queue_sites",
    (Column("project"), Column("queue"), Column("site")),
    key=("project", "queue", "site"),
    read_back=True,
)

queue_board = Projection("queue_board", 4, (WAITING, QUEUES, SITES))
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
        "site": event.site,
        "language": event.language,
        "language_required": event.language_required,
        "skills": dict(event.skills),
        "also": list(event.also),
        "rings": event.rings,
        "sites": list(event.sites),
        "steps": list(event.steps),
        "expires_at": event.expires_at,
        "announced": None,
        "announced_at": None,
        "trail": list(event.trail),
        "offers": 0,
        "reason": event.reason,
    }
    rows.put("queue_waiting", row)
    queue = {"project": recorded.project, "queue": event.queue}
    rows.put("queue_names", queue)
    rows.put("queue_sites", {**queue, "site": event.site})


def _change(rows: Rows, interaction_id: str, leg: str, **now: Any) -> None:
    waiting = rows.get("queue_waiting", (interaction_id, leg))
    if waiting is not None:
        rows.put("queue_waiting", {**waiting, **now})


@on(CustomerRecognised)
def recognised(recorded: Recorded, event: CustomerRecognised, rows: Rows) -> None:
    """A caller who asked to be called back is recognised while the callback waits already."""
    for waiting in rows.find("queue_waiting", interaction_id=event.interaction_id):
        rows.put("queue_waiting", {**waiting, "customer_id": event.customer_id})


def _stepped(
    rows: Rows, event: RequirementsRelaxed | PriorityRaised | CallbackOffered | DeflectionSent, **now: Any
) -> None:
    waiting = rows.get("queue_waiting", (event.interaction_id, event.leg))
    if waiting is not None:
        steps = waiting["steps"] if event.step in waiting["steps"] else [*waiting["steps"], event.step]
        rows.put("queue_waiting", {**waiting, "steps": steps, **now})


@on(RequirementsRelaxed)
def relaxed(recorded: Recorded, event: RequirementsRelaxed, rows: Rows) -> None:
    now: dict[str, Any] = {
        "skills": dict(event.skills),
        "also": list(event.also),
        "rings": event.rings,
        "sites": list(event.sites),
        "language_required": event.language_required,
    }
    _stepped(rows, event, **now)


@on(PriorityRaised)
def raised(recorded: Recorded, event: PriorityRaised, rows: Rows) -> None:
    _stepped(rows, event, priority=event.priority)


@on(CallbackOffered, DeflectionSent)
def stepped(recorded: Recorded, event: CallbackOffered | DeflectionSent, rows: Rows) -> None:
    _stepped(rows, event)


@on(WaitAnnounced)
def announced(recorded: Recorded, event: WaitAnnounced, rows: Rows) -> None:
    told: dict[str, Any] = {"announced": event.seconds, "announced_at": recorded.occurred_at}
    _change(rows, event.interaction_id, event.leg, **told)


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


@on(OfferAccepted, InteractionAbandoned, SentToVoicemail, WorkExpired)
def gone(
    recorded: Recorded, event: OfferAccepted | InteractionAbandoned | SentToVoicemail | WorkExpired, rows: Rows
) -> None:
    rows.delete("queue_waiting", (event.interaction_id, event.leg))


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    for row in rows.find("queue_waiting", interaction_id=event.interaction_id):
        rows.delete("queue_waiting", (row["interaction_id"], row["leg"]))
