"""Alerts and what wallboards need of the documents: what is raised, who is still to be told, what is aimed at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.alert import (
    AlertAcknowledged,
    AlertCleared,
    AlertNoticeAttempted,
    AlertNoticeFailed,
    AlertNoticeSent,
    AlertRaised,
    Notice,
)
from domain.centre.configuration import CentreConfigured, ProjectConfigured
from domain.event import Recorded
from domain.ports import Rows
from projections.schema import Column, Projection, Table

#: An attempt of which nothing was heard for so long is made again: its process is gone.
PATIENCE = timedelta(minutes=2)

RULES = Table(
    "wallboard_rules",
    (Column("project"), Column("pool"), Column("title"), Column("wallboard", "json"), Column("channels", "json")),
    key=("project",),
)
SITES = Table("wallboard_sites", (Column("pool"), Column("sites", "json")), key=("pool",))

#: `status`: raised, cleared. `since`: from when on the figure was past its threshold. `acknowledged_by`: who sees to
#: it, empty for nobody.
ALERTS = Table(
    "alerts",
    (
        Column("project"),
        Column("alert"),
        Column("pool"),
        Column("status"),
        Column("metric"),
        Column("queue"),
        Column("value", "real", optional=True),
        Column("threshold", "real"),
        Column("since", "instant"),
        Column("changed_at", "instant"),
        Column("reason"),
        Column("acknowledged_by"),
        Column("acknowledged_at", "instant", optional=True),
        Column("position", "integer"),
    ),
    key=("project", "alert"),
    indexes=(("pool", "status", "project", "alert"),),
    read_back=True,
)

#: Notices that are neither sent nor given up; due for their next attempt at `due_at`.
NOTICES = Table(
    "alert_notices",
    (
        Column("notice_id"),
        Column("pool"),
        Column("project"),
        Column("alert"),
        Column("channel"),
        Column("to"),
        Column("what"),
        Column("metric"),
        Column("queue"),
        Column("value", "real", optional=True),
        Column("threshold", "real"),
        Column("happened_at", "instant"),
        Column("attempts", "integer"),
        Column("due_at", "instant"),
    ),
    key=("notice_id",),
    indexes=(("due_at", "notice_id"),),
    read_back=True,
)

alerts = Projection("alerts", 2, (RULES, SITES, ALERTS, NOTICES))
on = alerts.on


@on(ProjectConfigured)
def project_configured(recorded: Recorded, event: ProjectConfigured, rows: Rows) -> None:
    document = event.document
    ways = (("email", "mailboxes"), ("voice", "numbers"), ("sms", "numbers"), ("callback", "callbacks"))
    channels = [channel for channel, part in ways if document.get(part)]
    conversations: dict[str, Any] = document.get("conversations") or {}
    channels += [one["channel"] for one in conversations.values()]
    row: dict[str, Any] = {
        "project": document["project"],
        "pool": recorded.pool,
        "title": document["title"],
        "wallboard": document.get("wallboard") or {},
        "channels": list(dict.fromkeys(channels)),
    }
    rows.put("wallboard_rules", row)


@on(CentreConfigured)
def centre_configured(recorded: Recorded, event: CentreConfigured, rows: Rows) -> None:
    rows.put("wallboard_sites", {"pool": recorded.pool, "sites": sorted(event.document["sites"])})


@on(AlertRaised)
def raised(recorded: Recorded, event: AlertRaised, rows: Rows) -> None:
    row: dict[str, Any] = {
        "project": event.project,
        "alert": event.alert,
        "pool": recorded.pool,
        "status": "raised",
        "metric": event.metric,
        "queue": event.queue,
        "value": event.value,
        "threshold": event.threshold,
        "since": event.since,
        "changed_at": recorded.occurred_at,
        "reason": "",
        "acknowledged_by": "",
        "acknowledged_at": None,
        "position": recorded.position,
    }
    rows.put("alerts", row)
    _tell(recorded, rows, row, event.notices)


@on(AlertAcknowledged)
def acknowledged(recorded: Recorded, event: AlertAcknowledged, rows: Rows) -> None:
    known = rows.get("alerts", (event.project, event.alert))
    if known is not None:
        now = {"acknowledged_by": event.by, "acknowledged_at": recorded.occurred_at, "position": recorded.position}
        rows.put("alerts", {**known, **now})


@on(AlertCleared)
def cleared(recorded: Recorded, event: AlertCleared, rows: Rows) -> None:
    known = rows.get("alerts", (event.project, event.alert))
    if known is None:
        return
    now = {"status": "cleared", "value": event.value, "reason": event.reason, "position": recorded.position}
    row = {**known, **now, "changed_at": recorded.occurred_at}
    rows.put("alerts", row)
    _tell(recorded, rows, row, event.notices)


def _tell(recorded: Recorded, rows: Rows, row: dict[str, Any], notices: tuple[Notice, ...]) -> None:
    same = ("pool", "project", "alert", "metric", "queue", "value", "threshold")
    for notice in notices:
        told: dict[str, Any] = {
            **{name: row[name] for name in same},
            "notice_id": notice.notice_id,
            "channel": notice.channel,
            "to": notice.to,
            "what": row["status"],
            "happened_at": recorded.occurred_at,
            "attempts": 0,
            "due_at": recorded.occurred_at,
        }
        rows.put("alert_notices", told)


def _again(rows: Rows, notice_id: str, due_at: datetime, **now: Any) -> None:
    row = rows.get("alert_notices", (notice_id,))
    if row is not None:
        rows.put("alert_notices", {**row, "due_at": due_at, **now})


@on(AlertNoticeAttempted)
def attempted(recorded: Recorded, event: AlertNoticeAttempted, rows: Rows) -> None:
    _again(rows, event.notice_id, recorded.occurred_at + PATIENCE, attempts=event.attempt)


@on(AlertNoticeFailed)
def failed(recorded: Recorded, event: AlertNoticeFailed, rows: Rows) -> None:
    if event.retry_at is None:
        rows.delete("alert_notices", (event.notice_id,))
    else:
        _again(rows, event.notice_id, event.retry_at)


@on(AlertNoticeSent)
def sent(recorded: Recorded, event: AlertNoticeSent, rows: Rows) -> None:
    rows.delete("alert_notices", (event.notice_id,))
