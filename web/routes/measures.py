"""Measures of a project, by the definitions of its document, for reports and wallboards."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query

from projections.queries.measures import (
    By,
    Measures,
    NotConfigured,
    UnusableRequest,
    UnusableSpan,
    measures_asked,
)
from web.access import Caller, Permission, check
from web.doors import Wired
from web.guard import Requires
from web.problem import Problem, not_found
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS

router = APIRouter(
    prefix="/api",
    tags=["measures"],
    responses={k: v for k, v in COMMAND_PROBLEMS.items() if k in (401, 403, 404, 422, 503)},
)
Measuring = Annotated[Caller, Depends(Requires(Permission.READ_MEASURES))]

#: Rows of one kind that one request may read: seconds of work. Longer reports are asked in parts.
MAX_ROWS = 100_000


@router.get("/projects/{project}/measures")
async def get_measures(
    project: str,
    caller: Measuring,
    doors: Wired,
    ask: Ask,
    since: Annotated[
        datetime | None, Query(alias="from", description="Today without; local where it names no offset.")
    ] = None,
    until: Annotated[datetime | None, Query(alias="to", description="Now without; not itself in the span.")] = None,
    by: Annotated[str, Query(pattern="^(|queue|channel|site|agent|hour|day)$", description="Groups.")] = "",
    definition: Annotated[
        list[str] | None, Query(max_length=50, description="Only these definitions of good service.")
    ] = None,
    zone: Annotated[str, Query(max_length=60, description="IANA name; the project's own without.")] = "",
    days: Annotated[
        int, Query(ge=0, le=366, description="A matter that comes back within so many days was not resolved.")
    ] = 7,
) -> Measures:
    """Service levels, waits, handling, agents' time, resolution and ratings; who works here is shown to staff alone."""
    if by == "agent":
        check(caller, Permission.READ_PRESENCE, project)
    try:
        return await ask(
            measures_asked, project, now=doors.clock(), since=since, until=until, by=cast("By", by),
            names=tuple(definition or ()), zone=zone, days=days, most_rows=MAX_ROWS,
        )  # fmt: skip
    except NotConfigured as fault:
        raise not_found("project", project) from fault
    except (UnusableSpan, UnusableRequest) as fault:
        raise Problem(422, "bad_request", str(fault)) from fault
