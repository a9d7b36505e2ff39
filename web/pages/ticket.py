"""The ticket's page, behind a signed link: shows how the matter stands; its form adds information.

GET and HEAD change nothing, whoever follows the link: people, link scanners, browsers that look ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.belonging import Referred
from domain.customer.decide import Contact, RecogniseCustomer
from domain.execute import Done, Origin
from domain.intake import ReceiveMessage
from web.doors import Doors, Wired
from web.guard import public
from web.letters import File, Kept
from web.links import BadLink, ExpiredLink
from web.pages.filled import MOST_FILES, Filled, read_form
from web.pages.page import PageRoute, language_of, tidied
from web.pages.rendering import kilobytes, render, when
from web.pages.ticket_view import TicketView, read_conversation, read_reply, read_ticket, sender_of
from web.saving import sent_file

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(public)])
LONGEST = 20_000
ACTOR = "customer"


@router.api_route("/t/{token}", methods=["GET", "HEAD"])
async def show_ticket(
    token: str,
    request: Request,
    doors: Wired,
    saved: Annotated[str, Query(max_length=10)] = "",
    left: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """How the matter stands."""
    view = await read_ticket(doors, doors.links.verify("ticket", token, doors.clock()))
    return await _page(doors, request, view, saved=saved, left_out=bool(saved and left))


@router.api_route("/t/{token}/files/{position}/{number}", methods=["GET", "HEAD"])
async def save_file(token: str, position: Annotated[int, Path(ge=1, le=2**62)], number: int, doors: Wired) -> Response:
    """A file that we sent along with a reply on the matter."""
    ticket_id = doors.links.verify("ticket", token, doors.clock())
    await read_ticket(doors, ticket_id)
    return await sent_file(doors, await read_reply(doors, ticket_id, position), number)


@router.post("/t/{token}")
async def add_information(token: str, request: Request, doors: Wired) -> Response:
    """Say something more on the matter, with files or without; a form sent twice says it once."""
    ticket_id = doors.links.verify("ticket", token, doors.clock())
    await doors.throttle.hit_by(request, "form")
    view, filled = await read_ticket(doors, ticket_id), await read_form(request, doors.settings)
    fault = _fault(filled) or filled.fault
    try:
        nonce = doors.links.verify_form("ticket", filled.form, doors.clock())
    except (BadLink, ExpiredLink):
        fault = fault or "stale"
    else:
        if not fault:
            return await _taken(doors, request, view, token, filled, nonce)
    return await _page(doors, request, view, fault=fault, text=filled.text[:LONGEST], status=422)


async def _taken(
    doors: Doors, request: Request, view: TicketView, token: str, filled: Filled, nonce: str
) -> RedirectResponse:
    text, sender = tidied(filled.text), await sender_of(doors, view)
    owner, kept = await _keep(doors, view, sender, text, filled.files)
    done = await _receive(doors, view, sender, text, kept, nonce)
    if done.replayed:
        # a form sent twice: the message has its files from the first time
        await doors.letters.drop(owner, kept)
    left_out = len(filled.files) - len(kept.attachments)
    return RedirectResponse(_where(doors, view, token, request, done) + (f"&left={left_out}" if left_out else ""), 303)


def _fault(filled: Filled) -> str:
    if not tidied(filled.text) and not filled.files:
        return "empty"
    return "too_long" if len(filled.text) > LONGEST else ""


async def _keep(doors: Doors, view: TicketView, sender: Contact, text: str, files: Sequence[File]) -> tuple[str, Kept]:
    """Files are their sender's personal data: kept under the key of the customer whom the sender's address is."""
    if not files:
        return "", Kept()
    recognise = RecogniseCustomer(contact=sender, name="", language=view.ticket.language)
    customer_id = (await doors.executor.execute(recognise, _origin(view))).result["customer_id"]
    return customer_id, await doors.letters.keep(customer_id, text, files)


async def _receive(doors: Doors, view: TicketView, sender: Contact, text: str, kept: Kept, nonce: str) -> Done:
    command = ReceiveMessage(
        project=view.project_id,
        entry=view.ticket.mailbox,
        via="page",
        sender=sender,
        sender_name="",
        subject=view.ticket.subject,
        text=text,
        external_id="",
        fingerprint="",
        refers=Referred(ticket_id=view.ticket.ticket_id),
        language=view.ticket.language,
        raw=kept.raw,
        attachments=kept.attachments,
        faults=kept.faults,
    )
    return await doors.executor.execute(command, _origin(view), once=f"page:ticket:{nonce}")


def _origin(view: TicketView) -> Origin:
    return Origin(project=view.project_id, pool=view.pool, actor=ACTOR, confined=True)


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
    left_out: bool = False,
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
        left_out=left_out,
        most_files=MOST_FILES,
        megabytes=doors.settings.max_files // 2**20,
        fault=fault,
        text=text,
        longest=LONGEST,
        form=doors.links.sign_form("ticket", doors.new_id(), doors.clock()),
        path=request.url.path,
        when=lambda moment: when(moment, language, zone),
        kilobytes=lambda size: kilobytes(size, language),
    )
