"""Who follows a busy log rests longer where there is more to do than processor to do it."""

from __future__ import annotations

import asyncio

import pytest

from infra.log.rest import LONGEST, Rest


def test_who_is_woken_late_again_and_again_rests_longer_up_to_a_bound() -> None:
    rest = Rest(0.005)
    for _ in range(200):
        rest.learn(0.004)
    assert rest.length == pytest.approx(0.005 + 8 * 0.004, rel=0.01)
    for _ in range(200):
        rest.learn(60.0)
    assert rest.length == pytest.approx(LONGEST)


def test_once_there_is_processor_to_spare_again_it_rests_as_little_as_before() -> None:
    rest = Rest(0.005)
    for late in [0.05] * 200 + [0.0] * 200:
        rest.learn(late)
    assert rest.length == pytest.approx(0.005)


def test_where_nobody_is_to_rest_nobody_does_however_late_it_gets() -> None:
    rest = Rest()
    rest.learn(1.0)
    assert rest.length == 0.0


async def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    rest = Rest(0.02)
    async with asyncio.timeout(5):
        await rest.until(asyncio.get_running_loop().time() - 60)
    assert rest.length == 0.02, "nobody was woken, late or not"
