"""What the sender has done, for as long as its to-do list, being behind the log, still names it as it did before.

The list names what has been due for longest first. Were it only asked for as many as can be sent at once, what is long
done would keep the sender from everything behind it for as long as the list is behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

#: So many are remembered, for so long: whoever is forgotten is tried again, and the log refuses what is done.
MOST, KEPT = 500, timedelta(seconds=60)


class Listed(Protocol):
    """An entry of the list. Once the list has heard what was done, the entry is gone or due at another time."""

    @property
    def delivery_id(self) -> str: ...

    @property
    def due_at(self) -> datetime: ...


D = TypeVar("D", bound=Listed)


class Worked:
    """`count`: how many more than are wanted the list is to be asked for."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, datetime], datetime] = {}

    @property
    def count(self) -> int:
        return len(self._until)

    def add(self, one: Listed, now: datetime) -> None:
        if len(self._until) < MOST:
            self._until[one.delivery_id, one.due_at] = now + KEPT

    def new(self, listed: Sequence[D], now: datetime) -> list[D]:
        """Those of which nothing has been done. What is no longer listed is forgotten."""
        named = {(one.delivery_id, one.due_at) for one in listed}
        # a clock that was set back leaves nothing remembered for longer
        kept = {one: until for one, until in self._until.items() if one in named and now < until <= now + KEPT}
        self._until = kept
        return [one for one in listed if (one.delivery_id, one.due_at) not in kept]
