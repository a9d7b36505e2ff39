"""Drafts and presence on a ticket: what people are writing, and that they are. None of it is an event."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, StringConstraints

from web.access import Caller, Permission
from web.bodies import Body
from web.doors import Doors, Wired
from web.drafts import DraftChanged, Kind, Visitor
from web.going_along import place_of
from web.guard import Requires, of_project
from web.problem import Problem
from web.sending import COMMAND_PROBLEMS

router = APIRouter(prefix="/api/projects/{project}", tags=["desk"], responses=COMMAND_PROBLEMS)
Noting = Annotated[Caller, Depends(Requires(Permission.NOTE))]
#: How long somebody counts as there without saying so again; open desks say it every four seconds.
VISIT = timedelta(seconds=12)


class DraftBody(Body):
    """An empty text takes the draft away. `revision` is the one that its author had seen, 0 for a new one."""

    text: Annotated[str, StringConstraints(max_length=100_000)]
    revision: int = Field(ge=0, le=2**31)


class DraftView(BaseModel):
    text: str
    revision: int


class PresenceBody(Body):
    writing: bool


class OtherView(BaseModel):
    name: str
    agent_id: str
    writing: bool


class OthersView(BaseModel):
    others: list[OtherView]


def _name_of(doors: Doors, caller: Caller) -> str:
    """What colleagues call them."""
    known = (centre.agents.get(caller.agent_id) for centre in doors.documents.centres.values())
    return next((agent.name for agent in known if agent is not None), caller.name)


@router.get("/interactions/{interaction_id}/drafts/{kind}")
async def get_draft(project: str, interaction_id: str, kind: Kind, caller: Noting, doors: Wired) -> DraftView:
    """One's own draft of a reply or a note, empty where there is none."""
    draft = await doors.drafts.get(await place_of(doors, project, interaction_id, kind, caller))
    return DraftView(text=draft.text, revision=draft.revision)


@router.put("/interactions/{interaction_id}/drafts/{kind}")
async def put_draft(
    project: str, interaction_id: str, kind: Kind, body: DraftBody, caller: Noting, doors: Wired
) -> DraftView:
    """Keep what one is writing. Refused where another window has changed it since."""
    place = await place_of(doors, project, interaction_id, kind, caller)
    try:
        draft = await doors.drafts.put(place, body.text, body.revision, doors.clock())
    except DraftChanged as fault:
        detail = "this draft was changed in another window; read it again and keep one of the two"
        raise Problem(409, "draft_changed", detail) from fault
    return DraftView(text=draft.text, revision=draft.revision)


@router.put("/tickets/{ticket_id}/presence")
async def put_presence(project: str, ticket_id: str, body: PresenceBody, caller: Noting, doors: Wired) -> OthersView:
    """Say that one has the ticket open, and whether one writes in it; answers who else has."""
    await of_project(doors, project, "ticket", ticket_id)
    await doors.documents.catch_up()
    now = doors.clock()
    name = _name_of(doors, caller)
    visitor = Visitor(caller.account_id, name, caller.agent_id, body.writing)
    await doors.visits.renew(project, ticket_id, visitor, now, now + VISIT)
    others = await doors.visits.others(project, ticket_id, caller.account_id, now)
    return OthersView(others=[OtherView(name=o.name, agent_id=o.agent_id, writing=o.writing) for o in others])


@router.delete("/tickets/{ticket_id}/presence", status_code=204)
async def delete_presence(project: str, ticket_id: str, caller: Noting, doors: Wired) -> None:
    """Say that one has it open no longer."""
    await of_project(doors, project, "ticket", ticket_id)
    await doors.visits.leave(project, ticket_id, caller.account_id)
