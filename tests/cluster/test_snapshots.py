"""Boards kept and taken up again: a router that begins with a snapshot decides as one that folded the whole log."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import psycopg
import pytest

from domain.audit import AccountCreated
from domain.decide import Command
from domain.event import Recorded
from domain.ports import Change
from infra.cluster.board_codec import UnfitBoard, decode, encode
from infra.cluster.snapshot_process import make_snapshot
from infra.cluster.snapshots import Snapshots, latest_router
from infra.cluster.snapshotting import Snapshotting
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.log.postgres import PostgresLog
from router import Router
from tests.cluster.events import proposed
from tests.conformance.waiting import eventually
from tests.router.history import History
from tests.router.pool import POOL
from tests.router.test_router_process import Centre

ROOT = str(Path(__file__).parents[2])
KEY, OTHER = bytes(32), bytes(range(32))


def folded(router: Router, events: Sequence[Recorded]) -> Router:
    for event in events:
        router.fold(event)
    return router


def decided(router: Router, history: History) -> list[Command]:
    return router.decide(history.pool.now)


@pytest.mark.parametrize("seed", range(40))
def test_a_router_from_a_snapshot_decides_as_one_that_saw_everything(seed: int) -> None:
    history = History(seed)
    events = history.grow(60, Router(POOL)).log
    middle = seed * len(events) // 40
    whole = folded(Router(POOL), events)
    restored = folded(decode(encode(folded(Router(POOL), events[:middle]))), events[middle:])
    assert restored.position == whole.position
    assert restored.wake_at() == whole.wake_at()
    for _ in range(3):
        commands = decided(whole, history)
        assert decided(restored, history) == commands
        for command in commands:
            whole.refused(command)
            restored.refused(command)
        history.pool.wait(40)
    again = decode(encode(folded(Router(POOL), events)))
    assert decided(again, history) == decided(folded(Router(POOL), events), history)


def test_bytes_that_name_anything_but_the_routers_own_are_refused() -> None:
    class Harm:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return eval, ("1/0",)

    kinds = pickle.dumps([Harm()])
    with pytest.raises(UnfitBoard, match=r"names builtins\.eval"):
        decode(len(kinds).to_bytes(8, "big") + kinds)
    with pytest.raises(UnfitBoard):
        decode(b"anything")


@pytest.fixture
async def centre(log: PostgresLog, keyring: MemoryKeyring) -> Centre:
    made = Centre(log, KeyOpener(keyring))
    await made.configure(agents=3)
    for number in range(5):
        await made.call_me(number)
    return made


async def test_who_takes_over_begins_where_the_snapshot_ends(log: PostgresLog, postgres: str, centre: Centre) -> None:
    snapshots = Snapshots(postgres, KEY)
    assert (await latest_router(log, snapshots, POOL)).position == 0
    made = await asyncio.to_thread(make_snapshot, postgres, KEY, POOL, 1)
    await centre.call_me(9)
    router = await latest_router(log, snapshots, POOL)
    assert router.position == made > 0
    fresh = folded(Router(POOL), await log.read(0, 1_000, pool=POOL))
    folded(router, await log.read(made, 1_000, pool=POOL))
    now = centre.clock()
    assert [type(one) for one in router.decide(now)] == [type(one) for one in fresh.decide(now)] != []
    assert await asyncio.to_thread(make_snapshot, postgres, KEY, POOL, 1_000) == made  # too little has come since


@pytest.mark.parametrize(
    "change",
    [
        "SET code = 'older'",
        "SET board = board || '\\x00'",
        "SET position = position - 1",
        "SET event_id = 'another'",
        "SET pool = 'main', mac = 'x'",
    ],
)
async def test_a_snapshot_that_does_not_fit_is_passed_over(
    log: PostgresLog, postgres: str, centre: Centre, change: str
) -> None:
    await asyncio.to_thread(make_snapshot, postgres, KEY, POOL, 1)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"UPDATE router_snapshots {change}")  # type: ignore[arg-type]
    assert (await latest_router(log, Snapshots(postgres, KEY), POOL)).position == 0


async def test_a_snapshot_by_somebody_without_the_key_or_of_another_log_is_passed_over(
    log: PostgresLog, postgres: str, centre: Centre
) -> None:
    await asyncio.to_thread(make_snapshot, postgres, OTHER, POOL, 1)
    assert (await latest_router(log, Snapshots(postgres, KEY), POOL)).position == 0
    restored = MemoryLog(MemoryKeyring())
    assert (await latest_router(restored, Snapshots(postgres, OTHER), POOL)).position == 0


async def test_snapshots_are_made_in_a_process_of_their_own_as_the_log_grows(
    log: PostgresLog, postgres: str, centre: Centre
) -> None:
    # of no interest to a router, and of a module that it does not need: every real log has some
    account = AccountCreated(account_id="1", agent_id="", roles={"*": ("admin",)})
    await log.append(Change("account-1", 0, [proposed(account, POOL)]))
    head = await log.head()
    snapshotting = Snapshotting(postgres, KEY, every=5, look=0.05)
    task = asyncio.create_task(snapshotting.run({POOL: head}))

    async def made() -> bool:
        return (await latest_router(log, Snapshots(postgres, KEY), POOL)).position == head

    async def known() -> bool:
        return snapshotting.kept == {POOL: head}

    await eventually(made, 60)
    await eventually(known, 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_process_that_makes_snapshots_speaks_as_every_other_does(capfd: pytest.CaptureFixture[str]) -> None:
    nowhere = "host=127.0.0.1 port=1 user=nobody dbname=none connect_timeout=2"
    snapshotting = Snapshotting(nowhere, KEY, every=5, look=0.05)
    making = asyncio.create_task(snapshotting.run({POOL: 5}))
    lines: list[str] = []

    async def said() -> bool:
        lines.extend(capfd.readouterr().err.splitlines())
        return any("snapshots cannot be reached" in line for line in lines)

    try:
        await eventually(said, 60)
    finally:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
    told = next(line for line in lines if "snapshots cannot be reached" in line)
    assert snapshotting.kept == {}
    assert {"event": "no snapshot", "role": "router", "pool": POOL}.items() <= json.loads(told).items()


#: Makes snapshots until it is killed.
_MAKES = """
import asyncio, sys
from infra.cluster.snapshotting import Snapshotting
from infra.logs import configure_logs

if __name__ == "__main__":
    configure_logs("info", role="router")
    dsn, pool = sys.argv[1:]
    asyncio.run(Snapshotting(dsn, bytes(32), every=1, look=0.01).run({pool: 1}))
"""


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
async def test_what_is_left_of_a_killed_process_that_made_a_snapshot_says_nothing_in_plain_words(
    log: PostgresLog, postgres: str, tmp_path: Path, seconds: float
) -> None:
    """Python's own processes did, in the log of the one that was killed: their keeper of semaphores (found by a kill
    run), and one that had not yet been told what it is for (found by this test).
    """
    script = tmp_path / "makes.py"
    script.write_text(_MAKES)
    making = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        postgres,
        POOL,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": ROOT},
    )
    assert making.stderr is not None

    async def at_it() -> bool:
        return len(psutil.Process(making.pid).children()) > 0

    await eventually(at_it, 60)
    await asyncio.sleep(seconds)
    making.kill()
    said = (await making.stderr.read()).decode()  # until the last of them has ended
    await making.wait()
    assert [line for line in said.splitlines() if not line.startswith("{")] == []
