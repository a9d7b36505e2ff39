"""Web chat: a page on which a customer writes with an agent, by itself or in a frame on another site.

A first message begins a conversation and leads to its own page, behind a signed address that only this browser gets.
That page follows the log by server-sent events: whoever reconnects says how far they came (`Last-Event-ID`) and misses
nothing. Without a script the page is looked at again every few seconds, and everything else is plain forms.

Who closes the page while waiting, and is back at no process of the centre after a while (`lease_seconds`), has left; a
page without a script is waited for until the conversation expires. GET changes nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Form, Header, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from domain.centre.configuration import Project
from domain.conversation import (
    LONGEST,
    LeaveConversation,
    SayInConversation,
    StartConversation,
    conversation_of,
    takes_any,
)
from domain.decide import Moment
from domain.execute import Origin
from domain.ports import LogUnavailable
from domain.rejection import NotFound, Rejection
from domain.stream import stream_of
from web.calling_back import configured
from web.contacts import is_email
from web.doors import Doors, Wired
from web.embedding import MARK, EmbeddedRoute, is_embedded, widget
from web.guard import public
from web.links import BadLink, ExpiredLink
from web.live import Client, Live
from web.pages.chat_view import MOST_EVENTS, Conversation, Line, read
from web.pages.page import language_of, tidied
from web.pages.rendering import render, render_text, time
from web.problem import not_found, unavailable
from web.throttle import address_of
from web.watching import Watch

router = APIRouter(route_class=EmbeddedRoute, include_in_schema=False, dependencies=[Depends(public)])
#: Conversations begun and streams opened from one network address, messages in one conversation.
RATES = {"chat_start": "20/hour", "chat_follow": "120/minute", "chat_say": "40/minute"}
ENDLESS = frozenset({"/chat/stream"})
ACTOR = "customer"
#: Which of our signed tokens a conversation's address bears.
TOKEN = "chat.conversation"
LONGEST_NAME, LONGEST_EMAIL = 100, 254
#: Seconds between signs of life on a stream, and streams that one process serves.
BEAT, MOST_STREAMS = 15.0, 5_000
#: Events that may wait for a slow browser; one that is slower comes back and reads them from the log.
ROOM = 200
SAYING_ID = r"^[A-Za-z0-9-]{1,64}$"


@dataclass(slots=True)
class Filled:
    """The form as somebody filled it in, and what is wrong with it by field."""

    text: str = ""
    name: str = ""
    email: str = ""
    faults: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class Followers:
    """How many pages are open at this process now, and what waits to see whether they come back."""

    open: int = 0
    leaving: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])


@router.get("/chat/{project}/{entry}/widget.js")
async def chat_widget(project: str, entry: str, doors: Wired) -> Response:
    """The script that puts the chat on another site."""
    await _page_of(doors, project, entry)
    return widget(f"/chat/{project}/{entry}", "chat_words.html")


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
    await doors.throttle.hit("chat_follow", address_of(request))
    if _followers(request.app).open >= MOST_STREAMS:
        raise unavailable("full", "this server has no room for another stream; try again")
    await read(doors, project, entry, interaction_id)  # what cannot be read is told before the stream begins
    told = _told(request, doors, project, entry, interaction_id, int(last_event_id or after))
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


@router.api_route("/chat/{project}/{entry}", methods=["GET", "HEAD"])
async def show_chat_form(project: str, entry: str, request: Request, doors: Wired) -> Response:
    """The form for the first message."""
    return await _form(doors, request, project, entry, Filled())


@router.post("/chat/{project}/{entry}")
async def begin_chat(
    project: str,
    entry: str,
    request: Request,
    doors: Wired,
    text: Annotated[str, Form()] = "",
    name: Annotated[str, Form(max_length=400)] = "",
    email: Annotated[str, Form(max_length=400)] = "",
    website: Annotated[str, Form(max_length=400)] = "",
    form: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Begin a conversation; a form sent twice begins one."""
    await doors.throttle.hit("chat_start", address_of(request))
    filled = Filled(tidied(text), tidied(name), tidied(email))
    _check(filled)
    try:
        nonce = doors.links.verify_form("chat", form, doors.clock())
    except (BadLink, ExpiredLink):
        filled.faults["form"] = "stale"
        nonce = ""
    if filled.faults or website:  # only a machine fills in what people do not see
        return await _form(doors, request, project, entry, filled, status=422)
    language = language_of(request)
    command = StartConversation(
        project=project, entry=entry, text=filled.text, name=filled.name, email=filled.email, language=language
    )
    try:
        done = await doors.executor.execute(command, await _origin(doors, project), once=f"page:chat:{nonce}")
    except Rejection as rejection:
        if isinstance(rejection, NotFound):
            raise
        filled.faults["text"] = rejection.code
        return await _form(doors, request, project, entry, filled, status=409)
    token = doors.links.sign_form(TOKEN, await _began(doors, done.result, nonce), doors.clock())
    return _to(request, f"/chat/{project}/{entry}/{token}")


@router.api_route("/chat/{project}/{entry}/{token}", methods=["GET", "HEAD"])
async def show_chat(project: str, entry: str, token: str, request: Request, doors: Wired) -> Response:
    """The conversation so far."""
    found = await read(doors, project, entry, doors.links.verify_form(TOKEN, token, doors.clock()))
    return await _talk(doors, request, found)


