"""Measures as people ask for them: with local times, names of definitions, and what they left out filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.centre.documents import ServiceLevel
from domain.centre.references import suggest
from projections.queries.measures.asking import REOPEN_DAYS, measures
from projections.queries.measures.grouping import MAX_ROWS, By, Span
from projections.queries.measures.rules import definitions_of, zone_of
from projections.queries.measures.views import Measures
from projections.reading import Reader, reads


class UnusableRequest(ValueError):
    """Something that was asked for is not there; the message says what is."""


@reads("contact_measures", "agent_measures", "matter_measures")
def measures_asked(
    read: Reader,
    project: str,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    by: By = "",
    names: Sequence[str] = (),
    further: Mapping[str, ServiceLevel] = MappingProxyType({}),
    zone: str = "",
    days: int = REOPEN_DAYS,
    most_rows: int = MAX_ROWS,
) -> Measures:
    """The measures from the beginning of today until now, or of another span.

    Moments without an offset, days and hours are read in `zone`, else in the project's. `names`: only these
    definitions of the project's document and of `further`, which take the place of those of the same name. Raises
    `UnusableRequest`, and what `measures` raises.
    """
    local = _zone(zone) if zone else zone_of(read, project)
    today = datetime.combine(now.astimezone(local).date(), time(), local)
    span = Span(_local(since, local) if since else today, _local(until, local) if until else now, local)
    known = definitions_of(read, project) | dict(further)
    chosen = {name: _named(name, known, project) for name in (dict.fromkeys(names) or known)}
    return measures(read, project, span, now=now, by=by, definitions=chosen, days=days, most_rows=most_rows)


def _named(name: str, known: Mapping[str, ServiceLevel], project: str) -> ServiceLevel:
    if name in known:
        return known[name]
    mend = suggest(name, known) if known else "add `service_levels` to its document"
    raise UnusableRequest(f"there is no definition {name!r} for the project {project!r}: {mend}")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise UnusableRequest(f"{name!r} is no time zone; give an IANA name such as Europe/Warsaw") from fault


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
