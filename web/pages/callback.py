"""The form by which anybody asks to be called back. No session is involved, so there is nothing for CSRF to abuse.

A token of the shown form makes it count once however often it is sent; a field that people do not see, and a limit
per network address, keep machines out. Times are windows within the opening hours, told on the visitor's own clock.
The form stands alone, or in a frame on another site by one script tag (see `web.embedding`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from domain.callback_windows import Window, opening, windows
from domain.centre.configuration import Project
from domain.delivery.callback_status import zone_of
from domain.execute import Done, Origin
from domain.rejection import Rejection
from web.calling_back import Wish, configured, request_of
from web.contacts import is_email
from web.doors import Doors, Wired
from web.embedding import MARK, EmbeddedRoute, is_embedded, widget
from web.guard import public
from web.links import BadLink, ExpiredLink
from web.pages.page import language_of, tidied
from web.pages.rendering import day, render, time, when
from web.phones import REGIONS, BadNumber, e164, spoken
from web.problem import not_found

router = APIRouter(route_class=EmbeddedRoute, include_in_schema=False, dependencies=[Depends(public)])
ACTOR = "customer"
LONGEST_NAME, LONGEST_ABOUT, LONGEST_EMAIL = 100, 2_000, 254


@dataclass(slots=True)
class Filled:
    """The form as somebody filled it in, and what is wrong with it by field. `window` is when the chosen one begins."""

    number: str = ""
    name: str = ""
    email: str = ""
    about: str = ""
    when: str = "now"
    window: str = ""
    zone: str = ""
    faults: dict[str, str] = field(default_factory=dict[str, str])


@router.get("/callback/{project}/widget.js")
async def callback_widget(project: str, doors: Wired) -> Response:
    """The script that puts the form on another site."""
    await _taking(doors, project)
    return widget(f"/callback/{project}", "callback_words.html")


@router.api_route("/callback/{project}", methods=["GET", "HEAD"])
async def show_callback_form(project: str, request: Request, doors: Wired, zone: str = "") -> Response:
    """The empty form."""
    return await _form(doors, request, project, Filled(zone=zone))


@router.post("/callback/{project}")
async def ask_for_callback(
    project: str,
    request: Request,
    doors: Wired,
    number: Annotated[str, Form(max_length=60)] = "",
    name: Annotated[str, Form(max_length=400)] = "",
    email: Annotated[str, Form(max_length=400)] = "",
    about: Annotated[str, Form()] = "",
    due: Annotated[str, Form(max_length=10)] = "now",
    window: Annotated[str, Form(max_length=40)] = "",
    zone: Annotated[str, Form(max_length=60)] = "",
    website: Annotated[str, Form(max_length=400)] = "",
    form: Annotated[str, Form(max_length=400)] = "",
    show: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask to be called, as soon as possible or in a window of time; with `show`, see the times of another zone."""
    filled = Filled(tidied(number), tidied(name), tidied(email), tidied(about), due, window, tidied(zone))
    if show:
        return await _form(doors, request, project, filled)
    await doors.throttle.hit_by(request, "callback")
    language = language_of(request)
    configuration = await _taking(doors, project)
    filled.zone = filled.zone or _zone(configuration)
    wanted, chosen = _number(filled, language), _window(doors, configuration, filled)
    nonce = _nonce(doors, form, filled)
    _words(filled)
    if filled.faults:
        return await _form(doors, request, project, filled, status=422)
    if website:  # only a machine fills in what people do not see; it is told what it wants to hear
        return _done(request, configuration, language, spoken(wanted), None, filled.zone)
    try:
        done = await _request(doors, project, filled, wanted, chosen, language, nonce)
    except Rejection as rejection:
        filled.faults["number" if rejection.code == "already_requested" else "when"] = rejection.code
        return await _form(doors, request, project, filled, status=409)
    shown = chosen if done.position else None
    return _done(request, configuration, language, spoken(wanted), shown, filled.zone, _opens(doors, configuration))


async def _taking(doors: Doors, project: str) -> Project:
    """The project's configuration. Raises `Problem` 404 where it takes no callbacks."""
    configuration = await configured(doors, project)
    if configuration.configured.callbacks is None:
        raise not_found("callback form", project)
    return configuration


def _zone(project: Project) -> str:
    """The zone that callbacks are worked by, for a visitor whose own is not known."""
    rules = project.configured.callbacks
    return zone_of(project, rules.queue) if rules is not None else "UTC"


