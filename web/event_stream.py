"""Server-sent events (HTML Living Standard §9.2.5): what comes together goes out in one piece.

Written straight to the response. The framework's own way sends each event by itself, through two queues and a timer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.responses import StreamingResponse

#: A comment, which keeps proxies from closing a quiet stream.
PING = b": ping\n\n"


class EventStream(StreamingResponse):
    """Sends what the generator gives, each time at once, and closes it whatever ends the stream."""

    media_type = "text/event-stream"

    def __init__(self, pieces: AsyncGenerator[bytes], status_code: int = 200) -> None:
        # nginx and its like shall hold nothing back
        super().__init__(pieces, status_code, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
        self._pieces = pieces

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with aclosing(self._pieces):
            await super().__call__(scope, receive, send)


def event(data: str, *, name: str = "", position: int | None = None, retry: int | None = None) -> bytes:
    """One event as it is sent. `data`: JSON without line breaks. `name`: its kind, a `message` without one.

    `position`: what a browser that comes back gives as its last. `retry`: milliseconds until it does.
    """
    lines = [f"event: {name}"] if name else []
    lines.append(f"data: {data}")
    if position is not None:
        lines.append(f"id: {position}")
    if retry is not None:
        lines.append(f"retry: {retry}")
    return ("\n".join(lines) + "\n\n").encode()
