"""Rows in memory: for tests, simulation and a centre that need not outlive its process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from infra.rows.codec import TableCodec, as_json
from infra.rows.port import (
    EVERY_POOL,
    Comparison,
    Difference,
    Key,
    Leaving,
    PositionMoved,
    Row,
    StaleProjection,
    TableWrites,
    check_pools,
    key_getter,
)
from projections.reading import MAX_PAGE
from projections.schema import ColumnType, Projection, Table


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _json(value: Any) -> Any:
    return json.loads(as_json(value))


#: Values are kept as a database would give them back.
_AS_KEPT: Mapping[ColumnType, Any] = {"instant": _utc, "json": _json, "real": float}


@dataclass(slots=True)
class _Generation:
    version: int
    floor: int = 0
    positions: dict[str, int] = field(default_factory=dict[str, int])
    rows: dict[str, dict[Key, Row]] = field(default_factory=dict[str, dict[Key, Row]])
    #: The same by the first column of the key, for the tables that are read ahead.
    under: dict[str, dict[str, dict[Key, Row]]] = field(default_factory=dict[str, dict[str, dict[Key, Row]]])


class MemoryRows:
    """`infra.rows.port.RowStore` in memory."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._live: dict[str, _Generation] = {}
        self._building: dict[str, _Generation] = {}
        self._declared: dict[str, Table] = {}

    def _new(self, projection: Projection) -> _Generation:
        self._declared |= projection.by_name
        under: dict[str, dict[str, dict[Key, Row]]] = {table.name: {} for table in projection.tables if table.ahead}
        return _Generation(projection.version, rows={table.name: {} for table in projection.tables}, under=under)

    def live(self, projection: Projection, pool: str) -> MemoryTarget:
        with self._lock:
            found = self._live.get(projection.name)
            if found is None:
                found = self._live[projection.name] = self._new(projection)
            if found.version != projection.version:
                raise StaleProjection(projection.name, found.version, projection.version)
            if check_pools(projection.name, pool, found.positions):
                found.floor = max(found.floor, found.positions.pop(EVERY_POOL))
            found.positions.setdefault(pool, found.floor)
            return MemoryTarget(projection, self._lock, found, self._live, pool)

    def commit_all(self, leaving: Sequence[Leaving]) -> None:
        with self._lock:
            targets = cast("Sequence[tuple[MemoryTarget, int, Sequence[TableWrites]]]", leaving)
            encoded = [(one, position, one.encoded(writes)) for one, position, writes in targets]
            for one, _, _ in encoded:
                one.check()
            for one, position, writes in encoded:
                one.store(position, writes)

    def positions(self, projection: str) -> Mapping[str, int]:
        with self._lock:
            found = self._live.get(projection)
            return {} if found is None else {**found.positions, "": found.floor}

    def building(self, projection: Projection) -> MemoryTarget:
        with self._lock:
            found = self._building.get(projection.name)
            if found is None or found.version != projection.version:
                found = self._building[projection.name] = self._new(projection)
            return MemoryTarget(projection, self._lock, found, self._building, None)

    def swap(self, projection: Projection, at: int) -> bool:
        with self._lock:
            new = self._building.get(projection.name)
            if new is None or new.floor != at:
                raise PositionMoved(f"projection {projection.name}: the new generation is not at {at}")
            old = self._live.get(projection.name)
            if old is not None and max([old.floor, *old.positions.values()]) > at:
                return False
            self._live[projection.name] = self._building.pop(projection.name)
            return True

    def compare(self, projection: Projection) -> Comparison:
        with self._lock:
            live = self._live.get(projection.name) or self._new(projection)
            new = self._building[projection.name]
            found: list[Difference] = []
            for table in projection.tables:
                one, other = live.rows[table.name], new.rows[table.name]
                only_live = sum(other.get(key) != row for key, row in one.items())
                only_rebuilt = sum(one.get(key) != row for key, row in other.items())
                if only_live or only_rebuilt:
                    found.append(Difference(table.name, only_live, only_rebuilt))
            return Comparison(self.positions(projection.name), new.floor, found)

    def discard(self, projection: Projection) -> None:
        with self._lock:
            self._building.pop(projection.name, None)

    @contextmanager
    def reading(self) -> Iterator[MemoryReader]:
        with self._lock:
            rows = {name: table for generation in self._live.values() for name, table in generation.rows.items()}
            yield MemoryReader(self._declared, rows)

    def scrub(self) -> None:
        """Nothing is on any disk."""

    def close(self) -> None:
        """Nothing is held."""


