"""The form by which anybody asks to be called back. No session is involved, so there is nothing for CSRF to abuse.

A token of the shown form makes it count once however often it is sent; a field that people do not see, and a limit
per network address, keep machines out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from domain.execute import Done, Origin
from domain.rejection import Rejection
from web.calling_back import configured, request_of
from web.doors import Doors, Wired
from web.guard import public
from web.links import BadLink, ExpiredLink
from web.pages.page import PageRoute, language_of, tidied
from web.pages.rendering import render, when
from web.phones import REGIONS, BadNumber, e164, spoken
from web.problem import not_found
from web.throttle import address_of

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(public)])
ACTOR = "customer"
LONGEST_NAME, LONGEST_ABOUT = 100, 2_000


@dataclass(slots=True)
class Filled:
    """The form as somebody filled it in, and what is wrong with it by field."""

    number: str = ""
    name: str = ""
    about: str = ""
    when: str = "now"
    date: str = ""
    time: str = ""
    zone: str = "UTC"
    faults: dict[str, str] = field(default_factory=dict[str, str])


@router.api_route("/callback/{project}", methods=["GET", "HEAD"])
async def show_callback_form(project: str, request: Request, doors: Wired) -> Response:
    """The empty form."""
    return await _form(doors, request, project, Filled(zone=doors.settings.time_zone))


@router.post("/callback/{project}")
async def ask_for_callback(
    project: str,
    request: Request,
    doors: Wired,
    number: Annotated[str, Form(max_length=60)] = "",
    name: Annotated[str, Form(max_length=400)] = "",
    about: Annotated[str, Form()] = "",
    due: Annotated[str, Form(max_length=10)] = "now",
    date: Annotated[str, Form(max_length=20)] = "",
    time: Annotated[str, Form(max_length=20)] = "",
    zone: Annotated[str, Form(max_length=60)] = "",
    website: Annotated[str, Form(max_length=400)] = "",
    form: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Ask to be called, as soon as possible or at a time."""
    await doors.throttle.hit("callback", address_of(request))
    filled = Filled(tidied(number), tidied(name), tidied(about), due, date, time, tidied(zone))
    language = language_of(request)
    wanted, due_at = _number(filled, language), _due(filled)
    nonce = _nonce(doors, form, filled)
    _lengths(filled)
    if filled.faults:
        return await _form(doors, request, project, filled, status=422)
    if website:  # only a machine fills in what people do not see; it is told what it wants to hear
        return await _done(doors, request, project, language, spoken(wanted), None)
    try:
        done = await _request(doors, project, filled, wanted, due_at, language, nonce)
    except Rejection as rejection:
        filled.faults["number" if rejection.code == "already_requested" else "when"] = rejection.code
        return await _form(doors, request, project, filled, status=409)
    return await _done(doors, request, project, language, spoken(wanted), due_at if done.position else None)


async def _request(
    doors: Doors, project: str, filled: Filled, number: str, due_at: datetime | None, language: str, nonce: str
) -> Done:
    home = await doors.homes.of("project", project)
    if home is None:
        raise not_found("project", project)
    entry = "form"
    command = await request_of(doors, project, number, filled.name, filled.about, due_at, entry, language)
    origin = Origin(project=project, pool=home.pool, actor=ACTOR, confined=True)
    return await doors.executor.execute(command, origin, once=f"page:callback:{nonce}")


def _number(filled: Filled, language: str) -> str:
    try:
        return e164(filled.number, REGIONS.get(language))
    except BadNumber:
        filled.faults["number"] = "bad_number"
        return ""


def _due(filled: Filled) -> datetime | None:
    """The wanted time; None for as soon as possible. A time that the clocks skip is no time."""
    if filled.when != "at":
        return None
    if filled.zone not in available_timezones():
        filled.faults["zone"] = "unknown_zone"
        return None
    try:
        local = datetime.fromisoformat(f"{filled.date}T{filled.time}").replace(tzinfo=ZoneInfo(filled.zone))
    except ValueError:
        filled.faults["when"] = "bad_time"
        return None
    there = local.astimezone(UTC).astimezone(local.tzinfo)
    if there.replace(tzinfo=None) != local.replace(tzinfo=None):
        filled.faults["when"] = "skipped_time"
    return local


def _nonce(doors: Doors, form: str, filled: Filled) -> str:
    try:
        return doors.links.verify_form("callback", form, doors.clock())
    except (BadLink, ExpiredLink):
        filled.faults["form"] = "stale"
        return ""


def _lengths(filled: Filled) -> None:
    if len(filled.name) > LONGEST_NAME:
        filled.faults["name"] = "too_long"
    if len(filled.about) > LONGEST_ABOUT:
        filled.faults["about"] = "too_long"


async def _form(doors: Doors, request: Request, project: str, filled: Filled, status: int = 200) -> Response:
    document = (await configured(doors, project)).configured
    if document.callbacks is None:
        raise not_found("callback form", project)
    today = doors.clock().astimezone(ZoneInfo(doors.settings.time_zone)).date()
    return render(
        "callback.html",
        language_of(request, None if request.headers.get("accept-language") else document.language),
        status,
        title=document.title,
        filled=filled,
        today=today.isoformat(),
        last=(today + timedelta(seconds=document.callbacks.horizon)).isoformat(),
        zones=sorted(available_timezones()),
        longest_name=LONGEST_NAME,
        longest_about=LONGEST_ABOUT,
        form=doors.links.sign_form("callback", doors.new_id(), doors.clock()),
        path=request.url.path,
    )


async def _done(
    doors: Doors, request: Request, project: str, language: str, number: str, due_at: datetime | None
) -> Response:
    zone = str(due_at.tzinfo) if due_at else doors.settings.time_zone
    return render(
        "callback_done.html",
        language,
        title=(await configured(doors, project)).configured.title,
        number=number,
        due=when(due_at, language, zone) if due_at else "",
        path=request.url.path,
    )
