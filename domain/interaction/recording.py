"""Recording a conversation: with consent, paused while card data is given, stored when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.channel import is_spoken
from domain.decide import Command, Moment, Outcome, decides
from domain.interaction.call import RECORDING, Recording, RecordingStatus
from domain.interaction.call_events import (
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
)
from domain.interaction.state import Interaction, interaction_of
from domain.rejection import NotFound, Rejection
from domain.states import States
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecording(Command):
    """`recording_id` is the provider's own, so that the same recording starts once."""

    interaction_id: str
    leg: str
    recording_id: str
    consent: Literal["announced", "asked", "not_needed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording(Command):
    """Keep nothing until resumed; again it changes nothing."""

    interaction_id: str
    recording_id: str
    reason: Literal["card_data", "wish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecording(Command):
    interaction_id: str
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecording(Command):
    interaction_id: str
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRecording(Command):
    """The sound is in the store under `reference`: `seconds` long, `size` in bytes."""

    interaction_id: str
    recording_id: str
    reference: str
    media_type: str
    seconds: float
    size: int


def _recording(interaction: Interaction, recording_id: str) -> Recording:
    found = interaction.recordings.get(recording_id)
    if found is None:
        raise NotFound("recording", recording_id)
    return found


def _where(interaction: Interaction, leg: str, recording_id: str) -> dict[str, str]:
    agents = interaction.leg(leg)
    return {
        "interaction_id": interaction.interaction_id,
        "leg": leg,
        "work_id": agents.work_id,
        "agent_id": agents.agent_id,
        "recording_id": recording_id,
    }


@decides(StartRecording)
def start(states: States, c: StartRecording, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = interaction.leg(c.leg)
    if c.recording_id in interaction.recordings:
        return Outcome()
    if leg.status != "connected" or not is_spoken(leg.wanted.channel):
        raise Rejection("not_possible_now", "only a conversation that is going on can be recorded")
    started = RecordingStarted.model_validate({**_where(interaction, c.leg, c.recording_id), "consent": c.consent})
    return Outcome().add("interaction", c.interaction_id, started)


def _moved(
    states: States,
    c: PauseRecording | ResumeRecording | StopRecording,
    kind: type[RecordingPaused | RecordingResumed | RecordingStopped],
    already: tuple[RecordingStatus, ...],
    **more: str,
) -> Outcome:
    """The recording after `kind`; nothing where it is so `already`."""
    interaction = interaction_of(states, c.interaction_id)
    recording = _recording(interaction, c.recording_id)
    if recording.status in already:
        return Outcome()
    step(RECORDING, recording.status, kind, "the recording")
    event = kind.model_validate({**_where(interaction, recording.leg, c.recording_id), **more})
    return Outcome().add("interaction", c.interaction_id, event)


@decides(PauseRecording)
def pause(states: States, c: PauseRecording, at: Moment) -> Outcome:
    return _moved(states, c, RecordingPaused, ("paused",), reason=c.reason)


@decides(ResumeRecording)
def resume(states: States, c: ResumeRecording, at: Moment) -> Outcome:
    return _moved(states, c, RecordingResumed, ("running",))


@decides(StopRecording)
def stop(states: States, c: StopRecording, at: Moment) -> Outcome:
    return _moved(states, c, RecordingStopped, ("ended", "stored"))


@decides(StoreRecording)
def store(states: States, c: StoreRecording, at: Moment) -> Outcome:
    """Also after the interaction was closed: providers deliver late."""
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    recording = _recording(interaction, c.recording_id)
    if recording.status == "stored":
        return Outcome()
    step(RECORDING, recording.status, RecordingStored, "the recording")
    stored = RecordingStored(
        interaction_id=c.interaction_id,
        customer_id=interaction.customer_id,
        leg=recording.leg,
        recording_id=c.recording_id,
        reference=c.reference,
        media_type=c.media_type,
        seconds=c.seconds,
        size=c.size,
    )
    return Outcome().add("interaction", c.interaction_id, stored)