class MemoryTarget:
    """`infra.rows.port.Target`; `pool` None writes a generation under construction."""

    def __init__(
        self,
        projection: Projection,
        lock: threading.RLock,
        generation: _Generation,
        home: dict[str, _Generation],
        pool: str | None,
    ) -> None:
        self.projection, self._lock, self._generation, self._home, self._pool = projection, lock, generation, home, pool
        self._codecs = {table.name: TableCodec(table, _AS_KEPT, {}) for table in projection.tables}
        self.position = generation.floor if pool is None else max(generation.positions[pool], generation.floor)

    def get(self, table: Table, key: Key) -> Row | None:
        return self._generation.rows[table.name].get(key)

    def find(self, table: Table, equal: Mapping[str, Any]) -> Sequence[Row]:
        rows = self._generation.rows[table.name]
        return [rows[k] for k in sorted(rows) if all(rows[k][c] == value for c, value in equal.items())]

    def find_under(self, table: Table, names: Sequence[str]) -> Sequence[Row]:
        under = self._generation.under[table.name]
        return [row for name in names for row in under.get(name, {}).values()]

    def commit(self, position: int, writes: Sequence[TableWrites]) -> None:
        encoded = self.encoded(writes)
        with self._lock:
            self.check()
            self.store(position, encoded)

    def encoded(self, writes: Sequence[TableWrites]) -> Sequence[TableWrites]:
        """The same with values as they are kept."""
        return [one._replace(puts=[self._kept(one.table, row) for row in one.puts]) for one in writes]

    def check(self) -> None:
        """Raises `PositionMoved`. Under the lock."""
        here = self._generation
        # a pool has no position any more where rows for the whole log are from now on kept pool by pool
        stood = -1 if self._pool is None else here.positions.get(self._pool)
        stored = None if stood is None else max(stood, here.floor)
        if self._home.get(self.projection.name) is not here or stored != self.position:
            raise PositionMoved(f"projection {self.projection.name}: its rows are no longer at {self.position}")

    def store(self, position: int, writes: Sequence[TableWrites]) -> None:
        """What was checked and encoded. Under the lock."""
        here = self._generation
        for table, puts, deletes in writes:
            rows, key_of = here.rows[table.name], key_getter(table.key)
            rows.update((key_of(row), row) for row in puts)
            for key in deletes:
                rows.pop(key, None)
            if table.ahead:
                _keep_under(here.under[table.name], [(key_of(row), row) for row in puts], deletes)
        if self._pool is None:
            here.floor = position
        else:
            here.positions[self._pool] = position
        self.position = position

    def _kept(self, table: Table, row: Row) -> Row:
        codec = self._codecs[table.name]
        return codec.decode(codec.encode(row))

    def close(self) -> None:
        """Nothing is held."""


def _keep_under(under: dict[str, dict[Key, Row]], puts: Iterable[tuple[Key, Row]], deletes: Iterable[Key]) -> None:
    for key, row in puts:
        under.setdefault(key[0], {})[key] = row
    for key in deletes:
        rows = under.get(key[0], {})
        rows.pop(key, None)
        if not rows:
            under.pop(key[0], None)


class MemoryReader:
    """`projections.reading.Reader` over rows in memory."""

    def __init__(self, declared: Mapping[str, Table], rows: Mapping[str, dict[Key, Row]]) -> None:
        self._declared, self._rows = declared, rows

    def get(self, table: str, key: Key) -> Row | None:
        return self._rows.get(table, {}).get(key)

    def find(self, table: str, **equal: Any) -> Sequence[Row]:
        return self.scan(table, equal, self._declared[table].key, limit=1_000_000) if table in self._rows else []

    def scan(
        self,
        table: str,
        equal: Mapping[str, Any],
        by: tuple[str, ...],
        *,
        after: tuple[Any, ...] | None = None,
        until: Any = None,
        prefix: str | None = None,
        limit: int = MAX_PAGE,
        descending: bool = False,
    ) -> Sequence[Row]:
        order = key_getter(by)
        found = [
            row
            for row in self._rows.get(table, {}).values()
            if all(row[c] == value for c, value in equal.items())
            and (until is None or row[by[0]] <= until)
            and (prefix is None or row[by[0]].startswith(prefix))
            and (after is None or (order(row) < after if descending else order(row) > after))
        ]
        return sorted(found, key=order, reverse=descending)[:limit]

    def count(self, table: str, equal: Mapping[str, Any], *, by: str = "", until: Any = None) -> int:
        return sum(
            all(row[c] == value for c, value in equal.items()) and (not by or row[by] <= until)
            for row in self._rows.get(table, {}).values()
        )
