"""Alerts: what is raised, and who is still to be told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from projections.reading import MAX_PAGE, Reader, View, reads


class AlertView(View):
    """An alert and how it stands. `since`: from when on the figure was past its threshold; `queue` empty: all.

    `acknowledged_by`: who said that they see to it, empty for nobody; what was raised anew begins anew.
    """

    project: str
    alert: str
    status: Literal["raised", "cleared"]
    metric: str
    queue: str
    value: float | None
    threshold: float
    since: datetime
    changed_at: datetime
    reason: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    position: int


class NoticeView(View):
    """Somebody who is to be told; `attempts` were made already."""

    notice_id: str
    pool: str
    project: str
    alert: str
    channel: Literal["mail", "webhook"]
    to: str
    what: Literal["raised", "cleared"]
    metric: str
    queue: str
    value: float | None
    threshold: float
    happened_at: datetime
    attempts: int
    due_at: datetime
    title: str


@reads("alerts")
def alerts_of(read: Reader, project: str) -> tuple[AlertView, ...]:
    """The alerts of a project that were ever raised, by name."""
    return tuple(map(AlertView.of, read.scan("alerts", {"project": project}, ("alert",), limit=MAX_PAGE)))


@reads("alerts")
def notices_due(read: Reader, now: datetime, *, limit: int = 50) -> Sequence[NoticeView]:
    """Notices whose time has come, the longest due first."""
    found: list[NoticeView] = []
    for row in read.scan("alert_notices", {}, ("due_at", "notice_id"), until=now, limit=limit):
        rules = read.get("wallboard_rules", (row["project"],))
        found.append(NoticeView.of(row, title=rules["title"] if rules else row["project"]))
    return found
