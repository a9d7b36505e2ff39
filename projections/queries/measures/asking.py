"""The question itself: which rows lie in the span, and which group each of them counts to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.centre.goals import ServiceLevel
from projections.measures.time import LONGEST
from projections.queries.measures.grouping import MAX_GROUPS, MAX_ROWS, By, Grouping, Span, UnusableSpan
from projections.queries.measures.levels import Verdict, concerns, verdict
from projections.queries.measures.rules import OpenHours, current, definitions_of
from projections.queries.measures.sums import Sums
from projections.queries.measures.views import Measures
from projections.reading import MAX_PAGE, Reader, Row, reads

#: Rows read at a time.
PORTION = 10_000
#: Days within which a matter that comes back was not resolved.
REOPEN_DAYS = 7
#: Keys behind which everything of one moment lies.
_BEFORE = timedelta(microseconds=1)


@reads("contact_measures", "agent_measures", "matter_measures")
def measures(
    read: Reader,
    project: str,
    span: Span,
    *,
    now: datetime,
    by: By = "",
    definitions: Mapping[str, ServiceLevel] | None = None,
    days: int = REOPEN_DAYS,
    most_rows: int = MAX_ROWS,
) -> Measures:
    """The measures of a project in a span, together and `by` group.

    `definitions` None takes those of the project's document. `now` ends the agents' time that still runs. A matter
    that is reopened within `days` was not resolved. Raises `NotConfigured`; `UnusableSpan` when more than `most_rows`
    rows of one kind lie in the span, or more groups than one answer may hold.
    """
    rules = current(read, project)
    chosen = definitions_of(read, project) if definitions is None else definitions
    asked = _Asked(read, project, Grouping(by, span), chosen, most_rows)
    asked.contacts()
    asked.work()
    asked.agent_time(rules["pool"], now)
    asked.matters(timedelta(days=days))
    timed = by not in ("queue", "channel")
    return Measures(
        project=project,
        since=span.since,
        until=span.until,
        now=now,
        zone=span.zone.key,
        by=by,
        definitions=tuple(chosen),
        total=asked.total.view("", chosen, timed=True),
        groups=tuple(asked.groups[key].view(key, chosen, timed=timed) for key in sorted(asked.groups)),
    )


@reads("contact_measures")
def measured_projects(read: Reader) -> tuple[str, ...]:
    """The projects that there is anything to measure of, by name; at most so many as a page holds."""
    return tuple(row["project"] for row in read.scan("measure_projects", {}, ("project",), limit=MAX_PAGE))


class _Asked:
    """One question being answered."""

    def __init__(
        self,
        read: Reader,
        project: str,
        grouping: Grouping,
        definitions: Mapping[str, ServiceLevel],
        most: int,
    ) -> None:
        self._read, self._project, self._grouping, self._definitions = read, project, grouping, definitions
        self._most = most
        self._hours = OpenHours(read, project)
        self._open = any(definition.clock == "open_hours" for definition in definitions.values())
        self.total, self.groups = Sums(), dict[str, Sums]()

    def _sums(self, key: str | None) -> tuple[Sums, ...]:
        """Where something counts: to all together, and to its group."""
        if key is None:
            return (self.total,)
        if key not in self.groups:
            if len(self.groups) >= MAX_GROUPS:
                raise UnusableSpan(f"more than {MAX_GROUPS} groups lie in this span; ask for a shorter one")
            self.groups[key] = Sums()
        return (self.total, self.groups[key])

    def _rows(self, table: str, moment: str, *key: str) -> Iterator[Row]:
        """The project's rows of this table whose moment lies in the span."""
        span = self._grouping.span
        yield from self._between(table, {"project": self._project}, (moment, *key), span.since)

    def contacts(self) -> None:
        for row in self._rows("measure_contacts", "began", "interaction_id", "leg", "segment"):
            if not row["counted"]:
                continue
            ended: datetime | None = row["ended"]
            waited = (ended - row["began"]).total_seconds() if ended is not None else 0.0
            verdicts = list(self._verdicts(row, ended, waited)) if ended is not None else []
            for sums in self._sums(self._grouping.key(row, "began")):
                sums.contact(row, waited, verdicts)

    def _verdicts(self, row: Row, ended: datetime, waited: float) -> Iterator[tuple[str, Verdict]]:
        opened = self._hours.seconds(row, row["began"], ended) if self._open else waited
        for name, definition in self._definitions.items():
            if concerns(definition, row):
                seconds = opened if definition.clock == "open_hours" else waited
                yield name, verdict(definition, row["outcome"], seconds)

    def work(self) -> None:
        for row in self._rows("measure_work", "offered", "work_id"):
            for sums in self._sums(self._grouping.key(row, "offered")):
                sums.work(row)

    def agent_time(self, pool: str, now: datetime) -> None:
        """Stretches that reach into the span, which began at most a day before it, and those that still last."""
        span = self._grouping.span
        where, by = {"pool": pool}, ("began", "agent_id")
        for row in self._between("measure_time", where, by, span.since - LONGEST):
            self._stretch(row, row["ended"])
        for agent in self._every("measure_agents", where, ("agent_id",)):
            if agent["state"] != "signed_out":
                doing = {"working": bool(agent["in_hand"]), "consulted": bool(agent["consulted"])}
                self._stretch({**agent, **doing}, now)

    def _stretch(self, row: Mapping[str, Any], ended: datetime) -> None:
        span = self._grouping.span
        start, end = max(row["began"], span.since), min(ended, span.until)
        if start >= end or self._project not in row["projects"]:
            return
        for key, seconds in self._grouping.stretches(row, start, end):
            for sums in self._sums(key):
                sums.agent_time(row, seconds)

    def matters(self, within: timedelta) -> None:
        for row in self._rows("measure_resolved", "resolved", "ticket_id"):
            for sums in self._sums(self._grouping.key(row, "resolved")):
                sums.matter(row, within)
        for row in self._rows("measure_rated", "rated", "ticket_id"):
            for sums in self._sums(self._grouping.key(row, "rated")):
                sums.rating(row)

    def _between(self, table: str, equal: Mapping[str, Any], by: tuple[str, ...], since: datetime) -> Iterator[Row]:
        """All rows from `since` on, by the first column of `by`, before the span's end."""
        until = self._grouping.span.until
        after = (since - _BEFORE, *(0 if name == "segment" else "" for name in by[1:]))
        for row in self._every(table, equal, by, after=after, until=until):
            # the reader's bounds lie around the span: a key of one microsecond before it, and its very end
            if since <= row[by[0]] < until:
                yield row

    def _every(
        self,
        table: str,
        equal: Mapping[str, Any],
        by: tuple[str, ...],
        *,
        after: tuple[Any, ...] | None = None,
        until: datetime | None = None,
    ) -> Iterator[Row]:
        """All these rows, in portions. Raises `UnusableSpan` when there are too many."""
        seen = 0
        while True:
            portion = self._read.scan(table, equal, by, after=after, until=until, limit=PORTION)
            seen += len(portion)
            if seen > self._most:
                raise UnusableSpan(f"more than {self._most:,} rows lie in this span; ask for a shorter one")
            yield from portion
            if len(portion) < PORTION:
                return
            after = tuple(portion[-1][name] for name in by)
