"""The ticket's page, behind a signed link: shows how the matter stands; its form adds information.

GET and HEAD change nothing, whoever follows the link: people, link scanners, browsers that look ahead.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.belonging import Referred
from domain.execute import Done, Origin
from domain.intake import ReceiveMessage
from web.doors import Doors, Wired
from web.guard import public
from web.links import BadLink, ExpiredLink
from web.pages.page import PageRoute, language_of, tidied
from web.pages.rendering import render, when
from web.pages.ticket_view import TicketView, read_conversation, read_ticket, sender_of
from web.throttle import address_of

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(public)])
LONGEST = 20_000
ACTOR = "customer"


@router.api_route("/t/{token}", methods=["GET", "HEAD"])
async def show_ticket(
    token: str, request: Request, doors: Wired, saved: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    """How the matter stands."""
    view = await read_ticket(doors, doors.links.verify("ticket", token, doors.clock()))
    return await _page(doors, request, view, saved=saved)


@router.post("/t/{token}")
async def add_information(
    token: str,
    request: Request,
    doors: Wired,
    text: Annotated[str, Form()] = "",
    form: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Say something more on the matter; a form sent twice says it once."""
    ticket_id = doors.links.verify("ticket", token, doors.clock())
    await doors.throttle.hit("form", address_of(request))
    view = await read_ticket(doors, ticket_id)
    fault = _fault(text)
    try:
        nonce = doors.links.verify_form("ticket", form, doors.clock())
    except (BadLink, ExpiredLink):
        fault = fault or "stale"
    else:
        if not fault:
            done = await _receive(doors, view, tidied(text), nonce)
            return RedirectResponse(_where(doors, view, token, request, done), 303)
    return await _page(doors, request, view, fault=fault, text=text[:LONGEST], status=422)


def _fault(text: str) -> str:
    if not tidied(text):
        return "empty"
    return "too_long" if len(text) > LONGEST else ""


async def _receive(doors: Doors, view: TicketView, text: str, nonce: str) -> Done:
    command = ReceiveMessage(
        project=view.project_id,
        entry=view.ticket.mailbox,
        via="page",
        sender=await sender_of(doors, view),
        sender_name="",
        subject=view.ticket.subject,
        text=text,
        external_id="",
        fingerprint="",
        refers=Referred(ticket_id=view.ticket.ticket_id),
        language=view.ticket.language,
    )
    origin = Origin(project=view.project_id, pool=view.pool, actor=ACTOR, confined=True)
    return await doors.executor.execute(command, origin, once=f"page:ticket:{nonce}")


def _where(doors: Doors, view: TicketView, token: str, request: Request, done: Done) -> str:
    """Back to the page; to the new ticket's where the old one was closed for good."""
    language = language_of(request, view.ticket.language)
    ticket_id = done.result.get("ticket_id", view.ticket.ticket_id)
    if ticket_id == view.ticket.ticket_id:
        return f"/t/{token}?saved=1&lang={language}"
    link = doors.links.ticket_url(ticket_id, doors.clock())
    return f"/t/{link.rpartition('/')[2]}?saved=new&lang={language}"


async def _page(
    doors: Doors,
    request: Request,
    view: TicketView,
    *,
    saved: str = "",
    fault: str = "",
    text: str = "",
    status: int = 200,
) -> Response:
    language, zone = language_of(request, view.ticket.language), doors.settings.time_zone
    return render(
        "ticket.html",
        language,
        status,
        view=view,
        said=await read_conversation(doors, view.ticket.ticket_id),
        saved=saved,
        fault=fault,
        text=text,
        longest=LONGEST,
        form=doors.links.sign_form("ticket", doors.new_id(), doors.clock()),
        path=request.url.path,
        when=lambda moment: when(moment, language, zone),
    )
