"""Follow-ups: what is planned, for whom and when, and how far it has come.

scheduled → in_hand once an agent has taken its work → done when they have finished; an agent who gives the work up
leaves it scheduled. Moved, done and cancelled by what people say of it. `lapsed`: its work ended and nobody took it.
"""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.follow_up.events import FollowUpCancelled, FollowUpDone, FollowUpMoved, FollowUpScheduled
from domain.interaction.events import InteractionClosed, InteractionInterrupted, OfferAccepted, WorkGivenUp
from domain.ports import Rows
from projections.erasing import forgets, text_of
from projections.schema import Column, Projection, Table

#: `sequence` counts changes of the plan, for calendars (RFC 5545 §3.8.7.4).
FOLLOW_UPS = Table(
    "follow_ups",
    (
        Column("follow_up_id"),
        Column("pool"),
        Column("project"),
        Column("customer_id"),
        Column("ticket_id"),
        Column("interaction_id"),
        Column("agent_id"),
        Column("queue"),
        Column("channel"),
        Column("due_at", "instant"),
        Column("minutes", "integer"),
        Column("status"),
        Column("about", personal=True),
        Column("by"),
        Column("scheduled_at", "instant"),
        Column("changed_at", "instant"),
        Column("sequence", "integer"),
    ),
    key=("follow_up_id",),
    indexes=(
        ("customer_id", "due_at", "follow_up_id"),
        ("ticket_id", "due_at", "follow_up_id"),
        ("agent_id", "due_at", "follow_up_id"),
        ("project", "status", "due_at", "follow_up_id"),
    ),
    owner="customer_id",
    on_erasure="blank",
    read_back=True,
)

#: The follow-up that an open interaction is the work of.
WORK = Table(
    "follow_up_work",
    (Column("interaction_id"), Column("follow_up_id")),
    key=("interaction_id",),
    read_back=True,
    ahead=True,
)

follow_ups = Projection("follow_ups", 1, (FOLLOW_UPS, WORK))
on = follow_ups.on
forgets(follow_ups)


@on(FollowUpScheduled)
def scheduled(recorded: Recorded, event: FollowUpScheduled, rows: Rows) -> None:
    row: dict[str, Any] = {
        "follow_up_id": event.follow_up_id,
        "pool": recorded.pool,
        "project": recorded.project,
        "customer_id": event.customer_id,
        "ticket_id": event.ticket_id,
        "interaction_id": event.interaction_id,
        "agent_id": event.agent_id,
        "queue": event.queue,
        "channel": event.channel,
        "due_at": event.due_at,
        "minutes": event.minutes,
        "status": "scheduled",
        "about": text_of(event.about),
        "by": event.by,
        "scheduled_at": recorded.occurred_at,
        "changed_at": recorded.occurred_at,
        "sequence": 0,
    }
    rows.put("follow_ups", row)
    rows.put("follow_up_work", {"interaction_id": event.interaction_id, "follow_up_id": event.follow_up_id})


def _change(recorded: Recorded, rows: Rows, follow_up_id: str, *, told: int = 1, **now: Any) -> None:
    """`told`: how many changes of the plan a calendar is told of by this."""
    row = rows.get("follow_ups", (follow_up_id,))
    if row is not None:
        changed = {"changed_at": recorded.occurred_at, "sequence": row["sequence"] + told}
        rows.put("follow_ups", {**row, **changed, **now})


@on(FollowUpMoved)
def moved(recorded: Recorded, event: FollowUpMoved, rows: Rows) -> None:
    now: dict[str, Any] = {"agent_id": event.agent_id, "due_at": event.due_at}
    _change(recorded, rows, event.follow_up_id, status="scheduled", interaction_id=event.interaction_id, **now)
    rows.put("follow_up_work", {"interaction_id": event.interaction_id, "follow_up_id": event.follow_up_id})


@on(FollowUpDone)
def done(recorded: Recorded, event: FollowUpDone, rows: Rows) -> None:
    _change(recorded, rows, event.follow_up_id, status="done")


@on(FollowUpCancelled)
def cancelled(recorded: Recorded, event: FollowUpCancelled, rows: Rows) -> None:
    _change(recorded, rows, event.follow_up_id, status="cancelled")


def _work(recorded: Recorded, rows: Rows, interaction_id: str, status: str) -> None:
    work = rows.get("follow_up_work", (interaction_id,))
    if work is not None:
        _change(recorded, rows, work["follow_up_id"], told=0, status=status)


@on(OfferAccepted)
def taken(recorded: Recorded, event: OfferAccepted, rows: Rows) -> None:
    _work(recorded, rows, event.interaction_id, "in_hand")


@on(WorkGivenUp, InteractionInterrupted)
def given_up(recorded: Recorded, event: WorkGivenUp | InteractionInterrupted, rows: Rows) -> None:
    _work(recorded, rows, event.interaction_id, "scheduled")


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    """Where it was moved, done or cancelled, what follows in the same append says so."""
    work = rows.get("follow_up_work", (event.interaction_id,))
    if work is None:
        return
    row = rows.get("follow_ups", (work["follow_up_id"],))
    finished = row is not None and row["status"] == "in_hand"
    _work(recorded, rows, event.interaction_id, "done" if finished else "lapsed")
    rows.delete("follow_up_work", (event.interaction_id,))
