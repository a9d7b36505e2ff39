"""What surrounds every request: limits of time and size, security headers, the net for faults nobody foresaw."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

from domain.enclosing import MOST_BYTES
from web.doors import Settings
from web.problem import Problem, of_any, respond, unavailable

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
#: Where configuration documents are put.
DOCUMENTS = ("/api/centres/", "/api/projects/")
#: Where customers send files.
FILES = "/t/"
#: Where agents do.
DRAFT_FILES = "/drafts/reply/files/"


def _check_address(scope: Scope) -> None:
    """Raises `Problem` 400 for a null character, which no id, cursor or search text has."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        raise Problem(400, "unreadable", "an address must not contain a null character")


class Surround:
    """Adds security headers, ends requests that take too long or send too much, and tells every fault as a problem.

    A stream (`endless` paths) may last as long as it likes. Once a response has begun nothing else can be said:
    the connection is then simply ended.
    """

    def __init__(self, app: App, *, settings: Settings, endless: frozenset[str]) -> None:
        self._app, self._settings, self._endless = app, settings, endless
        headers = {**HEADERS, "Cache-Control": "no-store"}
        if settings.secure:
            headers["Strict-Transport-Security"] = HSTS
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

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
            _check_address(scope)
            await self._within_time(scope, self._bounded(scope, receive), send_with_headers)
        except TimeoutError:
            if begun:
                raise
            seconds = self._settings.request_seconds
            late = unavailable("too_slow", f"this took longer than {seconds:g} s and was given up")
            await respond(late)(scope, receive, send_with_headers)
        except Exception as fault:  # noqa: BLE001 - the last net: told as a problem and put in the server's log
            problem = of_any(fault)
            if not begun:
                await respond(problem)(scope, receive, send_with_headers)

    async def _within_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = None if scope["path"] in self._endless else self._settings.request_seconds
        async with asyncio.timeout(limit):
            await self._app(scope, receive, send)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """`receive` that raises 413 as soon as more comes than is taken here; documents and files may be larger."""
        room = self._room(scope["path"], scope["method"])

        async def receive_bounded() -> Message:
            nonlocal room
            message = await receive()
            room -= len(message.get("body", b""))
            if room < 0:
                raise HTTPException(413)
            return message

        return receive_bounded

    def _room(self, path: str, method: str) -> int:
        if path.startswith(FILES) and method == "POST":
            return self._settings.max_files + self._settings.max_body
        if DRAFT_FILES in path and method == "PUT":
            return MOST_BYTES + self._settings.max_body
        documents = path.startswith(DOCUMENTS) and (method == "PUT" or path.endswith("/review"))
        return self._settings.max_document if documents else self._settings.max_body

    def _add_headers(self, message: Message) -> None:
        """Those of ours that the response does not say itself. (A name in ASGI is in small letters.)"""
        said = {name for name, _ in message["headers"]}
        if b"content-security-policy" in said:
            said.add(b"x-frame-options")  # a page that says itself who may frame it (web.embedding)
        message["headers"] = [*message["headers"], *(header for header in self._headers if header[0] not in said)]
