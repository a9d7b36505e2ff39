"""When a text is tried again, when a provider is asked, and how many automatic ones a person gets."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.sms.retry import CHECKS, SCHEDULE, held_back, next_check, retry_at

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_attempts_are_bounded_and_each_waits_longer() -> None:
    waits = [retry_at(n, NOON) for n in range(1, len(SCHEDULE) + 2)]
    assert waits[-1] is None
    times = [at for at in waits if at is not None]
    assert times == sorted(set(times))
    assert times[-1] - NOON <= timedelta(hours=12)


def test_a_provider_that_says_when_to_come_back_is_obeyed_within_a_day() -> None:
    assert retry_at(1, NOON, 90) == NOON + timedelta(seconds=90)
    assert retry_at(3, NOON, 1) == NOON + SCHEDULE[2]
    assert retry_at(1, NOON, 10**9) == NOON + timedelta(days=1)


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        retry_at(0, NOON)


def test_a_provider_is_asked_ever_more_rarely_and_in_the_end_no_more() -> None:
    age, asked = timedelta(), list[int]()
    while (seconds := next_check(age)) is not None:
        asked.append(seconds)
        age += timedelta(seconds=seconds)
    assert tuple(asked) == CHECKS
    assert age > timedelta(hours=10), "a provider keeps a text for ten hours"


def test_automatic_texts_to_one_customer_are_bounded_by_the_hour_and_by_the_day() -> None:
    minutes = [NOON - timedelta(minutes=n) for n in range(6)]
    assert held_back(minutes[:5], NOON) is None
    assert "within 1 h, the limit is 6" in (held_back(minutes, NOON) or "")
    hours = [NOON - timedelta(hours=n) for n in range(20)]
    assert "within 24 h" in (held_back(hours, NOON) or "")
    assert held_back(hours, NOON + timedelta(hours=6)) is None
