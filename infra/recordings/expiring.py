"""Recordings are removed once they have been kept as long as their project says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from domain.centre.documents import ProjectDocument
from domain.execute import Executor, Origin, TooBusy
from domain.ports import Clock, LogUnavailable, RecordingStore, RecordingStoreUnavailable
from domain.voice.recordings import RemoveRecording
from infra.asking import Questions
from infra.configured import Configured
from infra.rows.port import RowsUnavailable
from projections.queries.recordings import RecordingView, kept_before

_log = structlog.get_logger("expiring")
#: Seconds between looks.
PAUSE = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """Removes what has been kept long enough until it is cancelled. Sound first, then the event: one that was removed
    and is not on record yet is removed again, which is harmless; one on record is gone.
    """

    executor: Executor
    questions: Questions
    configured: Configured
    recordings: RecordingStore
    clock: Clock

    async def run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                removed = await self.expire()
                if removed:
                    _log.info("removed recordings whose time is over", count=removed)
            except (LogUnavailable, RowsUnavailable, RecordingStoreUnavailable, OSError, TooBusy) as fault:
                _log.warning("removing recordings waits", kind=type(fault).__name__)

    async def expire(self) -> int:
        """Remove what is due now, a bounded number of each project's; how many recordings that were."""
        await self.configured.catch_up()
        count = 0
        for project in list(self.configured.projects.values()):
            if project.recordings is None or project.recordings.keep_days is None:
                continue
            before = self.clock() - timedelta(days=project.recordings.keep_days)
            for one in await self.questions.ask(kept_before, project.project, before):
                await self._remove(project, one, project.recordings.keep_days)
                count += 1
        return count

    async def _remove(self, project: ProjectDocument, one: RecordingView, days: int) -> None:
        await self.recordings.remove(one.customer_id, one.reference)
        command = RemoveRecording(
            recording_id=one.recording_id,
            interaction_id=one.interaction_id,
            customer_id=one.customer_id,
            reason=f"kept for {days} days",
        )
        await self.executor.execute(
            command, Origin(project=project.project, pool=project.pool, actor="system:expiring")
        )
