"""Callback requests, asked for and taken back by staff on behalf of a customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from domain.interaction.leaving import CancelCallback
from web.access import Caller, Permission
from web.bodies import CallbackBody
from web.calling_back import request_of
from web.contacts import read_number
from web.doors import Wired
from web.guard import Requires
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api/projects/{project}/callbacks", tags=["callbacks"], responses=COMMAND_PROBLEMS)
Calling = Annotated[Caller, Depends(Requires(Permission.CALLBACKS))]


@router.post("")
async def request_callback(project: str, body: CallbackBody, caller: Calling, doors: Wired, send: Send) -> Accepted:
    """Have a customer called, as soon as possible or not before `due_at`."""
    number = read_number(body.number)
    command = await request_of(doors, project, number, body.name, body.about, body.due_at, "api", body.language or "")
    return await send(caller, command, project=project)


@router.post("/{interaction_id}/cancel")
async def cancel_callback(project: str, interaction_id: str, caller: Calling, send: Send) -> Accepted:
    """The customer no longer wants to be called; possible until an agent has it in hand."""
    return await send(caller, CancelCallback(interaction_id=interaction_id), project=project)
