"""Service levels and ratings over a span of time. The definitions stand in `projections.figures`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from projections.reading import Reader, Row, View, reads

#: Rows of quarters of an hour read for one question: more than a year of ten queues asks too much at once.
MAX_ROWS = 400_000
PORTION = 10_000


class SpanTooLong(ValueError):
    """The span holds more than can be summed at once; ask for a shorter one."""


class ServiceLevel(View):
    """One queue. `level` = answered in time / (answered + abandoned), None before the first; `mean_wait` in seconds."""

    queue: str
    offered: int
    answered: int
    in_time: int
    abandoned: int
    flowed_out: int
    cancelled: int
    level: float | None
    mean_wait: float | None


class Rating(View):
    """Scores from 1 (poor) to 5 (excellent); `mean` None where nobody has rated."""

    ratings: int
    mean: float | None


class AgentRating(Rating):
    agent_id: str


def _span(read: Reader, table: str, project: str, since: datetime, until: datetime, name: str) -> list[Row]:
    """The rows of all intervals that begin in [since, until)."""
    by = ("interval", name)
    rows: list[Row] = []
    after: tuple[datetime, str] = (since - timedelta(microseconds=1), "")
    while True:
        portion: Sequence[Row] = read.scan(table, {"project": project}, by, after=after, until=until, limit=PORTION)
        rows += [row for row in portion if row["interval"] < until]
        if len(portion) < PORTION:
            return rows
        if len(rows) >= MAX_ROWS:
            raise SpanTooLong(f"more than {MAX_ROWS} figures lie in this span; ask for a shorter one")
        after = (portion[-1]["interval"], portion[-1][name])


@reads("figures")
def service_levels(
    read: Reader, project: str, since: datetime, until: datetime, *, queue: str | None = None
) -> tuple[ServiceLevel, ...]:
    """How the queues of a project did in the intervals that begin in [since, until), by queue.

    A local day is asked for by its first moment and that of the next day, in its own zone.
    """
    sums: dict[str, dict[str, float]] = {}
    for row in _span(read, "figures_queues", project, since, until, "queue"):
        if queue is None or row["queue"] == queue:
            own = sums.setdefault(row["queue"], dict.fromkeys(_COUNTED, 0))
            for name in _COUNTED:
                own[name] += row[name]
    return tuple(_level(name, sums[name]) for name in sorted(sums))


_COUNTED = ("offered", "answered", "in_time", "abandoned", "flowed_out", "cancelled", "waited")


def _level(queue: str, own: dict[str, float]) -> ServiceLevel:
    ended = own["answered"] + own["abandoned"]
    return ServiceLevel(
        queue=queue,
        offered=int(own["offered"]),
        answered=int(own["answered"]),
        in_time=int(own["in_time"]),
        abandoned=int(own["abandoned"]),
        flowed_out=int(own["flowed_out"]),
        cancelled=int(own["cancelled"]),
        level=own["in_time"] / ended if ended else None,
        mean_wait=own["waited"] / own["answered"] if own["answered"] else None,
    )


@reads("figures")
def ratings(read: Reader, project: str, since: datetime, until: datetime) -> tuple[Rating, tuple[AgentRating, ...]]:
    """How the company and each agent were rated in the intervals that begin in [since, until)."""
    sums: dict[str, tuple[int, int]] = {}
    for row in _span(read, "figures_ratings", project, since, until, "agent_id"):
        count, total = sums.get(row["agent_id"], (0, 0))
        sums[row["agent_id"]] = (count + row["ratings"], total + row["total"])
    count, total = sums.pop("", (0, 0))
    company = Rating(ratings=count, mean=total / count if count else None)
    own = [
        AgentRating(agent_id=agent_id, ratings=count, mean=total / count)
        for agent_id, (count, total) in sorted(sums.items())
        if count
    ]
    return company, tuple(own)
