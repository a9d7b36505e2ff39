"""What the router remembers of a leg that waits, besides what the board has."""

from __future__ import annotations

from domain.decide import Command
from domain.interaction.escalation import AnnounceWait, OverflowInteraction, TakeStep
from router.crew import Requirement
from router.records import Item


class Watched:
    """A leg that waits: what was asked for it, which steps wait for somebody, when its customer was last told."""

    __slots__ = ("announce_us", "asked", "crowded", "dues", "held", "item", "rest_us")

    def __init__(self, item: Item) -> None:
        self.item = item
        #: When each step is due by the present rules (None: never), in their order; None: not worked out yet.
        self.dues: tuple[int | None, ...] | None = None
        #: Steps that wait for somebody who could then take the item, by number.
        self.held: dict[int, Requirement] = {}
        #: Commands on their way into the log.
        self.asked: set[Command] = set()
        #: When the next announcement was due, as the last one said.
        self.announce_us: int | None = None
        #: Whether so many waited when it was queued that it overflows.
        self.crowded = False
        #: After a refusal: nothing is asked before this.
        self.rest_us = 0

    @property
    def overflowed(self) -> bool:
        return 0 in self.item.steps

    def steps_asked(self) -> set[int]:
        return {command.step for command in self.asked if isinstance(command, TakeStep)}

    def has_asked(self, kind: type[Command]) -> bool:
        return any(isinstance(command, kind) for command in self.asked)

    def heard(self) -> None:
        """An event of the leg came: what it says was done is no longer on its way."""
        self.asked = {command for command in self.asked if not self._done(command)}

    def _done(self, command: Command) -> bool:
        match command:
            case TakeStep():
                return command.step in self.item.steps
            case OverflowInteraction():
                return self.overflowed
            case _:
                return isinstance(command, AnnounceWait)
