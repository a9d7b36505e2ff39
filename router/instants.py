"""Instants as whole microseconds since 1970-01-01 UTC: exact, and cheap to compare in keys and heaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000


def micros(at: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    return (at - EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    """The datetime, UTC, of so many microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=at)
