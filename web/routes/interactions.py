"""Interactions: answering offers, working, finishing; and one interaction's own history."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.interaction.offers import AcceptOffer, DeclineOffer
from domain.interaction.work import AddNote, CompleteWork, CompleteWrapUp, Reply
from domain.stream import stream_of
from web.access import Caller, Permission, own_agent
from web.bodies import CompleteBody, DeclineBody, NoteBody, ReplyBody, WrapUpBody
from web.doors import Wired
from web.going_along import going_along
from web.guard import Requires, of_project
from web.sending import COMMAND_PROBLEMS, Accepted, Send
from web.showing import Shown, show
from web.transferring import TransferBody, transfer_of

PREFIX = "/api/projects/{project}/interactions/{interaction_id}"
router = APIRouter(prefix=PREFIX, tags=["interactions"], responses=COMMAND_PROBLEMS)
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
Noting = Annotated[Caller, Depends(Requires(Permission.NOTE))]
Reading = Annotated[Caller, Depends(Requires(Permission.READ_CUSTOMERS))]


class History(BaseModel):
    """What happened in the interaction, in order."""

    interaction_id: str
    items: list[Shown]


@router.get("")
async def interaction_history(project: str, interaction_id: str, caller: Reading, doors: Wired) -> History:
    """Everything that happened in one interaction; read from the log itself, so it is never behind."""
    await of_project(doors, project, "interaction", interaction_id)
    recorded = await doors.log.read_stream(stream_of("interaction", interaction_id))
    opener = doors.opener if caller.may(Permission.OPEN_PERSONAL, project) else None
    return History(interaction_id=interaction_id, items=[show(one, opener) for one in recorded])


@router.post("/legs/{leg}/offers/{work_id}/accept")
async def accept_offer(
    project: str, interaction_id: str, leg: str, work_id: str, caller: Working, send: Send
) -> Accepted:
    """Take the work that rings."""
    command = AcceptOffer(interaction_id=interaction_id, leg=leg, work_id=work_id, agent_id=own_agent(caller))
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/offers/{work_id}/decline")
async def decline_offer(
    project: str, interaction_id: str, leg: str, work_id: str, body: DeclineBody, caller: Working, send: Send
) -> Accepted:
    """Let somebody else have it."""
    command = DeclineOffer(
        interaction_id=interaction_id, leg=leg, work_id=work_id, agent_id=own_agent(caller), reason=body.reason
    )
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/reply")
async def reply(
    project: str, interaction_id: str, leg: str, body: ReplyBody, caller: Working, doors: Wired, send: Send
) -> Accepted:
    """Write to the customer, with files of one's draft or without."""
    agent_id = own_agent(caller)
    async with going_along(doors, project, interaction_id, caller, body.files) as files:
        command = Reply(
            project=project,
            interaction_id=interaction_id,
            leg=leg,
            agent_id=agent_id,
            text=body.text,
            after=body.after,
            by=body.by,
            files=files,
        )
        return await send(caller, command, project=project)


@router.post("/notes")
async def add_note(project: str, interaction_id: str, body: NoteBody, caller: Noting, send: Send) -> Accepted:
    """Write down something for colleagues; the customer never sees it."""
    command = AddNote(interaction_id=interaction_id, author=caller.signature, text=body.text)
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/transfer")
async def transfer(
    project: str, interaction_id: str, leg: str, body: TransferBody, caller: Working, doors: Wired, send: Send
) -> Accepted:
    """Pass the work on to a department (its ticket goes along), a queue or an agent; a call to an outside number too.

    The customer waits on the line, or rings outside, and you are out of it at once.
    """
    where = {"project": project, "interaction_id": interaction_id, "leg": leg, "agent_id": own_agent(caller)}
    return await send(caller, transfer_of(body, where, doors.fingerprints), project=project)


@router.post("/legs/{leg}/complete")
async def complete_work(
    project: str, interaction_id: str, leg: str, body: CompleteBody, caller: Working, send: Send
) -> Accepted:
    """Contact is over; say what becomes of the ticket and, if you like, how it ended."""
    command = CompleteWork(
        project=project,
        interaction_id=interaction_id,
        leg=leg,
        agent_id=own_agent(caller),
        ticket=body.ticket,
        disposition=body.disposition,
    )
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/wrap-up")
async def complete_wrap_up(
    project: str, interaction_id: str, leg: str, body: WrapUpBody, caller: Working, send: Send
) -> Accepted:
    """Finish wrap-up with how the contact ended."""
    command = CompleteWrapUp(
        project=project,
        interaction_id=interaction_id,
        leg=leg,
        agent_id=own_agent(caller),
        disposition=body.disposition,
    )
    return await send(caller, command, project=project)
