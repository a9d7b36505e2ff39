"""Boards of a few agents, in the words of tests."""

from __future__ import annotations

from typing import Any

from domain.agent.commands import BecomeNotReady, BecomeReady
from router import Router
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
