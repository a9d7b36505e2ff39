"""The lines of a number: counted, so that a caller past the last one hears that it is busy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from domain.decide import Outcome
from domain.event import Event
from domain.states import States, concept
from domain.voice.events import CallRefused, LineFreed, LineTaken


@dataclass(frozen=True, slots=True)
class Lines:
    """The calls that have a line."""

    held: frozenset[str] = field(default_factory=frozenset[str])


def evolve(state: Lines, event: Event) -> Lines:
    match event:
        case LineTaken():
            return replace(state, held=state.held | {event.call_id})
        case LineFreed():
            return replace(state, held=state.held - {event.call_id})
        case _:
            return state


concept("line", Lines(), evolve)


def lines_id(project: str, number: str) -> str:
    """The id of the stream that counts the lines of a project's number."""
    return f"{project}.{number}"


def take_line(states: States, project: str, number: str, call_id: str, lines: int) -> tuple[bool, Outcome]:
    """Whether the call has a line, and what happens so that it has; a call that has one keeps it."""
    identity = lines_id(project, number)
    held = states.of(Lines, "line", identity).held
    if call_id in held:
        return True, Outcome()
    if len(held) >= lines:
        refused = CallRefused(number=number, call_id=call_id, lines=lines)
        return False, Outcome().add("line", identity, refused)
    return True, Outcome().add("line", identity, LineTaken(number=number, call_id=call_id))


def free_line(states: States, project: str, number: str, call_id: str) -> Outcome:
    """Free the call's line, if it has one."""
    identity = lines_id(project, number)
    if call_id not in states.of(Lines, "line", identity).held:
        return Outcome()
    return Outcome().add("line", identity, LineFreed(number=number, call_id=call_id))
