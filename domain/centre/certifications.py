"""Certifications that end: until when an agent has a skill, by the calendar of the site where they sit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from domain.centre.documents import AgentEntry, CentreDocument
from domain.centre.faults import Fault, Subject, suggest


def expiries(centre: CentreDocument, agent: AgentEntry) -> dict[str, datetime]:
    """The instant at which each dated certification of an agent ends: the end of its last day, at their site."""
    zone = ZoneInfo(centre.sites[agent.site].time_zone)
    return {skill: _end_of(date.fromisoformat(day), zone) for skill, day in agent.certified_until.items()}


def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def check_certifications(subject: Subject, c: CentreDocument) -> Iterator[Fault]:
    """Dates that do not exist, and dates for skills that the agent does not have."""
    for name, agent in c.agents.items():
        for skill, day in agent.certified_until.items():
            path = ("agents", name, "certified_until", skill)
            if skill not in agent.skills:
                what = f"{name} has no skill {skill!r} whose certification could end"
                yield Fault(subject=subject, path=path, what=what, mend=suggest(skill, agent.skills), at_key=True)
            try:
                _end_of(date.fromisoformat(day), UTC)
            except (ValueError, OverflowError) as fault:
                what = f"the date {day!r} does not exist ({fault})"
                yield Fault(subject=subject, path=path, what=what, mend="write year-month-day, as in 2026-12-31")
