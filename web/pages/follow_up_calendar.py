"""An agent's follow-ups as a calendar feed (RFC 5545, RFC 7986), at an address that is secret and can be taken back.

Calendars are kept by services that are not ours, so a feed says when, how and on which ticket, and nothing about
the customer: who it is and what it is about is seen at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Response
from icalendar import Calendar, Event

from projections.queries import FollowUpView, follow_ups_of_agent
from web.access import Caller, Permission
from web.doors import Wired
from web.guard import public
from web.links import BadLink
from web.problem import Problem
from web.queries import Ask

router = APIRouter(tags=["follow-ups"])
#: How long what is past stays in the calendar, and how often calendars should look.
PAST, REFRESH = timedelta(days=30), timedelta(minutes=15)
#: From when on follow-ups are asked for by themselves: a month's may fill a whole answer, and what comes must be there.
COMING = timedelta(days=1)
STATUS = {"cancelled": "CANCELLED"}
WHAT = {"callback": "Call", "email": "Write"}
GONE = "this calendar was closed, or its address is not complete; ask for a new one at your desk"


@router.get(
    "/calendar/{token}.ics",
    dependencies=[Depends(public)],
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}, 404: {"description": "No such calendar (any more)."}},
)
async def follow_up_calendar(token: str, doors: Wired, ask: Ask) -> Response:
    """The follow-ups of the agent whose calendar this is."""
    try:
        account_id, feed = doors.links.verify_calendar(token)
    except BadLink as fault:
        raise Problem(404, "not_found", GONE) from fault
    account = await doors.accounts.calendar(account_id, feed)
    if account is None or not account.agent_id:
        raise Problem(404, "not_found", GONE)
    caller = Caller(account.account_id, account.name, account.pool, account.agent_id, account.grants)
    now = doors.clock()
    past = await ask(follow_ups_of_agent, account.agent_id, now - PAST)
    coming = await ask(follow_ups_of_agent, account.agent_id, now - COMING)
    found = {one.follow_up_id: one for one in (*past, *coming) if caller.may(Permission.FOLLOW_UPS, one.project)}
    body = written(found.values(), doors.settings.base_url)
    return Response(body, media_type="text/calendar", headers={"Cache-Control": "private, no-cache"})


def written(follow_ups: Iterable[FollowUpView], base_url: str) -> bytes:
    """The calendar's bytes; the same follow-ups give the same bytes."""
    calendar: Any = Calendar()
    calendar.add("prodid", "-//Trunkline//Follow-ups//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", "Follow-ups")
    calendar.add("x-wr-calname", "Follow-ups")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH, parameters={"VALUE": "DURATION"})
    for one in follow_ups:
        calendar.add_component(_event(one, base_url))
    return bytes(calendar.to_ical())


def _event(one: FollowUpView, base_url: str) -> Event:
    event: Any = Event()
    event.add("uid", f"{one.follow_up_id}@trunkline")
    event.add("dtstamp", _whole(one.changed_at))
    event.add("created", _whole(one.scheduled_at))
    event.add("last-modified", _whole(one.changed_at))
    event.add("sequence", one.sequence)
    event.add("dtstart", _whole(one.due_at))
    event.add("dtend", _whole(one.due_at) + timedelta(minutes=one.minutes))
    about = one.ticket_number or one.queue
    event.add("summary", f"{WHAT[one.channel]}: {about}{' (done)' if one.status == 'done' else ''}")
    event.add("status", STATUS.get(one.status, "CONFIRMED"))
    event.add("url", base_url)
    event.add("categories", [one.project, one.queue])
    return event


def _whole(moment: datetime) -> datetime:
    """Calendars know no fractions of a second (RFC 5545 §3.3.5)."""
    return moment.replace(microsecond=0)
