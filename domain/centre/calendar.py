"""One calendar of opening hours as a line of intervals in UTC, a day at a time, each day worked out once.

The instant of a local time L is the first at which the zone's clock shows L or later: where the clock is put forward
over L, that is the change itself; where it is put back, the first of the two. So intervals keep the order of their
local times, whatever the clock does, and a span within a skipped hour is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: From when to when it is open, in microseconds since 1970 UTC; the end is not part of it.
Interval = tuple[int, int]
#: From when to when, in minutes of the local day.
Minutes = tuple[int, int]

#: Days within which a calendar opens or closes again, or never does.
NEVER_AFTER = 400
#: Days kept worked out; about eleven years, so that nothing real ever comes twice.
MAX_DAYS = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Ordinals of dates whose neighbours are dates too.
_FIRST, _LAST = date.min.toordinal() + 1, date.max.toordinal() - 1


def micros(at: datetime) -> int:
    """An instant as microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """Microseconds since 1970 as an instant, in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def minutes_of(span: str) -> Minutes:
    """`08:00-12:30` as minutes of the day: (480, 750)."""
    return int(span[:2]) * 60 + int(span[3:5]), int(span[6:8]) * 60 + int(span[9:11])


def union(spans: Sequence[str]) -> tuple[Minutes, ...]:
    """The spans in order, those that touch or overlap as one; one that ends before it begins is none."""
    joined: list[Minutes] = []
    for start, end in sorted(minutes_of(span) for span in spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


class Calendar:
    """The opening hours of one place. Raises `zoneinfo.ZoneInfoNotFoundError` for a zone that is none."""

    __slots__ = ("_days", "_known", "_weekly", "_zone")

    def __init__(self, time_zone: str, weekly: Sequence[Sequence[str]], days: Mapping[str, Sequence[str]]) -> None:
        """`weekly`: the spans of Monday, Tuesday, … Sunday; `days`: those of single dates, as in 2026-12-24."""
        self._zone = ZoneInfo(time_zone)
        self._weekly = tuple(union(spans) for spans in weekly)
        self._days = {day: union(spans) for day, spans in days.items()}
        self._known: dict[int, tuple[Interval, ...]] = {}

    def day(self, ordinal: int) -> tuple[Interval, ...]:
        """The intervals of the local date with this proleptic ordinal, in order."""
        found = self._known.get(ordinal)
        if found is None:
            if len(self._known) >= MAX_DAYS:
                self._known.clear()
            found = self._known[ordinal] = tuple(self._worked_out(ordinal))
        return found

    def ordinal(self, at: datetime) -> int:
        """The local date of an instant, as proleptic ordinal."""
        return at.astimezone(self._zone).toordinal()

    def intervals(self, at: datetime, days: int) -> Iterator[Interval]:
        """Intervals that end after `at`, in order, `days` local days ahead, or until none comes for `NEVER_AFTER`."""
        now, today = micros(at), self.ordinal(at)
        seen = today
        # yesterday too: where a clock is put back over midnight, today's first minutes are shown as yesterday's
        for ordinal in range(today - 1, today + days + 1):
            for interval in self.day(ordinal):
                seen = ordinal
                if interval[1] > now:
                    yield interval
            if ordinal - seen > NEVER_AFTER:
                return

    def _worked_out(self, ordinal: int) -> Iterator[Interval]:
        if not _FIRST <= ordinal <= _LAST:
            return
        day = date.fromordinal(ordinal)
        spans = self._days.get(day.isoformat())
        for first, last in self._weekly[day.weekday()] if spans is None else spans:
            start, end = self._instant(day, first), self._instant(day, last)
            if start < end:
                yield start, end

    def _instant(self, day: date, minutes: int) -> int:
        """The first instant at which the zone's clock shows this time of this day, or later."""
        local = datetime.combine(day, time()) + timedelta(minutes=minutes)
        # before a gap this takes the offset of before the change (PEP 495), so it is never too early
        late = local.replace(tzinfo=self._zone).astimezone(UTC)
        if self._shown(late) == local:
            return micros(late)
        early = local.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        while late - early > timedelta(seconds=1):
            middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
            early, late = (early, middle) if self._shown(middle) >= local else (middle, late)
        return micros(late)

    def _shown(self, at: datetime) -> datetime:
        return at.astimezone(self._zone).replace(tzinfo=None)
