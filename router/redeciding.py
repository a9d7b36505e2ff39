"""Make the recorded decisions of a stored log again, from the log alone.

Each offer's decision names the last event its board had seen and the time. A board is fed the log; at each such
position it is asked once more, at that time, and what it says is compared with what was recorded. An offer stands in
the log a little after the position it was decided at, so events are folded some way behind the last one read; the few
decisions that were recorded later still, or by a clock that ran ahead of another's, are left for another pass.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from domain.event import Recorded
from domain.interaction.events import Decision, InteractionOffered
from router.instants import micros
from router.rehearsing import Rehearsal

#: How many events folding stays behind reading.
BEHIND = 20_000


class Made(NamedTuple):
    """A recorded decision, and the position of the offer that holds it."""

    position: int
    interaction_id: str
    leg: str
    agent_id: str
    decision: Decision

    @classmethod
    def of(cls, position: int, event: InteractionOffered) -> Made:
        return cls(position, event.interaction_id, event.leg, event.agent_id, event.decision)


class Redecided(NamedTuple):
    """A recorded decision and what the router says now; None: it would not make this offer."""

    made: Made
    again: Decision | None

    @property
    def same(self) -> bool:
        """Byte for byte."""
        return self.again is not None and self.again.model_dump_json() == self.made.decision.model_dump_json()


class Redeciding:
    """One pass over the events of a pool.

    `only`: the decisions to be made again (those an earlier pass left); else every one that is read. Feed every
    event to `read` in log order, then `end`; `left` are decisions for another pass.
    """

    def __init__(self, pool: str, only: Iterable[Made] | None = None, *, behind: int = BEHIND) -> None:
        self._rehearsal = Rehearsal(pool)
        self._behind = behind
        self._waiting: deque[Recorded] = deque()
        self._due: dict[int, list[Made]] = {}
        self._now_us = 0
        self._reads = only is None
        self.left: list[Made] = []
        for made in only or ():
            self._register(made)

    def read(self, recorded: Recorded) -> Iterator[Redecided]:
        """Take the next event; what could be decided again by now."""
        if self._reads and isinstance(recorded.event, InteractionOffered):
            self._register(Made.of(recorded.position, recorded.event))
        self._waiting.append(recorded)
        if len(self._waiting) > self._behind:
            yield from self._fold(self._waiting.popleft())

    def end(self) -> Iterator[Redecided]:
        """No event comes any more: the rest, and as not made again those that name a position which is none."""
        while self._waiting:
            yield from self._fold(self._waiting.popleft())
        for group in self._due.values():
            yield from (Redecided(made, None) for made in group)
        self._due.clear()

    def _register(self, made: Made) -> None:
        if 0 < made.decision.position <= self._rehearsal.board.position:
            self.left.append(made)
        else:
            self._due.setdefault(made.decision.position, []).append(made)

    def _fold(self, recorded: Recorded) -> Iterator[Redecided]:
        self._rehearsal.fold(recorded)
        group = self._due.pop(recorded.position, None)
        if group is not None:
            for at in sorted({made.decision.at for made in group}):
                yield from self._decide(at, [made for made in group if made.decision.at == at])

    def _decide(self, at: datetime, group: list[Made]) -> Iterator[Redecided]:
        """Everything that one look at the board decided. Time never steps back within a pass."""
        if micros(at) < self._now_us:
            self.left.extend(group)
            return
        self._now_us = micros(at)
        again = {
            (match.item.interaction_id, match.item.leg, match.agent.agent_id): match.decision
            for match in self._rehearsal.look(at)
        }
        for made in group:
            yield Redecided(made, again.get((made.interaction_id, made.leg, made.agent_id)))


def redecide(pool: str, events: Iterable[Recorded]) -> Iterator[Redecided]:
    """All recorded decisions of a pool's log that is in memory, made again."""
    log = list(events)
    passing = Redeciding(pool)
    while True:
        for recorded in log:
            yield from passing.read(recorded)
        yield from passing.end()
        if not passing.left:
            return
        passing = Redeciding(pool, passing.left)
