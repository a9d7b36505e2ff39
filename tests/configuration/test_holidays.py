"""`holidays: PL` becomes closed days that the document, and so the event, holds itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.centre.configuration import ProjectConfigured
from domain.centre.documents import Hours
from domain.centre.hours import is_open, next_change
from domain.execute import Executor, Origin
from infra.apply_documents import apply_documents
from infra.documents import check_files
from infra.holidays_named import calendars, public_holidays
from infra.log.memory import MemoryLog
from tests.configuration.conftest import CENTRE, PROJECT, Check

WITH_HOLIDAYS = PROJECT.replace("skills: {french: 2}}", "skills: {french: 2}, hours: office}") + (
    "hours:\n  office:\n    time_zone: Europe/Warsaw\n    weekly: {thu: [08:00-16:00], fri: [08:00-16:00]}\n"
    "    holidays: PL\n    days: {2026-12-25: [10:00-12:00], 2026-12-31: [08:00-12:00]}\n"
)


def office(tmp_path: Path, text: str = WITH_HOLIDAYS, today: date = date(2026, 3, 2)) -> Hours:
    path = tmp_path / "project.yaml"
    path.write_text(text)
    checked = check_files([path], today=today)
    assert checked.findings == []
    return checked.projects[0].hours["office"]


def test_public_holidays_of_this_year_and_the_next_three_are_closed_days(tmp_path: Path) -> None:
    days = office(tmp_path).days
    assert {day[:4] for day in days} == {"2026", "2027", "2028", "2029"}
    assert (days["2026-01-06"], days["2026-11-11"], days["2029-05-03"]) == ((), (), ())
    assert list(days) == sorted(days)


def test_a_day_that_the_document_names_itself_stays_as_it_is(tmp_path: Path) -> None:
    days = office(tmp_path).days
    assert days["2026-12-25"] == ("10:00-12:00",), "open on Christmas Day, whatever the calendar says"
    assert days["2026-12-31"] == ("08:00-12:00",)


def test_the_queue_is_closed_on_a_public_holiday(tmp_path: Path) -> None:
    hours = office(tmp_path)
    corpus_christi = datetime(2026, 6, 4, 8, tzinfo=UTC)
    assert not is_open(hours, corpus_christi)
    assert next_change(hours, corpus_christi) == datetime(2026, 6, 5, 6, tzinfo=UTC)


def test_parts_of_a_country_have_holidays_of_their_own() -> None:
    assert "2026-04-03" in public_holidays("FR-57", 2026), "Good Friday in the Moselle"
    assert "2026-04-03" not in public_holidays("FR", 2026)
    assert {"FR", "PL", "RU", "GB-SCT", "US-CA"} <= calendars()


def test_what_was_filled_in_stays_when_it_is_filled_in_again_a_year_later(tmp_path: Path) -> None:
    first, later = office(tmp_path), office(tmp_path, today=date(2027, 1, 2))
    assert {day for day in first.days if day >= "2027"} <= set(later.days)
    assert "2030-11-11" in later.days


async def test_the_event_holds_every_date_so_that_no_package_is_asked_later(
    check: Check, log: MemoryLog, executor: Executor
) -> None:
    checked = check(CENTRE, WITH_HOLIDAYS)
    await apply_documents(executor, checked.centres, checked.projects, Origin(project="", pool="", actor="test"))
    (recorded,) = await log.read_stream("project-hotline")
    assert isinstance(recorded.event, ProjectConfigured)
    office = recorded.event.document["hours"]["office"]
    assert office["holidays"] == "PL"
    assert len(office["days"]) > 4 * 12
    again = check(CENTRE, WITH_HOLIDAYS)
    applied = await apply_documents(
        executor,
        again.centres,
        again.projects,
        Origin(project="", pool="", actor="test"),
        expected={"project-hotline": 1, "centre-demo": 1},
    )
    assert [one.changed for one in applied] == [False, False], "the same day, the same dates"


@pytest.mark.parametrize("code", ["XX", "FR-99", "POL", "pl"])
def test_a_calendar_that_is_not_known_is_told(check: Check, code: str) -> None:
    (fault,) = check(WITH_HOLIDAYS.replace("holidays: PL", f"holidays: {code}")).faults
    assert fault.path == "hours.office.holidays"
    assert "PL" in fault.mend or "FR" in fault.mend