async def _request(
    doors: Doors, project: str, filled: Filled, number: str, chosen: Window | None, language: str, nonce: str
) -> Done:
    home = await doors.homes.of("project", project)
    if home is None:
        raise not_found("project", project)
    wish = Wish(
        number=number,
        name=filled.name,
        about=filled.about,
        due_at=chosen.start if chosen else None,
        due_until=chosen.end if chosen else None,
        notify=filled.email,
        zone=filled.zone,
        entry="form",
        language=language,
    )
    origin = Origin(project=project, pool=home.pool, actor=ACTOR, confined=True)
    return await doors.executor.execute(await request_of(doors, project, wish), origin, once=f"page:callback:{nonce}")


def _number(filled: Filled, language: str) -> str:
    try:
        return e164(filled.number, REGIONS.get(language))
    except BadNumber:
        filled.faults["number"] = "bad_number"
        return ""


def _window(doors: Doors, project: Project, filled: Filled) -> Window | None:
    """The chosen window; None for as soon as possible."""
    if filled.zone not in available_timezones():
        filled.faults["zone"] = "unknown_zone"
    if filled.when != "at":
        return None
    offered = {one.start.isoformat(): one for one in windows(project, doors.clock())}
    if filled.window not in offered:
        filled.faults["when"] = "no_such_time"
    return offered.get(filled.window)


def _nonce(doors: Doors, form: str, filled: Filled) -> str:
    try:
        return doors.links.verify_form("callback", form, doors.clock())
    except (BadLink, ExpiredLink):
        filled.faults["form"] = "stale"
        return ""


def _words(filled: Filled) -> None:
    if len(filled.name) > LONGEST_NAME:
        filled.faults["name"] = "too_long"
    if len(filled.about) > LONGEST_ABOUT:
        filled.faults["about"] = "too_long"
    if filled.email and (len(filled.email) > LONGEST_EMAIL or not is_email(filled.email)):
        filled.faults["email"] = "bad_email"


def _opens(doors: Doors, project: Project) -> datetime | None:
    """When somebody is there again; None while somebody is."""
    rules, now = project.configured.callbacks, doors.clock()
    opens = opening(project, rules.queue, now) if rules is not None else now
    return opens if opens is not None and opens > now else None


async def _form(doors: Doors, request: Request, project: str, filled: Filled, status: int = 200) -> Response:
    configuration = await _taking(doors, project)
    document = configuration.configured
    if filled.zone not in available_timezones():
        filled.zone = _zone(configuration)
    language = language_of(request, None if request.headers.get("accept-language") else document.language)
    opens = _opens(doors, configuration)
    return render(
        "callback.html",
        language,
        status,
        title=document.title,
        filled=filled,
        opens=when(opens, language, filled.zone) if opens else "",
        days=_days(windows(configuration, doors.clock()), language, filled.zone),
        zones=sorted(available_timezones()),
        longest_name=LONGEST_NAME,
        longest_about=LONGEST_ABOUT,
        longest_email=LONGEST_EMAIL,
        form=doors.links.sign_form("callback", doors.new_id(), doors.clock()),
        path=request.url.path,
        kept=_kept(request),
        embedded=is_embedded(request),
    )


def _kept(request: Request) -> str:
    return f"&{MARK}=1" if is_embedded(request) else ""


def _days(offered: list[Window], language: str, zone: str) -> dict[str, list[tuple[str, str]]]:
    """Windows by day, as their value and in words, on the clock of a zone."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in offered:
        start, end = one.start.astimezone(ZoneInfo(zone)), one.end.astimezone(ZoneInfo(zone))
        words = f"{time(start, language)} – {time(end, language)}"
        found.setdefault(day(start, language), []).append((one.start.isoformat(), words))
    return found


def _done(
    request: Request,
    project: Project,
    language: str,
    number: str,
    chosen: Window | None,
    zone: str,
    opens: datetime | None = None,
) -> Response:
    due = chosen.start if chosen else opens
    return render(
        "callback_done.html",
        language,
        title=project.configured.title,
        number=number,
        due=when(due, language, zone) if due else "",
        until=time(chosen.end.astimezone(ZoneInfo(zone)), language) if chosen else "",
        path=request.url.path,
        kept=_kept(request),
        embedded=is_embedded(request),
    )
