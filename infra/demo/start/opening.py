"""The start page as a part of a running demo."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from infra.demo.outbox import Outbox
from infra.demo.start.app import create_app
from infra.demo.start.guard import Loopback
from infra.demo.start.tail import Tails
from infra.listening import listen, serve
from infra.settings import LOOPBACK

if TYPE_CHECKING:
    from infra.demo.running import Run


async def open_start_page(run: Run, outbox: Outbox, port: int, closing: AsyncExitStack) -> str:
    """Serve it on loopback until `closing` ends; its address. A port that is taken gives way to any free one."""
    try:
        listening = listen(LOOPBACK, port, "--start-port")
    except OSError:
        listening = listen(LOOPBACK, 0, "--start-port")
    closing.callback(listening.close)
    origin = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    tails = Tails(run)
    app = Loopback(create_app(run, outbox, tails), origin=origin, centre=run.node.base_url)
    await serve(run.node, "start page", app, listening, closing, ending=tails.ending.set)
    return origin
