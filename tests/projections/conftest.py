"""The three row stores, each empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore
from infra.rows.postgres import PostgresRows
from infra.rows.sqlite import SqliteRows
from projections.schema import Projection

OpenRows = Callable[[Sequence[Projection]], RowStore]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def open_rows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenRows]:
    """Opens a store; every call opens the same rows again, as another process would (memory: always one process)."""
    opened: list[RowStore] = []
    memory = MemoryRows()

    def open_store(projections: Sequence[Projection]) -> RowStore:
        if request.param == "memory":
            return memory
        if request.param == "sqlite":
            store: RowStore = SqliteRows(tmp_path / "rows.sqlite", projections)
        else:
            store = PostgresRows(request.getfixturevalue("postgres"), projections)
        opened.append(store)
        return store

    yield open_store
    for store in opened:
        store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def open_durable_rows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenRows]:
    """The same without the store in memory."""
    opened: list[RowStore] = []

    def open_store(projections: Sequence[Projection]) -> RowStore:
        if request.param == "sqlite":
            store: RowStore = SqliteRows(tmp_path / "rows.sqlite", projections)
        else:
            store = PostgresRows(request.getfixturevalue("postgres"), projections)
        opened.append(store)
        return store

    yield open_store
    for store in opened:
        store.close()
