"""The states a decision is made on: streams folded so far, and a way to ask for one more.

`decide` is pure, so it cannot load. Reading a stream that is not there raises `StreamNeeded`; `execute` loads
it and decides again. What was read becomes part of the append: the log checks that it still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from domain.event import Event
from domain.stream import category_of, stream_of

State = TypeVar("State")


class StreamNeeded(Exception):
    """The decision wants the state of one more stream."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        super().__init__(stream)


@dataclass(frozen=True, slots=True)
class Concept:
    """How the streams of one category are folded: the state before any event, and one step."""

    category: str
    initial: Any
    evolve: Callable[[Any, Event], Any]


CONCEPTS: dict[str, Concept] = {}


def concept(category: str, initial: Any, evolve: Callable[[Any, Event], Any]) -> Concept:
    """Register how streams named `category-…` are folded."""
    if category in CONCEPTS:
        raise TypeError(f"category {category!r} is already registered")
    CONCEPTS[category] = Concept(category, initial, evolve)
    return CONCEPTS[category]


def fold(stream: str, events: list[Event], state: Any = None) -> Any:
    """The state of `stream` after `events`, starting from `state` or from nothing."""
    this = CONCEPTS[category_of(stream)]
    current = this.initial if state is None else state
    for event in events:
        current = this.evolve(current, event)
    return current


class States:
    """Folded streams by name; asking for an absent one raises `StreamNeeded`."""

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self._loaded = loaded
        self.asked: set[str] = set()

    def after(self, events: Mapping[str, list[Event]]) -> States:
        """These states after events that are not recorded yet, for a decision that builds on another."""
        states = {s: fold(s, events[s], state) if s in events else state for s, state in self._loaded.items()}
        return States(states)

    def of(self, kind: type[State], category: str, identity: str) -> State:
        """The state of stream `category-identity`, of class `kind`; its initial state if it has no events."""
        stream = stream_of(category, identity)
        self.asked.add(stream)
        try:
            state = self._loaded[stream]
        except KeyError:
            raise StreamNeeded(stream) from None
        assert isinstance(state, kind), f"{stream} folds to {type(state).__name__}, not {kind.__name__}"
        return state
