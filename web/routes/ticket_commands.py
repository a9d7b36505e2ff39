"""Tickets: passing on, settling, opening again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from domain.ticket.decide import AwaitCustomer, CloseTicket, HandOverTicket, ReopenTicket, ResolveTicket
from web.access import Caller, Permission
from web.bodies import DepartmentBody, ReasonBody
from web.guard import Requires
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api/projects/{project}/tickets/{ticket_id}", tags=["tickets"], responses=COMMAND_PROBLEMS)
Settling = Annotated[Caller, Depends(Requires(Permission.WRITE_TICKETS))]


@router.post("/hand-over")
async def hand_over_ticket(
    project: str, ticket_id: str, body: DepartmentBody, caller: Settling, send: Send
) -> Accepted:
    """Pass the matter to another department; the customer is told."""
    command = HandOverTicket(project=project, ticket_id=ticket_id, department=body.department, by=caller.signature)
    return await send(caller, command, project=project)


@router.post("/await-customer")
async def await_customer(project: str, ticket_id: str, caller: Settling, send: Send) -> Accepted:
    """Nothing can be done until the customer answers."""
    return await send(caller, AwaitCustomer(ticket_id=ticket_id, by=caller.signature), project=project)


@router.post("/resolve")
async def resolve_ticket(project: str, ticket_id: str, caller: Settling, send: Send) -> Accepted:
    """The matter is settled; the customer is told and asked to rate."""
    command = ResolveTicket(project=project, ticket_id=ticket_id, agent_id=caller.agent_id)
    return await send(caller, command, project=project)


@router.post("/reopen")
async def reopen_ticket(project: str, ticket_id: str, body: ReasonBody, caller: Settling, send: Send) -> Accepted:
    """It is not settled after all."""
    command = ReopenTicket(project=project, ticket_id=ticket_id, reason=body.reason)
    return await send(caller, command, project=project)


@router.post("/close")
async def close_ticket(project: str, ticket_id: str, body: ReasonBody, caller: Settling, send: Send) -> Accepted:
    """Settled for good: what the customer writes from now on opens a new ticket."""
    return await send(caller, CloseTicket(ticket_id=ticket_id, reason=body.reason), project=project)
