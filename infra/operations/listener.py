"""The door for those who run the process: `/livez`, `/readyz`, `/metrics`, on an address of its own in every role.

It is not for the public: figures tell how busy a centre is. So it listens on loopback unless told otherwise.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from infra.operations.looking import Looking
from infra.operations.requests import Message, Receive, Scope, Send

TEXT = "text/plain; version=0.0.4; charset=utf-8"
JSON = "application/json"
Answer = tuple[int, str, bytes]


class Operations:
    """A small ASGI application."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status, kind, body = await self._answer(scope["method"], scope["path"])
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        start: Message = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, method: str, path: str) -> Answer:
        if method not in ("GET", "HEAD"):
            return _json(405, {"detail": "read only: GET"})
        match path:
            case "/livez":
                return _json(200, {"status": "alive", "role": self._looking.role})
            case "/readyz":
                found = await self._looking.look()
                said = {"status": "ready" if found.ready else "not ready", **asdict(found)}
                return _json(200 if found.ready else 503, said)
            case "/metrics":
                return 200, TEXT, await self._looking.text()
            case _:
                return _json(404, {"detail": "there are /livez, /readyz and /metrics"})


def _json(status: int, document: dict[str, object]) -> Answer:
    return status, JSON, json.dumps(document).encode()
