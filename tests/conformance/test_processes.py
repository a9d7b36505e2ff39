"""Many processes on one log: nobody misses anything, and a killed one takes nothing acknowledged along."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from domain.ports import LogUnavailable
from infra.keys.memory import MemoryKeyring
from infra.log.opened import open_log
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.verify import verify
from infra.log.writer_lock import LogInUse
from tests.conformance.events import rings
from tests.conformance.waiting import eventually

ROOT = Path(__file__).parents[2]


async def start_writer(url: str, name: str, tasks: int, count: int = 0) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.conformance.writer_process", url, name, str(tasks), str(count),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def acknowledged(process: asyncio.subprocess.Process, until: int | None = None) -> dict[str, tuple[int, int]]:
    """The last version and position that each stream was told, after `until` appends or at the process's end."""
    assert process.stdout is not None
    last: dict[str, tuple[int, int]] = {}
    read = 0
    async with asyncio.timeout(120):
        while line := await process.stdout.readline():
            if not line.endswith(b"\n"):
                break  # cut by the kill: nobody has read it as an acknowledgement
            stream, version, position = line.decode().split()
            last[stream] = (int(version), int(position))
            read += 1
            if read == until:
                break
    return last


async def test_eight_writing_processes_and_every_subscriber_sees_every_event_once_and_in_order(postgres):
    logs = [await PostgresLog.open(postgres, MemoryKeyring()) for _ in range(3)]
    seen: list[list[int]] = [[] for _ in logs]

    async def follow(log: PostgresLog, positions: list[int], limit: int) -> None:
        async with aclosing(log.subscribe(limit=limit)) as batches:
            async for batch in batches:
                positions.extend(recorded.position for recorded in batch)

    followers = [
        asyncio.create_task(follow(log, positions, limit))
        for log, positions, limit in zip(logs, seen, (7, 100, 500), strict=True)
    ]
    writers = [await start_writer(postgres, f"writer{n}", tasks=4, count=40) for n in range(8)]
    for told in await asyncio.gather(*(acknowledged(writer) for writer in writers)):
        assert len(told) == 4
    assert [await writer.wait() for writer in writers] == [0] * 8

    stored = [row.position for row in await logs[0].rows(0, 100_000)]
    assert len(stored) >= 8 * 4 * 40

    async def all_have_all() -> bool:
        return all(len(positions) >= len(stored) for positions in seen)

    await eventually(all_have_all)
    for follower in followers:
        follower.cancel()
    # Equal lists: none missed, none late (they rise), none twice.
    assert stored == sorted(set(stored))
    assert all(positions == stored for positions in seen)
    assert (await verify(logs[0], logs[0].mapper)).sound
    for log in logs:
        await log.close()


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
async def test_a_writer_killed_under_load_loses_nothing_that_was_acknowledged(backend, request, tmp_path):
    url = f"sqlite://{tmp_path}/log.db" if backend == "sqlite" else request.getfixturevalue("postgres")
    told: dict[str, tuple[int, int]] = {}
    for round_, appends in enumerate((3, 57, 111, 20)):
        writer = await start_writer(url, f"round{round_ % 2}", tasks=8)
        told |= await acknowledged(writer, until=appends)
        writer.kill()
        told |= await acknowledged(writer)
        await writer.wait()

    log = await (open_log(url, MemoryKeyring()) if backend == "sqlite" else PostgresLog.open(url, MemoryKeyring()))
    for stream, (version, position) in told.items():
        events = await log.read_stream(stream)
        assert len(events) >= version
        assert any(recorded.position <= position for recorded in events[version - 1 : version])
    report = await verify(log, log.mapper)
    assert report.faults == []
    await log.close()


async def test_a_second_writing_process_on_one_sqlite_log_is_refused_and_told_who_holds_it(tmp_path, keyring):
    path = tmp_path / "log.db"
    writer = await start_writer(f"sqlite://{path}", "first", tasks=1)
    with pytest.raises(LogInUse, match=rf"process {writer.pid} .*PostgreSQL"):
        SqliteLog(path, keyring)
    writer.kill()
    await writer.wait()
    log = SqliteLog(path, keyring)  # the lock died with its holder
    await log.append(rings("a", 0))
    await log.close()


async def test_another_process_tails_a_sqlite_log_while_it_is_written(tmp_path, keyring):
    writer = await start_writer(f"sqlite://{tmp_path}/log.db", "writer", tasks=2, count=30)
    reader = SqliteLog(tmp_path / "log.db", keyring, write=False)
    seen: list[int] = []

    async def follow() -> None:
        async with aclosing(reader.subscribe()) as batches:
            async for batch in batches:
                seen.extend(recorded.position for recorded in batch)

    following = asyncio.create_task(follow())
    await acknowledged(writer)
    stored = [row.position for row in await reader.rows(0, 10_000)]
    assert len(stored) > 60

    async def has_all() -> bool:
        return len(seen) >= len(stored)

    await eventually(has_all)
    following.cancel()
    assert seen == stored
    with pytest.raises(LogUnavailable, match="reading only"):
        await reader.append(rings("mine", 0))
    await reader.close()
    await writer.wait()


async def test_many_processes_may_create_the_tables_at_once(postgres):
    logs = await asyncio.gather(*(PostgresLog.open(postgres, MemoryKeyring()) for _ in range(12)))
    await asyncio.gather(*(log.append(rings(f"s{n}", 0)) for n, log in enumerate(logs)))
    assert await logs[0].head() == 12
    for log in logs:
        await log.close()
