"""Public holidays: `holidays: PL` becomes closed days that the document itself holds.

The dates come from the package `holidays`. They are put in when a document is checked or applied, for this year and
the next three, so that the event holds every date by which a decision was made, whatever a later version of the
package knows. Apply the document again within that time to have the years after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TypeVar

from domain.centre.documents import Document, Hours, ProjectDocument

#: This year and the next three.
YEARS = 4
#: What the schema lets `holidays` say.
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
D = TypeVar("D", bound=Document)


@lru_cache(maxsize=1)
def calendars() -> frozenset[str]:
    """What `holidays` may say: countries (ISO 3166-1) and their parts (ISO 3166-2), such as PL and FR-57."""
    import holidays  # slow to import, and few commands ask

    supported = holidays.list_supported_countries(include_aliases=False)
    parts = {f"{country}-{part}" for country, its in supported.items() for part in its}
    return frozenset(filter(_CODE.fullmatch, parts | set(supported)))


def calendars_for(projects: Iterable[ProjectDocument]) -> frozenset[str] | None:
    """`calendars`, where one of the projects names any; None otherwise."""
    return calendars() if any(hours.holidays for p in projects for hours in p.hours.values()) else None


@lru_cache(maxsize=64)
def public_holidays(calendar: str, first_year: int) -> tuple[str, ...]:
    """The public holidays of `YEARS` years, as ISO dates in order. Raises `KeyError` for an unknown calendar."""
    import holidays

    if calendar not in calendars():
        raise KeyError(calendar)
    country, _, part = calendar.partition("-")
    years = range(first_year, first_year + YEARS)
    found = holidays.country_holidays(country, subdiv=part or None, years=years)
    return tuple(sorted(day.isoformat() for day in found))


def with_holidays(document: D, today: date) -> D:
    """The document with public holidays among its closed days; days that it names itself stay as they are.

    `today`: whose year is the first. Raises `KeyError` for a calendar that is none of `calendars`.
    """
    if not isinstance(document, ProjectDocument) or not any(hours.holidays for hours in document.hours.values()):
        return document
    hours = {name: _filled(hours, today) for name, hours in document.hours.items()}
    return document.model_copy(update={"hours": hours})


def _filled(hours: Hours, today: date) -> Hours:
    if hours.holidays is None:
        return hours
    closed: dict[str, tuple[str, ...]] = dict.fromkeys(public_holidays(hours.holidays, today.year), ())
    return hours.model_copy(update={"days": dict(sorted({**closed, **hours.days}.items()))})
