"""The tables of customer history.

A merged customer's rows stay its own: queries show them under the survivor, so that un-merging is as
simple as merging. Timeline entries are keyed by customer and position.
"""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.ports import Rows
from projections.schema import Column, Projection, Table

CUSTOMERS = Table(
    "history_customers",
    (
        Column("customer_id"),
        Column("project"),
        Column("status"),
        Column("provisional", "boolean"),
        Column("language"),
        Column("name", personal=True),
        Column("merged_into", optional=True),
        Column("registered_at", "instant"),
    ),
    key=("customer_id",),
    indexes=(("merged_into",),),
    owner="customer_id",
    on_erasure="blank",
    read_back=True,
)

CONTACT_POINTS = Table(
    "history_contact_points",
    (
        Column("customer_id"),
        Column("fingerprint"),
        Column("project"),
        Column("kind"),
        Column("address", personal=True),
        Column("linked_at", "instant"),
        Column("position", "integer"),
    ),
    key=("customer_id", "fingerprint"),
    indexes=(("fingerprint",),),
    owner="customer_id",
    on_erasure="delete",
)

TERMS = Table(
    "history_terms",
    (
        Column("project"),
        Column("term", personal=True),
        Column("customer_id"),
        Column("source"),
    ),
    key=("project", "term", "customer_id", "source"),
    indexes=(("customer_id",),),
    owner="customer_id",
    on_erasure="delete",
)

FACTS = Table(
    "history_facts",
    (
        Column("customer_id"),
        Column("name"),
        Column("value", personal=True),
        Column("source"),
        Column("recorded_at", "instant"),
    ),
    key=("customer_id", "name"),
    owner="customer_id",
    on_erasure="delete",
)

CONSENTS = Table(
    "history_consents",
    (
        Column("customer_id"),
        Column("purpose"),
        Column("given", "boolean"),
        Column("at", "instant"),
    ),
    key=("customer_id", "purpose"),
    owner="customer_id",
    on_erasure="delete",
)

INTERACTIONS = Table(
    "history_interactions",
    (
        Column("interaction_id"),
        Column("customer_id"),
        Column("channel"),
        Column("ticket_id"),
    ),
    key=("interaction_id",),
    read_back=True,
)

TICKETS = Table(
    "history_tickets",
    (
        Column("ticket_id"),
        Column("customer_id"),
        Column("number"),
        Column("subject", personal=True),
        Column("department"),
        Column("status"),
        Column("deadline", "instant"),
        Column("opened_at", "instant"),
    ),
    key=("ticket_id",),
    indexes=(("customer_id",),),
    owner="customer_id",
    on_erasure="blank",
    read_back=True,
)

OPEN_MATTERS = Table(
    "history_open_matters",
    (
        Column("customer_id"),
        Column("kind"),
        Column("matter_id"),
        Column("number"),
        Column("title", personal=True),
        Column("department"),
        Column("status"),
        Column("due_at", "instant"),
        Column("opened_at", "instant"),
    ),
    key=("customer_id", "kind", "matter_id"),
    owner="customer_id",
    on_erasure="blank",
)

DELIVERIES = Table(
    "history_deliveries",
    (
        Column("delivery_id"),
        Column("customer_id"),
        Column("ticket_id"),
        Column("interaction_id"),
        Column("kind"),
        Column("channel"),
    ),
    key=("delivery_id",),
    read_back=True,
)

TIMELINE = Table(
    "history_timeline",
    (
        Column("customer_id"),
        Column("position", "integer"),
        Column("project"),
        Column("at", "instant"),
        Column("what"),
        Column("channel"),
        Column("interaction_id"),
        Column("ticket_id"),
        Column("by"),
        Column("detail"),
        Column("title", personal=True),
        Column("text", personal=True),
        Column("owner_id"),
    ),
    key=("customer_id", "position"),
    owner="customer_id",
    on_erasure="blank",
)

#: Contacts in which words sealed under one customer's key are shown under another customer: one wrote on another's
#: ticket, or the contact turned out to be somebody else's.
SHOWN_ELSEWHERE = Table(
    "history_shown_elsewhere",
    (
        Column("owner_id"),
        Column("interaction_id"),
        Column("customer_id"),
    ),
    key=("owner_id", "interaction_id"),
    read_back=True,
)

customer_history = Projection(
    "customer_history",
    4,
    (
        CUSTOMERS,
        CONTACT_POINTS,
        TERMS,
        FACTS,
        CONSENTS,
        INTERACTIONS,
        TICKETS,
        OPEN_MATTERS,
        DELIVERIES,
        TIMELINE,
        SHOWN_ELSEWHERE,
    ),
)


def entry(
    recorded: Recorded,
    rows: Rows,
    customer_id: str,
    what: str,
    *,
    channel: str = "",
    interaction_id: str = "",
    ticket_id: str = "",
    by: str = "",
    detail: str = "",
    title: str = "",
    text: str = "",
    owner_id: str = "",
) -> None:
    """One entry of a customer's timeline; `title` and `text` are personal, `detail` is not."""
    row: dict[str, Any] = {
        "customer_id": customer_id,
        "position": recorded.position,
        "project": recorded.project,
        "at": recorded.occurred_at,
        "what": what,
        "channel": channel,
        "interaction_id": interaction_id,
        "ticket_id": ticket_id,
        "by": by or recorded.actor,
        "detail": detail,
        "title": title,
        "text": text,
        "owner_id": owner_id or customer_id,
    }
    rows.put("history_timeline", row)
