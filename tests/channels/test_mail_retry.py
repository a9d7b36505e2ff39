"""When deferred mail is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from channels.email.retry import SCHEDULE, Parked, RetryAt, held_back, retry_at

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)


def test_pauses_grow_and_then_the_mail_is_parked_with_a_reason() -> None:
    answers = [retry_at(attempt, NOW) for attempt in range(1, len(SCHEDULE) + 2)]
    times = [answer.at for answer in answers if isinstance(answer, RetryAt)]
    assert times[0] == NOW + timedelta(minutes=1)
    assert times == sorted(times)
    assert answers[len(SCHEDULE) :] == [Parked("deferred 9 times within 49 hours")]


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        retry_at(0, NOW)


def test_automatic_mails_are_held_back_only_within_the_window() -> None:
    sent = [NOW - timedelta(minutes=minute) for minute in range(6)]
    assert held_back(sent, NOW) == "6 automatic mails to this address within 1 h, the limit is 6"
    assert held_back(sent, NOW + timedelta(minutes=56)) is None
    assert "within 24 h" in str(held_back([NOW - timedelta(hours=hour) for hour in range(2, 22)], NOW))
