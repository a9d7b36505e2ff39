"""When a message may be sent so that it disturbs nobody: hours of the receiver's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

_WEEK: Final = frozenset(range(7))
#: Days looked at: a window open on one weekday only, and that day's hour swallowed by a clock change.
_HORIZON: Final = range(-1, 22)


@dataclass(frozen=True, slots=True)
class SendingHours:
    """Hours in which messages go out, on the clock of who gets them; outside them it is quiet.

    `opens` to `closes`, the latter not included; a window that closes at or before its opening closes on the next
    day, so equal times mean the whole day. `weekdays` on which a window opens, 0 = Monday to 6 = Sunday.
    Raises `ValueError` for times with a zone of their own and for no or unknown weekdays.
    """

    opens: time
    closes: time
    weekdays: frozenset[int] = _WEEK

    def __post_init__(self) -> None:
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("sending hours are on the receiver's clock: give times without a zone")
        if not self.weekdays or not self.weekdays <= _WEEK:
            raise ValueError("sending hours need at least one weekday of 0 (Monday) to 6 (Sunday)")


class Allowed(NamedTuple):
    """The earliest moment (UTC) at which the message may go, and why it is that."""

    at: datetime
    why: str


def allowed_at(now: datetime, zone: tzinfo, hours: SendingHours | None, *, urgent: bool) -> Allowed:
    """When a message that is ready now may be sent.

    `zone`: the receiver's. `urgent` messages (what a person waits for: a code, an answer) go at once. Where a clock
    change makes an hour happen twice or not at all, the cautious reading holds: late to open, early to close.
    Raises `ValueError` for a `now` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    moment = now.astimezone(UTC)
    if urgent:
        return Allowed(moment, "urgent")
    if hours is None:
        return Allowed(moment, "no quiet hours")
    today = moment.astimezone(zone).date()
    for day in (today + timedelta(days=offset) for offset in _HORIZON):
        opening, closing = _window(day, zone, hours)
        if day.weekday() in hours.weekdays and max(moment, opening) < closing:
            within = opening <= moment
            return Allowed(max(moment, opening), "within sending hours" if within else "quiet hours until then")
    raise ValueError(f"sending hours {hours.opens} to {hours.closes} never open in this time zone")


def _window(day: date, zone: tzinfo, hours: SendingHours) -> tuple[datetime, datetime]:
    last = day if hours.closes > hours.opens else day + timedelta(days=1)
    return max(_both(day, hours.opens, zone)), min(_both(last, hours.closes, zone))


def _both(day: date, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """The two readings of a local time (PEP 495), which differ only around a clock change."""
    local = datetime.combine(day, at, zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
