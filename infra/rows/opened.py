"""Which store of rows: chosen by address, of the same forms as the log's."""

from __future__ import annotations

from collections.abc import Sequence

from infra.log.opened import sqlite_path
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore, RowsUnavailable
from infra.rows.postgres import PostgresRows
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS
from projections.schema import Projection


def open_rows(url: str, projections: Sequence[Projection] = tuple(PROJECTIONS.values())) -> RowStore:
    """Open the read models at `url`: memory:, sqlite:///path/to/file or postgresql://user@host/database.

    Blocks while it connects. Raises `RowsUnavailable` saying what is wrong.
    """
    if url == "memory:":
        return MemoryRows()
    if url.startswith("sqlite:"):
        return SqliteRows(sqlite_path(url), projections)
    if url.startswith(("postgresql:", "postgres:")):
        return PostgresRows(url, projections)
    raise RowsUnavailable("the address of the read models is none of memory:, sqlite:///path/to/file, postgresql://…")
