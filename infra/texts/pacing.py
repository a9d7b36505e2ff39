"""How fast each of our numbers sends: one text an interval, and what is far back in the queue is put off on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from channels.sms.throttle import Bucket, Overflowed, Rate, take

#: A place this near is waited for; one further off is put on record, so that others of the queue come to their turn.
NEAR: Final = timedelta(seconds=10)
_LONGEST: Final = timedelta(days=2)


@dataclass(slots=True)
class Pace:
    """Places in the queues of our numbers. Kept by the one process that sends: where it begins to, each number counts
    as having sent just now, since another process may have.
    """

    _began: datetime | None = None
    _buckets: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    #: Places that were given and not used yet, by delivery.
    _given: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def place(self, delivery_id: str, number: str, interval: float, now: datetime) -> datetime:
        """When a delivery may leave a number; the same answer until it has left."""
        if delivery_id not in self._given:
            rate = Rate(timedelta(seconds=interval), longest_wait=_LONGEST)
            taken = take(rate, self._bucket(number, rate), now)
            if isinstance(taken, Overflowed):
                return taken.next_at
            self._buckets[number], self._given[delivery_id] = taken.bucket, taken.at
        return self._given[delivery_id]

    def begin(self, now: datetime) -> None:
        """This process sends from now on; what it had planned when it did so before counts for nothing."""
        self._began = now
        self._given.clear()

    def _bucket(self, number: str, rate: Rate) -> Bucket:
        """As this process left it, or as another one may have: the later counts."""
        kept = self._buckets.get(number, Bucket())
        if self._began is None:
            return kept
        full_at = self._began + rate.interval * rate.burst
        return Bucket(full_at if kept.full_at is None else max(kept.full_at, full_at))

    def left(self, delivery_id: str) -> None:
        """It was sent, or never will be."""
        self._given.pop(delivery_id, None)
