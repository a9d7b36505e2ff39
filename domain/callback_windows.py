"""When a customer can be called back: windows of time within the opening hours of the queue that works callbacks.

A window is offered in the customer's own zone and kept in UTC; a holiday or a half-day counts as the hours say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.centre.configuration import Project
from domain.centre.documents import Hours
from domain.centre.hours import is_open, next_change
from domain.interaction.queueing import open_queue

#: A window that begins sooner than this is "as soon as possible".
LEAD = timedelta(minutes=15)
#: So many are told at most.
MOST = 400


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` until before `end`."""

    start: datetime
    end: datetime


def opening(project: Project, queue: str, at: datetime) -> datetime | None:
    """When a queue, or the one that it passes work on to then, is open next: `at` itself, or later; None: never."""
    rules = project.queue(open_queue(project, queue, at))
    if rules.hours is None or project.is_open(rules, at):
        return at
    name = project.queue(queue).hours or rules.hours
    return next_change(project.configured.hours[name], at)


def windows(project: Project, now: datetime) -> list[Window]:
    """The windows that can be asked for, in order; none where the project takes no callbacks.

    They lie side by side from each opening on, or from midnight where it has been open longer: whoever looks again
    later sees the same ones, save those that are over.
    """
    rules = project.configured.callbacks
    if rules is None:
        return []
    name = project.queue(rules.queue).hours
    hours = None if name is None else project.configured.hours[name]
    length, last = timedelta(seconds=rules.window), now + timedelta(seconds=rules.horizon)
    found: list[Window] = []
    for opens, closes in _spans(hours, _midnight(now, hours), last):
        start = opens + length * max(0, -((opens - now - LEAD) // length)) if opens <= now else opens
        while start + length <= closes and len(found) < MOST:
            found.append(Window(start, start + length))
            start += length
    return found


def _spans(hours: Hours | None, since: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The times between `since` and `last` at which it is open."""
    at: datetime | None = since
    while at is not None and at < last:
        if hours is None:
            yield at, last
            return
        if is_open(hours, at):
            closes = next_change(hours, at) or last
            yield at, min(closes, last)
            at = closes
        else:
            at = next_change(hours, at)


def _midnight(now: datetime, hours: Hours | None) -> datetime:
    """The beginning of the day on the clock there."""
    there = now.astimezone(ZoneInfo(hours.time_zone if hours is not None else "UTC"))
    return there.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
