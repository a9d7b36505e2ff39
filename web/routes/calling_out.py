"""Calling from the desk, and the telephone that the desk is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from domain.customer.contact import contact
from domain.customer.state import Customer
from domain.interaction.calling_out import CallOut
from domain.states import fold
from domain.stream import stream_of
from web.access import Caller, Permission, own_agent
from web.call_bodies import CallOutBody
from web.contacts import read_number
from web.doors import Doors, Wired
from web.guard import Requires, of_project
from web.problem import Problem
from web.sending import COMMAND_PROBLEMS, Accepted, Send
from web.telephones import rings_at

router = APIRouter(tags=["calls"], responses=COMMAND_PROBLEMS)
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
#: Seconds that a browser's token is valid.
TOKEN_SECONDS = 3600


class BrowserToken(BaseModel):
    """What the Voice SDK registers with, as `identity`; ask for another before it expires."""

    provider: str = Field(description="The account, as the settings call it.")
    identity: str
    token: str
    edge: str = Field(description="Where the provider is reached; empty for its usual one.")
    signalling: str = Field(description="The WebSocket to register at instead of the provider's own; usually empty.")
    expires_in: int = Field(description="Seconds.")


@router.post("/api/projects/{project}/calls")
async def call_out(project: str, body: CallOutBody, caller: Working, doors: Wired, send: Send) -> Accepted:
    """Call a number or a customer: your own telephone rings first, then theirs."""
    number = read_number(body.number) if body.number else await _number_of(doors, project, body.customer_id)
    command = CallOut(
        project=project,
        agent_id=own_agent(caller),
        number=contact(doors.fingerprints, project, "phone", number),
        queue=body.queue or "",
        line=body.line or "",
    )
    return await send(caller, command, project=project)


@router.post("/api/telephone/token")
async def telephone_token(caller: Working, doors: Wired) -> list[BrowserToken]:
    """Tokens with which this browser becomes your telephone, one for each account that carries calls to browsers."""
    agent_id = own_agent(caller)
    await doors.documents.catch_up()
    if rings_at(doors, agent_id) == "elsewhere":
        detail = "your calls ring at the telephone that the centre's document names for you, not in the browser"
        raise Problem(409, "rings_elsewhere", detail)
    found = [
        BrowserToken(provider=name, **made._asdict(), expires_in=TOKEN_SECONDS)
        for name, make in sorted(doors.telephones.items())
        if (made := make(agent_id, TOKEN_SECONDS)) is not None
    ]
    if not found:
        detail = "no account of the settings carries calls to browsers; give one an api_key and its secret"
        raise Problem(409, "no_browser_telephone", detail)
    return found


async def _number_of(doors: Doors, project: str, customer_id: str) -> str:
    """The customer's telephone. Raises `Problem` 404, or 409 where none is known."""
    await of_project(doors, project, "customer", customer_id)
    stream = stream_of("customer", customer_id)
    state = fold(stream, [doors.opener(one.event) for one in await doors.log.read_stream(stream)])
    assert isinstance(state, Customer), "a customer's stream folds to one"
    number = state.address("phone")
    if not number:
        raise Problem(409, "no_number", "no telephone number of this customer is known; add one first")
    return number
