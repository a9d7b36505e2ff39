"""What a process tells of followers that it no longer has: nothing, so that no alarm rings for another's work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from infra.cluster.projections import behind
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.operations.figures import Figures
from infra.operations.looking import Looking
from infra.projecting import Standing
from infra.rows.port import EVERY_POOL
from tests.cluster.events import append

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Office:
    """A candidate that is told whether it leads."""

    name: str
    leads: bool

    async def run(self) -> None:
        """Nothing to stand for."""


async def head() -> int:
    return 9_000


async def test_a_process_that_no_longer_projects_tells_no_projection_behind_or_stopped() -> None:
    office = Office("projections", leads=True)
    stopped = Standing("tickets", EVERY_POOL, "stopped", 1, SINCE, failures=3, fault="PoisonEvent")
    looking = Looking(role="projections", figures=Figures(), head=head, candidates=[office])
    looking.standing = lambda: [stopped]
    told = (await looking.text()).decode()
    assert 'trunkline_follower_behind_events{part="projection tickets"} 8999.0' in told
    assert 'trunkline_projection_stopped{projection="tickets"} 1.0' in told
    office.leads = False
    told = (await looking.text()).decode()
    assert "projection tickets" not in told
    assert 'projection="tickets"' not in told


async def test_a_projection_that_waits_for_a_store_is_told_apart_from_one_that_an_event_stops() -> None:
    waits = Standing("tickets", EVERY_POOL, "waiting", 9_000, SINCE, failures=3, fault="RowsUnavailable")
    goes_on = Standing("desks", EVERY_POOL, "following", 9_000, SINCE)
    looking = Looking(role="projections", figures=Figures(), head=head, standing=lambda: [waits, goes_on])
    looking.started = True
    readiness = await looking.look()
    assert (readiness.ready, readiness.reasons) == (False, ["projection tickets waits"])
    told = (await looking.text()).decode()
    assert 'trunkline_projection_waiting{projection="tickets"} 1.0' in told
    assert 'trunkline_projection_waiting{projection="desks"} 0.0' in told
    assert 'trunkline_projection_stopped{projection="tickets"} 0.0' in told


async def test_faults_of_a_projection_are_counted_over_its_pools() -> None:
    pools = [Standing("tickets", pool, "following", 1, SINCE, failures=2) for pool in ("north", "south")]
    looking = Looking(role="projections", figures=Figures(), head=head, standing=lambda: pools)
    for _ in range(2):
        told = (await looking.text()).decode()
        assert 'trunkline_projection_failures{projection="tickets"} 4.0' in told


async def test_rows_kept_pool_by_pool_are_behind_by_what_they_lack_and_not_by_what_other_pools_did() -> None:
    log = MemoryLog(MemoryKeyring())
    await append(log, 1, ["quiet"])
    await append(log, 9, ["busy"])
    quiet, busy = (Standing("tickets", pool, "following", at, SINCE) for pool, at in (("quiet", 1), ("busy", 10)))
    late = Standing("desks", "busy", "following", 4, SINCE)

    async def asked(head: int) -> dict[str, int]:
        return await behind(log, [quiet, busy, late], head)

    looking = Looking(role="projections", figures=Figures(), head=log.head, asked=asked)
    assert (await looking.look()).behind == {"projection tickets": 0, "projection desks": 6}
