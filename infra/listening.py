"""Sockets of HTTP servers, and the servers on them, as parts of a node."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from typing import TYPE_CHECKING, Any

import uvicorn

from infra.descriptors import raise_limit
from infra.http_connections import connections

if TYPE_CHECKING:
    from infra.node import Node

#: Connections taken before it is looked how many there are: asyncio would take all that wait, and each is a descriptor.
AT_ONCE = 16
#: Connections that may wait in the system to be taken.
WAITING = 2048
#: Seconds that requests under way get at the end.
GRACE = 5


def listen(host: str, port: int, setting: str) -> socket.socket:
    """A bound socket: before anything is started, so that its port is known and a taken one is told early.

    Raises `OSError` that names the `setting` to mend.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named so that asyncio turns off Nagle's algorithm on it: without, each answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as fault:
        listening.close()
        raise OSError(f"cannot listen on {host}:{port}: {fault.strerror}; set {setting} to a free one") from fault
    return listening


async def serve(
    node: Node, name: str, app: Any, listening: socket.socket, closing: AsyncExitStack, *, ending: Callable[[], None]
) -> None:
    """Start a web server and wait until it answers. `ending` is called before it is told to end."""
    config = uvicorn.Config(
        app,
        http=connections(raise_limit()),
        backlog=AT_ONCE,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
        ws="none",
    )
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign]  # the process ends by `stop`, not by uvicorn
    task = node.run(name, server.serve(sockets=[listening]), outlasts=True)

    async def stop() -> None:
        node.excuse(task)
        ending()
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)

    closing.push_async_callback(stop)
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    listening.listen(WAITING)


def _no_signals() -> AbstractContextManager[None]:
    return nullcontext()
