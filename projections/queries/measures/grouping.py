"""Spans of time and groups: to which queue, channel, site, agent, hour or day something counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

By = Literal["", "queue", "channel", "site", "agent", "hour", "day"]
BY: tuple[str, ...] = tuple(name for name in get_args(By) if name)

#: The longest span of one question, groups of one answer and rows of one kind that are read for it.
LONGEST = timedelta(days=400)
MAX_GROUPS = 10_000
MAX_ROWS = 2_000_000

_HOUR = timedelta(hours=1)


class UnusableSpan(ValueError):
    """The span cannot be measured, or holds more than one question may ask for; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Span:
    """[`since`, `until`), with days and hours read in `zone`. Raises `UnusableSpan`."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise UnusableSpan("give both ends of the span with their time zone, as in 2026-03-01T08:00:00+01:00")
        if self.since >= self.until:
            raise UnusableSpan(f"the span ends ({self.until.isoformat()}) before it begins ({self.since.isoformat()})")
        if self.until - self.since > LONGEST:
            raise UnusableSpan(f"the span is longer than {LONGEST.days} days; ask for a shorter one")

    def hour(self, moment: datetime) -> tuple[str, datetime]:
        """The local hour that holds a moment, by its beginning, and when it ends."""
        local = moment.astimezone(self.zone)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        start = moment.astimezone(UTC) - into
        return start.astimezone(self.zone).isoformat(timespec="minutes"), start + _HOUR

    def day(self, moment: datetime) -> tuple[str, datetime]:
        """The local day that holds a moment, and when it ends: days on which clocks change are of 23 or 25 hours."""
        date = moment.astimezone(self.zone).date()
        end = datetime.combine(date + timedelta(days=1), datetime.min.time(), self.zone)
        return date.isoformat(), end.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows are told apart. `moment` names the column that says when a row of this kind counts."""

    by: By
    span: Span

    def key(self, row: Mapping[str, Any], moment: str) -> str | None:
        """The group of a row; None where there are no groups."""
        if not self.by:
            return None
        cut = self._cut()
        if cut is not None:
            return cut(row[moment])[0]
        return str(row["agent_id" if self.by == "agent" else self.by])

    def stretches(self, row: Mapping[str, Any], start: datetime, end: datetime) -> Iterator[tuple[str | None, float]]:
        """The seconds of an agent's time by group; None where the groups are none of agents' time."""
        cut = self._cut()
        if cut is None:
            by = {"agent": "agent_id", "site": "site"}.get(self.by)
            yield (str(row[by]) if by else None), (end - start).total_seconds()
            return
        while start < end:
            key, until = cut(start)
            until = min(until, end)
            yield key, (until - start).total_seconds()
            start = until

    def _cut(self) -> Callable[[datetime], tuple[str, datetime]] | None:
        return {"hour": self.span.hour, "day": self.span.day}.get(self.by)
