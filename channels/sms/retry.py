"""When to try a text again, when to ask what became of one, and how many a person may get that nobody wrote. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

#: Wait after the first, second, … attempt that failed for the time being. A text of yesterday is of no use.
SCHEDULE: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
#: Seconds after which a provider that has told nothing is asked, by how often that was; it keeps a text for 10 hours.
CHECKS: Final = (300, 1800, 3600, 4 * 3600, 6 * 3600)
#: Texts without a person behind them that one customer may get within a time: two machines could go on for ever.
AUTOMATIC_LIMITS: Final = ((timedelta(hours=1), 6), (timedelta(hours=24), 20))


def retry_at(attempt: int, now: datetime, retry_after: float | None = None) -> datetime | None:
    """When to try again after `attempt` (1 for the first), not before `retry_after` seconds; None: give it up."""
    if attempt < 1:
        raise ValueError(f"attempts are counted from 1, not {attempt}")
    if attempt > len(SCHEDULE):
        return None
    return now + max(SCHEDULE[attempt - 1], timedelta(seconds=min(retry_after or 0.0, 86_400.0)))


def next_check(age: timedelta) -> int | None:
    """Seconds after which to ask again of a text that was handed over so long ago; None: it is asked no more."""
    asked = 0
    for seconds in CHECKS:
        asked += seconds
        if age < timedelta(seconds=asked):
            return seconds
    return None


def held_back(sent: Sequence[datetime], now: datetime) -> str | None:
    """Why no further text that no person wrote may go to somebody who got some at `sent`; None when one may."""
    for window, limit in AUTOMATIC_LIMITS:
        count = sum(1 for at in sent if now - window < at <= now)
        if count >= limit:
            hours = window / timedelta(hours=1)
            return f"{count} automatic texts to this number within {hours:.0f} h, the limit is {limit}"
    return None
