"""The rating page, behind a signed link: a score in the link is pre-selected, and only the form records it.

Programs that check links follow every one of a mail's five scores; none of their visits rates anybody.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.execute import Origin
from domain.ticket.decide import RateService
from web.doors import Doors, Wired
from web.guard import public
from web.pages.page import PageRoute, language_of, tidied
from web.pages.rendering import render
from web.pages.ticket_view import TicketView, read_ticket

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(public)])
LONGEST = 2_000
ACTOR = "customer"
Scores = dict[str, int | None]


@router.api_route("/r/{token}", methods=["GET", "HEAD"])
async def show_rating(
    token: str,
    request: Request,
    doors: Wired,
    about: Annotated[str, Query(max_length=10)] = "agent",
    score: Annotated[str, Query(max_length=10)] = "",
    saved: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The form, with what was rated before, and with the score of the link pre-selected."""
    view = await read_ticket(doors, doors.links.verify("rating", token, doors.clock()))
    selected = _earlier(view)
    if about in selected and (wanted := _score(score)) is not None:
        selected[about] = wanted
    return _page(request, view, selected, saved=saved)


@router.post("/r/{token}")
async def rate(
    token: str,
    request: Request,
    doors: Wired,
    agent_score: Annotated[str, Form(max_length=10)] = "",
    company_score: Annotated[str, Form(max_length=10)] = "",
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Record the rating; a further one replaces it."""
    ticket_id = doors.links.verify("rating", token, doors.clock())
    await doors.throttle.hit_by(request, "form")
    view = await read_ticket(doors, ticket_id)
    scores: Scores = {"agent": _score(agent_score), "company": _score(company_score)}
    before = view.ticket.rating
    # asked first: what is on record stays so though the matter was opened again before the answer came through
    if not _said_already(view, scores, tidied(comment)):
        fault = _fault(view, scores, comment)
        if fault:
            return _page(request, view, scores, fault=fault, comment=comment[:LONGEST], status=422)
        await _record(doors, view, scores, tidied(comment))
    language = language_of(request, view.ticket.language)
    return RedirectResponse(f"/r/{token}?saved={'replaced' if before else 'new'}&lang={language}", 303)


async def _record(doors: Doors, view: TicketView, scores: Scores, comment: str) -> None:
    command = RateService(
        ticket_id=view.ticket.ticket_id,
        agent_score=scores["agent"],
        company_score=scores["company"],
        comment=comment,
    )
    origin = Origin(project=view.project_id, pool=view.pool, actor=ACTOR, confined=True)
    # sent once more before the first is on record, it says the same in the place of the same rating
    said = doors.fingerprints("rating", f"{scores['agent']}/{scores['company']}/{comment}")
    once = f"page:rating:{view.ticket.ticket_id}:{view.rated}:{said}"
    await doors.executor.execute(command, origin, once=once)


def _said_already(view: TicketView, scores: Scores, comment: str) -> bool:
    """Whether this is the form of before once more, as browsers send it whose answer was lost."""
    earlier = _earlier(view)
    if all(score is None for score in scores.values()):
        return False
    return comment == view.comment and all(score in (None, earlier[about]) for about, score in scores.items())


def rateable(view: TicketView) -> bool:
    return view.ticket.status in ("resolved", "closed")


def _fault(view: TicketView, scores: Scores, comment: str) -> Literal["", "not_settled", "no_score", "too_long"]:
    if not rateable(view):
        return "not_settled"
    if scores["agent"] is None and scores["company"] is None:
        return "no_score"
    return "too_long" if len(comment) > LONGEST else ""


def _earlier(view: TicketView) -> Scores:
    agent, company = view.ticket.rating or (None, None)
    return {"agent": agent, "company": company}


def _score(text: str) -> int | None:
    """A whole number from 1 to 5; anything else selects nothing."""
    return int(text) if text in {"1", "2", "3", "4", "5"} else None


def _page(
    request: Request,
    view: TicketView,
    selected: Scores,
    *,
    saved: str = "",
    fault: str = "",
    comment: str | None = None,
    status: int = 200,
) -> Response:
    return render(
        "rating.html",
        language_of(request, view.ticket.language),
        status,
        view=view,
        selected=selected,
        earlier=_earlier(view),
        rateable=rateable(view),
        saved=saved if saved in ("new", "replaced") and view.ticket.rating else "",
        fault=fault,
        comment=view.comment if comment is None else comment,
        longest=LONGEST,
        path=request.url.path,
    )
