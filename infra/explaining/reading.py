"""Fold a stored log up to a decision and explain it, or go through all of it and make every decision again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field

from domain.event import Recorded
from domain.ports import Log
from infra.explaining.subject import Offered, Unoffered, unknown_agent
from router.awaiting import Awaiting, await_
from router.escalating import Escalating
from router.explaining import Explained, explain
from router.redeciding import Made, Redecided, Redeciding
from router.rehearsing import Rehearsal

BATCH = 5_000
#: Differing decisions kept to be shown; they are counted without end.
MOST_SHOWN = 1_000
#: Called with the position reached and the last one there will be.
Progress = Callable[[int, int], None]


async def explained(log: Log, what: Offered, agent: str | None, progress: Progress) -> Explained:
    """A recorded decision, explained. Raises `NothingToExplain` for an agent who was not registered by then."""
    rehearsal = Rehearsal(what.pool)
    await _fold(log, what.pool, what.made.decision.position, rehearsal, None, progress)
    _known(rehearsal, agent)
    return explain(rehearsal, what.made, agent)


async def awaited(log: Log, what: Unoffered, agent: str | None, head: int, progress: Progress) -> Awaiting:
    """A leg's waiting, explained; `head` is the last position of the log."""
    rehearsal = Rehearsal(what.pool)
    escalating = Escalating(rehearsal.board)
    await _fold(log, what.pool, what.position or head, rehearsal, escalating, progress)
    _known(rehearsal, agent)
    at = max(what.at, rehearsal.board.seen)
    return await_(rehearsal, escalating.waits, (what.interaction_id, what.leg), at, agent)


def _known(rehearsal: Rehearsal, agent: str | None) -> None:
    if agent is not None and agent not in rehearsal.board.agents:
        raise unknown_agent(agent, sorted(rehearsal.board.agents))


async def _fold(
    log: Log, pool: str, last: int, rehearsal: Rehearsal, escalating: Escalating | None, progress: Progress
) -> None:
    after = 0
    while batch := [one for one in await log.read(after, BATCH, pool=pool) if one.position <= last]:
        for recorded in batch:
            rehearsal.fold(recorded)
            if escalating is not None:
                escalating.fold(recorded)
        after = batch[-1].position
        progress(after, last)


@dataclass(slots=True)
class Verified:
    """What became of making every recorded decision again. `differing` stops growing, `differ` does not."""

    decisions: int = 0
    differ: int = 0
    events: int = 0
    pools: int = 0
    differing: list[Redecided] = field(default_factory=list[Redecided])

    @property
    def same(self) -> bool:
        return not self.differ

    def add(self, one: Redecided) -> None:
        self.decisions += 1
        if not one.same:
            self.differ += 1
            if len(self.differing) < MOST_SHOWN:
                self.differing.append(one)


async def redecided(log: Log, head: int, progress: Progress) -> Verified:
    """Make every decision up to position `head` again, in one pass over the log for all pools.

    Only decisions that were recorded much later than made, or by a clock that ran ahead, take another pass.
    """
    verified = Verified()
    passes: dict[str, Redeciding] = {}
    async for recorded in _all(log, head):
        if recorded.pool not in passes:
            passes[recorded.pool] = Redeciding(recorded.pool)
        _take(verified, passes[recorded.pool].read(recorded))
        verified.events += 1
        if not verified.events % BATCH:
            progress(recorded.position, head)
    for passing in passes.values():
        _take(verified, passing.end())
    verified.pools = len(passes)
    left = {pool: passing.left for pool, passing in passes.items() if passing.left}
    while left:
        left = await _again(log, head, left, verified, progress)
    progress(head, head)
    return verified


async def _again(
    log: Log, head: int, left: dict[str, list[Made]], verified: Verified, progress: Progress
) -> dict[str, list[Made]]:
    """Another pass for what the one before left; what it leaves in turn, which is less."""
    passes = {pool: Redeciding(pool, made) for pool, made in left.items()}
    async for recorded in _all(log, head):
        if recorded.pool in passes:
            _take(verified, passes[recorded.pool].read(recorded))
            if not recorded.position % BATCH:
                progress(recorded.position, head)
    for passing in passes.values():
        _take(verified, passing.end())
    return {pool: passing.left for pool, passing in passes.items() if passing.left}


def _take(verified: Verified, found: Iterator[Redecided]) -> None:
    for one in found:
        verified.add(one)


async def _all(log: Log, head: int) -> AsyncGenerator[Recorded]:
    after = 0
    while batch := await log.read(after, BATCH):
        for recorded in batch:
            if recorded.position > head:
                return
            yield recorded
        after = batch[-1].position
