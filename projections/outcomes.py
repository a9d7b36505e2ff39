"""Outcomes: finished work whose disposition asks for something that is not started yet, and what was started."""

from __future__ import annotations

from typing import Any

from domain.centre.configuration import ProjectConfigured
from domain.event import Recorded
from domain.interaction.events import WrapUpCompleted
from domain.outcome import OutcomeActedOn
from domain.ports import Rows
from projections.schema import Column, Projection, Table

#: Dispositions that the project's present document has rules for.
RULES = Table("outcome_rules", (Column("project"), Column("dispositions", "json")), key=("project",), read_back=True)

PENDING = Table(
    "outcomes_pending",
    (
        Column("work_id"),
        Column("pool"),
        Column("project"),
        Column("interaction_id"),
        Column("leg"),
        Column("agent_id"),
        Column("disposition"),
        Column("position", "integer"),
    ),
    key=("work_id",),
    indexes=(("position", "work_id"),),
    read_back=True,
)

ACTED = Table(
    "outcomes_acted",
    (
        Column("work_id"),
        Column("project"),
        Column("interaction_id"),
        Column("disposition"),
        Column("at", "instant"),
        Column("done", "json"),
        Column("failed", "json"),
        Column("ticket_id"),
        Column("follow_up_id"),
        Column("callback_id"),
        Column("delivery_id"),
    ),
    key=("work_id",),
    indexes=(("interaction_id", "work_id"),),
)

outcomes = Projection("outcomes", 1, (RULES, PENDING, ACTED))
on = outcomes.on


@on(ProjectConfigured)
def configured(recorded: Recorded, event: ProjectConfigured, rows: Rows) -> None:
    rules = sorted(event.document.get("outcomes") or {})
    rows.put("outcome_rules", {"project": recorded.project, "dispositions": rules})


@on(WrapUpCompleted)
def completed(recorded: Recorded, event: WrapUpCompleted, rows: Rows) -> None:
    rules = rows.get("outcome_rules", (recorded.project,))
    if rules is None or event.disposition not in rules["dispositions"]:
        return
    row: dict[str, Any] = {
        "work_id": event.work_id,
        "pool": recorded.pool,
        "project": recorded.project,
        "interaction_id": event.interaction_id,
        "leg": event.leg,
        "agent_id": event.agent_id,
        "disposition": event.disposition,
        "position": recorded.position,
    }
    rows.put("outcomes_pending", row)


@on(OutcomeActedOn)
def acted(recorded: Recorded, event: OutcomeActedOn, rows: Rows) -> None:
    rows.delete("outcomes_pending", (event.work_id,))
    row: dict[str, Any] = {
        **event.model_dump(include={"work_id", "interaction_id", "disposition", "ticket_id", "follow_up_id"}),
        "callback_id": event.callback_id,
        "delivery_id": event.delivery_id,
        "project": recorded.project,
        "at": recorded.occurred_at,
        "done": list(event.done),
        "failed": list(event.failed),
    }
    rows.put("outcomes_acted", row)
