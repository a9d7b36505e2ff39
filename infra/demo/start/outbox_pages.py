"""What was sent, to be read: mails with their headers and their HTML in a frame that can do nothing, and texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from channels.twilio_emulator.model import Text
from infra.demo.outbox import Outbox, Sent
from infra.demo.start.reading import FRAME, line, opened
from infra.demo.start.rendering import page
from infra.demo.start.writing import YOU

#: Mails or texts in the list.
LISTED = 100


def outbox_of(outbox: Outbox, texts: Callable[[int], Sequence[Text]]) -> APIRouter:
    """The pages of one outbox. `texts`: the newest so many that were sent, the newest first."""
    router = APIRouter(prefix="/outbox")

    @router.get("")
    async def listed(request: Request, to: str = "", what: str = "") -> HTMLResponse:
        if what == "texts":
            return page("texts.html", request, texts=texts(LISTED), you=YOU, count=outbox.count)
        mine = to == YOU
        mails = [line(one) for one in islice(outbox.newest(YOU if mine else ""), LISTED)]
        return page("outbox.html", request, mails=mails, mine=mine, you=YOU, count=outbox.count)

    @router.get("/{number}")
    async def shown(request: Request, number: int) -> HTMLResponse:
        return page("mail.html", request, mail=opened(_kept(outbox, number)))

    @router.get("/{number}/html")
    async def html(number: int) -> HTMLResponse:
        headers = {"Content-Security-Policy": FRAME, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(opened(_kept(outbox, number)).html, headers=headers)

    @router.get("/{number}/source")
    async def source(number: int) -> PlainTextResponse:
        return PlainTextResponse(_kept(outbox, number).content.decode("utf-8", "replace"))

    return router


def _kept(outbox: Outbox, number: int) -> Sent:
    found = outbox.get(number)
    if found is None:
        raise HTTPException(404)
    return found
