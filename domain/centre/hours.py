"""Opening hours: when a queue is open, when it opens next, and how many open seconds lie between two instants.

Local times are read by the zone's rules (IANA time zone database). A span ends after it begins on the same day;
`24:00` is the day's end. A local time that a change of the clock skips begins at the change; one that comes twice
means the first. Spans that touch or overlap are one, also over midnight: `22:00-24:00` and the next day's
`00:00-06:00` are one night.

All functions are pure; a calendar is worked out day by day and kept as long as its `Hours`. Instants must bear a time
zone, those returned are in UTC, exact to the microsecond.
"""

from __future__ import annotations

import weakref
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from domain.centre.calendar import NEVER_AFTER, Calendar, instant, micros
from domain.centre.routing import Document

#: Days that are searched for the end of a number of open seconds.
HORIZON = 3660

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
Span = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        description="local time, as in 08:00-12:30",
    ),
]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a date, as in 2026-12-24")]


class Hours(Document):
    """When it is open. A day that stands in `days` (a holiday, a half-day) has those spans alone."""

    time_zone: str = Field(default="UTC", description="IANA name")
    weekly: dict[Weekday, tuple[Span, ...]] = Field(description="spans by weekday; a day not named is closed")
    days: dict[Day, tuple[Span, ...]] = Field(default={}, description="spans by date; none: closed all day")
    holidays: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        description="closed on the public holidays of PL, FR-BL, …",
    )


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether it is open at that instant. The instant of opening is open, that of closing closed."""
    calendar, now = _calendar(hours), micros(at)
    today = calendar.ordinal(at)
    return any(start <= now < end for day in (today, today - 1, today + 1) for start, end in calendar.day(day))


def next_change(hours: Hours, at: datetime) -> datetime | None:
    """The next instant after `at` at which it opens or closes; None where there is none within 400 days."""
    change = _change(hours, at)
    if change is None or instant(change) - at > timedelta(days=NEVER_AFTER):
        return None
    return instant(change)


def _change(hours: Hours, at: datetime) -> int | None:
    now, closing = micros(at), None
    for start, end in _calendar(hours).intervals(at, NEVER_AFTER):
        if closing is None and start > now:
            return start
        if closing is not None and start > closing:
            return closing
        closing = end  # open until then, or longer: the next may begin where this one ends
    return closing


def open_seconds(hours: Hours, start: datetime, end: datetime) -> float:
    """Seconds between two instants during which it was open; 0 where `end` is not after `start`."""
    first, last = micros(start), micros(end)
    if last <= first:
        return 0.0
    calendar, total = _calendar(hours), 0
    for ordinal in range(calendar.ordinal(start) - 1, calendar.ordinal(end) + 2):
        for opens, closes in calendar.day(ordinal):
            if closes > first and opens < last:
                total += min(closes, last) - max(opens, first)
    return total / 1_000_000


def after_open(hours: Hours, start: datetime, seconds: float) -> datetime | None:
    """The first instant by which `seconds` open seconds have passed since `start` (not negative; 0: `start` itself).

    None where that never happens: it does not open for 400 days, or ten years are not enough.
    """
    first, left = micros(start), round(seconds * 1_000_000)
    if left <= 0:
        return instant(first)
    for opens, closes in _calendar(hours).intervals(start, HORIZON):
        begins = max(opens, first)
        if closes - begins >= left:
            return instant(begins + left)
        left -= closes - begins
    return None


#: By identity: a document's mappings cannot be hashed, and the router asks for every item that waits.
_CALENDARS: dict[int, tuple[weakref.ref[Hours], Calendar]] = {}


def _calendar(hours: Hours) -> Calendar:
    key = id(hours)
    held = _CALENDARS.get(key)
    if held is not None and held[0]() is hours:
        return held[1]
    calendar = Calendar(hours.time_zone, [hours.weekly.get(day, ()) for day in WEEKDAYS], hours.days)
    _CALENDARS[key] = (weakref.ref(hours, lambda dead: _forget(key, dead)), calendar)
    return calendar


def _forget(key: int, dead: weakref.ref[Hours]) -> None:
    held = _CALENDARS.get(key)
    if held is not None and held[0] is dead:
        del _CALENDARS[key]
