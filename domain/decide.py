"""One pure door: `decide(states, command, now=…, new_id=…)` gives the events that follow, by stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from domain.card_numbers import without_card_numbers
from domain.event import Event
from domain.ports import NewId
from domain.states import States
from domain.stream import stream_of


class Command:
    """Something that somebody wants to happen; a frozen dataclass that carries all it needs."""

    __slots__ = ()


@dataclass(slots=True)
class Moment:
    """Time and ids are arguments: the moment at which a decision is made."""

    now: datetime
    new_id: NewId


@dataclass(slots=True)
class Outcome:
    """The events a decision leads to, in order within each stream, and what its caller wants to know."""

    events: dict[str, list[Event]] = field(default_factory=dict[str, list[Event]])
    result: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, category: str, identity: str, *events: Event) -> Outcome:
        self.events.setdefault(stream_of(category, identity), []).extend(events)
        return self

    def merge(self, other: Outcome) -> Outcome:
        for stream, events in other.events.items():
            self.events.setdefault(stream, []).extend(events)
        self.result |= other.result
        return self


C = TypeVar("C", bound=Command)
DeciderOf = Callable[[States, C, Moment], Outcome]
Decider = Callable[[States, Any, Moment], Outcome]
DECIDERS: dict[type[Command], Decider] = {}


def decides(command: type[C]) -> Callable[[DeciderOf[C]], DeciderOf[C]]:
    """Register the function that decides `command`."""

    def register(decider: DeciderOf[C]) -> DeciderOf[C]:
        if command in DECIDERS:
            raise TypeError(f"{command.__name__} is already decided by {DECIDERS[command].__name__}")
        DECIDERS[command] = decider
        return decider

    return register


def decide(states: States, command: Command, *, now: datetime, new_id: NewId) -> Outcome:
    """Decide a command on the given states.

    Raises `Rejection` when it is not possible, `StreamNeeded` when one more stream must be loaded first.
    An outcome without events means that what was wanted is already so. No decision records a card number, whatever
    people wrote.
    """
    outcome = DECIDERS[type(command)](states, command, Moment(now, new_id))
    outcome.events = {stream: [without_card_numbers(e) for e in events] for stream, events in outcome.events.items()}
    return outcome
