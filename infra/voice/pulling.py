"""Recordings pulled from the provider: stored under the customer's key, put on record, and only then deleted there."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from channels.voice.control import CallControl
from domain.decide import Command
from domain.execute import Executor, Origin
from domain.interaction.recording import StoreRecording
from domain.ports import Blobs
from domain.voice.messages import StoreMessage
from infra.voice.lookup import ACTOR, Lookup
from infra.voice.seen import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulling:
    """`blobs` is the store of recordings: a folder, each customer's under their own key."""

    executor: Executor
    lookup: Lookup
    blobs: Blobs

    async def pull(self, kept: Kept, control: CallControl) -> None:
        """Raises `CallFault` while the provider does not have it complete, `KeyDestroyed` for an erased customer."""
        sound = await control.fetch_recording(kept.recording_id)
        customer_id = (await self.lookup.interaction(kept.interaction_id)).customer_id
        reference = await self.blobs.put(customer_id, sound)
        stored = _message(kept, customer_id, reference, sound)
        if kept.what == "conversation":
            stored = _conversation(kept, reference, sound)
        await self.executor.execute(stored, Origin(project=kept.project, pool=kept.pool, actor=ACTOR))
        await control.delete_recording(kept.recording_id)


def _message(kept: Kept, customer_id: str, reference: str, sound: bytes) -> Command:
    return StoreMessage(
        call_id=kept.call_id,
        customer_id=customer_id,
        recording_id=kept.recording_id,
        reference=reference,
        media_type="audio/wav",
        seconds=kept.seconds,
        size=len(sound),
    )


def _conversation(kept: Kept, reference: str, sound: bytes) -> Command:
    return StoreRecording(
        interaction_id=kept.interaction_id,
        recording_id=kept.recording_id,
        reference=reference,
        media_type="audio/wav",
        seconds=_seconds(sound),
        size=len(sound),
    )


def _seconds(sound: bytes) -> float:
    """The length of a WAV file; 0 where it is none."""
    try:
        with wave.open(BytesIO(sound)) as file:
            return cast("int", file.getnframes()) / file.getframerate()
    except (wave.Error, EOFError):
        return 0.0
