"""Recordings pulled from the provider: stored under the customer's key, put on record, and then deleted there."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from channels.voice.control import CallControl, CallGone
from domain.decide import Command
from domain.execute import Executor, Origin
from domain.interaction.recording import StoreRecording
from domain.ports import KeyDestroyed, RecordingStore
from domain.voice.messages import StoreMessage
from domain.voice.recordings import GiveUpRecording, SettleCopy
from infra.voice.lookup import ACTOR, Lookup
from infra.voice.seen import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulling:
    """`recordings` is the store of ours, where each customer's lie under their own key."""

    executor: Executor
    lookup: Lookup
    recordings: RecordingStore

    async def pull(self, kept: Kept, control: CallControl) -> None:
        """Raises `CallFault` while the provider does not have it complete, what a store raises that is away.

        One that the provider has no more is given up; one of an erased customer is, and is deleted there.
        """
        try:
            sound = await control.fetch_recording(kept.recording_id)
        except CallGone:
            await self.give_up(kept, "the provider has it no more")
            return
        customer_id = (await self.lookup.interaction(kept.interaction_id)).customer_id
        try:
            reference = await self.recordings.put(customer_id, sound)
        except KeyDestroyed:
            await control.delete_recording(kept.recording_id)
            await self.give_up(kept, "the customer was erased")
            return
        stored = _message(kept, customer_id, reference, sound)
        if kept.what == "conversation":
            stored = _conversation(kept, reference, sound)
        await self._execute(kept, stored)

    async def see_to_copy(self, kept: Kept, control: CallControl) -> None:
        """Delete the provider's copy, unless the project wants it kept. Raises `CallFault`."""
        project = self.lookup.configured.projects.get(kept.project)
        rules = project.recordings if project is not None else None
        deleted = rules is None or rules.provider_copy == "delete"
        if deleted:
            await control.delete_recording(kept.recording_id)
        settle = SettleCopy(recording_id=kept.recording_id, interaction_id=kept.interaction_id, deleted=deleted)
        await self._execute(kept, settle)

    async def give_up(self, kept: Kept, reason: str) -> None:
        """Put on record that the sound is not to be had."""
        command = GiveUpRecording(recording_id=kept.recording_id, interaction_id=kept.interaction_id, reason=reason)
        await self._execute(kept, command)

    async def _execute(self, kept: Kept, command: Command) -> None:
        await self.executor.execute(command, Origin(project=kept.project, pool=kept.pool, actor=ACTOR))


def _message(kept: Kept, customer_id: str, reference: str, sound: bytes) -> Command:
    return StoreMessage(
        project=kept.project,
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
