"""Watches the figures of wallboards by the rules of the projects' documents, and puts on record what they ask for.

What is raised is known from the log, so any process may go on where another stopped, and any number may watch: an
alert is raised and cleared once each. How long a figure has been bad is counted by each process for itself: one that
begins anew counts anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from domain.alert import ClearAlert, RaiseAlert, judge
from domain.centre.documents import ProjectDocument
from domain.centre.wallboard import METRICS, Alert, Metric
from domain.execute import Executor, Origin, TooBusy
from domain.ports import Clock, LogUnavailable
from domain.rejection import Rejection
from infra.configured import Configured
from infra.rows.port import RowsUnavailable
from projections.queries import AlertView, WallboardView, alerts_of, figure, wallboard
from projections.queries.measures import NotConfigured

_log = structlog.get_logger("alerting")
ACTOR = "system:alerting"
#: Seconds between looks.
PAUSE = 1.0
GONE = "the rule is no longer in the project's document"
OVER = "the figure is good again"

Key = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Watching:
    """Looks once a second until it is cancelled."""

    executor: Executor
    ask: Callable[..., Awaitable[Any]]
    configured: Configured
    clock: Clock
    _since: dict[Key, datetime] = field(default_factory=dict[Key, datetime])

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except (LogUnavailable, RowsUnavailable, TooBusy) as fault:
                _log.warning("alerts wait", kind=type(fault).__name__)
            await asyncio.sleep(PAUSE)

    async def look(self) -> int:
        """Look at every figure that a rule is about, and at what is raised without one; how much was recorded."""
        now, acts = self.clock(), 0
        for project in list(self.configured.projects.values()):
            raised = await self._raised(project)
            board = await self._board(project, now)
            if board is not None:
                acts += await self._judge(project, board, raised, now)
            for alert in sorted(raised - project.alerts.keys()):
                acts += await self._do(
                    project, ClearAlert(project=project.project, alert=alert, value=None, reason=GONE)
                )
        return acts

    async def _raised(self, project: ProjectDocument) -> set[str]:
        found: Sequence[AlertView] = await self.ask(alerts_of, project.project)
        return {one.alert for one in found if one.status == "raised"}

    async def _board(self, project: ProjectDocument, now: datetime) -> WallboardView | None:
        """None where no rule asks for one, or the rows have not come to the project's first document yet."""
        if not project.alerts:
            return None
        try:
            board: WallboardView = await self.ask(wallboard, project.project, now)
        except NotConfigured:
            return None
        return board

    async def _judge(self, project: ProjectDocument, board: WallboardView, raised: set[str], now: datetime) -> int:
        acts = 0
        for name, rule in project.alerts.items():
            key, value = (project.project, name), value_of(board, rule)
            judged = judge(rule, raised=name in raised, since=self._since.get(key), value=value, now=now)
            if judged.since is None:
                self._since.pop(key, None)
            else:
                self._since[key] = judged.since
            if judged.act == "raise" and value is not None and judged.since is not None:
                command = RaiseAlert(project=project.project, alert=name, value=value, since=judged.since)
                acts += await self._do(project, command)
                self._since.pop(key, None)
            elif judged.act == "clear":
                acts += await self._do(
                    project, ClearAlert(project=project.project, alert=name, value=value, reason=OVER)
                )
        return acts

    async def _do(self, project: ProjectDocument, command: RaiseAlert | ClearAlert) -> int:
        origin = Origin(project=project.project, pool=project.pool, actor=ACTOR)
        try:
            done = await self.executor.execute(command, origin)
        except Rejection as rejection:
            # the document changed at this very moment: the next look knows it
            _log.info("an alert changes nothing", alert=command.alert, code=rejection.code)
            return 0
        return int(done.position > 0)


#: The names of metrics, for the type checker: a document that was checked has no others.
_METRICS: Mapping[str, Metric] = {name: name for name in METRICS}


def value_of(board: WallboardView, rule: Alert) -> float | None:
    """The figure that a rule is about; None where there is nothing to measure, or no such metric."""
    metric = _METRICS.get(rule.metric)
    return None if metric is None else figure(board, metric, rule.over, rule.queue)
