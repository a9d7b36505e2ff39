"""Opening hours: open or closed, the next change, and seconds that count, in any zone, over any change of a clock."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.centre.hours import Hours, after_open, is_open, next_change, open_seconds

OFFICE = {day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def hours(zone: str = "UTC", weekly: object = None, **days: list[str]) -> Hours:
    named = {f"{day[1:5]}-{day[5:7]}-{day[7:]}": spans for day, spans in days.items()}
    return Hours.model_validate({"time_zone": zone, "weekly": OFFICE if weekly is None else weekly, "days": named})


def local(zone: str, text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def utc(text: str) -> datetime:
    return local("UTC", text)


def test_it_is_open_from_the_opening_until_before_the_closing() -> None:
    office = hours("Europe/Warsaw")
    shown = {text: is_open(office, local("Europe/Warsaw", f"2026-03-02 {text}")) for text in (
        "07:59:59.999999", "08:00", "11:59:59.999999", "12:00", "12:59", "13:00", "16:59", "17:00"
    )}  # fmt: skip
    assert [text for text, is_it in shown.items() if is_it] == ["08:00", "11:59:59.999999", "13:00", "16:59"]


def test_a_weekend_is_closed_and_the_next_change_is_mondays_opening() -> None:
    friday = local("Europe/Warsaw", "2026-03-06 17:00")
    assert not is_open(hours("Europe/Warsaw"), friday)
    assert next_change(hours("Europe/Warsaw"), friday) == local("Europe/Warsaw", "2026-03-09 08:00")


def test_a_named_day_has_its_own_spans_alone() -> None:
    shop = hours(d20261224=["08:00-12:00"], d20261225=[], d20261226=["10:00-11:00"])
    assert open_seconds(shop, utc("2026-12-24"), utc("2026-12-25")) == 4 * 3600
    assert open_seconds(shop, utc("2026-12-25"), utc("2026-12-26")) == 0
    assert open_seconds(shop, utc("2026-12-26"), utc("2026-12-27")) == 3600, "a Saturday that is open for once"
    assert next_change(shop, utc("2026-12-24 12:00")) == utc("2026-12-26 10:00")


def test_a_night_is_one_although_it_stands_as_two_spans() -> None:
    nights = hours(weekly={"fri": ["22:00-24:00"], "sat": ["00:00-06:00"]})
    assert next_change(nights, utc("2026-03-06 23:00")) == utc("2026-03-07 06:00")
    assert is_open(nights, utc("2026-03-07"))
    assert open_seconds(nights, utc("2026-03-06"), utc("2026-03-08")) == 8 * 3600
    assert after_open(nights, utc("2026-03-06 23:00"), 2 * 3600) == utc("2026-03-07 01:00")


def test_spans_that_overlap_or_end_before_they_begin_count_nothing_twice() -> None:
    odd = hours(weekly={"mon": ["10:00-12:00", "08:00-11:00", "15:00-14:00", "12:00-13:00"]})
    assert open_seconds(odd, utc("2026-03-02"), utc("2026-03-03")) == 5 * 3600
    assert next_change(odd, utc("2026-03-02 08:00")) == utc("2026-03-02 13:00")


def test_what_is_always_open_never_changes_and_counts_every_second() -> None:
    always = hours("Europe/Paris", ALWAYS)
    start = utc("2026-03-02 09:30")
    assert next_change(always, start) is None
    assert after_open(always, start, 90 * 86_400) == start + timedelta(days=90)
    assert open_seconds(always, start, start + timedelta(days=90)) == 90 * 86_400


def test_what_never_opens_has_no_next_change_and_never_reaches_an_open_second() -> None:
    for never in (
        hours(weekly={}),
        hours(weekly={"mon": ["12:00-12:00"]}),
        hours(weekly={}, d20200101=["08:00-09:00"]),
    ):
        start = utc("2026-03-02")
        assert not is_open(never, start)
        assert next_change(never, start) is None
        assert after_open(never, start, 1) is None
        assert after_open(never, start, 0) == start
        assert open_seconds(never, start, start + timedelta(days=800)) == 0


def test_a_last_day_closes_for_good() -> None:
    last = hours(weekly={}, d20260302=["08:00-09:00"])
    assert next_change(last, utc("2026-03-02 08:30")) == utc("2026-03-02 09:00")
    assert next_change(last, utc("2026-03-02 09:00")) is None
    assert after_open(last, utc("2026-03-02 08:30"), 1800) == utc("2026-03-02 09:00")
    assert after_open(last, utc("2026-03-02 08:30"), 1801) is None


def test_an_opening_more_than_400_days_away_is_none() -> None:
    far = hours(weekly={}, d20270406=["08:00-09:00"])
    assert next_change(far, utc("2026-03-03")) == utc("2027-04-06 08:00")
    assert next_change(far, utc("2026-03-01")) is None
    assert after_open(far, utc("2026-02-01"), 60) is None


def test_more_open_seconds_than_ten_years_hold_are_never_reached() -> None:
    rare = hours(weekly={"mon": ["08:00-08:01"]})
    assert after_open(rare, utc("2026-03-02"), 60 * 50) == utc("2027-02-08 08:01")
    assert after_open(rare, utc("2026-03-02"), 366 * 86_400) is None


#: zone, an instant before the change in local time, spans of that day, seconds it is open that day
CHANGES = [
    ("Europe/Paris", "2026-03-29", ["00:00-24:00"], 23 * 3600, "put forward from 2:00 to 3:00"),
    ("Europe/Paris", "2026-03-29", ["02:00-03:00"], 0, "a span that is skipped whole"),
    ("Europe/Paris", "2026-03-29", ["02:30-04:00"], 3600, "begins at the change"),
    ("Europe/Paris", "2026-03-29", ["01:00-02:30"], 3600, "ends at the change"),
    ("Europe/Paris", "2026-10-25", ["00:00-24:00"], 25 * 3600, "put back from 3:00 to 2:00"),
    ("Europe/Paris", "2026-10-25", ["02:30-04:00"], 5400 + 3600, "begins at the first half past two"),
    ("Europe/Paris", "2026-10-25", ["01:00-02:30"], 5400, "ends at the first half past two"),
    ("Africa/Cairo", "2026-04-24", ["00:00-02:00"], 3600, "midnight itself is skipped"),
    ("America/Havana", "2026-11-01", ["00:00-24:00"], 25 * 3600, "midnight comes twice"),
    ("Australia/Lord_Howe", "2026-04-05", ["00:00-24:00"], 24.5 * 3600, "half an hour"),
    ("Pacific/Apia", "2011-12-30", ["08:00-17:00"], 0, "a day that never was"),
]


@pytest.mark.parametrize(("zone", "day", "spans", "seconds", "_why"), CHANGES, ids=[f"{c[0]} {c[4]}" for c in CHANGES])
def test_a_change_of_the_clock_adds_and_takes_what_it_adds_and_takes(
    zone: str, day: str, spans: list[str], seconds: float, _why: str
) -> None:
    changed = Hours.model_validate({"time_zone": zone, "weekly": {}, "days": {day: spans}})
    start = local(zone, day) - timedelta(days=2)
    assert open_seconds(changed, start, start + timedelta(days=5)) == seconds


def test_the_minutes_that_a_clock_shows_as_yesterdays_belong_to_the_day_that_has_begun() -> None:
    # 2010-11-07 in St. John's: at 00:01 the clock went back to 23:01 of the 6th
    sunday = Hours.model_validate({"time_zone": "America/St_Johns", "weekly": {"sun": ["00:00-24:00"]}})
    again = local("America/St_Johns", "2010-11-06 23:30", fold=1)
    assert is_open(sunday, again)
    assert not is_open(sunday, local("America/St_Johns", "2010-11-06 23:30"))
    midnight = local("America/St_Johns", "2010-11-07")
    assert next_change(sunday, midnight - timedelta(seconds=1)) == midnight
    assert next_change(sunday, again) == local("America/St_Johns", "2010-11-08")


def test_hours_that_differ_are_kept_apart_and_equal_ones_agree() -> None:
    one, same = hours("Europe/Warsaw"), hours("Europe/Warsaw")
    moved = one.model_copy(update={"time_zone": "Asia/Tokyo"})
    at = local("Europe/Warsaw", "2026-03-02 09:00")
    assert (is_open(one, at), is_open(same, at), is_open(moved, at)) == (True, True, False)
    assert one == same, "having been asked changes nothing about it"


ZONES = {
    "UTC": date(2026, 3, 1),
    "Europe/Warsaw": date(2026, 3, 29),
    "Europe/Paris": date(2026, 10, 25),
    "America/Havana": date(2026, 11, 1),
    "America/St_Johns": date(2010, 11, 7),
    "Africa/Cairo": date(2026, 4, 24),
    "Australia/Lord_Howe": date(2026, 10, 4),
    "Pacific/Apia": date(2011, 12, 30),
    "Antarctica/Troll": date(2026, 3, 29),
    "Asia/Kathmandu": date(2026, 3, 1),
}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
minute = st.integers(0, 287).map(lambda n: 5 * n)
spans = st.lists(st.tuples(minute, st.integers(0, 288).map(lambda n: 5 * n)), max_size=3)


def text(span: tuple[int, int]) -> str:
    (a, b), (c, d) = divmod(span[0], 60), divmod(span[1], 60)
    return f"{a:02}:{b:02}-{c:02}:{d:02}"


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Hours around a change of a zone's clock, and midnight UTC of the day before the day before it."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    weekly = draw(st.dictionaries(st.sampled_from(WEEK), spans, max_size=7))
    around = [ZONES[zone] + timedelta(days=n) for n in (-1, 0, 1)]
    days = draw(st.dictionaries(st.sampled_from(around), spans, max_size=2))
    document = {
        "time_zone": zone,
        "weekly": {day: [text(span) for span in held] for day, held in weekly.items()},
        "days": {day.isoformat(): [text(span) for span in held] for day, held in days.items()},
    }
    first = ZONES[zone] - timedelta(days=2)
    return Hours.model_validate(document), datetime(first.year, first.month, first.day, tzinfo=UTC)


def scan(calendar: Hours, start: datetime, minutes: int) -> list[bool]:
    """Whether each minute is open, by looking at what the clock showed in every minute so far."""
    lead = 3 * 1440
    zone, begin = ZoneInfo(calendar.time_zone), start - timedelta(minutes=lead)
    shown = [(begin + timedelta(minutes=n)).astimezone(zone).replace(tzinfo=None) for n in range(lead + minutes)]
    furthest = list(accumulate(shown, max))  # the latest time the clock has shown until each minute
    found = [False] * len(shown)
    for day in sorted({at.date() for at in shown} | {ZONES[calendar.time_zone]}):
        held = calendar.days.get(day.isoformat(), calendar.weekly.get(WEEK[day.weekday()], ()))
        for span in held:
            midnight = datetime.combine(day, time())
            ends = [midnight + timedelta(hours=int(p[:2]), minutes=int(p[3:])) for p in span.split("-")]
            first, last = (bisect_left(furthest, end) for end in ends)
            found[first:last] = [True] * len(found[first:last])
    return found[lead:]


@settings(max_examples=40, deadline=None)
@given(calendars())
def test_every_minute_is_what_a_minute_scan_of_the_clock_says(drawn: tuple[Hours, datetime]) -> None:
    calendar, start = drawn
    expected = scan(calendar, start, 5 * 1440)
    assert [is_open(calendar, start + timedelta(minutes=n)) for n in range(len(expected))] == expected


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(0, 4 * 1440), st.integers(0, 1440))
def test_seconds_and_changes_are_what_a_minute_scan_of_the_clock_says(
    drawn: tuple[Hours, datetime], first: int, length: int
) -> None:
    calendar, start = drawn
    expected = scan(calendar, start, 6 * 1440)
    begin, end = start + timedelta(minutes=first), start + timedelta(minutes=first + length)
    assert open_seconds(calendar, begin, end) == 60 * sum(expected[first : first + length])
    assert open_seconds(calendar, end, begin) == 0
    changes = [n for n in range(first + 1, len(expected)) if expected[n] != expected[n - 1]]
    change = next_change(calendar, begin)
    if changes:
        assert change == start + timedelta(minutes=changes[0])
    else:
        assert change is None or change >= start + timedelta(minutes=len(expected))


@settings(max_examples=150, deadline=None)
@given(calendars(), st.integers(0, 3 * 86_400_000_000), st.integers(1, 200_000))
def test_after_open_is_the_first_instant_by_which_so_many_open_seconds_passed(
    drawn: tuple[Hours, datetime], first: int, seconds: int
) -> None:
    calendar, start = drawn
    begin = start + timedelta(microseconds=first)
    reached = after_open(calendar, begin, seconds)
    if reached is None:
        assert open_seconds(calendar, begin, begin + timedelta(days=399)) < seconds
        return
    assert reached >= begin + timedelta(seconds=seconds)
    assert open_seconds(calendar, begin, reached) == seconds
    assert open_seconds(calendar, begin, reached - timedelta(microseconds=1)) == seconds - 1e-6
    assert is_open(calendar, reached - timedelta(microseconds=1))
