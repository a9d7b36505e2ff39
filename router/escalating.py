"""What the router asks for besides offers and time-outs: steps, overflow, announcements, expiry, silent work queued
again, agents released from a site that is down, certifications that ran out.

A router folds every event here after its board, asks what is due between time-outs and offers, and says what was
refused. Everything is worked out from the log and the present rules; each command is harmless early, late or twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.agent.commands import ExpireSkill
from domain.centre.outage import EvacuateAgent
from domain.decide import Command
from domain.event import Event, Recorded
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, RequeueSilent, TakeStep
from router.asking import Ask
from router.board import Board
from router.evacuations import Evacuations
from router.records import Cause
from router.silences import Silences
from router.waits import Waits

_ASKED = (AnnounceWait, EvacuateAgent, ExpireSkill, ExpireWork, OverflowInteraction, RequeueSilent, TakeStep)


class Escalating:
    """`waits` also knows estimates and the steps ahead of a waiting leg."""

    def __init__(self, board: Board) -> None:
        self.waits = Waits(board)
        self._board = board
        self._silences, self._evacuations = Silences(board), Evacuations(board)
        self._causes: dict[Command, Cause] = {}
        self._folds: dict[type[Event], list[Callable[[Any, Recorded], None]]] = {}
        for part in (self.waits, self._silences, self._evacuations):
            for kind, fold in part.folds().items():
                self._folds.setdefault(kind, []).append(fold)

    def fold(self, recorded: Recorded) -> None:
        """Take in an event that the board has folded already."""
        for fold in self._folds.get(type(recorded.event), ()):
            fold(recorded.event, recorded)

    def folds(self) -> Mapping[type[Event], Sequence[Callable[[Any, Recorded], None]]]:
        """How to take in each event that matters here, once the board has folded it."""
        return self._folds

    def due(self, now_us: int) -> list[Command]:
        """What is to be asked for now; nothing of it again before it was refused or an event shows that it failed."""
        board = self._board
        asks: list[Ask] = board.certifications.due(now_us, board.agents)
        asks += self._evacuations.due(now_us) + self._silences.due(now_us) + self.waits.due(now_us)
        if not asks and not self._causes:
            return []
        self._causes = dict(asks)
        return [ask.command for ask in asks]

    def wake_us(self) -> int | None:
        """When something falls due next if no event comes before, in microseconds; None for never."""
        first: int | None = None
        for at_us in (self._evacuations.wake_us(), self._silences.wake_us(), self.waits.wake_us()):
            if at_us is not None and (first is None or at_us < first):
                first = at_us
        return first

    def cause(self, command: Command) -> Cause | None:
        """The event that gave cause to a command of the last `due`; None for another's command."""
        return self._causes.get(command) if isinstance(command, _ASKED) else None

    def refused(self, command: Command, now_us: int) -> bool:
        """A command changed nothing; it is asked for again a little later. False for another's command."""
        match command:
            case TakeStep() | OverflowInteraction() | AnnounceWait() | ExpireWork():
                self.waits.refused(command, now_us)
            case RequeueSilent():
                self._silences.refused(command, now_us)
            case ExpireSkill():
                self._board.certifications.refused(command, now_us)
            case EvacuateAgent():
                self._evacuations.refused(command, now_us)
            case _:
                return False
        return True
