"""Server-sent events (HTML Living Standard §9.2): what concerns the caller, as it happens.

Ids are log positions: a browser that reconnects says how far it came (`Last-Event-ID`) and misses nothing. An
agent's open stream is also the sign that their desk is there (see `web.presence`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request

from domain.ports import LogUnavailable
from projections.queries import work_of
from web.access import Caller, Permission, check
from web.doors import Doors, Wired
from web.event_stream import PING, EventStream, event
from web.following import Following, Held, Reset
from web.guard import Requires, authenticate, member
from web.live import Client, Live
from web.messages import addresses_of
from web.presence import renew
from web.problem import Problem, unavailable
from web.queries import Asking
from web.showing import Shown
from web.wallboards import Boards

log = structlog.get_logger("web.stream")
router = APIRouter(prefix="/api", tags=["stream"])
Listening = Annotated[Caller, Depends(Requires(Permission.STREAM))]
LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=18, pattern=r"^\d*$", description="The position that was seen last."),
]
#: How long a browser waits before it reconnects, in milliseconds.
RECONNECT = 2_000
#: How often a session is looked at again: an ended session or a lost role ends the stream.
RECHECK_SECONDS = 20.0
MOST_CLIENTS = 5_000


async def room(request: Request) -> None:
    """Raises `Problem` 503 when this process has as many streams as it can serve well."""
    if request.app.state.live.connected >= MOST_CLIENTS:
        raise unavailable("full", "this server has no room for another stream; try again")


async def boarding(
    caller: Listening,
    request: Request,
    doors: Wired,
    wallboard: Annotated[
        list[str] | None, Query(max_length=10, description="Projects whose wallboards are sent as they change.")
    ] = None,
) -> Boards:
    """Raises `Forbidden`, and `Problem` 404 for a project of another pool, before anything is sent."""
    projects = tuple(dict.fromkeys(wallboard or ()))
    for project in projects:
        check(caller, Permission.SUPERVISE, project)
        await member(doors, caller, "project", project)
    return Boards(request.app.state.wallboards, projects)


Boarding = Annotated[Boards, Depends(boarding)]


@router.get(
    "/stream",
    dependencies=[Depends(room)],
    response_class=EventStream,
    responses={200: {"description": "Events of the log; `hello` first, `reset` when everything must be read afresh."}},
)
async def stream(
    caller: Listening,
    request: Request,
    doors: Wired,
    boards: Boarding,
    last_event_id: LastEventId = None,
) -> EventStream:
    """What concerns the caller. `message` events hold one event of the log each, with its position as id.

    `wallboard` events hold a project's board, at most once a second each.
    """
    return EventStream(_told(caller, request, doors, boards, last_event_id))


async def _told(
    caller: Caller, request: Request, doors: Doors, boards: Boards, last_event_id: str | None
) -> AsyncGenerator[bytes]:
    live: Live = request.app.state.live
    following = Following(doors, live, caller, Client(doors.settings.stream_queue))
    following.boards = boards
    try:
        async with aclosing(_following(following, request, last_event_id)) as pieces:
            async for piece in pieces:
                yield piece
    except (LogUnavailable, Problem) as fault:
        # nothing else can be said in a stream that has begun; the browser comes back and resumes where it was
        log.info("a store is unavailable, a stream ends", reason=type(fault).__name__)


async def _following(following: Following, request: Request, last_event_id: str | None) -> AsyncGenerator[bytes]:
    doors, caller = following.doors, following.caller
    work, addresses = await _work_in_hand(doors, caller, following.live), await addresses_of(doors, caller)
    following.begin(work, addresses.all)
    try:
        async for piece in _begin(following, last_event_id):
            yield piece
        async for piece in _go_on(following, request):
            yield piece
    finally:
        following.end()
        if caller.agent_id:
            # a last one from now on: a reload or a short gap in the network is no absence
            await asyncio.shield(renew(doors, caller.agent_id, caller.pool))


async def _work_in_hand(doors: Doors, caller: Caller, live: Live) -> list[Held]:
    if not caller.agent_id:
        return []
    await renew(doors, caller.agent_id, caller.pool)
    asked = Asking(doors, live.position, caller.pool)
    work = await asked(work_of, caller.agent_id)
    return [Held(one.work_id, one.interaction_id, one.ticket_id, one.customer_id) for one in work]


async def _begin(following: Following, last_event_id: str | None) -> AsyncGenerator[bytes]:
    """`hello` says from where on this stream is complete; then what was missed."""
    if not last_event_id:
        following.sent = following.live.position
        yield event(_at(following.sent), name="hello", position=following.sent, retry=RECONNECT)
        return
    yield event(_at(int(last_event_id)), name="hello", retry=RECONNECT)
    async for one in following.since(int(last_event_id)):
        yield _event(one)


async def _go_on(following: Following, request: Request) -> AsyncGenerator[bytes]:
    doors, caller = following.doors, following.caller
    pause = max(0.05, min(RECHECK_SECONDS, doors.settings.lease_seconds / 3))
    checked, said = doors.clock(), asyncio.get_running_loop().time()
    while not following.live.ending:
        boards = [
            event(one.model_dump_json(), name="wallboard") for one in await following.boards.changed(doors.clock())
        ]
        if boards:
            yield b"".join(boards)
        wait = min(pause, following.boards.pause(doors.clock()))
        news = [_event(one) async for one in following.news(wait)]
        now = asyncio.get_running_loop().time()
        if news or now - said >= pause:
            said = now
            yield b"".join(news) or PING
        if (doors.clock() - checked).total_seconds() >= pause:
            checked = doors.clock()
            if not await _still_the_same(request, doors, caller):
                return
            if caller.agent_id:
                await renew(doors, caller.agent_id, caller.pool)


async def _still_the_same(request: Request, doors: Doors, caller: Caller) -> bool:
    """Whether the session or token still stands, with the same roles."""
    try:
        return await authenticate(request, doors) == caller
    except Problem:
        return False


def _event(one: Shown | Reset) -> bytes:
    if isinstance(one, Reset):
        return event(json.dumps(one._asdict()), name="reset", position=one.position)
    return event(one.model_dump_json(), position=one.position)


def _at(position: int) -> str:
    return json.dumps({"position": position})
