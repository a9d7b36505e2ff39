"""When to stop asking a provider that does not answer. Pure: time is an argument.

Source: the circuit breaker of M. Nygard, "Release It!": closed, open after `failures` failures in a row for `pause`
seconds, then one trial that closes or reopens it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """`failures`: how many in a row open it. `pause`: seconds it stays open. Times are of any steadily rising clock."""

    failures: int = 5
    pause: float = 30.0
    _failed: int = 0
    _open_until: float | None = None
    _trying: bool = False

    def wait(self, now: float) -> float:
        """Seconds until a request may be made, 0 for now. The caller that is given 0 after a pause is the trial."""
        if self._open_until is None:
            return 0.0
        if now < self._open_until:
            return self._open_until - now
        if self._trying:
            return self.pause
        self._trying = True
        return 0.0

    def closed_for(self, now: float) -> float:
        """Seconds until a request may be made, as `wait`, but nobody becomes the trial by asking."""
        if self._open_until is None:
            return 0.0
        if now < self._open_until:
            return self._open_until - now
        return self.pause if self._trying else 0.0

    def succeeded(self) -> None:
        """The provider answered, be it to refuse what was asked: it is there."""
        self._failed, self._open_until, self._trying = 0, None, False

    def failed(self, now: float) -> None:
        """The provider did not answer, or answered with a fault of its own."""
        self._failed += 1
        if self._trying or self._failed >= self.failures:
            self._open_until, self._trying = now + self.pause, False

    def gave_up(self) -> None:
        """The request ended without saying anything about the provider (cancelled): another may be the trial."""
        self._trying = False

    @property
    def is_open(self) -> bool:
        return self._open_until is not None
