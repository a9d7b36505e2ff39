"""Wallboards of projects, and their alerts."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from domain.alert import AcknowledgeAlert
from domain.centre.documents import Name
from projections.queries import AlertView, WallboardView, alerts_of
from web.access import Caller, Permission
from web.doors import Wired
from web.guard import Requires
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS, Accepted, Send
from web.wallboards import Wallboards

router = APIRouter(prefix="/api/projects/{project}", tags=["wallboards"], responses=COMMAND_PROBLEMS)
Supervising = Annotated[Caller, Depends(Requires(Permission.SUPERVISE))]


Configuring = Annotated[Caller, Depends(Requires(Permission.CONFIGURE))]


class WebhookSecret(BaseModel):
    """By what a receiver knows our webhooks (standardwebhooks.com)."""

    secret: str = Field(json_schema_extra={"format": "password"})


class Alerts(BaseModel):
    """Every alert that was ever raised, and how it stands now."""

    items: tuple[AlertView, ...]


@router.get("/wallboard")
async def get_wallboard(project: str, caller: Supervising, request: Request, ask: Ask) -> WallboardView:
    """How it goes now and how the day went; `GET /api/stream?wallboard=PROJECT` sends it as it changes."""
    boards: Wallboards = request.app.state.wallboards
    return await boards.of(project, ask)


@router.get("/alerts")
async def list_alerts(project: str, caller: Supervising, ask: Ask) -> Alerts:
    """What is raised, and what was."""
    return Alerts(items=await ask(alerts_of, project))


@router.post("/alerts/{alert}/acknowledge")
async def acknowledge_alert(project: str, alert: Name, caller: Supervising, send: Send) -> Accepted:
    """Say that you see to a raised alert, so that nobody else need."""
    return await send(caller, AcknowledgeAlert(project=project, alert=alert, by=caller.actor), project=project)


@router.get("/alerts/webhook-secret")
async def get_webhook_secret(project: str, caller: Configuring, doors: Wired) -> WebhookSecret:
    """What the project's webhooks are signed with: give it to the receiver."""
    return WebhookSecret(secret=f"whsec_{b64encode(doors.webhook_secret(project)).decode()}")
