"""What waiting changes: steps, overflow, announcements, expiry, and work that was answered but stays silent.

The router asks for all of these, at deadlines that follow from the log and the queue's rules; each is harmless
early, late or twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.decide import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Command):
    """Take the queue's step number `step` (from 1) for a waiting leg; early or again it changes nothing."""

    project: str
    interaction_id: str
    leg: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowInteraction(Command):
    """Let the agents of the queue's overflow take the leg too; again it changes nothing."""

    project: str
    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceWait(Command):
    """Tell a waiting customer the estimated wait, in `seconds`, and their place in line."""

    project: str
    interaction_id: str
    leg: str
    seconds: int
    place: int
    method: Literal["queue_length", "head_of_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireWork(Command):
    """Give up a waiting leg whose time is out; before that, or once it is taken, it changes nothing."""

    project: str
    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequeueSilent(Command):
    """Queue work again whose agent has not replied in time; after a reply it changes nothing."""

    project: str
    interaction_id: str
    leg: str
    work_id: str
