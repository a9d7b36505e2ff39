"""While the log, the rows or the keys do not answer a projection waits; what is its own fault stops it."""

from __future__ import annotations

import asyncio
from typing import Any

from domain.event import Event, Recorded
from domain.ports import LogUnavailable
from infra.keys.stored import KeyringUnavailable
from infra.projecting import Projecting
from infra.rows.memory import MemoryRows
from infra.rows.port import RowsUnavailable
from projections.catalogue import PROJECTIONS
from projections.schema import Projection
from tests.projections.given import POOL, project
from tests.projections.happenings import happen, lived
from tests.projections.test_projecting import EVERY, running, standing, until
from tests.projections.test_rebuilding import content


class Away(MemoryRows):
    """A store whose database goes away and comes back."""

    away = False
    #: How often it was asked meanwhile.
    refused = 0

    def live(self, projection: Projection, pool: str) -> Any:
        if self.away:
            self.refused += 1
            raise RowsUnavailable("the database went away")
        target = super().live(projection, pool)
        commit = target.commit

        def commit_if_there(position: int, writes: Any) -> None:
            if self.away:
                raise RowsUnavailable("the database went away")
            commit(position, writes)

        target.commit = commit_if_there  # type: ignore[method-assign]
        return target

    def commit_all(self, leaving: Any) -> None:
        if self.away:
            raise RowsUnavailable("the database went away")
        super().commit_all(leaving)


async def test_a_database_that_goes_away_and_comes_back_costs_nothing_but_time() -> None:
    centre = await lived(35, 50)
    store = Away()
    async with running(centre, store) as projecting:
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 20)
        store.away = True
        await happen(centre, 60)
        await until(lambda: all(one.state == "waiting" for one in projecting.standing()))
        assert "went away" in projecting.standing()[0].fault
        store.away = False
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 20)
    again = MemoryRows()
    project(again, await centre.log.read(0, 100_000), centre.opener)
    for projection in EVERY:
        assert content(store, projection) == content(again, projection)


async def test_a_projection_that_an_event_stopped_stays_stopped_while_its_database_is_away() -> None:
    centre = await lived(33, 40)
    store, board = Away(), PROJECTIONS["ticket_board"]

    def refuse(recorded: Recorded, event: Any, rows: Any) -> None:
        raise RuntimeError("a fault in the projection")

    faulty = Projection(board.name, board.version, board.tables, dict.fromkeys(board.handlers, refuse))
    async with running(centre, store, (faulty,)) as projecting:
        await until(lambda: standing(projecting, board.name).state == "stopped")
        before = standing(projecting, board.name)
        store.away = True
        await until(lambda: store.refused >= 3)
        assert standing(projecting, board.name).state == "stopped"
        assert standing(projecting, board.name).position == before.position
        assert standing(projecting, board.name).since == before.since


async def test_a_log_that_cannot_be_read_for_a_while_is_followed_again() -> None:
    centre = await lived(36, 30)
    failures = 2

    class Unreadable:
        """A log whose subscriptions break at first."""

        def subscribe(self, after: int = 0, **more: Any) -> Any:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise LogUnavailable("not yet")
            return centre.log.subscribe(after, **more)

    projecting = Projecting(Unreadable(), MemoryRows(), centre.opener, EVERY[:1], first_pause=0.01)  # type: ignore[arg-type]
    task = asyncio.create_task(projecting.run())
    assert await projecting.reached([EVERY[0].name], POOL, await centre.log.head(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_keys_that_cannot_be_reached_are_waited_for_and_are_nobodys_fault() -> None:
    centre = await lived(32, 40)
    away, opener = True, centre.opener

    def opening(event: Event) -> Event:
        if away:
            raise KeyringUnavailable("the keyring's database is silent")
        return opener(event)

    projecting = Projecting(centre.log, MemoryRows(), opening, EVERY, first_pause=0.01, longest_pause=0.05)
    task = asyncio.create_task(projecting.run())
    await until(lambda: standing(projecting, "customer_history").failures >= 3)
    assert {one.state for one in projecting.standing()} <= {"waiting", "following", "starting"}
    assert "is silent" in standing(projecting, "customer_history").fault
    away = False
    assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 20)
    assert {one.state for one in projecting.standing()} == {"following"}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Unanswered(MemoryRows):
    """A store that goes away once it has stored the first rows, before it says so."""

    answers = False

    def commit_all(self, leaving: Any) -> None:
        super().commit_all(leaving)
        if not self.answers:
            raise RowsUnavailable("the connection was lost")

    def live(self, projection: Projection, pool: str) -> Any:
        target = super().live(projection, pool)
        if target.position and not self.answers:
            raise RowsUnavailable("the database is starting")
        target.commit = self._refuse  # type: ignore[method-assign]
        return target

    def _refuse(self, position: int, writes: Any) -> None:
        raise RowsUnavailable("the connection is lost")


async def test_who_has_nothing_left_to_do_when_the_database_is_back_no_longer_waits() -> None:
    centre = await lived(31, 40)
    store, board = Unanswered(), PROJECTIONS["ticket_board"]
    async with running(centre, store, (board,)) as projecting:
        await until(lambda: standing(projecting, board.name).failures >= 3)
        assert standing(projecting, board.name).state == "waiting"
        store.answers = True
        await until(lambda: standing(projecting, board.name).state == "following")
        assert standing(projecting, board.name).position == await centre.log.head()
        assert standing(projecting, board.name).failures >= 3, "faults are counted from the start"
