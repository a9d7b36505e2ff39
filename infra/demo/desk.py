"""The desk's side of the API: commands by HTTP, events by SSE, on behalf of one account."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Mapping
from random import Random
from typing import Any

import httpx2

from infra.demo.browser import NO_TLS
from infra.demo.ledger import Ledger

#: How often a request that met a busy or broken server is made again, and the pause before, in seconds.
TRIES, PAUSE = 5, 0.3
TIMEOUT = httpx2.Timeout(30.0)
#: A stream says something at least every so many seconds (a comment, where nothing happens).
SILENCE = httpx2.Timeout(30.0, read=60.0)


class PowerCut(Exception):
    """The desk is dead; whatever its agent was about to do, they cannot."""


class DeskClient:
    """One signed-in person. While not `powered`, nothing goes out and nothing comes in.

    Every command bears an Idempotency-Key, so that repeating it is safe."""

    def __init__(self, base_url: str, token: str, ledger: Ledger, dice: Random) -> None:
        self._ledger, self._dice = ledger, dice
        self.powered = asyncio.Event()
        self.powered.set()
        self._client = httpx2.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            trust_env=False,
            verify=NO_TLS,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, **query: Any) -> dict[str, Any] | None:
        """What is asked for, None where it is not to be had."""
        return await self._request("GET", path, params=query)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Send a command. Its answer, or None when it was not possible at this moment (409)."""
        key = str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
        answer = await self._request("POST", path, json=dict(body or {}), headers={"Idempotency-Key": key})
        if answer is not None and answer.get("position"):
            self._ledger.positions.add(int(answer["position"]))
        return answer

    async def _request(self, method: str, path: str, **options: Any) -> dict[str, Any] | None:
        said = ""
        for attempt in range(TRIES):
            if not self.powered.is_set():
                raise PowerCut
            try:
                answer = await self._client.request(method, path, **options)
            except httpx2.HTTPError as fault:
                said = type(fault).__name__
            else:
                if answer.is_success:
                    return answer.json() if answer.content else {}
                said = f"{answer.status_code} {_code(answer)}"
                if answer.status_code == 409:
                    self._ledger.seen[f"not possible: {_code(answer)}"] += 1
                    return None
                if answer.status_code not in (429, 503):
                    break
            await asyncio.sleep(PAUSE * 2**attempt)
        self._ledger.refusals.append(f"{method} {_shape(path)} answered {said}")
        return None

    async def events(self) -> AsyncGenerator[dict[str, Any]]:
        """What concerns this person, for ever; after a lost connection from where it broke off.

        After a power cut from the beginning: the desk has forgotten where it was.
        """
        last = ""
        while True:
            if not self.powered.is_set():
                await self.powered.wait()
                last = ""
            headers = {"Last-Event-ID": last} if last else {}
            try:
                async with self._client.sse("/api/stream", headers=headers, timeout=SILENCE) as stream:
                    stream.response.raise_for_status()
                    async for event in stream:
                        if not self.powered.is_set():
                            break
                        last = event.id or last
                        yield {"event": event.event, "id": last, "data": json.loads(event.data)}
            except httpx2.HTTPError as fault:
                self._ledger.seen[f"streams begun again: {type(fault).__name__}"] += 1
            await asyncio.sleep(PAUSE)


def _code(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


def _shape(path: str) -> str:
    """A path without its ids."""
    return "/".join(part if len(part) < 24 else "…" for part in path.split("/"))
