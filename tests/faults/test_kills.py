"""kill -9 at random moments under load: what was acknowledged is there, once, and the work goes on."""

from __future__ import annotations

import pytest

from infra.cluster.broker import partition_of
from infra.demo.pace import Pace
from infra.log.rows import StoredRow
from tests.conformance.events import MOMENT
from tests.faults.carried import differences
from tests.faults.killing import Kills, on_kafka, on_postgresql, on_roles, on_sqlite

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
    assert found.suffered


async def test_processes_of_separate_roles_that_are_killed_one_by_one_lose_nothing_and_do_nothing_twice(
    folder, forks, wheel
):
    nothing_lost(await on_roles(folder, forks, KILLS, seed=7, pace=PACE, wait=False))


async def test_the_same_processes_with_their_log_on_kafka_survive_their_own_kills_and_those_of_the_broker(
    folder, forks, wheel
):
    nothing_lost(await on_kafka(folder, forks, KILLS, seed=7, pace=PACE, wait=False))


def test_a_topic_that_lacks_an_event_or_has_one_twice_or_out_of_order_is_not_what_the_log_holds():
    written = [StoredRow(n, f"s{n}", 1, "x.v1", b"{}", pool, MOMENT) for n, pool in enumerate(("a", "d", "a", "d"), 1)]
    at = partition_of("a", 2)
    right = [[1, 3], [2, 4]] if at == 0 else [[2, 4], [1, 3]]
    assert partition_of("d", 2) != at
    assert differences(right, written, 4) == []
    for wrong in ([3], [1, 3, 3], [3, 1], [1, 2, 3], []):
        topic = [wrong if number == at else partition for number, partition in enumerate(right)]
        assert differences(topic, written, 4) != [], wrong
