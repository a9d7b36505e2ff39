"""A process's own log is bounded: who can make it say something cannot make it fill a disk.

A database that is away is one line for each request that is refused, and a webhook that nobody signed one for each that
somebody sends. The first lines of a kind say what is to be known; how many more there were is said afterwards.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

_log = structlog.get_logger("trunkline.logs")

#: Lines of one kind that are written within so many seconds.
MOST, SECONDS = 50, 10.0
#: Kinds remembered; when there are more, all are forgotten, which lets some more lines through.
KINDS = 1_000

Kind = tuple[str, int, str]


@dataclass(slots=True)
class _Counted:
    """Lines of a kind since `began`, on the monotonic clock."""

    began: float
    lines: int = 0


class RepeatedLines(logging.Filter):
    """For a handler. A kind: the same words by the same logger, whatever is filled in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._counted: dict[Kind, _Counted] = {}
        self._look_at = 0.0
        self._lock = threading.Lock()

    @property
    def remembered(self) -> int:
        """Kinds."""
        return len(self._counted)

    def filter(self, record: logging.LogRecord) -> bool:
        kind = _kind(record)
        with self._lock:
            now = self._clock()
            left_out = self._over(now)
            one = self._counted.get(kind)
            if one is None:
                one = self._counted[kind] = _Counted(now)
            one.lines += 1
            is_written = one.lines <= MOST
        for (logger, _, words), times in left_out:
            _log.warning("lines were left out", of=logger, words=words, times=times)
        return is_written

    def _over(self, now: float) -> list[tuple[Kind, int]]:
        """Forget kinds whose time is over; those of which lines were left out, and how many."""
        if now < self._look_at and len(self._counted) < KINDS:
            return []
        self._look_at = now + 1.0
        over = [kind for kind, one in self._counted.items() if now >= one.began + SECONDS]
        if not over and len(self._counted) >= KINDS:
            over = list(self._counted)
        gone = [(kind, self._counted.pop(kind).lines - MOST) for kind in over]
        return [(kind, times) for kind, times in gone if times > 0]


def _kind(record: logging.LogRecord) -> Kind:
    """structlog hands over the whole line as what is said, the standard library its words and what is filled in."""
    said = record.msg
    words = said.get("event", "") if isinstance(said, dict) else said
    return record.name, record.levelno, str(words)
