"""Resolved tickets are closed once nobody has come back to them for as many days as the project says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from domain.centre.documents import ProjectDocument
from domain.execute import Executor, Origin, TooBusy
from domain.ports import Clock, LogUnavailable
from domain.rejection import Rejection
from domain.ticket.decide import CloseTicket
from infra.asking import Questions
from infra.configured import Configured
from infra.rows.port import RowsUnavailable
from projections.reading import MAX_PAGE, Reader, reads

_log = structlog.get_logger("closing")
#: Seconds between looks.
PAUSE = 600.0
REOPEN_DAYS = 14


@reads("ticket_board")
def settled_before(reader: Reader, project: str, before: datetime) -> Sequence[str]:
    """Resolved tickets of a project that were settled before a time, at most a page of those with early deadlines."""
    found: list[str] = []
    after: tuple[datetime, str] | None = None
    equal, by = {"project": project, "status": "resolved"}, ("deadline", "ticket_id")
    while len(found) < MAX_PAGE:
        rows = reader.scan("board_tickets", equal, by, after=after, limit=MAX_PAGE)
        found.extend(row["ticket_id"] for row in rows if row["settled_at"] and row["settled_at"] < before)
        if len(rows) < MAX_PAGE:
            break
        after = (rows[-1]["deadline"], rows[-1]["ticket_id"])
    return found[:MAX_PAGE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Closes settled tickets until it is cancelled."""

    executor: Executor
    questions: Questions
    configured: Configured
    clock: Clock

    async def run(self) -> None:
        """Look every ten minutes; the first time when the projections have had time to come up."""
        while True:
            await asyncio.sleep(PAUSE)
            try:
                closed = await self.close_settled()
                if closed:
                    _log.info("closed settled tickets", count=closed)
            except (LogUnavailable, RowsUnavailable, TooBusy) as fault:
                _log.warning("closing waits", kind=type(fault).__name__)

    async def close_settled(self) -> int:
        """Close what is due now; how many tickets that were."""
        count = 0
        for project in list(self.configured.projects.values()):
            before = self.clock() - timedelta(days=_days(project))
            for ticket_id in await self.questions.ask(settled_before, project.project, before):
                count += await self._close(project, ticket_id)
        return count

    async def _close(self, project: ProjectDocument, ticket_id: str) -> bool:
        origin = Origin(project=project.project, pool=project.pool, actor="system:closing")
        command = CloseTicket(ticket_id=ticket_id, reason=f"settled for {_days(project)} days")
        try:
            await self.executor.execute(command, origin)
        except Rejection:
            # reopened at this very moment: it is no longer settled
            return False
        return True


def _days(project: ProjectDocument) -> int:
    return project.status.reopen_days if project.status else REOPEN_DAYS
