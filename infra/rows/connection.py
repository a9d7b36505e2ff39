"""What the SQL stores need of a database connection."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from infra.rows.codec import TableCodec
from infra.rows.port import Key, Row
from infra.rows.text import Dialect


class Write(NamedTuple):
    """What becomes of the table `called` so."""

    codec: TableCodec
    called: str
    puts: Sequence[Row]
    deletes: Sequence[Key]


class Connection(Protocol):
    """One connection, used by one thread at a time. Statements are written with `?` for parameters.

    Every method raises `RowsUnavailable` when the database cannot be reached or cannot write.
    """

    dialect: Dialect
    #: What makes a SELECT hold its rows until the transaction ends.
    locking: str

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> list[Sequence[Any]]:
        """The rows that a statement gives, if any."""
        ...

    def run_counting(self, sql: str, parameters: Sequence[Any]) -> int:
        """How many rows a statement changed."""
        ...

    def run_many_counting(self, sql: str, parameters: Sequence[Sequence[Any]]) -> int:
        """How many rows a statement changed that was run with each of several parameters."""
        ...

    def write(self, writes: Sequence[Write]) -> None:
        """Insert or replace rows and delete others, in each of the tables."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """A transaction that writes."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """A transaction that only reads, one moment."""
        ...

    def exclude(self, what: str) -> None:
        """Keep every other transaction that names the same thing out until this one ends."""
        ...

    def codec(self, table: Any) -> TableCodec: ...

    def close(self) -> None: ...