@router.post("/chat/{project}/{entry}/{token}")
async def say_in_chat(
    project: str,
    entry: str,
    token: str,
    request: Request,
    doors: Wired,
    text: Annotated[str, Form()] = "",
    id: Annotated[str, Form(pattern=SAYING_ID)] = "",
    leave: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Say something more, once under its `id`; or, with `leave`, end the conversation."""
    interaction_id = doors.links.verify_form(TOKEN, token, doors.clock())
    await doors.throttle.hit("chat_say", interaction_id)
    found = await read(doors, project, entry, interaction_id)
    origin = await _origin(doors, project)
    if leave:
        await doors.executor.execute(LeaveConversation(project=project, interaction_id=interaction_id), origin)
        return _to(request, request.url.path)
    said = tidied(text)
    fault = "too_long" if found.events > MOST_EVENTS else ""
    if not fault:
        command = SayInConversation(project=project, interaction_id=interaction_id, text=said)
        try:
            await doors.executor.execute(command, origin, once=f"page:chat:{interaction_id}:{id or doors.new_id()}")
        except Rejection as rejection:
            fault = rejection.code
    if fault:
        return await _talk(doors, request, found, fault=fault, text=said[:LONGEST], status=409)
    return _to(request, request.url.path)


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(f"{path}?lang={language_of(request)}{_kept(request)}", 303)


def _kept(request: Request) -> str:
    return f"&{MARK}=1" if is_embedded(request) else ""


async def _page_of(doors: Doors, project: str, entry: str) -> Project:
    """The project's configuration. Raises `Problem` 404 where it has no such page of this channel."""
    configuration = await configured(doors, project)
    wanted = configuration.configured.conversations.get(entry)
    if wanted is None or wanted.channel != "chat":
        raise not_found("chat", entry)
    return configuration


async def _origin(doors: Doors, project: str) -> Origin:
    home = await doors.homes.of("project", project)
    if home is None:
        raise not_found("project", project)
    return Origin(project=project, pool=home.pool, actor=ACTOR, confined=True)


async def _began(doors: Doors, result: Any, nonce: str) -> str:
    """The conversation's id; that of the first time, where the form was sent twice."""
    if "interaction_id" in result:
        return str(result["interaction_id"])
    first = await doors.log.recall(f"page:chat:{nonce}")
    streams = first.versions if first is not None else {}
    return next(stream.partition("-")[2] for stream in streams if stream.startswith("interaction-"))


def _check(filled: Filled) -> None:
    if not filled.text:
        filled.faults["text"] = "empty"
    if len(filled.text) > LONGEST:
        filled.faults["text"] = "too_long"
    if len(filled.name) > LONGEST_NAME:
        filled.faults["name"] = "too_long"
    if filled.email and (len(filled.email) > LONGEST_EMAIL or not is_email(filled.email)):
        filled.faults["email"] = "bad_email"


async def _form(
    doors: Doors, request: Request, project: str, entry: str, filled: Filled, status: int = 200
) -> Response:
    configuration = await _page_of(doors, project, entry)
    wanted = conversation_of(configuration, entry)
    accepted = request.headers.get("accept-language")
    return render(
        "chat.html",
        language_of(request, None if accepted else wanted.language),
        status,
        title=wanted.title,
        filled=filled,
        open=takes_any(configuration, wanted, Moment(doors.clock(), doors.new_id)),
        callback=f"/callback/{project}" if configuration.configured.callbacks is not None else "",
        longest=LONGEST,
        longest_name=LONGEST_NAME,
        longest_email=LONGEST_EMAIL,
        form=doors.links.sign_form("chat", doors.new_id(), doors.clock()),
        path=request.url.path,
        kept=_kept(request),
        embedded=is_embedded(request),
    )


async def _talk(
    doors: Doors, request: Request, found: Conversation, *, fault: str = "", text: str = "", status: int = 200
) -> Response:
    language = language_of(request, found.language)
    wanted = (await configured(doors, found.project)).configured.conversations.get(found.entry)
    lines = [await _shown(doors, found, line, language) for line in found.lines]
    return render(
        "chat_talk.html",
        language,
        status,
        title=wanted.title if wanted is not None else found.entry,
        found=found,
        lines=lines,
        fault=fault,
        text=text,
        longest=LONGEST,
        id=doors.new_id(),
        token=request.path_params["token"],
        path=request.url.path,
        kept=_kept(request),
        embedded=is_embedded(request),
    )


async def _shown(doors: Doors, found: Conversation, line: Line, language: str) -> dict[str, str]:
    """A line in words of the customer's language; it is text, never HTML."""
    name = await found.name(doors, line.agent_id)
    words = json.loads(render_text("chat_line.html", language, what=line.what, name=name))
    return {
        "what": line.what,
        "who": words["who"],
        "text": line.text or words["text"],
        "at": line.at.isoformat(),
        "clock": time(line.at, language),
    }


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
                yield _event(line, await _shown(doors, found, line, language))
        async for line in _news(live, client, found, doors):
            if found.state == "waiting":
                await watch.hold()
            yield "\n" if line is None else _event(line, await _shown(doors, found, line, language))
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
        await watch.let_go()
        await asyncio.sleep(doors.settings.lease_seconds)
        if not await watch.by_others():
            gone = LeaveConversation(project=watch.project, interaction_id=watch.interaction_id, only_waiting=True)
            await doors.executor.execute(gone, await _origin(doors, watch.project))

    task = asyncio.create_task(wait_and_see(), name="has a customer left the chat")
    followers.leaving.add(task)
    task.add_done_callback(followers.leaving.discard)
