"""Conversations: held, muted, consulted, brought in, handed over, listened to, and what of them is recorded.

What is asked for here is decided and on record at once; whoever carries the calls follows the log and does it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from domain.customer.contact import contact
from domain.decide import Command
from domain.interaction.outside import HandOverToNumber
from domain.interaction.recording import PauseRecording, ResumeRecording
from domain.interaction.state import Interaction
from domain.interaction.talking import (
    ConsultAgent,
    ConsultNumber,
    EndConsult,
    HandOverCall,
    HoldCall,
    JoinConsulted,
    MuteAgent,
    RemoveParty,
    ResumeCall,
    SuperviseCall,
    UnmuteAgent,
)
from domain.states import fold
from domain.stream import stream_of
from web.access import Caller, Permission, own_agent
from web.call_bodies import ConsultBody, HearingBody, PauseBody
from web.contacts import read_number
from web.conversation import Conversation, conversation_of
from web.doors import Doors, Wired
from web.guard import Requires, of_project
from web.problem import Problem
from web.sending import COMMAND_PROBLEMS, Accepted, Send

PREFIX = "/api/projects/{project}/interactions/{interaction_id}"
router = APIRouter(prefix=PREFIX, tags=["calls"], responses=COMMAND_PROBLEMS)
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
Reading = Annotated[Caller, Depends(Requires(Permission.READ_CUSTOMERS))]
Supervising = Annotated[Caller, Depends(Requires(Permission.SUPERVISE))]


@router.get("/conversation")
async def conversation(project: str, interaction_id: str, caller: Reading, doors: Wired) -> Conversation:
    """How the interaction's conversations stand now: who is in them, on hold or not, recorded or not."""
    interaction = await _interaction(doors, project, interaction_id)
    return conversation_of(interaction)


@router.post("/legs/{leg}/hold")
async def hold_call(project: str, interaction_id: str, leg: str, caller: Working, send: Send) -> Accepted:
    """Let the customer hear music instead of you."""
    command = HoldCall(interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller))
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/resume")
async def resume_call(project: str, interaction_id: str, leg: str, caller: Working, send: Send) -> Accepted:
    """Take the customer off hold."""
    command = ResumeCall(interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller))
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/mute")
async def mute_agent(project: str, interaction_id: str, leg: str, caller: Working, send: Send) -> Accepted:
    """Let nobody in the conversation hear you; you hear everybody."""
    command = MuteAgent(interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller))
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/unmute")
async def unmute_agent(project: str, interaction_id: str, leg: str, caller: Working, send: Send) -> Accepted:
    """Be heard again."""
    command = UnmuteAgent(interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller))
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/consult")
async def consult(
    project: str, interaction_id: str, leg: str, body: ConsultBody, caller: Working, doors: Wired, send: Send
) -> Accepted:
    """Ask a colleague, or somebody at an outside number, while the customer is on hold. Answers with the `party`."""
    where = {"interaction_id": interaction_id, "leg": leg, "agent_id": own_agent(caller)}
    command: Command
    if body.agent_id:
        command = ConsultAgent(**where, to_agent=body.agent_id)
    else:
        number = contact(doors.fingerprints, project, "phone", read_number(body.number))
        command = ConsultNumber(**where, number=number)
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/parties/{party}/end")
async def end_consult(project: str, interaction_id: str, leg: str, party: str, caller: Working, send: Send) -> Accepted:
    """Let whoever was asked go; the customer stays on hold until you take them off."""
    command = EndConsult(interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller), party=party)
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/parties/{party}/bring-in")
async def bring_in(project: str, interaction_id: str, leg: str, party: str, caller: Working, send: Send) -> Accepted:
    """Bring whoever is consulted into the conversation with the customer."""
    command = JoinConsulted(interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller), party=party)
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/parties/{party}/hand-over")
async def hand_over_call(
    project: str, interaction_id: str, leg: str, party: str, caller: Working, doors: Wired, send: Send
) -> Accepted:
    """Warm transfer: the customer goes on with whoever is consulted or takes part, without you."""
    interaction = await _interaction(doors, project, interaction_id)
    where = {"interaction_id": interaction_id, "leg": leg, "agent_id": own_agent(caller), "party": party}
    who = interaction.leg(leg).call.parties.get(party)
    command: Command = HandOverCall(**where)
    if who is not None and who.kind == "number":
        command = HandOverToNumber(**where, project=project)
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/parties/{party}/remove")
async def remove_party(
    project: str, interaction_id: str, leg: str, party: str, caller: Working, send: Send
) -> Accepted:
    """Put somebody out of the conversation; the customer and you go on."""
    command = RemoveParty(
        interaction_id=interaction_id, leg=leg, agent_id=own_agent(caller), party=party, reason="put out by the agent"
    )
    return await send(caller, command, project=project)


@router.post("/recordings/{recording_id}/pause")
async def pause_recording(
    project: str, interaction_id: str, recording_id: str, body: PauseBody, caller: Working, doors: Wired, send: Send
) -> Accepted:
    """Nothing is kept from now on, of words or of keys: the customer gives card data, or wishes so."""
    await _own_conversation(doors, project, interaction_id, own_agent(caller))
    command = PauseRecording(interaction_id=interaction_id, recording_id=recording_id, reason=body.reason)
    return await send(caller, command, project=project)


@router.post("/recordings/{recording_id}/resume")
async def resume_recording(
    project: str, interaction_id: str, recording_id: str, caller: Working, doors: Wired, send: Send
) -> Accepted:
    """The recording goes on."""
    await _own_conversation(doors, project, interaction_id, own_agent(caller))
    command = ResumeRecording(interaction_id=interaction_id, recording_id=recording_id)
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/supervise")
async def supervise(
    project: str, interaction_id: str, leg: str, body: HearingBody, caller: Supervising, doors: Wired, send: Send
) -> Accepted:
    """Be called into an agent's conversation: to listen, to whisper to the agent alone, or to speak with both."""
    interaction = await _interaction(doors, project, interaction_id)
    command = SuperviseCall(
        interaction_id=interaction_id,
        leg=leg,
        agent_id=interaction.leg(leg).agent_id,
        supervisor=own_agent(caller),
        hearing=body.hearing,
    )
    return await send(caller, command, project=project)


@router.post("/legs/{leg}/supervise/end")
async def end_supervision(
    project: str, interaction_id: str, leg: str, caller: Supervising, doors: Wired, send: Send
) -> Accepted:
    """Leave an agent's conversation."""
    interaction = await _interaction(doors, project, interaction_id)
    command = RemoveParty(
        interaction_id=interaction_id,
        leg=leg,
        agent_id=interaction.leg(leg).agent_id,
        party=f"supervisor:{own_agent(caller)}",
        reason="the supervisor left",
    )
    return await send(caller, command, project=project)


async def _interaction(doors: Doors, project: str, interaction_id: str) -> Interaction:
    """The interaction as the log has it. Raises `Problem` 404 unless it is of the project."""
    await of_project(doors, project, "interaction", interaction_id)
    stream = stream_of("interaction", interaction_id)
    state = fold(stream, [one.event for one in await doors.log.read_stream(stream)])
    assert isinstance(state, Interaction), "an interaction's stream folds to one"
    return state


async def _own_conversation(doors: Doors, project: str, interaction_id: str, agent_id: str) -> None:
    """Raises `Problem` 409 unless the agent is in the conversation: nobody else pauses what is kept of it."""
    interaction = await _interaction(doors, project, interaction_id)
    if not any(leg.status == "connected" and leg.agent_id == agent_id for leg in interaction.legs.values()):
        raise Problem(409, "not_yours", "this work is not in your hands (any more)")
