"""What every page has: its language, and faults told as a page rather than as a problem document."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from domain.execute import TooBusy
from domain.ports import KeyDestroyed, LogUnavailable
from domain.rejection import Rejection
from web.links import BadLink, ExpiredLink
from web.pages.rendering import render
from web.pages.words import choose
from web.problem import Problem, of_request

Handler = Callable[[Request], Awaitable[Response]]
_LINK_FAULTS = {ExpiredLink: ("expired", 410), BadLink: ("bad_link", 404), KeyDestroyed: ("erased", 410)}


def language_of(request: Request, known: str | None = None) -> str:
    return choose(request.query_params.get("lang"), known, request.headers.get("accept-language"))


def tidied(text: str) -> str:
    """What somebody typed, with line ends as we keep them and without characters that no keyboard types."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


class PageRoute(APIRoute):
    """A route whose faults are pages: a customer who followed an old link must not be shown JSON."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handler: Handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except (BadLink, ExpiredLink, KeyDestroyed) as fault:
                what, status = _LINK_FAULTS[type(fault)]
                return fault_page(request, what, status)
            except (Problem, Rejection, RequestValidationError, HTTPException, TooBusy, LogUnavailable) as fault:
                problem = of_request(request, fault)
                return fault_page(request, _kind(problem.status), problem.status, problem.headers)

        return handle


def _kind(status: int) -> str:
    return {404: "bad_link", 410: "erased", 429: "too_often", 503: "busy", 413: "too_large"}.get(status, "refused")


def fault_page(request: Request, what: str, status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
    """A page that says what is wrong and what to do instead."""
    embedded = request.query_params.get("embedded") == "1"
    page = render("fault.html", language_of(request), status, what=what, path=request.url.path, embedded=embedded)
    page.headers.update(headers or {})
    return page
