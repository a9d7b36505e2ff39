"""Starts what dispositions ask for: a to-do list out of the log, each entry carried out once by whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from domain.execute import Executor, Origin, TooBusy
from domain.outcome import ActOnOutcome
from domain.ports import LogUnavailable
from domain.rejection import Rejection
from infra.rows.port import RowsUnavailable
from projections.queries import PendingOutcome, pending_outcomes

_log = structlog.get_logger("outcomes")
ACTOR = "system:outcomes"
#: Seconds between looks.
PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Looks once a second until it is cancelled."""

    executor: Executor
    ask: Callable[..., Awaitable[Any]]

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except (LogUnavailable, RowsUnavailable, TooBusy) as fault:
                _log.warning("next actions wait", kind=type(fault).__name__)
            await asyncio.sleep(PAUSE)

    async def look(self) -> int:
        """Carry out what is to be done now; how many entries that were."""
        acted = 0
        found: Sequence[PendingOutcome] = await self.ask(pending_outcomes)
        for one in found:
            origin = Origin(project=one.project, pool=one.pool, actor=ACTOR)
            command = ActOnOutcome(
                project=one.project,
                work_id=one.work_id,
                interaction_id=one.interaction_id,
                leg=one.leg,
                agent_id=one.agent_id,
                disposition=one.disposition,
            )
            try:
                done = await self.executor.execute(command, origin)
            except Rejection as rejection:
                _log.warning("a next action is not possible", work_id=one.work_id, code=rejection.code)
                continue
            acted += int(done.position > 0)
        return acted
