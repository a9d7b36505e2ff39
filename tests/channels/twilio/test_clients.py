"""Browsers as telephones of the emulator, on the wire of the Voice SDK: who registers, where it rings, who hears whom.

A browser is played by a WebSocket and a WebRTC peer; the SDK itself is in tests/desk/test_softphone.py.
"""

from __future__ import annotations

import asyncio
import json
from array import array
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from websockets.asyncio.client import ClientConnection, connect

from channels.twilio.browser_token import ApiKey, browser_token
from channels.twilio_emulator.client_tokens import EXPIRED, INVALID, TokenRefused, read_token
from channels.twilio_emulator.clients import MOST, VOICE, Clients
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Call
from channels.twilio_emulator.serving import serving
from channels.twilio_emulator.signal import NO_SOUND
from channels.voice.control import Join
from tests.channels.twilio.centre import ANNA, KEY, OURS, SID, TOKEN, Running
from tests.channels.twilio.talking import ROOM, queued

PATIENCE = 20


class Hum(AudioStreamTrack):
    """A microphone: a hum, or silence."""

    hums = True

    async def recv(self) -> AudioFrame:
        silence = await super().recv()
        frame = AudioFrame(format="s16", layout="mono", samples=silence.samples)
        loud = 8000 if self.hums else 0
        frame.planes[0].update(array("h", [loud if n % 20 < 10 else -loud for n in range(frame.samples)]).tobytes())
        frame.pts, frame.sample_rate, frame.time_base = silence.pts, 8000, Fraction(1, 8000)
        return frame


@dataclass
class Browser:
    """What the Voice SDK does in one tab."""

    wire: ClientConnection
    microphone: Hum = field(default_factory=Hum)
    peer: RTCPeerConnection | None = None

    async def says(self, kind: str, **payload: Any) -> None:
        await self.wire.send(json.dumps({"type": kind, "version": "1.6", "payload": payload}))

    async def told(self, kind: str) -> dict[str, Any]:
        """The next message, which is of this kind; heartbeats are sent back."""
        async with asyncio.timeout(PATIENCE):
            while (said := await self.wire.recv()) == "\n":
                await self.wire.send("\n")
        message = json.loads(said)
        assert message["type"] == kind, message
        payload: dict[str, Any] = message["payload"]
        return payload

    async def registers(self, token: str) -> None:
        await self.says("listen", token=token)
        await self.told("connected")
        await self.says("register", media={"audio": True})
        await self.told("ready")

    async def answers(self, invite: dict[str, Any]) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peer.addTrack(self.microphone)
        await self.peer.setRemoteDescription(RTCSessionDescription(invite["sdp"], "offer"))
        await self.peer.setLocalDescription(await self.peer.createAnswer())
        await self.says("answer", callsid=invite["callsid"], sdp=self.peer.localDescription.sdp)


@asynccontextmanager
async def tab(phones: Running, identity: str = "anna") -> AsyncGenerator[Browser]:
    """A tab that has registered as a client."""
    async with connect(f"{phones.base.replace('http', 'ws', 1)}/signal") as wire:
        browser = Browser(wire)
        await browser.registers(browser_token(SID, KEY, identity))
        yield browser
        if browser.peer is not None:
            await browser.peer.close()


async def rings(phones: Running) -> tuple[Call, Call]:
    """A customer waits, and Anna is called for them; the customer's end and Anna's, which rings."""
    customer = await queued(phones)
    sid = await phones.control.connect_agent(ROOM, ANNA, OURS, mark="offer-1", label="anna")
    await phones.emulator.advance(1)
    leg = phones.emulator.world.calls[sid]
    assert leg.status == "ringing"
    return customer, leg


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if there():
                return
            await asyncio.sleep(0.02)


async def test_a_call_rings_in_the_browser_is_answered_there_and_both_hear_one_another(phones: Running) -> None:
    async with tab(phones) as anna:
        customer, leg = await rings(phones)
        invite = await anna.told("invite")
        assert invite["parameters"] == {"CallSid": leg.sid, "AccountSid": SID, "From": OURS, "To": ANNA}
        await anna.answers(invite)
        await until(lambda: leg.status == "in-progress")
        await phones.control.perform(customer.sid, [Join(ROOM, then="after")])
        await phones.emulator.settle()
        await until(lambda: f"{ANNA}: {VOICE}" in phones.emulator.heard(customer.sid))
        anna.microphone.hums = False
        await until(lambda: not phones.clients.is_loud(leg.sid))
        await anna.says("dtmf", callsid=leg.sid, dtmf="7")
        await until(lambda: phones.emulator.heard(customer.sid)[-1] == f"{ANNA}: tones 7")
        await anna.says("hangup", callsid=leg.sid)
        assert (await anna.told("hangup"))["callsid"] == leg.sid
        assert leg.status == "completed"


async def test_who_hangs_up_elsewhere_ends_the_call_in_the_browser(phones: Running) -> None:
    async with tab(phones) as anna:
        _, leg = await rings(phones)
        await anna.answers(await anna.told("invite"))
        await until(lambda: leg.status == "in-progress")
        await phones.control.hang_up(leg.sid)
        assert (await anna.told("hangup"))["callsid"] == leg.sid


