"""What a supervisor sees and does on the floor: work given to others, certifications that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from domain.interaction.reassigning import ReassignWork
from projections.queries import CertificationView, certifications
from projections.reading import Page
from web.access import Caller, Permission
from web.bodies import ReassignBody
from web.doors import Wired
from web.guard import Requires
from web.queries import Ask, Cursor, Limit
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api", tags=["supervising"], responses=COMMAND_PROBLEMS)
Supervising = Annotated[Caller, Depends(Requires(Permission.SUPERVISE))]


@router.get("/certifications")
async def list_certifications(
    caller: Supervising,
    doors: Wired,
    ask: Ask,
    within: Annotated[int, Query(ge=0, le=3660, description="Days ahead.")] = 30,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[CertificationView]:
    """Agents' certifications that end within so many days, and those that have ended, the earliest first."""
    until = doors.clock() + timedelta(days=within)
    return await ask(certifications, caller.pool, until, cursor=cursor, limit=limit)


@router.post("/projects/{project}/interactions/{interaction_id}/legs/{leg}/reassign")
async def reassign_work(
    project: str, interaction_id: str, leg: str, body: ReassignBody, caller: Supervising, send: Send
) -> Accepted:
    """Take work from its agent, or from where it waits, and give it to a queue or an agent."""
    command = ReassignWork(
        project=project,
        interaction_id=interaction_id,
        leg=leg,
        by=caller.actor,
        reason=body.reason,
        queue=body.queue or "",
        to_agent=body.to_agent or "",
    )
    return await send(caller, command, project=project)
