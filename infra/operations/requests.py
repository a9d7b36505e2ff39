"""Requests counted and traced: the outermost layer of the web, which sees what the client sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from infra.operations.figures import Figures
from infra.operations.tracing import Tracing, traceparent_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Where a caller's own trace is gone on with: nobody gets that far without having signed in. Elsewhere (customers'
#: pages, providers' webhooks) a stranger could choose the conversation that his request seems to be part of.
TRUSTED = "/api/"


class Observed:
    """Wraps an ASGI application."""

    def __init__(self, app: App, figures: Figures, tracing: Tracing) -> None:
        self._app, self._figures, self._tracing = app, figures, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        headers = _trace_headers(scope) if scope["path"].startswith(TRUSTED) else {}
        began, status = perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                told = traceparent_of(span.get_span_context())
                message["headers"] = [*message.get("headers", ()), (b"traceresponse", told.encode())]
                self._figures.request_seconds.labels(_route(scope)).observe(perf_counter() - began)
            await send(message)

        with self._tracing.request(f"{method} request", headers) as span:
            try:
                await self._app(scope, receive, sending)
            finally:
                span.set_attributes({"http.response.status_code": status, "http.route": _route(scope)})
                self._figures.requests.labels(method, _route(scope), str(status)).inc()


def _route(scope: Scope) -> str:
    """The pattern, never the path itself: a path may name a person, and there are too many of them."""
    return str(getattr(scope.get("route"), "path", "") or "other")


def _trace_headers(scope: Scope) -> dict[str, str]:
    wanted = (b"traceparent", b"tracestate")
    return {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in wanted}
