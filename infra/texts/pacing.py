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
    """Places in the queues of our numbers. Kept by this process alone: after a restart each number has rested."""

    _buckets: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    #: Places that were given and not used yet, by delivery.
    _given: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def place(self, delivery_id: str, number: str, interval: float, now: datetime) -> datetime:
        """When a delivery may leave a number; the same answer until it has left."""
        if delivery_id not in self._given:
            rate = Rate(timedelta(seconds=interval), longest_wait=_LONGEST)
            taken = take(rate, self._buckets.get(number, Bucket()), now)
            if isinstance(taken, Overflowed):
                return taken.next_at
            self._buckets[number], self._given[delivery_id] = taken.bucket, taken.at
        return self._given[delivery_id]

    def left(self, delivery_id: str) -> None:
        """It was sent, or never will be."""
        self._given.pop(delivery_id, None)
