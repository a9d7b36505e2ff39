"""Opening hours that cannot be meant: dates that do not exist, spans in disorder, queues that never open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import pairwise

from domain.centre.calendar import minutes_of
from domain.centre.documents import Hours, ProjectDocument
from domain.centre.faults import Fault, Path, Subject, suggest, unknown, warning
from domain.centre.flow_faults import hours_asked
from domain.sentence import say


def check_hours(
    subject: Subject, p: ProjectDocument, time_zones: Collection[str], holidays: Collection[str] | None
) -> Iterator[Fault]:
    """What is wrong with a project's hours and with the queues that keep them."""
    for name, hours in p.hours.items():
        here = ("hours", name)
        yield from unknown("time zone", hours.time_zone, time_zones, subject, (*here, "time_zone"), None)
        if hours.holidays is not None and holidays is not None and hours.holidays not in holidays:
            what = say(
                "no_public_holidays_are_known", "no public holidays are known of {holidays!r}", holidays=hours.holidays
            )
            close = [code for code in holidays if code.partition("-")[0] == hours.holidays[:2]]
            mend = say(
                "a_country_pl_or_a_part_of_one",
                "a country (PL) or a part of one (FR-57), by ISO 3166; {suggestion}",
                suggestion=suggest(hours.holidays, close or holidays),
            )
            yield Fault(subject=subject, path=(*here, "holidays"), what=what, mend=mend)
        for day, spans in hours.weekly.items():
            yield from _spans(subject, (*here, "weekly", day), spans)
        for day, spans in hours.days.items():
            yield from _date(subject, (*here, "days", day), day)
            yield from _spans(subject, (*here, "days", day), spans)
    yield from _kept(subject, p)


def _date(subject: Subject, path: Path, day: str) -> Iterator[Fault]:
    try:
        date.fromisoformat(day)
    except ValueError as fault:
        what = say("the_date_does_not_exist", "the date {day!r} does not exist ({fault})", day=day, fault=str(fault))
        yield Fault(
            subject=subject,
            path=path,
            what=what,
            mend=say("write_year_month_day", "write year-month-day, as in 2026-12-24"),
            at_key=True,
        )


def _spans(subject: Subject, path: Path, spans: Sequence[str]) -> Iterator[Fault]:
    for number, span in enumerate(spans):
        start, end = minutes_of(span)
        if end <= start:
            first, last = span.split("-")
            what = (
                say("span_is_empty", "{span} is empty", span=span)
                if end == start
                else say("ends_before_it_begins", "{span} ends before it begins", span=span)
            )
            mend = say(
                "a_night_stands_in_two_days",
                "a night stands in two days: `{first}-24:00` on this one, `00:00-{last}` on the next",
                first=first,
                last=last,
            )
            if end == start:
                mend = say("remove_it_a_whole_day_is", "remove it; a whole day is `00:00-24:00`")
            yield Fault(subject=subject, path=(*path, number), what=what, mend=mend)
    for number, (earlier, later) in enumerate(pairwise(spans)):
        first, second = minutes_of(earlier), minutes_of(later)
        if first[0] < first[1] and second[0] < second[1] and second[0] < first[1]:
            yield _disorder(subject, (*path, number + 1), earlier, later)


def _disorder(subject: Subject, path: Path, earlier: str, later: str) -> Fault:
    if minutes_of(earlier)[0] < minutes_of(later)[1]:
        joined = f"{min(earlier[:5], later[:5])}-{max(earlier[6:], later[6:])}"
        what, mend = (
            say("span_overlaps", "{later} overlaps {earlier}", later=later, earlier=earlier),
            say("write_them_as_one_or_apart", "write them as one, `{joined}`, or apart", joined=joined),
        )
    else:
        what, mend = (
            say(
                "stands_after_which_is_later",
                "{later} stands after {earlier}, which is later",
                later=later,
                earlier=earlier,
            ),
            say("write_a_day_spans_in_their", "write a day's spans in their order"),
        )
    return Fault(subject=subject, path=path, what=what, mend=mend)


def _kept(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    """Hours that nothing asks for, and queues whose hours never open."""
    used = hours_asked(p)
    for name, queue in p.queues.items():
        path = ("queues", name, "hours")
        if queue.hours is None:
            continue
        used.add(queue.hours)
        yield from unknown("opening hours", queue.hours, p.hours, subject, path, ("hours",))
        if queue.hours in p.hours and _never(p.hours[queue.hours]):
            what = say(
                "the_queue_never_opens_its_hours", "the queue {name!r} never opens: its hours have no span", name=name
            )
            mend = say(
                "give_the_hours_one_as_in_weekly",
                "give the hours {hours!r} one, as in `weekly: {{mon: [08:00-16:00]}}`",
                hours=queue.hours,
            )
            yield warning(subject, path, what, mend, (subject, ("hours",)))
    for name in p.hours:
        if name not in used:
            what, mend = (
                say("no_queue_keeps_the_hours", "no queue keeps the hours {name!r}", name=name),
                say("name_them_in_a_queue_hours", "name them in a queue (`hours: {name}`) or remove them", name=name),
            )
            yield warning(subject, ("hours", name), what, mend, (subject, ("queues",)))


def _never(hours: Hours) -> bool:
    spans = [span for day in (*hours.weekly.values(), *hours.days.values()) for span in day]
    return not any(start < end for start, end in map(minutes_of, spans))
