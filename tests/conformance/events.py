"""A few events of the conformance suite's own, and the ways to propose them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from domain.event import Event, Proposed
from domain.personal import Personal
from domain.ports import Change
from domain.upcasting import upcaster


class Rang(Event, wire="conformance.rang.v1"):
    """Something without personal data."""

    number: int
    queue: str = "billing"


class Wrote(Event, wire="conformance.wrote.v1"):
    """Something with personal data, one of the fields optional."""

    customer_id: str
    text: Personal[str]
    signature: Personal[str] | None = None
    words: int = 0


class Rated(Event, wire="conformance.rated.v3"):
    """Came through two older shapes, of which no class is left."""

    customer_id: str
    stars: int
    comment: Personal[str] | None = None


@upcaster("conformance.rated.v1", "conformance.rated.v2")
def _rated_in_percent(data):
    return {"customer_id": data["customer_id"], "stars": data["percent"] // 20, "remark": data.get("remark")}


@upcaster("conformance.rated.v2", "conformance.rated.v3")
def _remark_is_comment(data):
    return {"customer_id": data["customer_id"], "stars": data["stars"], "comment": data["remark"]}


MOMENT = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
_ids = itertools.count(1)


def proposed(event: Event, *, pool: str = "north", event_id: str = "") -> Proposed:
    return Proposed(
        event=event,
        event_id=event_id or f"event-{next(_ids)}",
        project="acme",
        pool=pool,
        actor="agent:anna",
        occurred_at=MOMENT,
        causation_id="command-1",
        correlation_id="conversation-1",
    )


def rings(stream: str, expected: int, count: int = 1, *, pool: str = "north") -> Change:
    """A change of `count` events numbered from `expected` + 1."""
    return Change(stream, expected, [proposed(Rang(number=expected + 1 + n), pool=pool) for n in range(count)])


def wrote(customer: str, text: str, **fields) -> Proposed:
    return proposed(Wrote(customer_id=customer, text=text, **fields))
