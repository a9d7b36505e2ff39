"""The only place where the software asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from domain.ports import Clock

#: How far our clock and a provider's may be apart, since either may have been set anew meanwhile.
CLOCKS_APART: Final = timedelta(hours=2)


def system_clock() -> datetime:
    """Now, UTC, with microseconds."""
    return datetime.now(UTC)


class SteadyClock:
    """A clock that never steps back: the greatest of its source, of what it said and of what it was told.

    The router's now is at least the `recorded_at` of everything it has seen, whatever the
    machine's clock does.
    """

    def __init__(self, source: Clock = system_clock) -> None:
        self._source = source
        self._latest = source()

    def __call__(self) -> datetime:
        self._latest = max(self._latest, self._source())
        return self._latest

    def observe(self, seen: datetime) -> None:
        """Note a time that has certainly been reached, such as the `recorded_at` of an event."""
        self._latest = max(self._latest, seen)
