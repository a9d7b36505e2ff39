"""Follow-ups: further contacts with a customer, planned for a time, an agent or a queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.audit import CalendarClosed, CalendarOpened
from domain.follow_up.decide import CancelFollowUp, CompleteFollowUp, MoveFollowUp, ScheduleFollowUp
from projections.queries import (
    FollowUpStatus,
    FollowUpView,
    OutcomeView,
    follow_up,
    follow_ups,
    follow_ups_about,
    outcomes_of,
)
from projections.queries import follow_ups_of_agent as of_agent
from projections.reading import Page
from web.access import Caller, Permission, own_agent
from web.bodies import FollowUpBody, MoveBody, ReasonBody
from web.doors import Wired
from web.guard import Requires, of_project
from web.problem import not_found
from web.queries import Ask, Cursor, Limit
from web.sending import COMMAND_PROBLEMS, Accepted, Send
from web.sign_in import audit

router = APIRouter(prefix="/api", tags=["follow-ups"], responses=COMMAND_PROBLEMS)
Planning = Annotated[Caller, Depends(Requires(Permission.FOLLOW_UPS))]
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
#: How long what is past stays on the agent's own list.
PAST = timedelta(days=1)
ONE = "/projects/{project}/follow-ups/{follow_up_id}"


class FollowUps(BaseModel):
    items: tuple[FollowUpView, ...]


class Outcomes(BaseModel):
    items: tuple[OutcomeView, ...]


class Calendar(BaseModel):
    """The address of one's calendar, shown this once: whoever knows it reads when the follow-ups are."""

    url: str


def _utc(moment: datetime) -> datetime:
    """Kept in UTC like every time in the log; one without a zone is left for the domain to refuse."""
    return moment.astimezone(UTC) if moment.tzinfo else moment


@router.post("/projects/{project}/follow-ups")
async def schedule_follow_up(project: str, body: FollowUpBody, caller: Planning, send: Send) -> Accepted:
    """Plan a further contact; at its time it is offered, to its agent first while they are ready."""
    command = ScheduleFollowUp(
        project=project,
        by=caller.signature,
        due_at=_utc(body.due_at),
        about=body.about,
        channel=body.channel,
        customer_id=body.customer_id or "",
        ticket_id=body.ticket_id or "",
        agent_id=body.agent_id or "",
        queue=body.queue or "",
        minutes=body.minutes,
    )
    return await send(caller, command, project=project)


@router.get("/projects/{project}/follow-ups")
async def list_follow_ups(
    project: str,
    caller: Planning,
    doors: Wired,
    ask: Ask,
    status: FollowUpStatus = "scheduled",
    ticket_id: Annotated[str | None, Query(max_length=64, description="Those about one ticket, in any state.")] = None,
    customer_id: Annotated[str | None, Query(max_length=64, description="Those about one customer.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[FollowUpView]:
    """What is planned in a project, the earliest first."""
    if ticket_id:
        await of_project(doors, project, "ticket", ticket_id)
        return await ask(follow_ups_about, "ticket_id", ticket_id, cursor=cursor, limit=limit)
    if customer_id:
        await of_project(doors, project, "customer", customer_id)
        return await ask(follow_ups_about, "customer_id", customer_id, cursor=cursor, limit=limit)
    return await ask(follow_ups, project, status, cursor=cursor, limit=limit)


@router.get("/follow-ups")
async def my_follow_ups(caller: Working, doors: Wired, ask: Ask) -> FollowUps:
    """One's own, from yesterday on, across projects."""
    found = await ask(of_agent, own_agent(caller), doors.clock() - PAST)
    return FollowUps(items=tuple(one for one in found if caller.may(Permission.FOLLOW_UPS, one.project)))


@router.get(ONE)
async def get_follow_up(project: str, follow_up_id: str, caller: Planning, ask: Ask) -> FollowUpView:
    found = await ask(follow_up, follow_up_id)
    if found is None or found.project != project:
        raise not_found("follow_up", follow_up_id)
    return found


@router.post(ONE + "/move")
async def move_follow_up(project: str, follow_up_id: str, body: MoveBody, caller: Planning, send: Send) -> Accepted:
    """Plan it for another time or another agent; possible until an agent has it in hand."""
    command = MoveFollowUp(
        project=project,
        follow_up_id=follow_up_id,
        by=caller.signature,
        due_at=_utc(body.due_at),
        agent_id=body.agent_id,
    )
    return await send(caller, command, project=project)


@router.post(ONE + "/done")
async def complete_follow_up(project: str, follow_up_id: str, caller: Planning, send: Send) -> Accepted:
    """It is done already, by other means."""
    return await send(caller, CompleteFollowUp(follow_up_id=follow_up_id, by=caller.signature), project=project)


@router.post(ONE + "/cancel")
async def cancel_follow_up(project: str, follow_up_id: str, body: ReasonBody, caller: Planning, send: Send) -> Accepted:
    """It is no longer wanted."""
    command = CancelFollowUp(follow_up_id=follow_up_id, reason=body.reason, by=caller.signature)
    return await send(caller, command, project=project)


@router.post("/session/calendar")
async def open_calendar(caller: Working, doors: Wired) -> Calendar:
    """A new secret address for one's own calendar (RFC 5545); the address of before opens no more."""
    own_agent(caller)
    feed = await doors.accounts.open_calendar(caller.account_id, doors.clock())
    await audit(doors, CalendarOpened(account_id=caller.account_id), pool=caller.pool, actor=caller.actor)
    return Calendar(url=doors.links.calendar_url(caller.account_id, feed))


@router.delete("/session/calendar", status_code=204)
async def close_calendar(caller: Working, doors: Wired) -> None:
    """The address of one's calendar opens no more."""
    if not await doors.accounts.close_calendar(caller.account_id):
        raise not_found("calendar", caller.account_id)
    await audit(doors, CalendarClosed(account_id=caller.account_id), pool=caller.pool, actor=caller.actor)


@router.get("/projects/{project}/interactions/{interaction_id}/outcomes")
async def list_outcomes(project: str, interaction_id: str, caller: Planning, doors: Wired, ask: Ask) -> Outcomes:
    """What the dispositions of an interaction started by the project's rules, and what was not possible and why."""
    await of_project(doors, project, "interaction", interaction_id)
    return Outcomes(items=await ask(outcomes_of, interaction_id))
