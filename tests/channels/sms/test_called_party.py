"""Where the owner of a number may be, and when they may be texted."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from channels.sms.called_party import allowed_in_all, country_of, zones_of
from channels.sms.sending_hours import SendingHours

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = SendingHours(time(8), time(20))


def names(number: str) -> list[str]:
    return [zone.key for zone in zones_of(number, WARSAW)]


@pytest.mark.parametrize(
    ("number", "country", "zones"),
    [
        ("+48601234567", "PL", ["Europe/Warsaw"]),
        ("+33612345678", "FR", ["Europe/Paris"]),
        ("+12125550123", "US", ["America/New_York"]),
        ("+99", "", ["Europe/Warsaw"]),
        ("anonymous", "", ["Europe/Warsaw"]),
    ],
)
def test_a_number_tells_country_and_zone_or_the_project_does(number: str, country: str, zones: list[str]) -> None:
    assert (country_of(number), names(number)) == (country, zones)


def test_a_number_of_a_country_with_many_zones_tells_nothing() -> None:
    assert names("+79161234567") == ["Europe/Warsaw"] or len(names("+79161234567")) <= 6
    assert names("+18005550123") == ["Europe/Warsaw"]


def test_where_there_are_several_zones_it_must_be_day_in_all_of_them() -> None:
    coasts = (ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles"))
    allowed = allowed_in_all(datetime(2026, 3, 2, 13, 30, tzinfo=UTC), coasts, DAY, urgent=False)
    assert allowed.at == datetime(2026, 3, 2, 16, 0, tzinfo=UTC), "eight in Los Angeles"
    late = allowed_in_all(datetime(2026, 3, 3, 1, 30, tzinfo=UTC), coasts, DAY, urgent=False)
    assert late.at == datetime(2026, 3, 3, 16, 0, tzinfo=UTC), "past eight in the evening in New York"
    assert allowed_in_all(late.at, coasts, DAY, urgent=False).at == late.at


def test_where_no_hour_is_day_everywhere_the_first_zone_decides() -> None:
    apart = (ZoneInfo("Europe/Warsaw"), ZoneInfo("Pacific/Auckland"))
    noon = datetime(2026, 7, 2, 10, 0, tzinfo=UTC)
    short = SendingHours(time(9), time(12))
    assert allowed_in_all(noon, apart, short, urgent=False).at == datetime(2026, 7, 3, 7, 0, tzinfo=UTC)


def test_what_somebody_waits_for_goes_at_any_hour() -> None:
    night = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert allowed_in_all(night, (WARSAW,), DAY, urgent=True).at == night
    assert allowed_in_all(night, (WARSAW,), None, urgent=False).at == night
