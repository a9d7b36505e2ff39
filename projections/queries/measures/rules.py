"""What a project's document says of measures: its definitions today, its hours on the day of each contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.centre.goals import ServiceLevel
from domain.centre.hours import Hours, open_seconds
from projections.reading import Reader, Row, reads


class NotConfigured(LookupError):
    """There is no project of this name."""

    def __init__(self, project: str) -> None:
        super().__init__(f"there is no project {project!r} in this log")


def current(read: Reader, project: str) -> Row:
    """The rules of the project's latest document. Raises `NotConfigured`."""
    known = read.get("measure_projects", (project,))
    row = read.get("measure_rules", (project, known["revision"])) if known else None
    if row is None:
        raise NotConfigured(project)
    return row


@reads("contact_measures")
def definitions_of(read: Reader, project: str) -> dict[str, ServiceLevel]:
    """The definitions of good service in the project's document, by name. Raises `NotConfigured`."""
    found: Mapping[str, Any] = current(read, project)["service_levels"]
    return {name: ServiceLevel.model_validate(found[name]) for name in sorted(found)}


@reads("contact_measures")
def queues_of(read: Reader, project: str) -> tuple[str, ...]:
    """The queues of the project's document. Raises `NotConfigured`."""
    return tuple(sorted(current(read, project)["queue_hours"]))


@reads("contact_measures")
def zone_of(read: Reader, project: str) -> ZoneInfo:
    """The project's time zone: that of its opening hours where all have the same, else UTC. Raises `NotConfigured`."""
    hours: Mapping[str, Any] = current(read, project)["hours"]
    zones = {entry.get("time_zone", "UTC") for entry in hours.values()}
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")


class OpenHours:
    """Counts open seconds of a project's queues by the hours that held when a contact was queued."""

    def __init__(self, read: Reader, project: str) -> None:
        self._read, self._project = read, project
        self._known: dict[int, Mapping[str, Hours]] = {}

    def seconds(self, row: Mapping[str, Any], start: datetime, end: datetime) -> float:
        """Seconds between two instants during which the contact's queue was open; all where it has no hours."""
        revision: int = row["revision"]
        if revision not in self._known:
            self._known[revision] = self._hours(revision)
        hours = self._known[revision].get(row["queue"])
        return (end - start).total_seconds() if hours is None else open_seconds(hours, start, end)

    def _hours(self, revision: int) -> Mapping[str, Hours]:
        rules = self._read.get("measure_rules", (self._project, revision))
        if rules is None:
            return {}
        named = {name: Hours.model_validate(entry) for name, entry in rules["hours"].items()}
        return {queue: named[name] for queue, name in rules["queue_hours"].items() if name in named}
