"""What surrounds every request: a time limit, security headers, and the last net for faults nobody foresaw."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders

from web.problem import of_any, respond, unavailable

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Nothing but what this server sends is loaded, framed or submitted to.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
HSTS = "max-age=31536000"


class Surround:
    """Adds security headers, ends requests that take longer than `seconds`, and tells every fault as a problem.

    A stream (`endless` paths) may last as long as it likes. Once a response has begun nothing else can be said:
    the connection is then simply ended.
    """

    def __init__(self, app: App, *, seconds: float, endless: frozenset[str], secure: bool) -> None:
        self._app, self._seconds, self._endless, self._secure = app, seconds, endless, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._add_headers(message)
            await send(message)

        try:
            await self._within_time(scope, receive, send_with_headers)
        except TimeoutError:
            if begun:
                raise
            late = unavailable("too_slow", f"this took longer than {self._seconds:.0f} s and was given up")
            await respond(late)(scope, receive, send_with_headers)
        except Exception as fault:  # noqa: BLE001 - the last net: told as a problem and put in the server's log
            problem = of_any(fault)
            if not begun:
                await respond(problem)(scope, receive, send_with_headers)

    async def _within_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = None if scope["path"] in self._endless else self._seconds
        async with asyncio.timeout(limit):
            await self._app(scope, receive, send)

    def _add_headers(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        if self._secure:
            headers.setdefault("Strict-Transport-Security", HSTS)
