"""The wire on which browsers register and are rung: the Voice SDK's signalling, JSON over a WebSocket (RFC 6455).

Source: `pstream.ts`, `wstransport.ts` and `device.ts` of the Voice SDK 2.18 (messages of version 1.6). A browser says
`listen`, `register`, `answer`, `reject`, `hangup`, `dtmf`; it is told `connected`, `ready`, `invite`, `cancel`,
`hangup`, `answer`, `error`. A line feed is the heartbeat, which the SDK sends back. ICE restarts (`reinvite`), messages
within calls and calls that a browser makes itself are not emulated.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from channels.twilio_emulator.client_tokens import EXPIRED, INVALID, Registration, TokenRefused, read_token
from channels.twilio_emulator.clients import Client, Clients
from channels.twilio_emulator.world import World

#: Seconds between heartbeats; the SDK gives a connection up after 15 without any.
_HEARTBEAT: Final = 5.0
_LONGEST: Final = 64 * 1024
#: Words that wait to be sent to one browser; one that takes none in is let go.
_MOST_WAITING: Final = 200
#: An error of the gateway's that has no meaning of its own for the SDK, which shows its words.
_OTHER: Final = 31000
NO_SOUND: Final = "this emulator has nothing to make sound with: pip install 'trunkline[softphone]'"


def signal_of(world: World, clients: Clients) -> APIRouter:
    """`/signal`, where the SDK expects it below its host; and a way to break such connections."""
    router = APIRouter(include_in_schema=False)

    @router.websocket("/signal")
    async def signal(socket: WebSocket) -> None:
        await socket.accept()
        await Connection(socket, world, clients).run()

    @router.post("/emulator/clients/{identity}/cut")
    async def cut(identity: str) -> dict[str, int]:
        """Break the connections of a client's browsers; how many there were."""
        return {"browsers": clients.cut(identity)}

    return router


class Connection:
    """One browser's connection, from `listen` to its end."""

    def __init__(self, socket: WebSocket, world: World, clients: Clients) -> None:
        self._socket, self._world, self._clients = socket, world, clients
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._over = asyncio.Event()
        self._who: Registration | None = None
        self._client: Client | None = None

    async def run(self) -> None:
        tasks = [asyncio.create_task(part) for part in (self._send(), self._read(), self._over.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._client is not None:
                self._clients.unregister(self._client)

    def tell(self, kind: str, payload: Mapping[str, Any]) -> None:
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(json.dumps({"type": kind, "version": "1.6", "payload": dict(payload)}))

    async def _send(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_HEARTBEAT):
                    said = await self._waiting.get()
            except TimeoutError:
                said = "\n"
            await self._socket.send_text(said)

    async def _read(self) -> None:
        while True:
            try:
                said = await self._socket.receive_text()
            except (WebSocketDisconnect, KeyError):
                return
            if len(said) > _LONGEST:
                return
            if said != "\n":
                await self._take(said)

    async def _take(self, said: str) -> None:
        try:
            message: dict[str, Any] = json.loads(said)
            kind, payload = str(message["type"]), dict(message.get("payload") or {})
        except (ValueError, TypeError, KeyError):
            self._refuse(_OTHER, "a message is a JSON object with a type and a payload")
            return
        if kind == "listen":
            self._listen(str(payload.get("token", "")))
        elif self._client is None or self._who is None:
            self._refuse(INVALID, "say who you are first")
        else:
            await self._do(self._client, self._who, kind, payload)

    def _listen(self, token: str) -> None:
        """Who it is; the same again with a fresh token only lasts longer."""
        try:
            if self._clients.make_sound is None:
                raise TokenRefused(_OTHER, NO_SOUND)
            who = read_token(token, self._world.account_sid, self._world.api_keys)
            if self._client is not None and self._client.identity != who.identity:
                raise TokenRefused(INVALID, "a connection is one client's")
        except TokenRefused as refused:
            self._refuse(refused.code, str(refused))
            return
        self._who = who
        self._client = self._client or Client(who.identity, self.tell, self._over.set)
        told = {"identity": who.identity, "ttl": who.seconds_left, "account_sid": self._world.account_sid}
        self.tell("connected", {"region": "us1", "edge": "emulator", "home": "us1", "token": told})

    async def _do(self, client: Client, who: Registration, kind: str, payload: Mapping[str, Any]) -> None:
        sid = str(payload.get("callsid", ""))
        match kind:
            case "register":
                media: Mapping[str, Any] = payload.get("media") or {}
                self._register(client, who, bool(media.get("audio")))
            case "answer":
                await self._clients.answer(client, sid, str(payload.get("sdp", "")))
            case "reject":
                await self._clients.reject(client, sid)
            case "hangup":
                await self._clients.hang_up(client, sid)
            case "dtmf":
                await self._clients.press(client, sid, str(payload.get("dtmf", "")))
            case "invite":
                if not self._clients.take_up(client, sid, str(payload.get("reconnect") or "")):
                    fault = {"code": _OTHER, "message": "this token makes no calls, and no such call goes on"}
                    self.tell("hangup", {"callsid": sid, "error": fault})
            case _:
                return

    def _register(self, client: Client, who: Registration, audio: bool) -> None:
        """The SDK says so again every 30 seconds."""
        if not audio:
            self._clients.unregister(client)
            self.tell("offline", {})
        elif not who.seconds_left:
            self._clients.unregister(client)
            self._refuse(EXPIRED, "the token has expired")
        elif not who.may_be_called:
            self._refuse(INVALID, "the token does not allow incoming calls")
        elif not self._clients.register(client):
            self._refuse(_OTHER, "too many browsers are registered for this client")
        else:
            self.tell("ready", {})

    def _refuse(self, code: int, why: str) -> None:
        self.tell("error", {"error": {"code": code, "message": why}})
