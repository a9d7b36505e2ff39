"""When, how fast and from which number messages are sent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.sms.senders import Passed, Sender, choose
from channels.sms.sending_hours import SendingHours, allowed_at
from channels.sms.throttle import Bucket, Overflowed, Rate, Taken, take

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = SendingHours(time(8), time(21))
MOMENTS = st.integers(0, 4 * 366 * 86_400).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(0, seconds))
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Warsaw", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")]
)


def _local(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=WARSAW)


def test_within_the_hours_a_message_goes_at_once() -> None:
    now = _local(2026, 3, 3, 12)
    assert allowed_at(now, WARSAW, DAY, urgent=False) == (now, "within sending hours")


def test_at_night_it_waits_for_the_morning_of_the_receiver() -> None:
    found = allowed_at(_local(2026, 3, 3, 22), WARSAW, DAY, urgent=False)
    assert found == (_local(2026, 3, 4, 8), "quiet hours until then")
    new_york = ZoneInfo("America/New_York")
    found = allowed_at(_local(2026, 3, 3, 12), new_york, DAY, urgent=False)
    assert found.at == datetime(2026, 3, 3, 8, tzinfo=new_york)


def test_what_is_urgent_goes_at_once() -> None:
    now = _local(2026, 3, 3, 3)
    assert allowed_at(now, WARSAW, DAY, urgent=True) == (now, "urgent")


def test_without_hours_nothing_waits() -> None:
    now = _local(2026, 3, 3, 3)
    assert allowed_at(now, WARSAW, None, urgent=False) == (now, "no quiet hours")


def test_hours_may_run_past_midnight_and_equal_times_mean_the_whole_day() -> None:
    late = SendingHours(time(18), time(2))
    assert allowed_at(_local(2026, 3, 3, 1), WARSAW, late, urgent=False).at == _local(2026, 3, 3, 1)
    assert allowed_at(_local(2026, 3, 3, 2), WARSAW, late, urgent=False).at == _local(2026, 3, 3, 18)
    sundays = SendingHours(time(0), time(0), frozenset({6}))
    assert allowed_at(_local(2026, 3, 3, 1), WARSAW, sundays, urgent=False).at == _local(2026, 3, 8, 0)


def test_on_a_day_without_sending_it_waits_for_the_next() -> None:
    working = SendingHours(time(8), time(20), frozenset(range(5)))
    assert allowed_at(_local(2026, 3, 7, 12), WARSAW, working, urgent=False).at == _local(2026, 3, 9, 8)


def test_an_hour_that_the_clocks_skip_or_repeat_is_read_cautiously() -> None:
    # 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
    early = SendingHours(time(2, 30), time(21))
    spring = allowed_at(_local(2026, 3, 29, 1), WARSAW, early, urgent=False).at
    assert spring.astimezone(WARSAW).time() == time(3, 30)
    autumn = allowed_at(_local(2026, 10, 25, 1), WARSAW, early, urgent=False).at
    assert autumn == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 02:30


@settings(max_examples=300, deadline=None)
@given(MOMENTS, ZONES, st.times(), st.times(), st.sets(st.integers(0, 6), min_size=1))
def test_whatever_the_hours_the_moment_lies_within_them_and_waiting_ends(
    now: datetime, zone: ZoneInfo, opens: time, closes: time, weekdays: set[int]
) -> None:
    hours = SendingHours(opens, closes, frozenset(weekdays))
    at = allowed_at(now, zone, hours, urgent=False).at
    assert now <= at <= now + timedelta(days=22)
    clock = at.astimezone(zone)
    reading = clock.time()
    past_midnight = closes <= opens and reading < closes
    inside = opens <= reading < closes if closes > opens else reading >= opens or reading < closes
    assert inside
    opened_on = clock.date() - timedelta(days=1) if past_midnight and reading < opens else clock.date()
    assert opened_on.weekday() in weekdays or (past_midnight and clock.weekday() in weekdays)
    assert allowed_at(at, zone, hours, urgent=False).at == at


def test_hours_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="weekday"):
        SendingHours(time(8), time(9), frozenset())
    with pytest.raises(ValueError, match="without a zone"):
        SendingHours(time(8, tzinfo=UTC), time(9))
    with pytest.raises(ValueError, match="needs a time zone"):
        allowed_at(datetime(2026, 1, 1), WARSAW, DAY, urgent=False)  # noqa: DTZ001 - what is to be refused


def test_a_number_sends_its_burst_and_then_at_its_rate() -> None:
    rate, bucket, now = Rate(timedelta(seconds=1), burst=3), Bucket(), datetime(2026, 1, 1, tzinfo=UTC)
    waits: list[float] = []
    for _ in range(6):
        taken = take(rate, bucket, now)
        assert isinstance(taken, Taken)
        waits.append((taken.at - now).total_seconds())
        bucket = taken.bucket
    assert waits == [0, 0, 0, 1, 2, 3]


def test_a_rest_fills_the_bucket_up_to_the_burst_and_no_further() -> None:
    rate, now = Rate(timedelta(seconds=1), burst=2), datetime(2026, 1, 1, tzinfo=UTC)
    bucket, later, waits = Bucket(now), now + timedelta(days=1), list[timedelta]()
    for _ in range(3):
        taken = take(rate, bucket, later)
        assert isinstance(taken, Taken)
        bucket = taken.bucket
        waits.append(taken.at - later)
    assert waits == [timedelta(), timedelta(), timedelta(seconds=1)]


def test_what_would_wait_too_long_is_told_so_and_takes_no_place() -> None:
    rate = Rate(timedelta(seconds=10), longest_wait=timedelta(seconds=15))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    bucket = Bucket(now + timedelta(seconds=20))
    assert take(rate, bucket, now) == Overflowed(now + timedelta(seconds=20))
    assert isinstance(take(rate, bucket, now + timedelta(seconds=5)), Taken)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 5),
    st.integers(1, 5_000_000),
    st.lists(st.integers(-2_000_000, 5_000_000), min_size=1, max_size=60),
)
def test_in_no_stretch_of_time_more_is_sent_than_the_rate_allows(burst: int, interval: int, steps: list[int]) -> None:
    rate = Rate(timedelta(microseconds=interval), burst, timedelta(days=1000))
    bucket, now, sent = Bucket(), datetime(2026, 1, 1, tzinfo=UTC), list[datetime]()
    for step in steps:
        now += timedelta(microseconds=step)
        taken = take(rate, bucket, now)
        assert isinstance(taken, Taken)
        assert taken.at >= now
        bucket = taken.bucket
        sent.append(taken.at)
    if all(step >= 0 for step in steps):
        assert sent == sorted(sent)
    sent.sort()
    for first in range(len(sent)):
        for last in range(first + burst, len(sent)):
            assert sent[last] - sent[first] >= rate.interval * (last - first - burst + 1)


def test_a_rate_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="interval above 0"):
        Rate(timedelta(0))


SENDERS = (
    Sender("+48111", "PL"),
    Sender("+48222", "PL"),
    Sender("+44333", "GB"),
    Sender("72777", "PL", frozenset({"PL"})),
    Sender("Hotline", "PL", answerable=False),
)


def test_a_customer_keeps_the_sender_whatever_the_pools_order() -> None:
    chosen = {choose(order, "f1", "PL").sender for order in (SENDERS, SENDERS[::-1], SENDERS[2:] + SENDERS[:2])}
    assert len(chosen) == 1


def test_each_sender_that_was_passed_over_is_told_why() -> None:
    choice = choose(SENDERS, "f1", "GB")
    assert choice.sender == SENDERS[2]
    assert set(choice.passed) == {
        Passed("72777", "cannot reach GB"),
        Passed("Hotline", "cannot be answered"),
        Passed("+48111", "another sender is of the customer's country"),
        Passed("+48222", "another sender is of the customer's country"),
    }


def test_where_no_sender_can_reach_the_customer_there_is_none() -> None:
    choice = choose([SENDERS[3]], "f1", "DE")
    assert choice.sender is None
    assert choice.passed == (Passed("72777", "cannot reach DE"),)
    assert choose([], "f1", "DE").sender is None


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 8), st.lists(st.text(max_size=8), min_size=1, max_size=30, unique=True), st.data())
def test_when_a_sender_goes_only_its_customers_change(count: int, customers: list[str], data: st.DataObject) -> None:
    pool = [Sender(f"+4810{number}", "PL") for number in range(count)]
    gone = data.draw(st.sampled_from(pool))
    rest = [one for one in pool if one != gone]
    for customer in customers:
        before = choose(pool, customer, "PL").sender
        if before != gone:
            assert choose(rest, customer, "PL").sender == before


def test_customers_are_spread_evenly() -> None:
    pool = [Sender(f"+4810{number}", "PL") for number in range(4)]
    counts = dict.fromkeys(pool, 0)
    for number in range(4000):
        chosen = choose(pool, f"customer {number}", "PL").sender
        assert chosen is not None
        counts[chosen] += 1
    assert all(880 < count < 1120 for count in counts.values()), counts


def test_a_zone_of_a_fixed_offset_will_do() -> None:
    tokyo = timezone(timedelta(hours=9))
    now = datetime(2026, 1, 1, 20, tzinfo=UTC)
    assert allowed_at(now, tokyo, DAY, urgent=False).at == datetime(2026, 1, 2, 8, tzinfo=tokyo)
