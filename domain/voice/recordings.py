"""What becomes of a recording once it was made: kept for its time, listened to, removed; or never had.

A recording is a small stream of its own, whether it is of a conversation or a message that a caller left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.rejection import Rejection
from domain.states import States, concept


class RecordingPlayed(Event, wire="recording.played.v1"):
    """Somebody with a right to it listened."""

    recording_id: str
    interaction_id: str
    customer_id: str
    account_id: str


class RecordingRemoved(Event, wire="recording.removed.v1"):
    """The sound is gone from our store: its time is over, or somebody had it removed."""

    recording_id: str
    interaction_id: str
    customer_id: str
    reason: str


class RecordingGivenUp(Event, wire="recording.given_up.v1"):
    """The sound could not be got from the provider, which was asked often enough, or has it no more."""

    recording_id: str
    interaction_id: str
    reason: str


class RecordingCopySettled(Event, wire="recording.copy_settled.v1"):
    """What becomes of the provider's own copy, now that we have ours: deleted, or left there as the project wishes."""

    recording_id: str
    interaction_id: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Sound:
    removed: bool = False
    given_up: bool = False
    copy_settled: bool = False


def evolve(state: Sound, event: Event) -> Sound:
    match event:
        case RecordingRemoved():
            return replace(state, removed=True)
        case RecordingGivenUp():
            return replace(state, given_up=True)
        case RecordingCopySettled():
            return replace(state, copy_settled=True)
        case _:
            return state


concept("recording", Sound(), evolve)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRecording(Command):
    """Put on record that an account listens, before it does. Raises `Rejection` (`recording_removed`)."""

    recording_id: str
    interaction_id: str
    customer_id: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRecording(Command):
    """The sound is removed; again it changes nothing."""

    recording_id: str
    interaction_id: str
    customer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpRecording(Command):
    """The sound is not to be had; again it changes nothing."""

    recording_id: str
    interaction_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleCopy(Command):
    """The provider's copy is `deleted`, or stays; again it changes nothing."""

    recording_id: str
    interaction_id: str
    deleted: bool


def _sound(states: States, recording_id: str) -> Sound:
    return states.of(Sound, "recording", recording_id)


@decides(PlayRecording)
def play(states: States, c: PlayRecording, at: Moment) -> Outcome:
    if _sound(states, c.recording_id).removed:
        raise Rejection("recording_removed", "this recording was removed; what was said in it is gone")
    played = RecordingPlayed(
        recording_id=c.recording_id,
        interaction_id=c.interaction_id,
        customer_id=c.customer_id,
        account_id=c.account_id,
    )
    return Outcome().add("recording", c.recording_id, played)


@decides(RemoveRecording)
def remove(states: States, c: RemoveRecording, at: Moment) -> Outcome:
    if _sound(states, c.recording_id).removed:
        return Outcome()
    removed = RecordingRemoved(
        recording_id=c.recording_id, interaction_id=c.interaction_id, customer_id=c.customer_id, reason=c.reason
    )
    return Outcome().add("recording", c.recording_id, removed)


@decides(GiveUpRecording)
def give_up(states: States, c: GiveUpRecording, at: Moment) -> Outcome:
    if _sound(states, c.recording_id).given_up:
        return Outcome()
    given_up = RecordingGivenUp(recording_id=c.recording_id, interaction_id=c.interaction_id, reason=c.reason)
    return Outcome().add("recording", c.recording_id, given_up)


@decides(SettleCopy)
def settle_copy(states: States, c: SettleCopy, at: Moment) -> Outcome:
    if _sound(states, c.recording_id).copy_settled:
        return Outcome()
    settled = RecordingCopySettled(recording_id=c.recording_id, interaction_id=c.interaction_id, deleted=c.deleted)
    return Outcome().add("recording", c.recording_id, settled)
