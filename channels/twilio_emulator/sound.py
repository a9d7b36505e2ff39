"""The provider's end of a browser's sound: WebRTC by aiortc (RFC 8825). It sends silence, and hears whether one speaks.

aiortc comes with the extra `softphone`; without it there is no sound, and no browser can register.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable
from typing import Any, Final

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InvalidStateError, OperationError
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

#: Of 32,767: what is louder is somebody who speaks.
_LOUD: Final = 400
#: Seconds of quiet after which nobody speaks any more, and between two tellings that somebody does.
_QUIET: Final = 1.0
_AGAIN: Final = 5.0
_LOST: Final = frozenset({"failed", "closed"})


class PeerSound:
    """`spoken` is called when somebody begins to speak, and again while they do; `gone` when the browser is."""

    def __init__(self, spoken: Callable[[], None], gone: Callable[[], None]) -> None:
        self.loud = False
        self._spoken, self._gone = spoken, gone
        self._closed = False
        self._hearing: asyncio.Task[None] | None = None
        # no servers: both ends are on this machine, and nothing is to be asked elsewhere
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peer.addTrack(AudioStreamTrack())
        self._peer.on("track", self._begin)
        self._peer.on("connectionstatechange", self._changed)

    async def offer(self) -> str:
        await self._peer.setLocalDescription(await self._peer.createOffer())
        return self._peer.localDescription.sdp

    async def accept(self, answer: str) -> None:
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except (InvalidStateError, OperationError) as fault:
            raise ValueError("no session description that answers ours") from fault

    async def close(self) -> None:
        self._closed, self.loud = True, False
        if self._hearing is not None:
            self._hearing.cancel()
        await self._peer.close()

    def _begin(self, track: Any) -> None:
        self._hearing = asyncio.create_task(self._hear(track))

    def _changed(self) -> None:
        if self._peer.connectionState in _LOST and not self._closed:
            self._gone()

    async def _hear(self, track: Any) -> None:
        now, told = 0.0, -_AGAIN
        last = -_QUIET
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            now += frame.samples / frame.sample_rate
            if _loudness(bytes(frame.planes[0])) > _LOUD:
                last = now
            was, self.loud = self.loud, now - last < _QUIET
            if self.loud and (not was or now - told >= _AGAIN):
                told = now
                self._spoken()


def _loudness(samples: bytes) -> int:
    """The largest of 16-bit samples, which are packed in one plane."""
    found = array("h", samples[: len(samples) // 2 * 2])
    return max(max(found, default=0), -min(found, default=0))
