"""The pages of a demo: who one can be, the day and its speed, what was sent, what is wrong, what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from domain.rejection import NotFound
from infra.demo.outbox import Outbox
from infra.demo.setting_up import GUEST
from infra.demo.start.commands import requests, typed
from infra.demo.start.day import Standing, standing
from infra.demo.start.outbox_pages import outbox_of
from infra.demo.start.people import AT_THE_DESK, WATCHING, People
from infra.demo.start.rendering import HERE, page
from infra.demo.start.tail import MOST, Tails, Wanted
from infra.demo.start.writing import bring
from infra.operations.doctor import examine
from infra.operations.finding import Finding
from web.app import STATIC

if TYPE_CHECKING:
    from infra.demo.running import Run

Kept = Annotated[str, Form(max_length=20, pattern=r"^(\?lang=(en|fr))?$")]


def create_app(run: Run, outbox: Outbox, tails: Tails) -> FastAPI:  # noqa: C901 - one small route after the other
    """The application, without what guards it. The page signs in whoever asks: it must never leave the loopback."""
    app = FastAPI(title="The demo's start page", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount("/start", StaticFiles(directory=HERE / "static"), name="start")
    app.include_router(outbox_of(outbox, run.telephones.sent_texts))
    people, base_url = People(run), run.node.base_url
    looking = asyncio.Lock()
    turn: dict[str, Callable[[], None]] = {
        "slower": run.day.tempo.slower,
        "faster": run.day.tempo.faster,
        "pause": run.day.tempo.pause,
        "go_on": run.day.tempo.go_on,
    }

    @app.get("/")
    async def start(request: Request, written: str = "") -> HTMLResponse:
        return page(
            "start.html", request, base_url=base_url, at_the_desk=AT_THE_DESK, simulated=people.simulated,
            names={one: agent.name for one, agent in run.documents.centre.agents.items()}, day=asdict(standing(run)),
            projects=run.documents.projects, telephones=run.telephones.url,
            telephone=run.telephones.page_of(GUEST),
            written=written if written in ("taken", "refused") else "",
        )  # fmt: skip

    @app.post("/sign-in")
    async def sign_in(name: Annotated[str, Form(max_length=100)]) -> Response:
        return await people.sign_in(name)

    @app.get("/day")
    async def day() -> Standing:
        return standing(run)

    @app.post("/day")
    async def turned(
        request: Request, knob: Annotated[str, Form(alias="turn", max_length=20)], kept: Kept = ""
    ) -> Response:
        if knob not in turn:
            raise HTTPException(404)
        turn[knob]()
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(asdict(standing(run)))
        return RedirectResponse(f"/{kept}#day", 303)

    @app.post("/mail")
    async def mail(
        to: Annotated[str, Form(max_length=200)],
        subject: Annotated[str, Form(max_length=500)] = "",
        text: Annotated[str, Form(max_length=20_000)] = "",
        kept: Kept = "",
    ) -> Response:
        if to not in {box.address for project in run.documents.projects for box in project.mailboxes.values()}:
            raise HTTPException(404)
        taken = await bring(run.node.smtp_in_port, to, subject, text)
        joint = "&" if kept else "?"
        return RedirectResponse(f"/{kept}{joint}written={'taken' if taken else 'refused'}#customer", 303)

    @app.get("/doctor")
    async def doctor(request: Request) -> HTMLResponse:
        async with looking:
            found: list[Finding] = [one async for one in examine(run.node.settings)]
        return page("doctor.html", request, found=[asdict(one) for one in found])

    @app.get("/events")
    async def events(request: Request) -> HTMLResponse:
        return page("events.html", request, viewers=WATCHING)

    @app.get("/events/stream")
    async def stream(request: Request, viewer: str, kind: str = "", stream: str = "") -> Response:
        if viewer not in WATCHING:
            raise HTTPException(404)
        if tails.open >= MOST:
            return PlainTextResponse("too many tails are open; close one\n", 503)
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isdigit() and len(last) < 19 else None
        wanted, token = Wanted(kind[:100], stream[:200]), people.log_in(viewer).token
        told = tails.follow(await people.caller(viewer), token, wanted, after)
        return StreamingResponse(told, media_type="text/event-stream")

    @app.get("/try")
    async def commands(request: Request) -> HTMLResponse:
        return page("try.html", request, base_url=base_url, requests=requests(run), typed=typed(run))

    _tell_faults(app)
    return app


def _tell_faults(app: FastAPI) -> None:
    """As a page with a way back."""

    async def missing(request: Request, fault: Exception) -> HTMLResponse:
        return page("missing.html", request, fault.status_code if isinstance(fault, HTTPException) else 404)

    told: Callable[[Request, Any], Awaitable[HTMLResponse]] = missing
    for fault in (HTTPException, NotFound, RequestValidationError):
        app.add_exception_handler(fault, told)
