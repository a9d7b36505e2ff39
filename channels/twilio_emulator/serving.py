"""The emulator as a server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from channels.twilio_emulator.api import api_of
from channels.twilio_emulator.clock import as_it_is
from channels.twilio_emulator.control import control_of
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.page import page_of


def app_of(emulator: Emulator) -> FastAPI:
    """API, control and page of one emulator."""
    app = FastAPI(title="Twilio emulator", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(api_of(emulator.world))
    app.include_router(control_of(emulator))
    app.include_router(page_of(emulator))
    return app


def listening_on(port: int) -> socket.socket:
    """A socket that listens on loopback. Raises `OSError` when the port is taken.

    It names its protocol, as `socket.create_server` does not: asyncio switches Nagle's algorithm off only for sockets
    that do, and with it every answer waits 40 ms for an acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


@asynccontextmanager
async def serving(
    emulator: Emulator, port: int = 0, *, follow_clock: bool = False, speed: Callable[[], float] = as_it_is
) -> AsyncGenerator[str]:
    """Serve on 127.0.0.1 until left; gives the base URL. Port 0 is any free one.

    `follow_clock`: virtual time goes along with the wall clock, `speed()` times as fast; else only `advance` moves it.
    Raises `OSError` when the port is taken.
    """
    listener = listening_on(port)
    config = uvicorn.Config(
        app_of(emulator), log_config=None, log_level="critical", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]  # whoever serves ends it
    tasks = [asyncio.create_task(server.serve(sockets=[listener]))]
    if follow_clock:
        tasks.append(asyncio.create_task(emulator.world.clock.follow(speed)))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await emulator.close()
        listener.close()
