"""What is wrong between the documents of a centre: the domain's own rules, and those of channels and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.references import Fault, check
from domain.centre.staffing import check_staffing
from infra.holidays_named import calendars_for
from infra.log.registry import event_names
from infra.number_faults import check_numbers
from infra.text_faults import check_texts


def faults_between(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> list[Fault]:
    """Every fault and warning, whoever asks: `trunkline check`, the desk before it applies, and applying itself."""
    zones, holidays = available_timezones(), calendars_for(projects)
    found = check(centres, projects, time_zones=zones, holidays=holidays, events=event_names())
    return [*found, *check_staffing(centres, projects), *check_texts(projects), *check_numbers(centres, projects)]
