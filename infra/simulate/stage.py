"""Events as the log would hold them, made and folded at once: there is no log behind a simulation.

The router reads what it reads of a recorded event; nothing is validated or stored on the way, which is what makes
a simulated month cheap. Every field of every event is there all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from domain.event import Event, Recorded
from router import Router

POOL, PROJECT, ACTOR = "simulated", "simulated", "simulation"
_new, _set, _tuple = object.__new__, object.__setattr__, tuple.__new__


class Stage:
    """The pool's one order of events, and the clock of the run."""

    def __init__(self, router: Router, start: datetime) -> None:
        self.router, self._start = router, start
        self._fold = router.fold
        self.now = start
        self.position = 0

    def at(self, micros: int) -> datetime:
        return self._start + timedelta(microseconds=micros)

    def set_time(self, micros: int) -> None:
        self.now = self._start + timedelta(microseconds=micros)

    def say(self, event: Event, stream: str, project: str = PROJECT) -> None:
        """The event happens now."""
        self.position = position = self.position + 1
        now = self.now
        values = (position, stream, 1, event, "", project, POOL, ACTOR, now, now, "", stream)
        self._fold(_tuple(Recorded, values))  # a named tuple's own __new__ takes twice the time


E = TypeVar("E", bound=Event)


class Maker(Generic[E]):
    """Makes events of one kind from values of its fields; those with a default may be left out.

    `model_construct` with its search for defaults done once: a fifth of its time.
    """

    __slots__ = ("_defaults", "_fields", "_kind", "_size")

    def __init__(self, kind: type[E]) -> None:
        self._kind, self._fields = kind, set(kind.model_fields)
        self._size = len(self._fields)
        self._defaults = {name: field.default for name, field in kind.model_fields.items() if not field.is_required()}

    def __call__(self, values: dict[str, Any]) -> E:
        event = _new(self._kind)
        if len(values) != self._size:
            values = {**self._defaults, **values}
        _set(event, "__dict__", values)
        _set(event, "__pydantic_fields_set__", self._fields)
        _set(event, "__pydantic_extra__", None)
        _set(event, "__pydantic_private__", None)
        return event
