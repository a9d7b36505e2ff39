"""Clients: browsers that have registered with the Voice SDK. Calls to `client:NAME` ring in them while there are any.

Which browser rings, which one has answered, and what becomes of a call in it; how that is said on the wire is in
`signal.py`, how it sounds in `sound.py`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Protocol

from channels.twilio_emulator.emulator import CannotDo, Emulator
from channels.twilio_emulator.line import Input
from channels.twilio_emulator.model import Call

_log = logging.getLogger("trunkline.twilio_emulator")
#: What others hear of a microphone into which somebody speaks: words are not made out.
VOICE: Final = "[voice]"
#: Browsers that one client may have registered at once (Twilio rings ten at most).
MOST: Final = 10


class Sound(Protocol):
    """The provider's end of a conversation's sound, with one browser at the other."""

    loud: bool

    async def offer(self) -> str:
        """A session description (RFC 8829) to be answered."""
        ...

    async def accept(self, answer: str) -> None:
        """Raises `ValueError` for a description that is none."""
        ...

    async def close(self) -> None: ...


#: Makes the sound of one call, told what to do while a voice is heard, and once the browser is gone.
MakeSound = Callable[[Callable[[], None], Callable[[], None]], Sound]


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that rings in a browser; `token` is what takes it up again on another connection, once answered."""

    sound: Sound
    token: str


@dataclass(eq=False, slots=True)
class Client:
    """One browser. `tell` says something on its connection, `cut` breaks that off."""

    identity: str
    tell: Callable[[str, dict[str, Any]], None]
    cut: Callable[[], None]
    ringing: dict[str, Ringing] = field(default_factory=dict[str, Ringing])


@dataclass(slots=True)
class Talk:
    """A call that a browser has answered."""

    client: Client
    sound: Sound
    token: str


