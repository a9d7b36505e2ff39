"""Boards of a few agents, in the words of tests."""

from __future__ import annotations

from typing import Any

from domain.agent.commands import BecomeNotReady, BecomeReady
from router import Excluded, Router
from tests.router.pool import Pool

MAILS: dict[str, Any] = {"capacity": 4, "channels": {"email": {"concurrency": 4}}, "queues": {"p/a": {}, "p/b": {}}}
ONE = MAILS | {"capacity": 1}


def pool_of(**queue: Any) -> Pool:
    pool = Pool()
    pool.project("p", {"a": queue, "b": queue})
    return pool


def holding(pool: Pool, router: Router, agent_id: str, pieces: int) -> None:
    """Let one agent alone have so many pieces of work in hand."""
    others = [name[6:] for name, one in pool.states.items() if name.startswith("agent-") and one.presence == "ready"]
    for other in others:
        if other != agent_id:
            pool.do(BecomeNotReady(agent_id=other, reason="elsewhere"))
    for _ in range(pieces):
        pool.arrive("a")
    pool.route(router)
    for offer in pool.offers():
        pool.accept(offer)
    for other in others:
        if other != agent_id:
            pool.do(BecomeReady(agent_id=other))
    pool.fold(router)


def profile(**changes: Any) -> dict[str, Any]:
    usual = {
        "capacity": 3,
        "channels": {"email": {"concurrency": 3}, "sms": {"concurrency": 1, "units": 3}},
        "queues": {"p/a": {}, "p/b": {}},
    }
    return usual | changes


def verdict(router: Router, pool: Pool, interaction_id: str, agent_id: str) -> Excluded | None:
    pool.fold(router)
    found = router.explain(interaction_id, "1", agent_id, pool.now).excluded_by
    return None if found is None else found.excluded
