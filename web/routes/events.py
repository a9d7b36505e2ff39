"""The log itself, for analysts: filtered, in order, page by page. Personal fields are never in it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.event import Recorded
from web.access import Caller, Permission
from web.doors import Doors, Wired
from web.guard import Requires
from web.queries import Limit
from web.showing import Shown, show

router = APIRouter(prefix="/api", tags=["events"])
Reading = Annotated[Caller, Depends(Requires(Permission.READ_EVENTS))]
After = Annotated[int, Query(ge=0, le=2**62, description="Log position: only what stands behind it.")]
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
) -> Events:
    """The events of one project."""
    return await _page(doors, caller.pool, project, after, limit, type, stream)


@router.get("/events")
async def pool_events(
    caller: Reading,
    doors: Wired,
    after: After = 0,
    limit: Limit = 100,
    type: Types = None,
    stream: Streams = None,
) -> Events:
    """The events of the whole pool: every project, agents, accounts."""
    return await _page(doors, caller.pool, None, after, limit, type, stream)


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
