"""Pages in a frame on a customer's own site, put there by one script tag: `<script async src=".../widget.js">`.

The script is a few lines without dependencies. It makes a button (or fills an element that is named) and a frame with
our page in it: what people type stays between them and us, the host page never sees it, and it needs no more of the
host's content security policy than our origin in `script-src` and `frame-src`. Frame and host tell each other one
thing alone, how high the page is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request
from fastapi.responses import Response

from web.calling_back import configured
from web.middleware import CONTENT_SECURITY_POLICY
from web.pages.page import PageRoute
from web.pages.rendering import render_text
from web.pages.words import LANGUAGES
from web.problem import Problem

Handler = Callable[[Request], Awaitable[Response]]
#: Set in the address of a page that is shown in a frame.
MARK = "embedded"
#: A script may be kept this long, in seconds: a new one of ours reaches every site within that time.
KEEP = 600


def is_embedded(request: Request) -> bool:
    return request.query_params.get(MARK) == "1"


class EmbeddedRoute(PageRoute):
    """A route of a project (`{project}` in its path) whose pages, and faults, may be shown in a frame elsewhere."""

    def get_route_handler(self) -> Handler:  # type: ignore[override]
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            response = await handler(request)
            if is_embedded(request):
                _let_frame(response, await _framers(request))
            return response

        return handle


async def _framers(request: Request) -> Sequence[str]:
    try:
        project = await configured(request.app.state.doors, request.path_params.get("project", ""))
    except Problem:
        return ("*",)
    return project.configured.embedded_in or ("*",)


def _let_frame(response: Response, framers: Sequence[str]) -> None:
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(framers)}")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def widget(path: str, words_of: str) -> Response:
    """The script that opens the page at `path` (its own origin's) on another site.

    `words_of` is a template of JSON: the words on the button, what it is called when open, and the frame's title.
    """
    words = "{" + ",".join(f'"{name}":{render_text(words_of, name).strip()}' for name in LANGUAGES) + "}"
    script = render_text("widget.js", "en", path=path, words=words)
    headers = {
        "Cache-Control": f"public, max-age={KEEP}",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)
