"""Rows as a projection sees them: what its batch wrote, then what is being stored, what is remembered, what is stored.

Writes wait here until the whole batch is projected, so a row that changes ten times is stored once. A batch may be
stored by another thread while the next is projected; whoever needs a row from the database waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from domain.event import Recorded
from infra.rows.ahead import Ahead
from infra.rows.port import Key, Leaving, Row, TableWrites, Target, key_getter
from infra.rows.remembered import Remembered
from projections.schema import Table

#: Rows of one `read_back` table that are remembered, by who follows the log and by a rebuild: half of them, those used
#: recently, survive a clean-up.
REMEMBERED, REMEMBERED_IN_REBUILD = 10_000, 40_000


class _TableRows:
    """One table's part of the batch."""

    __slots__ = ("ahead", "dirty", "finders", "key_of", "leaving", "memory", "table", "width")

    def __init__(self, table: Table, remembered: int) -> None:
        self.table = table
        self.width = len(table.columns)
        self.key_of = key_getter(table.key)
        self.dirty: dict[Key, Row | None] = {}
        #: What another thread is storing now.
        self.leaving: dict[Key, Row | None] = {}
        self.memory: Remembered[Key, Row | None] | None = Remembered(remembered) if table.read_back else None
        self.ahead = Ahead(table, remembered) if table.ahead else None
        #: For each way the batch looked rows up: the changed rows' keys by the values looked for.
        self.finders: dict[tuple[str, ...], dict[Key, dict[Key, None]]] = {}


_MISSING: Any = object()


class BatchRows:
    """`domain.ports.Rows` over a target.

    `commit` stores the batch, `leave` lets a thread of `writer` store it and `settle` waits for that; `rollback`
    forgets what is not stored. After a fault of the target, make a new one of both.
    """

    def __init__(self, target: Target, writer: Executor | None = None) -> None:
        self._target, self._writer = target, writer
        self._storing: Future[None] | None = None
        remembered = REMEMBERED if writer is None else REMEMBERED_IN_REBUILD
        self._tables = {table.name: _TableRows(table, remembered) for table in target.projection.tables}
        self._ahead = [mine for mine in self._tables.values() if mine.ahead is not None]

    def read_ahead(self, events: Sequence[Recorded]) -> None:
        """Read what the projection of these events will probably ask for."""
        named: dict[str, dict[str, None]] = {}
        for mine in self._ahead:
            assert mine.ahead is not None
            column = mine.ahead.column
            if column not in named:
                found = (getattr(recorded.event, column, None) for recorded in events)
                # a text with a null character is stored as another text
                named[column] = dict.fromkeys(name for name in found if name and "\x00" not in name)
            if lacking := mine.ahead.lacking(named[column]):
                self.settle()
                mine.ahead.fill(lacking, self._target.find_under(mine.table, lacking), (mine.leaving, mine.dirty))

    def get(self, table: str, key: Key) -> Row | None:
        mine = self._tables[table]
        found = mine.dirty.get(key, _MISSING)
        if found is not _MISSING:
            return found
        if mine.ahead is not None and (known := mine.ahead.of(key[0])) is not None:
            return known.get(key)
        memory = mine.memory
        found = mine.leaving.get(key, _MISSING)
        if found is _MISSING and memory is not None:
            found = memory.get(key, _MISSING)
        if found is _MISSING:
            self.settle()
            found = self._target.get(mine.table, key)
            if memory is not None:
                memory.keep({key: found})
        return found

    def put(self, table: str, row: Row) -> None:
        mine = self._tables[table]
        if len(row) != mine.width:
            odd = set(mine.table.names).symmetric_difference(row)
            raise ValueError(f"table {table}: a row needs exactly its columns; missing or unknown: {sorted(odd)}")
        key = mine.key_of(row)
        mine.dirty[key] = row
        if mine.ahead is not None:
            mine.ahead.changed(key, row)
        for columns, keys in mine.finders.items():
            keys.setdefault(tuple(row[c] for c in columns), {})[key] = None

    def delete(self, table: str, key: Key) -> None:
        mine = self._tables[table]
        mine.dirty[key] = None
        if mine.ahead is not None:
            mine.ahead.changed(key, None)

    def find(self, table: str, **equal: Any) -> Sequence[Row]:
        mine = self._tables[table]
        columns = tuple(sorted(equal))
        if not mine.table.finds(columns):
            raise ValueError(f"table {table}: there is no index that begins with {', '.join(columns)}")
        wanted = tuple(equal[c] for c in columns)
        known = mine.ahead.of(equal[mine.ahead.column]) if mine.ahead and mine.ahead.column in equal else None
        if known is not None:
            return [known[key] for key in sorted(known) if _has(known[key], equal)]
        self.settle()
        found = {mine.key_of(row): row for row in self._target.find(mine.table, equal)}
        for key in self._changed(mine, columns).get(wanted, ()):
            found.setdefault(key, {})
        rows: list[Row] = []
        for key in sorted(found):
            row = mine.dirty.get(key, found[key])
            if row and _has(row, equal):
                rows.append(row)
        return rows

    def _changed(self, mine: _TableRows, columns: tuple[str, ...]) -> dict[Key, dict[Key, None]]:
        keys = mine.finders.get(columns)
        if keys is None:
            keys = mine.finders[columns] = {}
            for key, row in mine.dirty.items():
                if row is not None:
                    keys.setdefault(tuple(row[c] for c in columns), {})[key] = None
        return keys

    def commit(self, position: int) -> None:
        """Store what the batch changed, with the position it led to."""
        _, position, writes = self.depart(position)
        self._target.commit(position, writes)
        self.arrived()

    def depart(self, position: int) -> Leaving:
        """What the batch changed, for the caller to store and then to tell by `arrived`, else by `rollback`."""
        self.settle()
        return Leaving(self._target, position, self._depart())

    def leave(self, position: int) -> None:
        """The same in another thread. Raises what went wrong with the batch before."""
        assert self._writer is not None, "a writer was given"
        self.settle()
        self._storing = self._writer.submit(self._target.commit, position, self._depart())

    def settle(self) -> None:
        """Wait until the batch that left is stored. Raises what went wrong with it."""
        if self._storing is not None:
            storing, self._storing = self._storing, None
            storing.result()
            self.arrived()

    def rollback(self) -> None:
        """Forget everything that is not stored; what is on its way is waited for."""
        if self._storing is not None:
            storing, self._storing = self._storing, None
            if storing.exception() is None:
                self.arrived()
        for mine in self._tables.values():
            mine.dirty, mine.leaving, mine.finders = {}, {}, {}
            if mine.ahead is not None:
                mine.ahead.forget()

    def _depart(self) -> list[TableWrites]:
        writes = [_writes(mine) for mine in self._tables.values() if mine.dirty]
        for mine in self._tables.values():
            mine.leaving, mine.dirty, mine.finders = mine.dirty, {}, {}
        return writes

    def arrived(self) -> None:
        """What departed is stored."""
        for mine in self._tables.values():
            if mine.leaving and mine.memory is not None:
                mine.memory.keep(mine.leaving)
            mine.leaving = {}


def _has(row: Row, equal: Mapping[str, Any]) -> bool:
    return all(row[c] == value for c, value in equal.items())


def _writes(mine: _TableRows) -> TableWrites:
    puts = [row for row in mine.dirty.values() if row is not None]
    deletes = [key for key, row in mine.dirty.items() if row is None] if len(puts) < len(mine.dirty) else []
    return TableWrites(mine.table, puts, deletes)
