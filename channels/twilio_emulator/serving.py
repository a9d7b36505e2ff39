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
from channels.twilio_emulator.clients import Clients, MakeSound
from channels.twilio_emulator.clock import as_it_is
from channels.twilio_emulator.control import control_of
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.page import page_of
from channels.twilio_emulator.signal import signal_of


def sound() -> MakeSound | None:
    """What makes the sound of calls in browsers; None without the extra that brings it."""
    try:
        from channels.twilio_emulator.sound import PeerSound
    except ImportError:
        return None
    return PeerSound


def app_of(emulator: Emulator, clients: Clients | None = None) -> FastAPI:
    """API, control and page of one emulator; with `clients`, also the signalling of browsers."""
    app = FastAPI(title="Twilio emulator", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(api_of(emulator.world))
    app.include_router(control_of(emulator))
    app.include_router(page_of(emulator))
    if clients is not None:
        app.include_router(signal_of(emulator.world, clients))
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
    emulator: Emulator,
    port: int = 0,
    *,
    follow_clock: bool = False,
    speed: Callable[[], float] = as_it_is,
    clients: Clients | None = None,
) -> AsyncGenerator[str]:
    """Serve on 127.0.0.1 until left; gives the base URL. Port 0 is any free one.

    `follow_clock`: virtual time goes along with the wall clock, `speed()` times as fast; else only `advance` moves it.
    `clients`: the browsers that register, for who wants to see them. Raises `OSError` when the port is taken.
    """
    listener = listening_on(port)
    clients = clients or Clients(emulator, sound)
    config = uvicorn.Config(
        app_of(emulator, clients), log_config=None, log_level="critical", access_log=False, timeout_graceful_shutdown=1
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
        await clients.close()
        await emulator.close()
        listener.close()
