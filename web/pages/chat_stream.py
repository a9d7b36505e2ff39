"""What a chat's page follows: the conversation as server-sent events. Whom nobody follows any more has left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from domain.conversation import LeaveConversation
from domain.execute import TooBusy
from domain.ports import LogUnavailable
from domain.stream import stream_of
from web.doors import Doors, Wired
from web.embedding import EmbeddedRoute
from web.guard import public
from web.live import Client, Live
from web.pages.chat_view import TOKEN, Conversation, Line, in_words, origin_of, read
from web.pages.page import language_of
from web.problem import unavailable
from web.watching import Watch

router = APIRouter(route_class=EmbeddedRoute, include_in_schema=False, dependencies=[Depends(public)])
#: Streams opened from one network address.
RATES = {"chat_follow": "120/minute"}
ENDLESS = frozenset({"/chat/stream"})
#: Seconds between signs of life on a stream, and streams that one process serves.
BEAT, MOST_STREAMS = 15.0, 5_000
#: Events that may wait for a slow browser; one that is slower comes back and reads them from the log.
ROOM = 200
#: How often it is looked at whether a customer has left, where the stores are away.
LOOKS = 20


@dataclass(slots=True)
class Followers:
    """How many pages are open at this process now, and what waits to see whether they come back."""

    open: int = 0
    leaving: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])


@router.get("/chat/stream")
async def follow_chat(
    request: Request,
    doors: Wired,
    project: Annotated[str, Query(max_length=40)],
    entry: Annotated[str, Query(max_length=40)],
    talk: Annotated[str, Query(max_length=400)],
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=18, pattern=r"^\d+$")] = None,
) -> Response:
    """What happens in a conversation from a position on, as server-sent events."""
    interaction_id = doors.links.verify_form(TOKEN, talk, doors.clock())
    await doors.throttle.hit_by(request, "chat_follow")
    if _followers(request.app).open >= MOST_STREAMS:
        raise unavailable("full", "this server has no room for another stream; try again")
    await read(doors, project, entry, interaction_id)  # what cannot be read is told before the stream begins
    told = _told(request, doors, project, entry, interaction_id, int(last_event_id or after))
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


def _followers(app: FastAPI) -> Followers:
    if not hasattr(app.state, "chat_followers"):
        app.state.chat_followers = Followers()
    return app.state.chat_followers  # type: ignore[no-any-return]


async def _told(
    request: Request, doors: Doors, project: str, entry: str, interaction_id: str, after: int
) -> AsyncIterator[str]:
    live: Live = request.app.state.live
    client, followers = Client(ROOM), _followers(request.app)
    live.join(client, [f"interaction:{interaction_id}"])  # before the log is read, so that nothing falls in between
    followers.open += 1
    watch = Watch(doors, project, interaction_id, doors.new_id())
    language = language_of(request)
    try:
        await watch.hold()
        found = await read(doors, project, entry, interaction_id)
        yield "retry: 2000\n\n"
        for line in found.lines:
            if line.position > after:
                yield _event(line, await in_words(doors, found, line, language))
        async for line in _news(live, client, found, doors):
            if found.state == "waiting":
                await watch.hold()
            yield "\n" if line is None else _event(line, await in_words(doors, found, line, language))
    except LogUnavailable:
        return  # the browser comes back and resumes where it was
    finally:
        live.leave(client)
        followers.open -= 1
        if not live.ending:
            _left_for_good(followers, watch)


async def _news(live: Live, client: Client, found: Conversation, doors: Doors) -> AsyncIterator[Line | None]:
    """What happens from now on, None as a sign of life; ends with the conversation or where the browser is too slow."""
    stream = stream_of("interaction", found.interaction_id)
    beat = min(BEAT, doors.settings.lease_seconds / 3)
    while not live.ending and found.state != "ended":
        if not await client.wait(beat):
            yield None
            continue
        if client.lagged:
            return
        news = [one for one in client.take() if one.stream == stream and one.position > found.position]
        for line in found.take(news, doors):
            yield line


def _event(line: Line, shown: dict[str, str]) -> str:
    return f"id: {line.position}\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n"


def _left_for_good(followers: Followers, watch: Watch) -> None:
    """Whoever waits and does not come back within the time that a desk may be gone, too, has left."""
    doors = watch.doors

    async def wait_and_see() -> None:
        """A store that is away is asked again; whom it cannot be told of, the time limit of the page ends."""
        for _ in range(LOOKS):
            try:
                await watch.let_go()
                await asyncio.sleep(doors.settings.lease_seconds)
                if not await watch.by_others():
                    await leave()
            except (LogUnavailable, TooBusy):
                await asyncio.sleep(doors.settings.lease_seconds)
            else:
                return

    async def leave() -> None:
        gone = LeaveConversation(project=watch.project, interaction_id=watch.interaction_id, only_waiting=True)
        await doors.executor.execute(gone, await origin_of(doors, watch.project))

    task = asyncio.create_task(wait_and_see(), name="has a customer left the chat")
    followers.leaving.add(task)
    task.add_done_callback(followers.leaving.discard)
