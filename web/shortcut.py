"""Plain routes past the framework: providers' webhooks, which come by the hundred a second and need nothing of it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Match, Route

from web.middleware import App, Receive, Scope, Send


class Shortcut:
    """Wraps an ASGI application: what one of `routes` is for never reaches it.

    Whatever they raise is told by the layers outside of this one, which see every request.
    """

    def __init__(self, app: App, *, routes: Sequence[Route]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for route in self._routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found, route=route)
                    await route.handle(scope, receive, send)
                    return
        await self._app(scope, receive, send)
