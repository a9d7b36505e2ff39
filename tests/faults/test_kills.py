"""kill -9 at random moments under load: what was acknowledged is there, once, and the work goes on."""

from __future__ import annotations

import pytest

from infra.demo.pace import Pace
from tests.faults.killing import Kills, on_postgresql, on_roles, on_sqlite

#: A short loop; `make faults KILLS=200` runs long ones.
KILLS = 4
PACE = Pace(customers=20, speed=4.0, seed=7)

pytestmark = pytest.mark.timeout(720)


def nothing_lost(found: Kills) -> None:
    assert found.mails_taken > 5
    assert found.positions > 20
    assert {check: faults for check, faults in found.faults.items() if faults} == {}


async def test_a_centre_on_sqlite_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice(folder, forks):
    nothing_lost(await on_sqlite(folder, forks, KILLS, seed=7, pace=PACE, wait=False))


async def test_a_centre_on_postgresql_survives_its_own_kills_and_those_of_its_database(folder, forks, wheel):
    found = await on_postgresql(folder, forks, KILLS, seed=7, pace=PACE, wait=False)
    nothing_lost(found)
    assert found.database_faults


async def test_processes_of_separate_roles_that_are_killed_one_by_one_lose_nothing_and_do_nothing_twice(
    folder, forks, wheel
):
    nothing_lost(await on_roles(folder, forks, KILLS, seed=7, pace=PACE, wait=False))
