"""What the centre sent, kept for whoever wants to read it: the newest of it, within bounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

#: Mails kept at most, and their bytes together: the oldest go first.
MOST_KEPT, MOST_BYTES = 500, 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as the customers' server took it. Times are UTC."""

    number: int
    recipient: str
    content: bytes
    at: datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Outbox:
    """The newest mails, by number."""

    now: Callable[[], datetime] = _now
    most: int = MOST_KEPT
    most_bytes: int = MOST_BYTES
    count: int = 0
    _kept: OrderedDict[int, Sent] = field(default_factory=OrderedDict[int, Sent])
    _bytes: int = 0

    def put(self, recipient: str, content: bytes) -> None:
        """Keep a mail; the oldest are let go of where there is no room."""
        self.count += 1
        self._kept[self.count] = Sent(self.count, recipient, content, self.now())
        self._bytes += len(content)
        while len(self._kept) > 1 and (len(self._kept) > self.most or self._bytes > self.most_bytes):
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.content)

    def get(self, number: int) -> Sent | None:
        """None for one that was let go of, or never was."""
        return self._kept.get(number)

    def newest(self, recipient: str = "") -> Iterator[Sent]:
        """The newest first; those to `recipient` only where one is named."""
        return (one for one in reversed(self._kept.values()) if recipient in ("", one.recipient))
