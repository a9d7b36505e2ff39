"""The knob of the demo's day, on a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from infra.demo.pace import Day, Pace
from infra.demo.tempo import RATES
from tests.simulation.virtual_time import VirtualTimeLoop


def lived(doing: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(doing)


def test_what_takes_ten_seconds_takes_five_at_twice_the_speed_also_for_who_is_in_the_middle_of_it() -> None:
    async def day_of_somebody() -> None:
        day, now = Day(Pace()), asyncio.get_running_loop().time
        waiting = asyncio.create_task(day.pause(10))
        await asyncio.sleep(4)
        day.tempo.faster()
        assert await waiting is False
        assert now() == 7

    lived(day_of_somebody())


def test_nobody_does_anything_while_paused_and_everybody_goes_on_where_they_stopped() -> None:
    async def day_of_somebody() -> None:
        day, now = Day(Pace()), asyncio.get_running_loop().time
        waiting = asyncio.create_task(day.pause(10))
        await asyncio.sleep(9)
        day.tempo.pause()
        await asyncio.sleep(1_000)
        assert not waiting.done()
        day.tempo.go_on()
        await waiting
        assert now() == 1_010

    lived(day_of_somebody())


def test_a_day_that_closes_lets_everybody_go_out_of_a_pause_too() -> None:
    async def day_of_somebody() -> None:
        day = Day(Pace())
        day.tempo.pause()
        waiting = asyncio.create_task(day.pause(10))
        await asyncio.sleep(1)
        day.closing.set()
        assert await waiting is True
        assert await day.pause(10) is True

    lived(day_of_somebody())


def test_the_knob_has_two_ends() -> None:
    async def turned() -> None:
        tempo = Day(Pace()).tempo
        for _ in range(20):
            tempo.faster()
        assert tempo.rate == RATES[-1]
        for _ in range(20):
            tempo.slower()
        assert tempo.rate == RATES[0]

    lived(turned())


def test_the_seconds_that_people_have_lived_pass_as_fast_as_they_live() -> None:
    async def day_of_somebody() -> None:
        tempo = Day(Pace()).tempo
        await asyncio.sleep(3)
        tempo.faster()
        await asyncio.sleep(3)
        tempo.pause()
        await asyncio.sleep(100)
        assert tempo.lived == 9

    lived(day_of_somebody())


def test_once_the_day_is_at_rest_nobody_begins_anything_so_that_what_they_saw_can_be_held_against_the_log() -> None:
    async def day_of_somebody() -> None:
        day, done = Day(Pace()), list[str]()

        async def act(what: str) -> None:
            await asyncio.sleep(1)
            done.append(what)

        day.begin(act("before"))
        await day.rest()
        day.begin(act("mail came late"))
        await asyncio.sleep(10)
        assert done == ["before"]

    lived(day_of_somebody())
