"""What a store of rows does: keep a projection's rows and position together, build a new generation beside the old.

A store is used from threads, one at a time per `Target`; it knows nothing of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from domain.ports import LogUnavailable
from projections.reading import Reader
from projections.schema import Projection, Table

Row = Mapping[str, Any]
Key = tuple[Any, ...]


def key_getter(columns: tuple[str, ...]) -> Callable[[Row], Key]:
    """The function that takes a row's key, always a tuple."""
    if len(columns) == 1:
        name = columns[0]
        return lambda row: (row[name],)
    return itemgetter(*columns)


class RowsUnavailable(LogUnavailable):
    """The store cannot be reached or cannot write. Rows and position stand as they did before.

    To whoever waits for the log to come back it is the same trouble: mostly it is the same database.
    """


class PositionMoved(Exception):
    """Somebody else has projected into these rows, or a rebuilt generation took their place: look again."""


class StaleProjection(Exception):
    """The rows were written by another version of the projection."""

    def __init__(self, name: str, stored: int, wanted: int) -> None:
        super().__init__(
            f"projection {name}: its rows are of version {stored}, this software writes version {wanted}: "
            f"run `trunkline rebuild {name}`"
        )


class MixedPools(Exception):
    """The rows are kept pool by pool, this runner follows the whole log."""

    def __init__(self, projection: str) -> None:
        super().__init__(
            f"projection {projection}: its rows are kept pool by pool and are now to be kept for the whole log at "
            f"once: run `trunkline rebuild {projection}` in between"
        )


class TableWrites(NamedTuple):
    """What becomes of one table in a batch: no key is in both."""

    table: Table
    puts: Sequence[Row]
    deletes: Sequence[Key]


class Target(Protocol):
    """The rows of one projection, to be written: the live ones in one pool, or a generation under construction."""

    @property
    def projection(self) -> Projection: ...

    @property
    def position(self) -> int:
        """Everything up to here is in the rows."""
        ...

    def get(self, table: Table, key: Key) -> Row | None: ...

    def find(self, table: Table, equal: Mapping[str, Any]) -> Sequence[Row]: ...

    def find_under(self, table: Table, names: Sequence[str]) -> Sequence[Row]:
        """The rows, in any order, whose key begins with one of the names."""
        ...

    def commit(self, position: int, writes: Sequence[TableWrites]) -> None:
        """Store rows and position in one transaction, and stand there.

        Raises `PositionMoved` when the stored position is not the one this target stood at; `RowsUnavailable`.
        """
        ...

    def close(self) -> None: ...


class Leaving(NamedTuple):
    """A batch on its way into the rows of a target: where it leads to, and what becomes of the tables."""

    target: Target
    position: int
    writes: Sequence[TableWrites]


class Difference(NamedTuple):
    """Rows of one table that stand on one side only; a changed row stands on both."""

    table: str
    only_live: int
    only_rebuilt: int


class Comparison(NamedTuple):
    """Live rows beside rebuilt ones, as they stood at one moment: where each side was, and how they differ."""

    live: Mapping[str, int]
    rebuilt: int
    differences: Sequence[Difference]


class RowStore(Protocol):
    """Rows of all projections, with queries over them."""

    def live(self, projection: Projection, pool: str) -> Target:
        """The live rows, their tables made when there are none. Raises `StaleProjection`."""
        ...

    def commit_all(self, leaving: Sequence[Leaving]) -> None:
        """Store batches of several live targets in one transaction, all or none. Raises as `Target.commit`."""
        ...

    def positions(self, projection: str) -> Mapping[str, int]:
        """Where the live rows stand, by pool. Under the empty name stands what holds for every other pool."""
        ...

    def building(self, projection: Projection) -> Target:
        """A generation under construction: the one that was begun and left, else a new one at position 0."""
        ...

    def swap(self, projection: Projection, at: int) -> bool:
        """Let the generation under construction, which stands at `at`, take the place of the live rows.

        False, with nothing changed, when the live rows of some pool are further.
        """
        ...

    def compare(self, projection: Projection) -> Comparison:
        """Compare the generation under construction with the live rows."""
        ...

    def discard(self, projection: Projection) -> None:
        """Drop the generation under construction, if there is one."""
        ...

    def reading(self) -> AbstractContextManager[Reader]:
        """A reader of one snapshot of the live rows. Raises `RowsUnavailable`."""
        ...

    def scrub(self) -> None:
        """Leave no trace of deleted rows in the files. Slow; for after an erasure."""
        ...

    def close(self) -> None: ...


#: The pool of a runner that follows the whole log.
EVERY_POOL = "*"


def position_in(positions: Mapping[str, int], pool: str) -> int:
    """Where a pool stands in what `RowStore.positions` returned."""
    return max(positions.get(name, 0) for name in (pool, EVERY_POOL, ""))


def check_pools(projection: str, pool: str, known: Iterable[str]) -> bool:
    """Whether rows kept for the whole log are from now on kept pool by pool: each pool then stands where it stood.

    Raises `MixedPools` for the other way round, since pools that stand apart have no place in common.
    """
    whole = EVERY_POOL in known
    if pool == EVERY_POOL and not whole and any(known):
        raise MixedPools(projection)
    return whole and pool != EVERY_POOL
