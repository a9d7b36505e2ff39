"""What a turn of a flow leads to: the new place, what the call does, and what it means for the centre."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from channels.voice.control import Step
from domain.centre.documents import ProjectDocument
from domain.voice.place import Place


@dataclass(frozen=True, slots=True)
class EnteredQueue:
    """The caller wants an agent of this queue. `consent` to the recording: announced, asked, or none (empty)."""

    queue: str
    priority: int | None
    consent: str


@dataclass(frozen=True, slots=True)
class LeftMessage:
    """The caller spoke a message; `recipient` where it is for somebody to be passed on to."""

    queue: str
    seconds: int
    recording: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class WantsCallback:
    """The caller is to be called back at `number` (as keyed), or where it is empty at the number that calls."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GaveNumber:
    """The caller keyed a customer number that fits the pattern."""

    digits: str = field(repr=False)
    known: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The caller said whether the call may be recorded."""

    consent: bool


Meaning = EnteredQueue | LeftMessage | WantsCallback | GaveNumber | Answered


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so at this moment. `line`: the number that was called. `caller_known`: the caller's is not withheld."""

    project: ProjectDocument
    now: datetime
    line: str
    caller_known: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """`steps` end with one after which the call reports by itself, or with its end."""

    place: Place
    steps: tuple[Step, ...]
    meanings: tuple[Meaning, ...] = ()
