"""The runner: up to date, a fault stops one projection alone, killed anywhere it goes on with nothing lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.customer.decide import EraseCustomer
from domain.event import Recorded
from infra.asking import NotThereYet, Questions
from infra.keys.sqlite import SqliteKeyring
from infra.log.sqlite import SqliteLog
from infra.projecting import Projecting, Standing
from infra.rebuild import Rebuild
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS
from projections.queries import customer_card, ticket, tickets
from projections.schema import Projection
from tests.projections.conftest import OpenRows
from tests.projections.given import POOL, PROJECT, project
from tests.projections.happenings import happen, lived
from tests.projections.histories import Centre
from tests.projections.killed import MASTER, open_parts
from tests.projections.test_rebuilding import content

EVERY = tuple(PROJECTIONS.values())
ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def running(
    centre: Centre, store: RowStore, projections: tuple[Projection, ...] = EVERY, **more: Any
) -> AsyncIterator[Projecting]:
    projecting = Projecting(centre.log, store, centre.opener, projections, first_pause=0.01, longest_pause=0.05, **more)
    task = asyncio.create_task(projecting.run())
    try:
        yield projecting
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(what: Callable[[], bool], patience: float = 20) -> None:
    async with asyncio.timeout(patience):
        while not what():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.005)


def standing(projecting: Projecting, name: str) -> Standing:
    return next(one for one in projecting.standing() if one.projection == name)


@pytest.mark.parametrize("pools", [None, [POOL]], ids=["whole log", "one pool"])
async def test_rows_follow_the_log_and_equal_what_a_replay_gives(open_rows: OpenRows, pools: list[str] | None) -> None:
    centre = await lived(31, 60)
    store = open_rows(EVERY)
    async with running(centre, store, pools=pools, batch=7) as projecting:
        for _ in range(5):
            await happen(centre, 20)
            assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 30)
        assert {one.state for one in projecting.standing()} == {"following"}
    again = MemoryRows()
    project(again, await centre.log.read(0, 100_000), centre.opener)
    for projection in EVERY:
        assert content(store, projection) == content(again, projection)


async def test_the_rows_say_how_far_they_are_although_nothing_has_happened_that_concerns_them(
    open_rows: OpenRows,
) -> None:
    """Events that a projection does not handle move its position too: another process asks the rows, not this one."""
    centre = await lived(34, 0)
    store = open_rows(EVERY)
    name = "recordings"
    async with running(centre, store) as projecting:
        head = (await centre.mail()).position
        assert await projecting.reached([name], POOL, head, 30)
        await until(lambda: max(store.positions(name).values(), default=0) >= head)


async def test_who_writes_reads_what_it_wrote(open_rows: OpenRows) -> None:
    centre = await lived(32, 0)
    store = open_rows(EVERY)
    async with running(centre, store) as projecting:
        for questions in (Questions(store, projecting), Questions(store)):
            done = await centre.mail()
            await questions.reach(ticket, POOL, done.position)
            assert await questions.ask(ticket, done.result["ticket_id"]) is not None
            questions.close()


async def test_a_position_that_never_comes_is_not_waited_for_for_ever() -> None:
    centre = await lived(33, 0)
    store = MemoryRows()
    async with running(centre, store) as projecting:
        for questions in (Questions(store, projecting, patience=0.05), Questions(store, patience=0.05)):
            with pytest.raises(NotThereYet, match="position 999999"):
                await questions.reach(tickets, POOL, 999_999)
            questions.close()


async def test_an_event_that_cannot_be_projected_stops_its_projection_and_no_other() -> None:
    centre = await lived(34, 150)
    head = await centre.log.head()
    board = PROJECTIONS["ticket_board"]
    history = await centre.log.read(0, 100_000)
    poison = next(r.position for r in history[60:] if type(r.event) in board.handlers)
    mended = False

    def fragile(handler: Any) -> Any:
        def handle(recorded: Recorded, event: Any, rows: Any) -> None:
            if recorded.position == poison and not mended:
                raise RuntimeError("a fault in the projection")
            handler(recorded, event, rows)

        return handle

    handlers = {kind: fragile(handler) for kind, handler in board.handlers.items()}
    faulty = Projection(board.name, board.version, board.tables, handlers)
    others = tuple(p for p in EVERY if p is not board)
    store = MemoryRows()
    async with running(centre, store, (faulty, *others)) as projecting:
        assert await projecting.reached([p.name for p in others], POOL, head, 20)
        await until(lambda: standing(projecting, board.name).failures >= 2)
        stopped = standing(projecting, board.name)
        assert stopped.state == "stopped"
        assert stopped.position == poison - 1
        assert f"ticket_board stopped at position {poison}" in stopped.fault
        mended = True
        assert await projecting.reached(PROJECTIONS, POOL, head, 20)
    again = MemoryRows()
    project(again, history, centre.opener)
    assert content(store, board) == content(again, board)


async def test_a_running_projection_goes_on_after_its_rows_were_rebuilt_beneath_it(open_rows: OpenRows) -> None:
    centre = await lived(37, 100)
    store = open_rows(EVERY)
    async with running(centre, store) as projecting:
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 30)
        for projection in EVERY:
            await Rebuild(centre.log, store, centre.opener).replace(projection)
        await happen(centre, 50)
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 30)
    again = MemoryRows()
    project(again, await centre.log.read(0, 100_000), centre.opener)
    for projection in EVERY:
        assert content(store, projection) == content(again, projection)


async def test_rows_of_another_version_stop_the_projection_until_it_is_rebuilt() -> None:
    centre = await lived(38, 50)
    store = MemoryRows()
    project(store, await centre.log.read(0, 100_000), centre.opener)
    board = PROJECTIONS["agent_board"]
    newer = Projection(board.name, board.version + 1, board.tables, dict(board.handlers))
    async with running(centre, store, (newer,)) as projecting:
        await until(lambda: standing(projecting, board.name).state == "stopped")
        assert "trunkline rebuild agent_board" in standing(projecting, board.name).fault
        await Rebuild(centre.log, store, centre.opener).replace(newer)
        assert await projecting.reached([board.name], POOL, await centre.log.head(), 20)


@pytest.mark.parametrize("how", ["live", "rebuild"])
async def test_killed_at_any_moment_the_rows_go_on_where_they_stood(how: str, tmp_path: Path) -> None:
    """kill -9 leaves rows and position of one transaction: what follows equals a replay, nothing lost or doubled."""
    keyring = SqliteKeyring(tmp_path / "keys.sqlite", MASTER)
    centre = Centre(39, log=SqliteLog(tmp_path / "log.sqlite", keyring), keyring=keyring)
    await happen(await centre.configure(), 150)
    await centre.log.close()
    dice, kills = Random(39), 0
    for _ in range(5):
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "tests.projections.killed", str(tmp_path), how], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            assert await asyncio.to_thread(process.stdout.readline) == b"begun\n"
            deadline = time.monotonic() + dice.random() * 0.25
            while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            kills += process.poll() is None
        finally:
            process.kill()
            await asyncio.to_thread(process.communicate)
    assert kills >= 2, "the history is too short to be killed within"
    log, rows, opener = open_parts(tmp_path)
    if how == "live":
        history = await log.read(0, 100_000)
        project(rows, history, opener)
        for projection in EVERY:
            assert list((await Rebuild(log, rows, opener).verify(projection)).differences) == []
    else:
        await Rebuild(log, rows, opener).replace(PROJECTIONS["customer_history"])
        assert list((await Rebuild(log, rows, opener).verify(PROJECTIONS["customer_history"])).differences) == []
    rows.close()
    await log.close()


async def test_an_erased_customer_leaves_no_byte_of_theirs_in_the_files(tmp_path: Path) -> None:
    centre = await lived(40, 40)
    store = SqliteRows(tmp_path / "rows.sqlite", EVERY)
    words = [f"unmistakable{number}" for number in range(200)]
    async with running(centre, store) as projecting:
        first = await centre.mail(text=words[0])
        sender = centre.ids.addresses[-1]
        for word in words[1:]:
            await centre.mail(sender, text=f"{word} " * 20, subject=word)
        await centre.do(EraseCustomer(customer_id=first.result["customer_id"]))
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 30)
        await asyncio.to_thread(store.scrub)
        files = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))  # noqa: ASYNC240
        assert b"shop" in files
        assert b"unmistakable" not in files
        assert sender.address.encode() not in files
        with store.reading() as read:
            card = customer_card(read, PROJECT, first.result["customer_id"])
            assert card is not None
            assert card.status == "erased"
    store.close()


class Transactions(MemoryRows):
    """Counts how many batches each transaction stored."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: list[int] = []

    def commit_all(self, leaving: Any) -> None:
        self.stored.append(len(leaving))
        super().commit_all(leaving)


async def test_what_several_projections_make_of_the_same_events_is_one_transaction() -> None:
    centre = await lived(41, 0)
    store = Transactions()
    async with running(centre, store) as projecting:
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 20)
        store.stored.clear()
        await happen(centre, 30)
        assert await projecting.reached(PROJECTIONS, POOL, await centre.log.head(), 20)
    assert max(store.stored) > len(EVERY) / 2
