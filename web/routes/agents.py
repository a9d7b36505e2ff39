"""Agents: presence, and what each has in hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from domain.agent.commands import BecomeNotReady, BecomeReady, PauseChannel, ResumeChannel, SignIn, SignOut
from web.access import Caller, Permission, acts_as
from web.bodies import Channel, ReasonBody
from web.doors import Doors, Wired
from web.guard import Requires, member
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api/agents", tags=["agents"], responses=COMMAND_PROBLEMS)
Present = Annotated[Caller, Depends(Requires(Permission.OWN_PRESENCE))]
Leading = Annotated[Caller, Depends(Requires(Permission.FORCE_PRESENCE))]


async def _own(doors: Doors, caller: Caller, agent_id: str) -> None:
    acts_as(caller, agent_id)
    await member(doors, caller, "agent", agent_id)


@router.post("/{agent_id}/sign-in")
async def agent_sign_in(agent_id: str, caller: Present, doors: Wired, send: Send) -> Accepted:
    """Begin the working day: signed in, not ready yet."""
    await _own(doors, caller, agent_id)
    return await send(caller, SignIn(agent_id=agent_id))


@router.post("/{agent_id}/ready")
async def agent_ready(agent_id: str, caller: Present, doors: Wired, send: Send) -> Accepted:
    """Take work from now on."""
    await _own(doors, caller, agent_id)
    return await send(caller, BecomeReady(agent_id=agent_id))


@router.post("/{agent_id}/not-ready")
async def agent_not_ready(agent_id: str, body: ReasonBody, caller: Present, doors: Wired, send: Send) -> Accepted:
    """Take no new work, for a reason; offers that ring now are taken back, work in hand stays."""
    await _own(doors, caller, agent_id)
    return await send(caller, BecomeNotReady(agent_id=agent_id, reason=body.reason))


@router.post("/{agent_id}/channels/{channel}/pause")
async def pause_channel(
    agent_id: str, channel: Channel, body: ReasonBody, caller: Present, doors: Wired, send: Send
) -> Accepted:
    """Take nothing more by one channel, for a reason, and go on with the others, until you resume it or sign out.

    Offers by it that ring now are taken back, work in hand stays.
    """
    await _own(doors, caller, agent_id)
    return await send(caller, PauseChannel(agent_id=agent_id, channel=channel, reason=body.reason))


@router.post("/{agent_id}/channels/{channel}/resume")
async def resume_channel(agent_id: str, channel: Channel, caller: Present, doors: Wired, send: Send) -> Accepted:
    """Take work by this channel again."""
    await _own(doors, caller, agent_id)
    return await send(caller, ResumeChannel(agent_id=agent_id, channel=channel))


@router.post("/{agent_id}/sign-out")
async def agent_sign_out(agent_id: str, caller: Present, doors: Wired, send: Send) -> Accepted:
    """End the working day; work in hand goes back to its place in the queue."""
    await _own(doors, caller, agent_id)
    accepted = await send(caller, SignOut(agent_id=agent_id))
    await doors.leases.drop(agent_id)
    return accepted


@router.post("/{agent_id}/force-not-ready")
async def force_not_ready(agent_id: str, body: ReasonBody, caller: Leading, doors: Wired, send: Send) -> Accepted:
    """Set another person to not ready, such as one who left without saying so."""
    await member(doors, caller, "agent", agent_id)
    return await send(caller, BecomeNotReady(agent_id=agent_id, reason=body.reason))


@router.post("/{agent_id}/force-ready")
async def force_ready(agent_id: str, body: ReasonBody, caller: Leading, doors: Wired, send: Send) -> Accepted:
    """Set another person who is signed in to ready, such as one who forgot to come back from lunch on the screen."""
    await member(doors, caller, "agent", agent_id)
    return await send(caller, BecomeReady(agent_id=agent_id, reason=body.reason))


@router.post("/{agent_id}/force-sign-out")
async def force_sign_out(
    agent_id: str, caller: Leading, doors: Wired, send: Send, body: ReasonBody | None = None
) -> Accepted:
    """Sign another person out; their work goes back to its place in the queue."""
    await member(doors, caller, "agent", agent_id)
    accepted = await send(caller, SignOut(agent_id=agent_id, reason=body.reason if body else ""))
    await doors.leases.drop(agent_id)
    return accepted


@router.post("/{agent_id}/channels/{channel}/force-pause")
async def force_pause(
    agent_id: str, channel: Channel, body: ReasonBody, caller: Leading, doors: Wired, send: Send
) -> Accepted:
    """Have another person take nothing more by one channel, such as one whose line crackles."""
    await member(doors, caller, "agent", agent_id)
    return await send(caller, PauseChannel(agent_id=agent_id, channel=channel, reason=body.reason))


@router.post("/{agent_id}/channels/{channel}/force-resume")
async def force_resume(
    agent_id: str, channel: Channel, body: ReasonBody, caller: Leading, doors: Wired, send: Send
) -> Accepted:
    """Have another person take work by this channel again."""
    await member(doors, caller, "agent", agent_id)
    return await send(caller, ResumeChannel(agent_id=agent_id, channel=channel, reason=body.reason))
