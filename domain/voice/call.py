"""A caller's leg as decisions see it: absent → going on → ended, and where in its flow it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from domain.event import Event
from domain.personal import plain
from domain.rejection import NotFound, Rejection
from domain.states import States, concept
from domain.transitions import Table, step
from domain.voice.events import (
    CallEnded,
    CallProceeded,
    CallStarted,
    CustomerNumberKeyed,
    MessageLeft,
    MessageStored,
    RecordingAgreed,
)
from domain.voice.place import Place

Status = Literal["absent", "going_on", "ended"]

STATUS: Table[Status] = {
    ("absent", CallStarted): "going_on",
    ("going_on", CallProceeded): "going_on",
    ("going_on", CustomerNumberKeyed): "going_on",
    ("going_on", RecordingAgreed): "going_on",
    ("going_on", MessageLeft): "going_on",
    # providers deliver what was recorded late
    ("going_on", MessageStored): "going_on",
    ("ended", MessageLeft): "ended",
    ("ended", MessageStored): "ended",
    ("going_on", CallEnded): "ended",
}


@dataclass(frozen=True, slots=True)
class Call:
    """`place` is None until the flow has begun; `caller` empty where the number is withheld."""

    call_id: str = ""
    status: Status = "absent"
    interaction_id: str = ""
    customer_id: str = ""
    number: str = ""
    provider: str = ""
    caller: str = ""
    place: Place | None = None
    messages: frozenset[str] = frozenset()
    stored: frozenset[str] = frozenset()
    #: Whom messages are for, by recording.
    recipients: Mapping[str, str] = field(default_factory=dict[str, str])
    #: The interactions that messages are work of, by recording: another one where the call's was over.
    work: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def turn(self) -> int:
        """The turns taken."""
        return 0 if self.place is None else self.place.turn


def evolve(state: Call, event: Event) -> Call:
    status = state.status
    if (status, type(event)) in STATUS:
        status = step(STATUS, status, type(event), "the call")
    match event:
        case CallStarted():
            return replace(
                state,
                status=status,
                call_id=event.call_id,
                interaction_id=event.interaction_id,
                customer_id=event.customer_id,
                number=event.number,
                provider=event.provider,
                caller=plain(event.caller, otherwise=""),
            )
        case CallProceeded():
            return replace(state, status=status, place=event.place)
        case MessageLeft():
            recipients = {**state.recipients, event.recording_id: event.recipient}
            work = {**state.work, event.recording_id: event.interaction_id}
            messages = state.messages | {event.recording_id}
            return replace(state, status=status, messages=messages, recipients=recipients, work=work)
        case MessageStored():
            return replace(state, status=status, stored=state.stored | {event.recording_id})
        case _:
            return state if status == state.status else replace(state, status=status)


concept("call", Call(), evolve)


def call_of(states: States, call_id: str) -> Call:
    """The call, going on. Raises `NotFound`, or `Rejection` (`call_over`)."""
    found = states.of(Call, "call", call_id)
    if found.status == "absent":
        raise NotFound("call", call_id)
    if found.status == "ended":
        raise Rejection("call_over", "the caller has hung up")
    return found
