"""Explanations of a pool's log, put together as the command does it."""

from __future__ import annotations

from typing import Any

from domain.interaction.events import InteractionOffered
from router.awaiting import Awaiting, await_
from router.escalating import Escalating
from router.explaining import Explained, explain
from router.redeciding import Made
from router.rehearsing import Rehearsal
from tests.router.pool import POOL, Pool


def profile(**changes: Any) -> dict[str, Any]:
    usual = {
        "capacity": 2,
        "channels": {"email": {"concurrency": 2}, "sms": {"concurrency": 1}},
        "queues": {"p/a": {}, "p/b": {}},
    }
    return usual | changes


def last_made(pool: Pool) -> Made:
    recorded = pool.log_offers()[-1]
    assert isinstance(recorded.event, InteractionOffered)
    return Made.of(recorded.position, recorded.event)


def board_at(pool: Pool, position: int) -> Rehearsal:
    rehearsal = Rehearsal(POOL)
    for recorded in pool.log:
        if recorded.position <= position:
            rehearsal.fold(recorded)
    return rehearsal


def explained(pool: Pool, other: str | None = None) -> Explained:
    """The last decision of a pool's log."""
    made = last_made(pool)
    return explain(board_at(pool, made.decision.position), made, other)


def kinds(found: Explained) -> list[tuple[str, ...]]:
    assert found.other is not None
    return [remedy.kinds for remedy in found.other.remedies]


def awaited(pool: Pool, item: str, other: str | None = None) -> Awaiting:
    rehearsal = Rehearsal(POOL)
    escalating = Escalating(rehearsal.board)
    for recorded in pool.log:
        rehearsal.fold(recorded)
        escalating.fold(recorded)
    return await_(rehearsal, escalating.waits, (item, "1"), pool.now, other)
