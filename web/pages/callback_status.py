"""How a callback stands, behind a signed link that its mails carry; until an agent has it, it can be cancelled here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from domain.execute import Origin
from domain.interaction.events import CallbackRequested, InteractionClosed, InteractionStarted, WrapUpCompleted
from domain.interaction.leaving import CancelCallback
from domain.interaction.state import Interaction, evolve
from domain.personal import Erased, plain
from domain.ports import KeyDestroyed
from domain.rejection import Rejection
from domain.stream import stream_of
from domain.voice.events import CallbackAttemptFailed
from web.calling_back import configured
from web.doors import Doors, Wired
from web.guard import public
from web.links import BadLink
from web.pages.page import PageRoute, language_of
from web.pages.rendering import render, when
from web.phones import spoken

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(public)])
ACTOR = "customer"
State = Literal["registered", "tried", "in_hand", "called", "cancelled", "expired"]


@dataclass(slots=True)
class CallbackView:
    """`due` is when we call, or call again. `zone` is that on whose clock the customer chose."""

    project: str
    pool: str
    title: str
    language: str
    number: str
    state: State
    due: datetime
    zone: str


@router.api_route("/c/{token}", methods=["GET", "HEAD"])
async def show_callback(token: str, request: Request, doors: Wired) -> Response:
    """How it stands."""
    view = await _read(doors, doors.links.verify("callback", token, doors.clock()))
    language = language_of(request, view.language)
    due = when(view.due, language, view.zone or doors.settings.time_zone)
    return render("callback_status.html", language, view=view, due=due, path=request.url.path)


@router.post("/c/{token}")
async def cancel_callback_by_link(token: str, request: Request, doors: Wired) -> Response:
    """Take the request back; once somebody has it in hand, or again, it changes nothing."""
    await doors.throttle.hit_by(request, "form")
    interaction_id = doors.links.verify("callback", token, doors.clock())
    view = await _read(doors, interaction_id)
    origin = Origin(project=view.project, pool=view.pool, actor=ACTOR, confined=True)
    try:
        await doors.executor.execute(CancelCallback(interaction_id=interaction_id), origin)
    except Rejection as rejection:
        if rejection.code not in ("closed", "in_hand"):
            raise
    return RedirectResponse(f"/c/{token}?lang={language_of(request, view.language)}", 303)


async def _read(doors: Doors, interaction_id: str) -> CallbackView:
    """Raises `BadLink` when there is no such callback, `KeyDestroyed` when its customer was erased."""
    recorded = await doors.log.read_stream(stream_of("interaction", interaction_id))
    view: CallbackView | None = None
    interaction = Interaction()
    for one in recorded:
        event = doors.opener(one.event)
        interaction = evolve(interaction, event)
        if isinstance(event, CallbackRequested):
            if isinstance(event.number, Erased):
                raise KeyDestroyed(event.customer_id)
            view = CallbackView(
                one.project, one.pool, "", "", spoken(plain(event.number)), "registered", event.due_at, event.zone
            )
        elif isinstance(event, InteractionClosed) and view is not None:
            view.state = _ended(event.reason)
        elif isinstance(event, WrapUpCompleted) and view is not None and view.state != "tried":
            view.state = "called"
    if view is None or not isinstance(recorded[0].event, InteractionStarted):
        raise BadLink
    view.title, view.language = (await configured(doors, view.project)).configured.title, interaction.language
    return await _with_tries(doors, view, interaction)


def _ended(reason: str) -> State:
    known: dict[str, State] = {"cancelled by the customer": "cancelled", "expired": "expired"}
    return known.get(reason, "called")


async def _with_tries(doors: Doors, view: CallbackView, interaction: Interaction) -> CallbackView:
    """The latest attempt that failed, and whether somebody has it in hand now."""
    tries = await doors.log.read_stream(stream_of("callback", interaction.interaction_id))
    last = next((one.event for one in reversed(tries) if isinstance(one.event, CallbackAttemptFailed)), None)
    if last is not None and last.retry_at is None:
        view.state = "expired"
    elif last is not None and view.state == "registered":
        view.state, view.due = "tried", last.retry_at or view.due
    if interaction.status == "open" and any(
        leg.status in ("accepted", "connected") for leg in interaction.legs.values()
    ):
        view.state = "in_hand"
    return view