class Clients:
    """Everybody's browsers. `sound` gives what makes it, None where nothing does; asked once a browser is there."""

    def __init__(self, emulator: Emulator, sound: Callable[[], MakeSound | None]) -> None:
        self._sound = sound
        self.talks: dict[str, Talk] = {}
        self._emulator, self._world = emulator, emulator.world
        self._registered: dict[str, list[Client]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._world.watchers.append(self._told)

    @cached_property
    def make_sound(self) -> MakeSound | None:
        """None: nobody can register."""
        return self._sound()

    async def close(self) -> None:
        sounds = [talk.sound for talk in self.talks.values()]
        sounds += [ringing.sound for one in self._all() for ringing in one.ringing.values()]
        self.talks.clear()
        await asyncio.gather(*self._tasks, *(sound.close() for sound in sounds), return_exceptions=True)

    def is_loud(self, call: str) -> bool:
        """Whether somebody speaks into the browser's microphone, as it reaches the provider."""
        return call in self.talks and self.talks[call].sound.loud

    def rings(self, identity: str) -> int:
        """In how many browsers a call to the client rings, or would."""
        return len(self._registered.get(identity, ()))

    def ringing(self, call: str) -> int:
        """In how many browsers a call rings now."""
        return sum(call in client.ringing for client in self._all())

    def cut(self, identity: str) -> int:
        """The network between a client's browsers and us breaks; in how many. Calls go on while it is mended."""
        ones = list(self._registered.get(identity, ()))
        for client in ones:
            client.cut()
        return len(ones)

    # registering

    def register(self, client: Client) -> bool:
        """From now on calls ring there; False where too many browsers are registered. Again it changes nothing."""
        ones = self._registered.setdefault(client.identity, [])
        if client not in ones:
            if len(ones) >= MOST:
                return False
            ones.append(client)
        self._world.by_hand.add(_address(client))
        return True

    def unregister(self, client: Client) -> None:
        """Nothing rings there any more; a call that was answered there goes on."""
        ones = self._registered.get(client.identity, [])
        if client in ones:
            ones.remove(client)
        if not ones:
            self._registered.pop(client.identity, None)
            self._world.by_hand.discard(_address(client))
        for ringing in client.ringing.values():
            self._do(ringing.sound.close())
        client.ringing.clear()

    # what a browser does

    async def answer(self, client: Client, sid: str, sdp: str) -> None:
        """Pick up; whoever is too late is told that the call was cancelled."""
        ringing = client.ringing.pop(sid, None)
        if ringing is None or self._world.calls[sid].status != "ringing":
            client.tell("cancel", {"callsid": sid})
            return
        self.talks[sid] = Talk(client, ringing.sound, ringing.token)
        self._stop_ringing(sid)
        await ringing.sound.accept(sdp)
        await self._try(self._emulator.answer(sid))

    async def reject(self, client: Client, sid: str) -> None:
        """Decline; the call is over where it rings nowhere else."""
        ringing = client.ringing.pop(sid, None)
        if ringing is None:
            return
        await ringing.sound.close()
        if not any(sid in one.ringing for one in self._all()):
            await self._try(self._emulator.hang_up(sid))

    async def hang_up(self, client: Client, sid: str) -> None:
        """Also before the answer: the SDK says so where it may not open the microphone."""
        await self.reject(client, sid)
        if self._has(client, sid):
            await self._try(self._emulator.hang_up(sid))

    async def press(self, client: Client, sid: str, keys: str) -> None:
        if self._has(client, sid):
            await self._try(self._emulator.press(sid, keys))

    def take_up(self, client: Client, sid: str, token: str) -> bool:
        """Go on with a call on another connection, after the one before was lost; False for none that goes on."""
        talk = self.talks.get(sid)
        if talk is None or not token or talk.token != token:
            return False
        talk.client = client
        client.tell("answer", {"callsid": sid, "reconnect": token})
        return True

    def _has(self, client: Client, sid: str) -> bool:
        return sid in self.talks and self.talks[sid].client is client

    async def _try(self, doing: Awaitable[Any]) -> None:
        """The other side may have been quicker."""
        with suppress(CannotDo):
            await doing

    # what becomes of calls

    def _told(self, call: Call, event: str) -> None:
        if event == "ringing":
            for client in self._registered.get(call.to.removeprefix("client:"), ()):
                self._do(self._invite(client, call))
        elif event == "answered" and call.sid not in self.talks:
            self._stop_ringing(call.sid)  # by hand, on the emulator's page
        elif event == "completed":
            self._stop_ringing(call.sid)
            talk = self.talks.pop(call.sid, None)
            if talk is not None:
                talk.client.tell("hangup", {"callsid": call.sid})
                self._do(talk.sound.close())

    async def _invite(self, client: Client, call: Call) -> None:
        assert self.make_sound is not None, "nobody registers where there is no sound"
        sound = self.make_sound(lambda: self._spoken(call.sid), lambda: self._gone(call.sid))
        offer = await sound.offer()
        if call.status != "ringing" or call.sid in self.talks:
            await sound.close()
            return
        token = secrets.token_hex(16)
        client.ringing[call.sid] = Ringing(sound, token)
        account = self._world.account_sid
        parameters = {"CallSid": call.sid, "AccountSid": account, "From": call.caller, "To": call.to}
        client.tell("invite", {"callsid": call.sid, "sdp": offer, "parameters": parameters, "reconnect": token})

    def _stop_ringing(self, sid: str) -> None:
        for client in self._all():
            ringing = client.ringing.pop(sid, None)
            if ringing is not None:
                client.tell("cancel", {"callsid": sid})
                self._do(ringing.sound.close())

    def _spoken(self, sid: str) -> None:
        line = self._world.lines.get(sid)
        if line is not None and line.call.status == "in-progress":
            line.give(Input("speech", VOICE))

    def _gone(self, sid: str) -> None:
        """The browser sends nothing any more: closed, or cut off for good."""
        if sid in self.talks:
            self._do(self._try(self._emulator.hang_up(sid)))

    def _all(self) -> list[Client]:
        return [client for ones in self._registered.values() for client in ones]

    def _do(self, doing: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("a browser's call failed within: %r", fault, exc_info=fault)


def _address(client: Client) -> str:
    return f"client:{client.identity}"
