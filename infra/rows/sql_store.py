"""The store of rows over any SQL connection: targets, generations and readers."""

from __future__ import annotations

import queue
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from infra.rows import text
from infra.rows.codec import TableCodec
from infra.rows.connection import Connection, Write
from infra.rows.generations import TABLES, Generations, Move
from infra.rows.port import Comparison, Difference, Key, Leaving, PositionMoved, Row, RowsUnavailable, TableWrites
from projections.reading import MAX_PAGE
from projections.schema import Projection, Table

#: Connections kept open for readers; more readers at once open their own.
IDLE_READERS = 8
#: The most rows that `find` returns to a query.
MAX_FOUND = 10_000


class SqlRows(ABC):
    """`infra.rows.port.RowStore` over SQL."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self._declared = {table.name: table for projection in projections for table in projection.tables}
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue(IDLE_READERS)

    @abstractmethod
    def _connect(self, *, reading: bool = False) -> Connection: ...

    @abstractmethod
    def scrub(self) -> None: ...

    def _prepare(self) -> None:
        """Make the book of generations."""
        with self._book() as connection:
            connection.exclude("")
            types = connection.dialect.types
            for statement in TABLES:
                connection.run(statement.format(text=types["text"], integer=types["integer"]))

    @contextmanager
    def _book(self) -> Iterator[Connection]:
        connection = self._connect()
        try:
            with connection.writing():
                yield connection
        finally:
            connection.close()

    def live(self, projection: Projection, pool: str) -> SqlTarget:
        connection = self._connect()
        try:
            with connection.writing():
                generation, position = Generations(connection).enter(projection, pool)
            return SqlTarget(projection, connection, generation, position, pool)
        except BaseException:
            connection.close()
            raise

    def building(self, projection: Projection) -> SqlTarget:
        connection = self._connect()
        try:
            with connection.writing():
                generation, floor = Generations(connection).begin(projection)
            return SqlTarget(projection, connection, generation, floor, None)
        except BaseException:
            connection.close()
            raise

    def commit_all(self, leaving: Sequence[Leaving]) -> None:
        SqlTarget.commit_all(cast("Sequence[tuple[SqlTarget, int, Sequence[TableWrites]]]", leaving))

    def positions(self, projection: str) -> Mapping[str, int]:
        with self._reader() as connection:
            return _positions(connection, projection)

    def swap(self, projection: Projection, at: int) -> bool:
        with self._book() as connection:
            return Generations(connection).swap(projection, at)

    def discard(self, projection: Projection) -> None:
        with self._book() as connection:
            connection.exclude(projection.name)
            Generations(connection).discard(projection)

    def compare(self, projection: Projection) -> Comparison:
        with self._reader() as connection:
            new = Generations(connection).find(projection.name, "building")
            if new is None:
                raise PositionMoved(f"projection {projection.name}: nothing is being rebuilt")
            found: list[Difference] = []
            for table in projection.tables:
                one, other = table.name, text.building(table.name)
                only_live = int(connection.run(text.differences(table, one, other))[0][0])
                only_rebuilt = int(connection.run(text.differences(table, other, one))[0][0])
                if only_live or only_rebuilt:
                    found.append(Difference(table.name, only_live, only_rebuilt))
            return Comparison(_positions(connection, projection.name), new[2], found)

    @contextmanager
    def reading(self) -> Iterator[SqlReader]:
        with self._reader() as connection:
            yield SqlReader(connection, self._declared)

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        """A snapshot on a connection from the pool; one that failed does not go back."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect(reading=True)
        try:
            with connection.snapshot():
                yield connection
        except RowsUnavailable:
            connection.close()
            raise
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _give_back(self, connection: Connection) -> None:
        try:
            self._idle.put_nowait(connection)
        except queue.Full:
            connection.close()

    def close(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return


def _positions(connection: Connection, projection: str) -> dict[str, int]:
    book = Generations(connection)
    found = book.find(projection, "live")
    return {} if found is None else {**book.positions(projection, found[0]), "": found[2]}


class SqlTarget:
    """`infra.rows.port.Target`; `pool` None writes the generation under construction."""

    def __init__(
        self, projection: Projection, connection: Connection, generation: int, position: int, pool: str | None
    ) -> None:
        self.projection, self.position = projection, position
        self._connection, self._generation, self._pool = connection, generation, pool
        self._called = {t.name: t.name if pool is not None else text.building(t.name) for t in projection.tables}
        self._gets = {t.name: text.select(t, self._called[t.name], t.key) for t in projection.tables}

    def get(self, table: Table, key: Key) -> Row | None:
        codec = self._connection.codec(table)
        values = [codec.value(column, value) for column, value in zip(table.key, key, strict=True)]
        found = self._connection.run(self._gets[table.name], values)
        return codec.decode(found[0]) if found else None

    def find(self, table: Table, equal: Mapping[str, Any]) -> Sequence[Row]:
        codec = self._connection.codec(table)
        values = [codec.value(column, value) for column, value in equal.items()]
        sql = text.select(table, self._called[table.name], equal)
        return [codec.decode(row) for row in self._connection.run(sql, values)]

    def find_under(self, table: Table, names: Sequence[str]) -> Sequence[Row]:
        codec, dialect = self._connection.codec(table), self._connection.dialect
        sql = text.select_under(table, self._called[table.name], dialect)
        return [codec.decode(row) for row in self._connection.run(sql, [dialect.listed(names)])]

    def commit(self, position: int, writes: Sequence[TableWrites]) -> None:
        connection = self._connection
        with connection.writing():
            book = Generations(connection)
            if self._pool is None:
                book.raise_floor(self.projection.name, self._generation, self.position, position)
            else:
                book.move([self._move(self._pool, position)])
            connection.write(self._writes(connection, writes))
        self.position = position

    @staticmethod
    def commit_all(leaving: Sequence[tuple[SqlTarget, int, Sequence[TableWrites]]]) -> None:
        """Through the connection of the first, in the order of names: who stores the same never waits crosswise."""
        ordered = sorted(leaving, key=lambda one: one[0].projection.name)
        connection = ordered[0][0]._connection
        with connection.writing():
            moves = [one._move(one._pool, position) for one, position, _ in ordered if one._pool is not None]
            assert len(moves) == len(ordered), "a generation under construction is stored alone"
            Generations(connection).move(moves)
            connection.write([write for one, _, writes in ordered for write in one._writes(connection, writes)])
        for one, position, _ in ordered:
            one.position = position

    def _move(self, pool: str, position: int) -> Move:
        return Move(self.projection.name, self._generation, pool, self.position, position)

    def _writes(self, connection: Connection, writes: Sequence[TableWrites]) -> list[Write]:
        return [
            Write(connection.codec(table), self._called[table.name], puts, deletes) for table, puts, deletes in writes
        ]

    def close(self) -> None:
        self._connection.close()


class SqlReader:
    """`projections.reading.Reader` over one snapshot."""

    def __init__(self, connection: Connection, declared: Mapping[str, Table]) -> None:
        self._c, self._declared = connection, declared

    def _table(self, name: str) -> tuple[Table, TableCodec]:
        table = self._declared[name]
        return table, self._c.codec(table)

    def get(self, table: str, key: Key) -> Row | None:
        found = self.find(table, **dict(zip(self._declared[table].key, key, strict=True)))
        return found[0] if found else None

    def find(self, table: str, **equal: Any) -> Sequence[Row]:
        return self.scan(table, equal, self._declared[table].key, limit=MAX_FOUND)

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
        declared, codec = self._table(table)
        sql, parameters = text.scan(
            declared, equal, by, after=after, until=until, prefix=prefix, limit=limit, descending=descending
        )
        values = [codec.value(column, value) for column, value in parameters]
        return [codec.decode(row) for row in self._c.run(sql, values)]

    def count(self, table: str, equal: Mapping[str, Any], *, by: str = "", until: Any = None) -> int:
        declared, codec = self._table(table)
        sql, parameters = text.count(declared, equal, by, until)
        return int(self._c.run(sql, [codec.value(column, value) for column, value in parameters])[0][0])
