"""The log itself, for analysts: filtered, in order, page by page. Personal fields are never in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.event import Recorded
from web.access import Caller, Permission
from web.doors import Doors, Wired
from web.guard import Requires
from web.problem import Problem
from web.queries import Limit
from web.showing import Shown, show

router = APIRouter(prefix="/api", tags=["events"])
Reading = Annotated[Caller, Depends(Requires(Permission.READ_EVENTS))]
After = Annotated[int, Query(ge=0, le=2**62, description="Log position: only what stands behind it.")]
Since = Annotated[
    datetime | None,
    Query(description="Only what the log learned from this moment on, with its zone; not with `after`."),
]
Types = Annotated[
    list[str] | None,
    Query(max_length=50, description="Wire names, such as `interaction.offered.v1`.", examples=[["ticket.opened.v1"]]),
]
Streams = Annotated[list[str] | None, Query(max_length=50, description="Names of streams, such as `agent-anna`.")]

#: How many events are looked at for one page before it is handed out as it is, with where to go on.
MOST_LOOKED_AT = 20_000
BATCH = 1_000


class Events(BaseModel):
    """Part of the log. `next` is the position to go on from, also where a page is empty; None at the end."""

    items: list[Shown]
    next: int | None
    head: int


@router.get("/projects/{project}/events")
async def project_events(
    project: str,
    caller: Reading,
    doors: Wired,
    after: After = 0,
    limit: Limit = 100,
    type: Types = None,
    stream: Streams = None,
    since: Since = None,
) -> Events:
    """The events of one project."""
    return await _page(doors, caller.pool, project, await _begin(doors, after, since), limit, type, stream)


@router.get("/events")
async def pool_events(
    caller: Reading,
    doors: Wired,
    after: After = 0,
    limit: Limit = 100,
    type: Types = None,
    stream: Streams = None,
    since: Since = None,
) -> Events:
    """The events of the whole pool: every project, agents, accounts."""
    return await _page(doors, caller.pool, None, await _begin(doors, after, since), limit, type, stream)


async def _begin(doors: Doors, after: int, since: datetime | None) -> int:
    """The position to begin behind. Times never decrease along the log, so one is found by halving."""
    if since is None or after:
        return after
    if since.tzinfo is None:
        raise Problem(422, "no_time_zone", "give `since` with its zone, as in 2026-03-01T00:00:00+01:00")
    low, high = 0, await doors.log.head()
    while low < high:
        middle = (low + high) // 2
        following = await doors.log.read(middle, 1)
        if following and following[0].recorded_at < since:
            low = following[0].position
        else:
            high = middle
    return low


async def _page(
    doors: Doors,
    pool: str,
    project: str | None,
    after: int,
    limit: int,
    types: list[str] | None,
    streams: list[str] | None,
) -> Events:
    found: list[Recorded] = []
    looked_at, head = 0, await doors.log.head()
    while len(found) < limit and looked_at < MOST_LOOKED_AT:
        batch = await doors.log.read(after, BATCH, pool=pool, types=types, streams=streams)
        looked_at += len(batch)
        for one in batch:
            after = one.position
            if project is None or one.project == project:
                found.append(one)
                if len(found) == limit:
                    break
        if len(batch) < BATCH and len(found) < limit:
            return Events(items=[show(one, None) for one in found], next=None, head=head)
    return Events(items=[show(one, None) for one in found], next=after, head=head)
