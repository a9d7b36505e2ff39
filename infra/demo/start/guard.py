"""Who reaches the start page: a browser of this machine that was sent there by nobody.

It signs people in without a password, so it listens on loopback alone, and answers to its own address only: a page
from elsewhere must neither post to it (Fetch Metadata) nor reach it by a name that it lets lead to 127.0.0.1 (DNS
rebinding).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse

from web.middleware import CONTENT_SECURITY_POLICY, HEADERS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = frozenset({"GET", "HEAD"})
#: Bytes of a form at most: a mail that somebody writes by hand.
LARGEST = 64 * 1024
_ELSEWHERE = "this page answers at {origin} alone, to what was asked for on it\n"


class Loopback:
    """Wraps the application. `origin`: its own; `centre`: where its forms may lead on to."""

    def __init__(self, app: App, *, origin: str, centre: str) -> None:
        self._app, self._origin = app, origin
        self._host = origin.partition("://")[2]
        self._policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {centre}")
        self._policy += "; frame-src 'self'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(message)
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, sending)

    def _refused(self, scope: Scope) -> App | None:
        """What is answered instead of the page."""
        headers, safe = Headers(scope=scope), scope["method"] in SAFE
        host = headers.get("host", "")
        if host.partition(":")[0] == "localhost" and safe:
            # the cookie of a signed-in person is the address's own: that of 127.0.0.1
            return RedirectResponse(self._origin + scope["path"])
        if host != self._host or (not safe and not self._asked_here(headers)):
            return PlainTextResponse(_ELSEWHERE.format(origin=self._origin), 403)
        size = headers.get("content-length", "0" if safe else "")
        if not size.isdigit() or int(size) > LARGEST:
            return PlainTextResponse(f"a form has at most {LARGEST} bytes\n", 413)
        return None

    def _asked_here(self, headers: Headers) -> bool:
        """Whether this was asked for on the page itself; programs say nothing of where they come from."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        return site in (None, "same-origin") and origin in (None, self._origin)

    def _add_headers(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        framed = "Content-Security-Policy" in headers
        headers.setdefault("Content-Security-Policy", self._policy)
        # without a referrer browsers do not say either which page posts (Fetch standard, section 3.1)
        headers["Referrer-Policy"] = "same-origin"
        for name, value in HEADERS.items():
            if not (framed and name == "X-Frame-Options"):
                headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
