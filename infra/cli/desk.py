"""An agent's desk as seen from a program: the HTTP API, nothing else."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from urllib.parse import urlencode

import httpx2

#: Seconds for one request; a stream may be silent for as long as two of the server's comments are apart.
REQUEST_SECONDS, SILENCE_SECONDS = 35.0, 40.0
#: How often a command is sent again, under its own key, when nobody knows whether it arrived.
ATTEMPTS = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


class Refused(Exception):
    """The server said no, and why."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status, self.code, self.detail = status, code, detail
        super().__init__(detail)


class Unreachable(Exception):
    """The server cannot be reached."""


class Desk:
    """One agent's desk. `client` has the server's address and, for a token, its header."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.agent_id = ""
        self.name = ""
        #: the last position that one of our own commands led to: queries show at least that
        self.position = 0

    async def sign_in(self, name: str, password: str) -> None:
        """Begin a session. Raises `Refused`, `Unreachable`."""
        me = await self._send("POST", "/api/session", {"name": name, "password": password})
        self._client.headers["X-CSRF-Token"] = me["csrf"]

    async def introduce(self) -> None:
        """Find out who we are. Raises `Refused` for an account that is no agent's."""
        me = await self._send("GET", "/api/session")
        self.name, self.agent_id = me["name"], me["agent_id"]
        if not self.agent_id:
            raise Refused(403, "no_agent", f"the account {self.name!r} is not tied to an agent")

    async def presence(self, action: str, body: dict[str, Any] | None = None) -> None:
        await self.command(f"/api/agents/{self.agent_id}/{action}", body)

    async def on(self, item: dict[str, Any], action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do something with a piece of work."""
        where = f"/api/projects/{item['project']}/interactions/{item['interaction_id']}"
        if action == "notes":
            return await self.command(f"{where}/notes", body)
        return await self.command(f"{where}/legs/{item['leg']}/{action}", body)

    async def attach(self, item: dict[str, Any], name: str, media_type: str, content: bytes) -> dict[str, Any]:
        """Add a file to the reply that comes next; sent again under its own id where nobody knows if it arrived."""
        path = f"{_files(item)}/{uuid.uuid4().hex}?{urlencode({'name': name})}"
        return await self._send("PUT", path, headers={"Content-Type": media_type}, content=content)

    async def attached(self, item: dict[str, Any]) -> list[str]:
        """The ids of the files added to the reply."""
        return [one["file_id"] for one in (await self._send("GET", _files(item)))["files"]]

    async def command(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command once: a repetition bears the same key and changes nothing more."""
        done = await self._send("POST", path, body or {}, {"Idempotency-Key": uuid.uuid4().hex})
        self.position = max(self.position, done["position"])
        return done

    async def work(self) -> list[dict[str, Any]]:
        """What rings and what is in hand, oldest first."""
        return list((await self._send("GET", f"/api/work?min_position={self.position}"))["items"])

    async def state(self) -> dict[str, Any]:
        """Our own row of the agent board."""
        return await self._send("GET", f"/api/agents/{self.agent_id}?min_position={self.position}")

    async def history(self, item: dict[str, Any]) -> list[dict[str, Any]]:
        """What happened in the interaction so far."""
        path = f"/api/projects/{item['project']}/interactions/{item['interaction_id']}"
        return list((await self._send("GET", path))["items"])

    async def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> dict[str, Any]:
        """Raises `Refused`, `Unreachable`. What is safe to repeat is repeated while the server is away or busy."""
        repeatable = method == "GET" or bool(headers)
        pause = FIRST_PAUSE
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS or not repeatable
            try:
                answer = await self._client.request(
                    method, path, json=body, content=content, headers=headers, timeout=REQUEST_SECONDS
                )
            except httpx2.TransportError as fault:
                if last:
                    raise Unreachable(f"{self._client.base_url} cannot be reached: {fault}") from fault
            else:
                if answer.status_code != 503 or last:
                    return _read(answer)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        raise AssertionError("the last attempt returns or raises")

    async def listen(self) -> AsyncGenerator[dict[str, Any]]:
        """Live events, for ever: a lost connection is taken up again where it broke off. Raises `Refused`."""
        seen, pause = "", FIRST_PAUSE
        while True:
            try:
                async with aclosing(self._stream(seen)) as events:
                    async for event in events:
                        seen, pause = event.get("id", seen), FIRST_PAUSE
                        yield event
            except httpx2.TransportError as fault:
                yield {"event": "lost", "data": {"reason": type(fault).__name__}}
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _stream(self, seen: str) -> AsyncGenerator[dict[str, Any]]:
        headers = {"Last-Event-ID": seen} if seen else {}
        timeout = httpx2.Timeout(REQUEST_SECONDS, read=SILENCE_SECONDS)
        async with self._client.stream("GET", "/api/stream", headers=headers, timeout=timeout) as answer:
            if answer.status_code != 200:
                await answer.aread()
                _read(answer)
            event: dict[str, Any] = {}
            async for line in answer.aiter_lines():
                name, _, value = line.partition(":")
                if line:
                    event[name] = value.removeprefix(" ")
                    continue
                if "data" in event:
                    yield {"event": "message"} | event | {"data": json.loads(event["data"])}
                event = {}


def _files(item: dict[str, Any]) -> str:
    return f"/api/projects/{item['project']}/interactions/{item['interaction_id']}/drafts/reply/files"


def _read(answer: httpx2.Response) -> dict[str, Any]:
    """The body of an answer. Raises `Refused` for a problem (RFC 9457)."""
    if answer.is_success:
        return dict(answer.json()) if answer.content else {}
    try:
        problem = answer.json()
        raise Refused(answer.status_code, problem["code"], problem["detail"])
    except (ValueError, KeyError, TypeError) as fault:
        what = f"this is no Trunkline server: it answered {answer.status_code}"
        raise Refused(answer.status_code, "no_trunkline", what) from fault
