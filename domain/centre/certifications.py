"""Certifications that end: until when an agent has a skill, by the calendar of the site where they sit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from domain.centre.documents import AgentEntry, CentreDocument
from domain.centre.faults import Fault, Subject, suggest
from domain.sentence import say


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
                what = say(
                    "no_skill_to_certify",
                    "{name} has no skill {skill!r} whose certification could end",
                    name=name,
                    skill=skill,
                )
                yield Fault(subject=subject, path=path, what=what, mend=suggest(skill, agent.skills), at_key=True)
            try:
                _end_of(date.fromisoformat(day), UTC)
            except (ValueError, OverflowError) as fault:
                what = say(
                    "the_date_does_not_exist", "the date {day!r} does not exist ({fault})", day=day, fault=str(fault)
                )
                yield Fault(
                    subject=subject,
                    path=path,
                    what=what,
                    mend=say("write_year_month_day", "write year-month-day, as in 2026-12-24"),
                )
