"""The circuit breaker, by its rules."""

from __future__ import annotations

from channels.twilio.breaker import Breaker


def test_it_opens_after_so_many_failures_in_a_row_and_lets_one_trial_through() -> None:
    breaker = Breaker(failures=2, pause=10)
    breaker.failed(0)
    assert breaker.wait(0) == 0
    breaker.failed(1)
    assert breaker.wait(1) == 10
    assert breaker.wait(6) == 5
    assert breaker.wait(11) == 0
    assert breaker.wait(11) == 10  # one trial at a time


def test_a_trial_that_fails_opens_it_again_and_one_that_succeeds_closes_it() -> None:
    breaker = Breaker(failures=2, pause=10)
    breaker.failed(0)
    breaker.failed(0)
    assert breaker.wait(10) == 0
    breaker.failed(10)
    assert breaker.wait(11) == 9
    assert breaker.wait(20) == 0
    breaker.succeeded()
    assert breaker.wait(20) == 0
    assert breaker.wait(20) == 0
    assert not breaker.is_open


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(failures=2, pause=10)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)
    assert breaker.wait(1) == 0


def test_a_trial_that_was_called_off_lets_another_through() -> None:
    breaker = Breaker(failures=1, pause=10)
    breaker.failed(0)
    assert breaker.wait(10) == 0
    breaker.gave_up()
    assert breaker.wait(10) == 0
