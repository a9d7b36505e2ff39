"""When to try a deferred mail again, and when to stop.

RFC 5321 section 4.5.4.1 asks for half an hour between later attempts and for four to five days before giving
up; status mails are of no use that late, so the first attempts come quickly and the last after two days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

#: Wait after the first, second, ... failed attempt.
SCHEDULE: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=24),
)

#: Automatic mails one address may get within a time: what keeps two machines that do not own up to being
#: machines from writing to each other for ever (RFC 3834 section 2).
AUTOMATIC_LIMITS: Final = ((timedelta(hours=1), 6), (timedelta(hours=24), 20))


class RetryAt(NamedTuple):
    """Try again at this time."""

    at: datetime


class Parked(NamedTuple):
    """Do not try again by itself; a person may, having read the reason."""

    reason: str


def retry_at(attempt: int, now: datetime) -> RetryAt | Parked:
    """When to try again after `attempt` (1 for the first) was deferred at `now`."""
    if attempt < 1:
        raise ValueError(f"attempts are counted from 1, not {attempt}")
    if attempt > len(SCHEDULE):
        hours = sum(SCHEDULE, timedelta()) / timedelta(hours=1)
        return Parked(f"deferred {attempt} times within {hours:.0f} hours")
    return RetryAt(now + SCHEDULE[attempt - 1])


def held_back(sent: Sequence[datetime], now: datetime) -> str | None:
    """Why no further automatic mail may go to an address that got some at `sent`; None when one may."""
    for window, limit in AUTOMATIC_LIMITS:
        count = sum(1 for at in sent if now - window < at <= now)
        if count >= limit:
            hours = window / timedelta(hours=1)
            return f"{count} automatic mails to this address within {hours:.0f} h, the limit is {limit}"
    return None
