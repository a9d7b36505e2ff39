"""Ask the router what it would do at some moment of a stored log, and leave the board as it was."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from domain.event import Recorded
from router.board import Board
from router.instants import instant, micros
from router.matching import Match, Matching


class Rehearsal:
    """A board folded from a log, on which decisions are made without being carried out."""

    def __init__(self, pool: str) -> None:
        self.board = Board(pool)
        self.now_us = 0

    def fold(self, recorded: Recorded) -> None:
        """Take in the next event of the pool. Raises `ValueError` for another pool's, or one out of order."""
        self.board.fold(recorded)

    @contextmanager
    def after(self, matches: Sequence[Match]) -> Generator[None]:
        """The board as it was once these offers, of the last look, had been made."""
        made: list[Match] = []
        self.board.settle()
        try:
            for match in matches:
                self.board.propose(match.agent, match.item)
                made.append(match)
            yield
        finally:
            self._withdraw(made)

    def look(self, at: datetime) -> Iterator[Match]:
        """The offers that a router would make at this moment, each held on the board until the next is asked for.

        Time never steps back. Go through to the end: only then is the board as it was.
        """
        self.now_us = max(self.now_us, micros(at), micros(self.board.seen))
        self.board.pass_time(self.now_us)
        held: list[Match] = []
        try:
            for match in Matching(self.board, instant(self.now_us), self.now_us).run():
                held.append(match)
                yield match
        finally:
            self._withdraw(held)

    def _withdraw(self, held: Sequence[Match]) -> None:
        """Backwards: what the last proposal changed is put back before what the first one did."""
        for match in reversed(held):
            self.board.withdraw(match.agent.agent_id, match.item)
