"""How fast one number may send: a token bucket in its virtual-scheduling form.

Carriers cut off senders that are too fast (one message a second for an ordinary North American number). The bucket
is the Generic Cell Rate Algorithm (ITU-T I.371, annex A): instead of a count of tokens and when it was topped up, one
moment is kept, that at which the bucket would be full again. Exact in whole microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Rate:
    """One message every `interval`, `burst` of them at once after a rest. `longest_wait` bounds the queue.

    Raises `ValueError` for an interval or burst that is not positive and for a negative wait.
    """

    interval: timedelta
    burst: int = 1
    longest_wait: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        if self.interval <= timedelta() or self.burst < 1 or self.longest_wait < timedelta():
            raise ValueError("a rate needs an interval above 0, a burst of at least 1 and a wait of at least 0")


class Bucket(NamedTuple):
    """The state kept for a number: when it will be full again. None for one that never sent."""

    full_at: datetime | None = None


class Taken(NamedTuple):
    """A place was taken: the message may be sent `at`, and this is the bucket to keep."""

    at: datetime
    bucket: Bucket


class Overflowed(NamedTuple):
    """No place was taken, since the next one is further away than is worth waiting for; nothing changed."""

    next_at: datetime


def take(rate: Rate, bucket: Bucket, now: datetime) -> Taken | Overflowed:
    """Take the next place of a number. Places are given in order; a clock that steps back only makes senders wait."""
    full_at = max(bucket.full_at or now, now)
    at = max(now, full_at - rate.interval * (rate.burst - 1))
    if at - now > rate.longest_wait:
        return Overflowed(at)
    return Taken(at, Bucket(full_at + rate.interval))
