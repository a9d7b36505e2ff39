"""A centre of many processes on a real PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.faults.database import url_of
from tests.faults.forking import Nursery
from tests.processes.starting import Cluster, cluster, stores_of


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tl-cluster-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def databases(postgres: str, second_postgres: str) -> tuple[str, str]:
    """The log's database and the keys', as addresses that settings take."""
    assert conninfo_to_dict(postgres)["dbname"]
    return url_of(postgres), url_of(second_postgres)


@pytest.fixture
async def centre(folder: Path, forks: Nursery, databases: tuple[str, str]) -> AsyncIterator[Cluster]:
    """A configured centre of which no process runs yet. What its processes said last is shown when a test fails."""
    async with cluster(folder, forks, stores_of(*databases)) as made:
        yield made
        for one in made.processes:
            print(f"--- {one.role}, {'alive' if one.alive else 'ended'}")
            print(one.last_words(30) if one.said.exists() else "never started")