async def test_a_browser_that_is_closed_leaves_the_call(phones: Running) -> None:
    async with tab(phones) as anna:
        _, leg = await rings(phones)
        await anna.answers(await anna.told("invite"))
        await until(lambda: leg.status == "in-progress")
        assert anna.peer is not None
        await until(lambda: anna.peer is not None and anna.peer.connectionState == "connected")
    await until(lambda: leg.is_over)


async def test_of_several_browsers_the_first_to_answer_has_the_call_and_the_others_stop_ringing(
    phones: Running,
) -> None:
    async with tab(phones) as one, tab(phones) as other:
        assert phones.clients.rings("anna") == 2
        _, leg = await rings(phones)
        late = await other.told("invite")
        await one.answers(await one.told("invite"))
        assert (await other.told("cancel"))["callsid"] == leg.sid
        await other.answers(late)
        assert (await other.told("cancel"))["callsid"] == leg.sid
        await until(lambda: leg.status == "in-progress")


async def test_a_call_that_is_declined_goes_on_ringing_elsewhere_and_is_busy_once_nobody_is_left(
    phones: Running,
) -> None:
    async with tab(phones) as one, tab(phones) as other:
        _, leg = await rings(phones)
        for browser in (one, other):
            await browser.told("invite")
        await one.says("reject", callsid=leg.sid)
        await until(lambda: phones.clients.ringing(leg.sid) == 1)
        assert leg.status == "ringing"
        await other.says("reject", callsid=leg.sid)
        await until(lambda: leg.is_over)
        assert leg.status == "busy"


async def test_a_call_is_taken_up_on_another_connection_by_its_token_alone(phones: Running) -> None:
    async with tab(phones) as anna:
        _, leg = await rings(phones)
        invite = await anna.told("invite")
        await anna.answers(invite)
        await until(lambda: leg.status == "in-progress")
        async with tab(phones) as again:
            await again.says("invite", callsid=leg.sid, sdp="", reconnect="guessed")
            assert (await again.told("hangup"))["error"]["code"]
            await again.says("invite", callsid=leg.sid, sdp="", reconnect=invite["reconnect"])
            assert (await again.told("answer"))["callsid"] == leg.sid
            await again.says("hangup", callsid=leg.sid)
            assert (await again.told("hangup"))["callsid"] == leg.sid


async def test_without_a_browser_a_client_is_who_it_was_declared_to_be(phones: Running) -> None:
    async with tab(phones) as anna:
        await anna.says("register", media={"audio": False})
        await anna.told("offline")
    sid = await phones.control.connect_agent(ROOM, ANNA, OURS, mark="offer-1", label="anna")
    await phones.emulator.advance(5)
    assert phones.emulator.world.calls[sid].status == "in-progress"


async def test_no_more_browsers_register_than_twilio_rings(phones: Running) -> None:
    async with AsyncExitStack() as closing:
        for _ in range(MOST):
            await closing.enter_async_context(tab(phones))
        with pytest.raises(AssertionError, match="too many browsers"):
            await closing.enter_async_context(tab(phones))


@pytest.mark.parametrize(
    ("key", "account"),
    [
        (ApiKey(KEY.sid, "another secret that is long enough for it"), SID),
        (ApiKey("SK" + "c3" * 16, KEY.secret), SID),
        (KEY, "AC" + "d4" * 16),
    ],
)
async def test_a_token_of_another_key_or_account_registers_nobody(phones: Running, key: ApiKey, account: str) -> None:
    async with connect(f"{phones.base.replace('http', 'ws', 1)}/signal") as wire:
        browser = Browser(wire)
        await browser.says("register", media={"audio": True})
        assert (await browser.told("error"))["error"]["code"] == INVALID
        await browser.says("listen", token=browser_token(account, key, "anna"))
        assert (await browser.told("error"))["error"]["code"] == INVALID
        await wire.send("no JSON")
        assert (await browser.told("error"))["error"]["message"]
    assert phones.clients.rings("anna") == 0


def test_a_token_whose_time_is_out_is_told_from_one_that_is_none() -> None:
    made: Any = AccessToken(
        SID, KEY.sid, KEY.secret, identity="anna", ttl=-60, grants=[VoiceGrant(incoming_allow=True)]
    )
    with pytest.raises(TokenRefused) as refused:
        read_token(made.to_jwt(), SID, {KEY.sid: KEY.secret})
    assert refused.value.code == EXPIRED
    made = AccessToken(SID, KEY.sid, KEY.secret, identity="anna")
    with pytest.raises(TokenRefused, match="no voice grant"):
        read_token(made.to_jwt(), SID, {KEY.sid: KEY.secret})


async def test_an_emulator_without_sound_says_what_to_install() -> None:
    emulator = Emulator(SID, TOKEN)
    async with (
        serving(emulator, clients=Clients(emulator, lambda: None)) as base,
        connect(f"{base.replace('http', 'ws', 1)}/signal") as wire,
    ):
        browser = Browser(wire)
        await browser.says("listen", token=browser_token(SID, KEY, "anna"))
        assert (await browser.told("error"))["error"]["message"] == NO_SOUND
