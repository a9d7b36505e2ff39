"""Figures: how much came in, how much of it was answered in time, and how it was rated.

Definitions, so that two reports cannot differ silently:
- A leg is *offered* to a queue when it is queued there as new or transferred; one that comes back because its agent
  left is not offered again.
- It is *answered* when an agent is first connected. Its wait runs from its arrival, for a callback from its due time;
  a transferred leg's from the customer's arrival. It is in time when the wait is at most the queue's target.
- *Abandoned*: the customer left before that. *Flowed out*: it went to voicemail, or expired, before that.
  *Cancelled*: the contact was closed before that for another reason.
- Everything counts in the quarter of an hour (UTC) in which the wait began, so any local day of any zone is a sum of
  whole intervals. Ratings count when they are given; a corrected one replaces the earlier where that one counted.
- Service level = answered in time / (answered + abandoned).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.event import Recorded
from domain.interaction.events import (
    AgentConnected,
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    SentToVoicemail,
    WorkExpired,
)
from domain.ports import Rows
from domain.ticket.events import ServiceRated
from projections.schema import Column, Projection, Table

INTERVAL = timedelta(minutes=15)

QUEUES = Table(
    "figures_queues",
    (
        Column("project"),
        Column("queue"),
        Column("interval", "instant"),
        Column("offered", "integer"),
        Column("answered", "integer"),
        Column("in_time", "integer"),
        Column("abandoned", "integer"),
        Column("flowed_out", "integer"),
        Column("cancelled", "integer"),
        Column("waited", "real"),
    ),
    key=("project", "queue", "interval"),
    indexes=(("project", "interval", "queue"),),
    read_back=True,
)

#: Sums and counts of scores; an agent's own and, under the empty id, the company's.
RATINGS = Table(
    "figures_ratings",
    (
        Column("project"),
        Column("agent_id"),
        Column("interval", "instant"),
        Column("ratings", "integer"),
        Column("total", "integer"),
    ),
    key=("project", "agent_id", "interval"),
    indexes=(("project", "interval", "agent_id"),),
    read_back=True,
)

#: Legs not yet answered, and where they count.
LEGS = Table(
    "figures_legs",
    (
        Column("interaction_id"),
        Column("leg"),
        Column("project"),
        Column("queue"),
        Column("began", "instant"),
        Column("target", "integer"),
        Column("answered", "boolean"),
    ),
    key=("interaction_id", "leg"),
    read_back=True,
    ahead=True,
)

#: What a ticket was last rated, so that a correction can be taken back out of the sums.
RATED = Table(
    "figures_rated",
    (
        Column("ticket_id"),
        Column("agent_id"),
        Column("interval", "instant"),
        Column("agent_score", "integer", optional=True),
        Column("company_score", "integer", optional=True),
    ),
    key=("ticket_id",),
    read_back=True,
)

figures = Projection("figures", 2, (QUEUES, RATINGS, LEGS, RATED))
on = figures.on


def interval_of(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour that holds a moment."""
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def _count(rows: Rows, leg: dict[str, Any], **more: float) -> None:
    key = (leg["project"], leg["queue"], interval_of(leg["began"]))
    row: dict[str, Any] = dict(
        rows.get("figures_queues", key)
        or {"project": key[0], "queue": key[1], "interval": key[2]}
        | dict.fromkeys(("offered", "answered", "in_time", "abandoned", "flowed_out", "cancelled"), 0)
        | {"waited": 0.0}
    )
    for name, number in more.items():
        row[name] += number
    rows.put("figures_queues", row)


def _waiting_leg(rows: Rows, interaction_id: str, leg: str) -> dict[str, Any] | None:
    row = rows.get("figures_legs", (interaction_id, leg))
    return dict(row) if row is not None and not row["answered"] else None


@on(InteractionQueued)
def queued(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    if event.reason not in ("new", "transferred"):
        return
    leg: dict[str, Any] = {
        "interaction_id": event.interaction_id,
        "leg": event.leg,
        "project": recorded.project,
        "queue": event.queue,
        "began": max(event.arrived_at, event.not_before) if event.not_before else event.arrived_at,
        "target": event.target,
        "answered": False,
    }
    rows.put("figures_legs", leg)
    _count(rows, leg, offered=1)


@on(AgentConnected)
def connected(recorded: Recorded, event: AgentConnected, rows: Rows) -> None:
    leg = _waiting_leg(rows, event.interaction_id, event.leg)
    if leg is None:
        return
    waited = max(0.0, (recorded.occurred_at - leg["began"]).total_seconds())
    _count(rows, leg, answered=1, in_time=int(waited <= leg["target"]), waited=waited)
    rows.put("figures_legs", {**leg, "answered": True})


def _gone(rows: Rows, interaction_id: str, name: str, **how: int) -> None:
    leg = _waiting_leg(rows, interaction_id, name)
    if leg is not None:
        _count(rows, leg, **how)
        rows.delete("figures_legs", (interaction_id, name))


@on(InteractionAbandoned)
def abandoned(recorded: Recorded, event: InteractionAbandoned, rows: Rows) -> None:
    _gone(rows, event.interaction_id, event.leg, abandoned=1)


@on(SentToVoicemail, WorkExpired)
def flowed_out(recorded: Recorded, event: SentToVoicemail | WorkExpired, rows: Rows) -> None:
    _gone(rows, event.interaction_id, event.leg, flowed_out=1)


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    for row in rows.find("figures_legs", interaction_id=event.interaction_id):
        if not row["answered"]:
            _count(rows, dict(row), cancelled=1)
        rows.delete("figures_legs", (event.interaction_id, row["leg"]))


def _sum(rows: Rows, project: str, agent_id: str, interval: datetime, score: int | None, times: int) -> None:
    if score is None:
        return
    key = (project, agent_id, interval)
    known = rows.get("figures_ratings", key)
    ratings, total = (known["ratings"], known["total"]) if known else (0, 0)
    row: dict[str, Any] = {"project": project, "agent_id": agent_id, "interval": interval}
    rows.put("figures_ratings", row | {"ratings": ratings + times, "total": total + times * score})


@on(ServiceRated)
def rated(recorded: Recorded, event: ServiceRated, rows: Rows) -> None:
    before = rows.get("figures_rated", (event.ticket_id,))
    if before is not None:
        _sum(rows, recorded.project, before["agent_id"], before["interval"], before["agent_score"], -1)
        _sum(rows, recorded.project, "", before["interval"], before["company_score"], -1)
    interval = interval_of(recorded.occurred_at)
    _sum(rows, recorded.project, event.agent_id, interval, event.agent_score, 1)
    _sum(rows, recorded.project, "", interval, event.company_score, 1)
    row: dict[str, Any] = {
        "ticket_id": event.ticket_id,
        "agent_id": event.agent_id,
        "interval": interval,
        "agent_score": event.agent_score,
        "company_score": event.company_score,
    }
    rows.put("figures_rated", row)
