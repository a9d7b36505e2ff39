"""Where processor is short, what people wait for goes first."""

from __future__ import annotations

import os

import psutil
import pytest

from infra.roles import ROLES, nice_of
from tests.processes.starting import Cluster

pytestmark = pytest.mark.timeout(240)
LAST = 19


async def test_processes_that_nobody_waits_for_let_the_others_of_the_machine_go_first(centre: Cluster) -> None:
    before = os.nice(0)
    web, rows, idle = await centre.start("web", "projections", "delivery", priorities=True)
    (equal,) = await centre.start("projections", priorities=False)
    found = [psutil.Process(one.pid).nice() for one in (web, rows, idle, equal)]
    assert found == [before, min(before + 19, LAST), min(before + 10, LAST), before]


def test_nobody_goes_before_the_roles_that_customers_and_agents_wait_for() -> None:
    assert {role for role in ROLES if nice_of(role) == 0} == {"web", "router", "all"}
