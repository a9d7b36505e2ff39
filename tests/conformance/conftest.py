"""The same log three times: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.stored import StoredLog

BACKENDS = ("memory", "sqlite", "postgres")


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def step(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


LogMaker = Callable[[str], Awaitable[StoredLog]]


@pytest.fixture
async def make_log(
    request: pytest.FixtureRequest, tmp_path: Path, keyring: MemoryKeyring, clock: SetClock
) -> AsyncIterator[LogMaker]:
    """Opens an empty log of the named backend; closes all it opened."""
    opened: list[StoredLog] = []

    async def make(backend: str) -> StoredLog:
        if backend == "memory":
            log: StoredLog = MemoryLog(keyring, clock)
        elif backend == "sqlite":
            log = SqliteLog(tmp_path / f"log{len(opened)}.db", keyring, clock=clock)
        else:
            # The second log of a test must not share the first one's database.
            dsn = request.getfixturevalue("second_postgres" if opened else "postgres")
            log = await PostgresLog.open(dsn, keyring, clock=clock, patience=5)
        opened.append(log)
        return log

    yield make
    for log in opened:
        await log.close()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def log(backend: str, make_log: LogMaker) -> StoredLog:
    return await make_log(backend)
