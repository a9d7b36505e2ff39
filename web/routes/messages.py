"""Messages among colleagues (to a person, to a team), bounded and kept for a while outside the log."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, StringConstraints

from domain.execute import Origin
from domain.staff import TellOfStaffMessage
from projections.queries import team_exists
from web.access import Caller, Permission, check
from web.bodies import Body
from web.doors import Wired
from web.guard import Requires, member
from web.messages import EVERYONE, StaffMessage, addresses_of
from web.problem import Problem, not_found
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS

router = APIRouter(prefix="/api/messages", tags=["messages"], responses=COMMAND_PROBLEMS)
Talking = Annotated[Caller, Depends(Requires(Permission.MESSAGES))]


class StaffMessageBody(Body):
    """`to`: `agent:anna`, `account:…`; for those who lead also `site:paris`, `profile:mixed`, `everyone`."""

    to: Annotated[
        str,
        StringConstraints(
            pattern=r"^((agent|site|profile):[a-z][a-z0-9_]{0,39}|account:[A-Za-z0-9_-]{1,64}|everyone)$"
        ),
    ]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Message(BaseModel):
    """`mine`: one's own words."""

    message_id: str
    sender: str
    sender_name: str
    to: str
    text: str
    sent_at: str
    mine: bool


class Messages(BaseModel):
    """`items` from the oldest on."""

    items: tuple[Message, ...]


def _shown(one: StaffMessage, caller: Caller) -> Message:
    return Message(
        message_id=one.message_id,
        sender=one.sender,
        sender_name=one.sender_name,
        to=one.to,
        text=one.text,
        sent_at=one.sent_at,
        mine=one.sender in (caller.actor, f"account:{caller.account_id}"),
    )


@router.get("")
async def list_messages(
    caller: Talking,
    doors: Wired,
    after: Annotated[str, Query(max_length=64, description="Only what stands behind this message.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Messages:
    """What was written to oneself and one's teams, and by oneself: the latest, or what came after a message."""
    addresses = await addresses_of(doors, caller)
    found = await doors.messages.to(caller.pool, addresses, after, limit, doors.clock())
    return Messages(items=tuple(_shown(one, caller) for one in found))


@router.post("", status_code=201)
async def send_message(body: StaffMessageBody, caller: Talking, doors: Wired, ask: Ask) -> Message:
    """Write to a colleague, or, where one leads, to a team; those who are there see it at once."""
    await doors.throttle.hit("message", caller.account_id)
    await _there(body.to, caller, doors, ask)
    now = doors.clock()
    sent_at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    one = StaffMessage(doors.new_id(), caller.pool, caller.actor, caller.name, body.to, body.text, sent_at)
    await doors.messages.add(one, now)
    told = TellOfStaffMessage(message_id=one.message_id, sender=one.sender, to=one.to)
    await doors.executor.execute(told, Origin(project="", pool=caller.pool, actor=caller.actor))
    return _shown(one, caller)


async def _there(to: str, caller: Caller, doors: Wired, ask: Ask) -> None:
    """Raises `Problem` 404 for whom there is not, `Forbidden` for a team that one does not lead."""
    kind, _, name = to.partition(":")
    if kind == "agent":
        await member(doors, caller, "agent", name)
        return
    if kind == "account":
        account = await doors.accounts.get(name)
        if account is None or account.pool != caller.pool:
            raise not_found("account", name)
        return
    check(caller, Permission.SUPERVISE, None)
    if to != EVERYONE and not await ask(team_exists, caller.pool, "site" if kind == "site" else "profile", name):
        raise Problem(404, "not_found", f"nobody has the {kind} {name!r}")
