"""Wallboards of projects, and their alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from projections.queries import AlertView, WallboardView, alerts_of
from web.access import Caller, Permission
from web.guard import Requires
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS
from web.wallboards import Wallboards

router = APIRouter(prefix="/api/projects/{project}", tags=["wallboards"], responses=COMMAND_PROBLEMS)
Supervising = Annotated[Caller, Depends(Requires(Permission.SUPERVISE))]


class Alerts(BaseModel):
    """Every alert that was ever raised, and how it stands now."""

    items: tuple[AlertView, ...]


@router.get("/wallboard")
async def get_wallboard(project: str, caller: Supervising, request: Request, ask: Ask) -> WallboardView:
    """How it goes now and how the day went; `GET /api/stream?wallboard=PROJECT` sends it as it changes."""
    boards: Wallboards = request.app.state.wallboards
    return await boards.of(project)


@router.get("/alerts")
async def list_alerts(project: str, caller: Supervising, ask: Ask) -> Alerts:
    """What is raised, and what was."""
    return Alerts(items=await ask(alerts_of, project))
