"""Rows of contacts, and what is known of those that still wait."""

from __future__ import annotations

from projections.schema import Column, Table

#: `site` is the contact's own, `agent_site` that of who answered. `revision` of the project's document held when the
#: contact was queued. `announced`: announcements of the wait that came to be tested, `error` and `absolute_error` the
#: sums of announced less real seconds.
CONTACTS = Table(
    "measure_contacts",
    (
        Column("interaction_id"),
        Column("leg"),
        Column("segment", "integer"),
        Column("project"),
        Column("queue"),
        Column("channel"),
        Column("site"),
        Column("revision", "integer"),
        Column("began", "instant"),
        Column("counted", "boolean"),
        Column("outcome"),
        Column("ended", "instant", optional=True),
        Column("flowed_to"),
        Column("agent_id"),
        Column("agent_site"),
        Column("announced", "integer"),
        Column("error", "real"),
        Column("absolute_error", "real"),
    ),
    key=("interaction_id", "leg", "segment"),
    indexes=(("project", "began", "interaction_id", "leg", "segment"),),
    read_back=True,
)

#: Which row an open interaction's leg is at.
LEGS = Table(
    "measure_legs",
    (Column("interaction_id"), Column("leg"), Column("segment", "integer")),
    key=("interaction_id", "leg"),
    read_back=True,
    ahead=True,
)

#: Announced waits that are not tested yet.
ANNOUNCED = Table(
    "measure_announced",
    (
        Column("interaction_id"),
        Column("leg"),
        Column("position", "integer"),
        Column("at", "instant"),
        Column("seconds", "integer"),
    ),
    key=("interaction_id", "leg", "position"),
    ahead=True,
)

#: What each version of a project's document says that measures need; hours are those of their day.
RULES = Table(
    "measure_rules",
    (
        Column("project"),
        Column("revision", "integer"),
        Column("pool"),
        Column("since", "instant"),
        Column("hours", "json"),
        Column("queue_hours", "json"),
        Column("service_levels", "json"),
    ),
    key=("project", "revision"),
)

PROJECTS = Table(
    "measure_projects", (Column("project"), Column("revision", "integer")), key=("project",), read_back=True
)
SITES = Table("measure_sites", (Column("agent_id"), Column("site")), key=("agent_id",), read_back=True)
