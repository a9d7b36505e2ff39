"""Web chat: a page on which a customer writes with an agent, by itself or in a frame on another site.

A first message begins a conversation and leads to its own page, behind a signed address that only this browser gets.
That page follows the log by server-sent events: whoever reconnects says how far they came (`Last-Event-ID`) and misses
nothing. Without a script the page is looked at again every few seconds, and everything else is plain forms.

Who closes the page while waiting, and is back at no process of the centre after a while (`lease_seconds`), has left; a
page without a script is waited for until the conversation expires. GET changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

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
from domain.rejection import NotFound, Rejection
from web.calling_back import configured
from web.contacts import is_email
from web.doors import Doors, Wired
from web.embedding import MARK, EmbeddedRoute, is_embedded, widget
from web.guard import public
from web.links import BadLink, ExpiredLink
from web.pages.chat_view import MOST_EVENTS, TOKEN, Conversation, in_words, origin_of, read
from web.pages.page import language_of, tidied
from web.pages.rendering import render
from web.problem import not_found

router = APIRouter(route_class=EmbeddedRoute, include_in_schema=False, dependencies=[Depends(public)])
#: Conversations begun from one network address, messages in one conversation.
RATES = {"chat_start": "20/hour", "chat_say": "40/minute"}
LONGEST_NAME, LONGEST_EMAIL = 100, 254
SAYING_ID = r"^[A-Za-z0-9-]{1,64}$"


@dataclass(slots=True)
class Filled:
    """The form as somebody filled it in, and what is wrong with it by field."""

    text: str = ""
    name: str = ""
    email: str = ""
    faults: dict[str, str] = field(default_factory=dict[str, str])


@router.get("/chat/{project}/{entry}/widget.js")
async def chat_widget(project: str, entry: str, doors: Wired) -> Response:
    """The script that puts the chat on another site."""
    await _page_of(doors, project, entry)
    return widget(f"/chat/{project}/{entry}", "chat_words.html")


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
    await doors.throttle.hit_by(request, "chat_start")
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
        done = await doors.executor.execute(command, await origin_of(doors, project), once=f"page:chat:{nonce}")
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
    await doors.throttle.hit_by(request, "chat_say", interaction_id)
    found = await read(doors, project, entry, interaction_id)
    origin = await origin_of(doors, project)
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
    lines = [await in_words(doors, found, line, language) for line in found.lines]
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
