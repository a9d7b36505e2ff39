"""Callback requests, asked for and taken back by staff on behalf of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.callback_windows import windows
from domain.interaction.leaving import CancelCallback
from web.access import Caller, Permission
from web.bodies import CallbackBody
from web.calling_back import Wish, configured, request_of
from web.contacts import read_number
from web.doors import Wired
from web.guard import Requires
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api/projects/{project}/callbacks", tags=["callbacks"], responses=COMMAND_PROBLEMS)
Calling = Annotated[Caller, Depends(Requires(Permission.CALLBACKS))]


class CallbackWindow(BaseModel):
    """A window of time in which a customer can be called."""

    start: datetime
    end: datetime


@router.get("/windows")
async def callback_windows(project: str, caller: Calling, doors: Wired) -> list[CallbackWindow]:
    """The windows that can be asked for now, within opening hours and holidays, in order."""
    offered = windows(await configured(doors, project), doors.clock())
    return [CallbackWindow(start=one.start, end=one.end) for one in offered]


@router.post("")
async def request_callback(project: str, body: CallbackBody, caller: Calling, doors: Wired, send: Send) -> Accepted:
    """Have a customer called, as soon as possible or not before `due_at`."""
    number = read_number(body.number)
    wish = Wish(
        number=number,
        name=body.name,
        about=body.about,
        due_at=body.due_at,
        due_until=body.due_until,
        notify=body.notify,
        zone=body.zone,
        entry="api",
        language=body.language or "",
    )
    return await send(caller, await request_of(doors, project, wish), project=project)


@router.post("/{interaction_id}/cancel")
async def cancel_callback(project: str, interaction_id: str, caller: Calling, send: Send) -> Accepted:
    """The customer no longer wants to be called; possible until an agent has it in hand."""
    return await send(caller, CancelCallback(interaction_id=interaction_id), project=project)
