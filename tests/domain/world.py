"""Given / when / then for the pure core: commands are decided on folded streams, no log and no clock anywhere.

world.given(sign_in("anna"), ready("anna"))
world.when(offer(work, "anna")).then(happened(InteractionOffered, agent_id="anna"), happened(AgentReserved))
world.when(accept(...)).rejected("offer_gone")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from domain.decide import Command, Outcome, decide
from domain.event import Event, Recorded
from domain.execute import CONCEPT_MODULES
from domain.invariants import Checker
from domain.rejection import Rejection
from domain.states import CONCEPTS, States, StreamNeeded
from domain.stream import category_of, identity_of
from tests.domain.documents import centre, project

assert CONCEPT_MODULES, "importing it registers every concept"

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Happened:
    """One expected event: its class, and those of its fields that matter here."""

    def __init__(self, kind: type[Event], fields: dict[str, Any]) -> None:
        self.kind, self.fields = kind, fields

    def __eq__(self, other: object) -> bool:
        return type(other) is self.kind and all(getattr(other, name) == value for name, value in self.fields.items())

    def __repr__(self) -> str:
        return f"{self.kind.__name__}({', '.join(f'{k}={v!r}' for k, v in self.fields.items())})"


def happened(kind: type[Event], /, **fields: Any) -> Happened:
    return Happened(kind, fields)


@dataclass
class Then:
    """What a command led to."""

    outcome: Outcome | None
    rejection: Rejection | None

    @property
    def events(self) -> list[Event]:
        assert self.rejection is None, f"rejected: {self.rejection}"
        assert self.outcome is not None
        return [event for events in self.outcome.events.values() for event in events]

    @property
    def result(self) -> dict[str, str]:
        assert self.outcome is not None, f"rejected: {self.rejection}"
        return self.outcome.result

    def then(self, *expected: Happened) -> Then:
        """Exactly these, in order."""
        assert self.events == list(expected)
        return self

    def including(self, *expected: Happened) -> Then:
        """These among others."""
        for one in expected:
            assert one in self.events, f"{one} is not among {[type(e).__name__ for e in self.events]}"
        return self

    def without(self, *kinds: type[Event]) -> Then:
        assert not [event for event in self.events if isinstance(event, kinds)]
        return self

    def changes_nothing(self) -> Then:
        assert self.events == []
        return self

    def rejected(self, code: str, saying: str = "") -> Then:
        if self.rejection is None:
            pytest.fail(f"not rejected: {[type(event).__name__ for event in self.events]}")
        assert self.rejection.code == code
        assert saying in self.rejection.reason
        return self

    def all(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def one(self, kind: type[Event]) -> Any:
        (found,) = self.all(kind)
        return found


@dataclass
class World:
    """Streams folded so far. Every outcome is folded by the checker too, so that each test checks the invariants."""

    now: datetime = START
    states: dict[str, Any] = field(default_factory=dict[str, Any])
    history: dict[str, list[Event]] = field(default_factory=dict[str, list[Event]])
    checker: Checker = field(default_factory=Checker)
    _ids: Any = field(default_factory=lambda: count(1))

    def new_id(self) -> str:
        return str(UUID(int=next(self._ids)))

    def wait(self, **time: float) -> World:
        self.now += timedelta(**time)
        return self

    def given(self, *commands: Command) -> World:
        for command in commands:
            assert self.when(command).rejection is None, f"{command} was rejected"
        return self

    def when(self, command: Command) -> Then:
        try:
            outcome = self._decide(command)
        except Rejection as rejection:
            return Then(None, rejection)
        self._fold(outcome)
        return Then(outcome, None)

    def of(self, category: str, identity: str) -> Any:
        return self.states.get(f"{category}-{identity}", CONCEPTS[category].initial)

    def _decide(self, command: Command) -> Outcome:
        asked: dict[str, Any] = {}
        first = next(self._ids)
        while True:
            drawn = count(first)  # the same ids each time the command is decided
            try:
                outcome = decide(
                    States(asked), command, now=self.now, new_id=lambda numbers=drawn: str(UUID(int=next(numbers)))
                )
            except StreamNeeded as needed:
                asked[needed.stream] = self.of(category_of(needed.stream), identity_of(needed.stream))
                continue
            self._ids = count(next(drawn))
            return outcome

    def _fold(self, outcome: Outcome) -> None:
        recorded: list[Recorded] = []
        for stream, events in outcome.events.items():
            known = self.history.setdefault(stream, [])
            for event in events:
                known.append(event)
                recorded.append(
                    Recorded(
                        len(recorded) + 1,
                        stream,
                        len(known),
                        event,
                        "",
                        "hotline",
                        "main",
                        "",
                        self.now,
                        self.now,
                        "",
                        "",
                    )
                )
        self.checker.fold(recorded)
        self.states = self.checker.states


def configured() -> World:
    """A centre with a project, everybody signed out."""
    return World().given(*configure())


def configure() -> list[Command]:
    from domain.centre.configuration import ConfigureCentre, ConfigureProject

    return [
        ConfigureProject(document=project(), expected_revision=0),
        ConfigureCentre(document=centre(), expected_revision=0),
    ]
