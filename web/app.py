"""The web application, put together from the doors it is handed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.staticfiles import StaticFiles

from web import openapi, pages, problem
from web.doors import Doors
from web.guard import Public, Requires
from web.live import Live
from web.middleware import Surround
from web.presence import LeaseKeeper
from web.routes import (
    accounts,
    agents,
    callbacks,
    calling_out,
    calls,
    configuration,
    customer_commands,
    desk,
    draft_files,
    drafts,
    events,
    follow_ups,
    health,
    interactions,
    letters,
    measures,
    messages,
    policy,
    reading,
    recordings,
    reference,
    scripts,
    searching,
    session,
    sites,
    stream,
    supervising,
    texts,
    ticket_commands,
    wallboards,
)
from web.wallboards import Wallboards

STATIC = Path(__file__).parent / "static"
ENDLESS = frozenset({"/api/stream"}) | pages.endless()
ROUTERS = (
    health.router,
    session.router,
    desk.router,
    drafts.router,
    draft_files.router,
    letters.router,
    searching.router,
    accounts.router,
    agents.router,
    interactions.router,
    calls.router,
    calling_out.router,
    ticket_commands.router,
    customer_commands.router,
    callbacks.router,
    follow_ups.router,
    scripts.router,
    configuration.router,
    policy.router,
    sites.router,
    supervising.router,
    messages.router,
    events.router,
    reading.router,
    recordings.router,
    measures.router,
    wallboards.router,
    stream.router,
    texts.router,
    reference.router,
    *pages.routers(),
)


def create_app(doors: Doors) -> FastAPI:
    """The application. Starting it starts the live events and the watch over presence; stopping it ends both."""
    app = described(lifespan=_lifespan, form_limits=_form_limits(doors.settings.max_body))
    app.state.doors = doors
    app.state.live = Live(doors.log)
    app.state.wallboards = Wallboards(doors)
    doors.throttle.further(pages.rates())
    problem.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Surround, settings=doors.settings, endless=ENDLESS)
    declared(app)
    return app


def described(**more: Any) -> FastAPI:
    """Every route with its description, and nothing behind them yet: what clients' types are generated from."""
    app = FastAPI(
        title="Trunkline",
        summary="Interaction history and routing for contact centres",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
        routes=_TOGETHER.routes,
        **more,
    )
    openapi.install(app)
    return app


def _form_limits(max_part_size: int) -> dict[str, int]:
    return {"max_fields": 40, "max_files": 0, "max_part_size": max_part_size}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    live: Live = app.state.live
    keeper = LeaseKeeper(app.state.doors)
    await live.start()
    await keeper.start()
    try:
        yield
    finally:
        await keeper.stop()
        await live.stop()


def _operation_id(route: APIRoute) -> str:
    return route.name


def _together() -> APIRouter:
    """All routers under one roof, which applications share: FastAPI works each route out once, which takes most of a
    second, not for every application of a process anew."""
    roof = APIRouter(generate_unique_id_function=_operation_id)
    for router in ROUTERS:
        roof.include_router(router)
    return roof


_TOGETHER = _together()


def declared(app: FastAPI) -> dict[tuple[str, str], Requires | Public]:
    """What each route (method, path) declares. Raises `TypeError` for one that declares nothing: no open doors."""
    found: dict[tuple[str, str], Requires | Public] = {}
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or context.path is None:
            continue
        guards = [d.call for d in dependant.dependencies if isinstance(d.call, Requires | Public)]
        if len(guards) != 1:
            raise TypeError(f"{context.path}: a route declares exactly one permission, this one declares {len(guards)}")
        for method in context.methods or ():
            found[method, context.path] = guards[0]
    return found
