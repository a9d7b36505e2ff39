"""Queues: how much waits, since when, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from projections.reading import MAX_PAGE, Page, Reader, View, read_cursor, reads, write_cursor


class SiteLength(View):
    """What waits in a queue from one site; the empty name is for contacts that came through no site."""

    site: str
    waiting: int
    scheduled: int
    oldest: datetime | None


class QueueLength(View):
    """A queue. `waiting` can be worked now, `scheduled` is for later; `oldest` is when the longest wait began."""

    project: str
    queue: str
    waiting: int
    scheduled: int
    oldest: datetime | None
    sites: tuple[SiteLength, ...] = ()


class WaitingWork(View):
    """Work that waits. `offers`: how many agents it rings at; `trail`: who missed it; `target` in seconds.

    `also` (further queues), `rings`, `sites` (none: any) and `language_required` say whose agents may take it by now;
    `announced`: the estimated wait in seconds that the customer was told at `announced_at`.
    """

    interaction_id: str
    leg: str
    project: str
    queue: str
    channel: str
    priority: int
    arrived_at: datetime
    ready_at: datetime
    target: int
    customer_id: str
    site: str
    language: str
    language_required: bool
    skills: dict[str, int]
    also: tuple[str, ...]
    rings: int
    sites: tuple[str, ...]
    steps: tuple[int, ...]
    expires_at: datetime | None
    announced: int | None
    announced_at: datetime | None
    trail: tuple[str, ...]
    offers: int
    reason: str


@reads("queue_board")
def queue_lengths(read: Reader, project: str, now: datetime) -> tuple[QueueLength, ...]:
    """Every queue of a project that ever had work, and its contacts' sites."""
    lengths: list[QueueLength] = []
    for name in read.find("queue_names", project=project):
        where = {"project": project, "queue": name["queue"]}
        from_sites = read.find("queue_sites", **where)
        sites = tuple(SiteLength(site=s["site"], **_length(read, where | {"site": s["site"]}, now)) for s in from_sites)
        lengths.append(QueueLength(**where, **_length(read, where, now), sites=sites))
    return tuple(lengths)


def _length(read: Reader, where: Mapping[str, str], now: datetime) -> dict[str, Any]:
    total = read.count("queue_waiting", where)
    waiting = read.count("queue_waiting", where, by="ready_at", until=now)
    first = read.scan("queue_waiting", where, ("ready_at", "interaction_id", "leg"), until=now, limit=1)
    return {"waiting": waiting, "scheduled": total - waiting, "oldest": first[0]["ready_at"] if first else None}


@reads("queue_board")
def waiting_work(
    read: Reader, project: str, queue: str, *, cursor: str | None = None, limit: int = 50
) -> Page[WaitingWork]:
    """What waits in a queue, the longest wait first, scheduled callbacks last. Raises `BadCursor`."""
    limit = max(1, min(limit, MAX_PAGE))
    by = ("ready_at", "interaction_id", "leg")
    where = {"project": project, "queue": queue}
    after = read_cursor(cursor, datetime, str, str) if cursor else None
    rows = read.scan("queue_waiting", where, by, after=after, limit=limit + 1)
    page = rows[:limit]
    following = None
    if len(rows) > limit:
        following = write_cursor(page[-1]["ready_at"], page[-1]["interaction_id"], page[-1]["leg"])
    items = tuple(map(WaitingWork.of, page))
    return Page(items=items, next=following)
