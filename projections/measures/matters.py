"""Matters: when each was first resolved, after how many contacts, whether it came back, and how it was rated.

A matter belongs to the queue, channel and site in which work on it last waited. A contact of the customer is the one
that opened the matter, every further message of theirs, and every further call of theirs on it.
"""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.interaction.events import InteractionClosed, InteractionQueued, InteractionStarted
from domain.ports import Rows
from domain.ticket.events import InformationAdded, ServiceRated, TicketOpened, TicketReopened, TicketResolved
from projections.schema import Column, Projection, Table

#: An open interaction: the matter it is about and where its work last waited.
LINKS = Table(
    "measure_links",
    (Column("interaction_id"), Column("ticket_id"), Column("queue"), Column("channel"), Column("site")),
    key=("interaction_id",),
    read_back=True,
    ahead=True,
)

#: `opened_by` is the interaction that opened it, at `opened`; `contacts` of the customer so far.
MATTERS = Table(
    "measure_matters",
    (
        Column("ticket_id"),
        Column("queue"),
        Column("channel"),
        Column("site"),
        Column("opened_by"),
        Column("opened", "instant"),
        Column("contacts", "integer"),
    ),
    key=("ticket_id",),
    read_back=True,
)

#: The first time that a matter was resolved, and when it was first reopened after that.
RESOLVED = Table(
    "measure_resolved",
    (
        Column("ticket_id"),
        Column("project"),
        Column("queue"),
        Column("channel"),
        Column("site"),
        Column("agent_id"),
        Column("resolved", "instant"),
        Column("contacts", "integer"),
        Column("reopened", "instant", optional=True),
    ),
    key=("ticket_id",),
    indexes=(("project", "resolved", "ticket_id"),),
    read_back=True,
    ahead=True,
)

#: The rating that stands: a corrected one takes the earlier one's place.
RATED = Table(
    "measure_rated",
    (
        Column("ticket_id"),
        Column("project"),
        Column("queue"),
        Column("channel"),
        Column("site"),
        Column("agent_id"),
        Column("rated", "instant"),
        Column("agent_score", "integer", optional=True),
        Column("company_score", "integer", optional=True),
    ),
    key=("ticket_id",),
    indexes=(("project", "rated", "ticket_id"),),
)

matter_measures = Projection("matter_measures", 1, (LINKS, MATTERS, RESOLVED, RATED))
on = matter_measures.on
_WHERE = ("queue", "channel", "site")
_NOWHERE: dict[str, Any] = dict.fromkeys(_WHERE, "")


def _place(rows: Rows, ticket_id: str) -> dict[str, Any]:
    matter = rows.get("measure_matters", (ticket_id,))
    return {name: matter[name] for name in _WHERE} if matter else dict(_NOWHERE)


@on(InteractionStarted)
def started(recorded: Recorded, event: InteractionStarted, rows: Rows) -> None:
    row = {"interaction_id": event.interaction_id, "ticket_id": event.ticket_id, **_NOWHERE, "channel": event.channel}
    rows.put("measure_links", row)
    matter = rows.get("measure_matters", (event.ticket_id,)) if event.ticket_id else None
    called = event.channel == "voice" and event.direction == "inbound"
    if matter is not None and called and matter["opened_by"] != event.interaction_id:
        rows.put("measure_matters", {**matter, "contacts": matter["contacts"] + 1})


@on(InteractionQueued)
def queued(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    known = rows.get("measure_links", (event.interaction_id,))
    ticket_id: str = known["ticket_id"] if known else ""
    where = {"queue": event.queue, "channel": event.channel, "site": event.site}
    rows.put("measure_links", {"interaction_id": event.interaction_id, "ticket_id": ticket_id, **where})
    matter = rows.get("measure_matters", (ticket_id,)) if ticket_id else None
    if matter is not None:
        rows.put("measure_matters", {**matter, **where})


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    rows.delete("measure_links", (event.interaction_id,))


@on(TicketOpened)
def opened(recorded: Recorded, event: TicketOpened, rows: Rows) -> None:
    link = rows.get("measure_links", (event.interaction_id,))
    where = {name: link[name] for name in _WHERE} if link else _NOWHERE
    if link is not None:
        rows.put("measure_links", {**link, "ticket_id": event.ticket_id})
    row: dict[str, Any] = {
        "ticket_id": event.ticket_id,
        **where,
        "opened_by": event.interaction_id,
        "opened": recorded.occurred_at,
        "contacts": 1,
    }
    rows.put("measure_matters", row)


@on(InformationAdded)
def said(recorded: Recorded, event: InformationAdded, rows: Rows) -> None:
    """A further message of the customer's. The one that opened the matter counts already."""
    matter = rows.get("measure_matters", (event.ticket_id,))
    if matter is None or event.by != "customer":
        return
    if event.interaction_id == matter["opened_by"] and recorded.occurred_at == matter["opened"]:
        return
    rows.put("measure_matters", {**matter, "contacts": matter["contacts"] + 1})


@on(TicketResolved)
def resolved(recorded: Recorded, event: TicketResolved, rows: Rows) -> None:
    if rows.get("measure_resolved", (event.ticket_id,)) is not None:
        return
    matter = rows.get("measure_matters", (event.ticket_id,))
    row: dict[str, Any] = {
        "ticket_id": event.ticket_id,
        "project": recorded.project,
        **_place(rows, event.ticket_id),
        "agent_id": event.agent_id,
        "resolved": recorded.occurred_at,
        "contacts": matter["contacts"] if matter else 1,
        "reopened": None,
    }
    rows.put("measure_resolved", row)


@on(TicketReopened)
def reopened(recorded: Recorded, event: TicketReopened, rows: Rows) -> None:
    row = rows.get("measure_resolved", (event.ticket_id,))
    if row is not None and row["reopened"] is None:
        rows.put("measure_resolved", {**row, "reopened": recorded.occurred_at})


@on(ServiceRated)
def rated(recorded: Recorded, event: ServiceRated, rows: Rows) -> None:
    row: dict[str, Any] = {
        "ticket_id": event.ticket_id,
        "project": recorded.project,
        **_place(rows, event.ticket_id),
        "agent_id": event.agent_id,
        "rated": recorded.occurred_at,
        "agent_score": event.agent_score,
        "company_score": event.company_score,
    }
    rows.put("measure_rated", row)
