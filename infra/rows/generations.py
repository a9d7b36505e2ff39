"""The book of generations, the same in every SQL database: which rows are live or being built, and where they stand.

A runner moves its pool's position from where it stood; a rebuild moves the floor of its generation. Both are
compare-and-set in the transaction that writes the rows, so two runners of one projection cannot both win,
and a runner whose generation was swapped away finds no position to move.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from infra.rows import text
from infra.rows.connection import Connection
from infra.rows.port import EVERY_POOL, PositionMoved, StaleProjection, check_pools
from projections.schema import Projection

TABLES = (
    """CREATE TABLE IF NOT EXISTS projection_generations (
        projection {text} NOT NULL,
        state {text} NOT NULL,
        generation {integer} NOT NULL,
        version {integer} NOT NULL,
        floor {integer} NOT NULL,
        PRIMARY KEY (projection, state)
    )""",
    """CREATE TABLE IF NOT EXISTS projection_positions (
        projection {text} NOT NULL,
        generation {integer} NOT NULL,
        pool {text} NOT NULL,
        position {integer} NOT NULL,
        PRIMARY KEY (projection, generation, pool)
    )""",
)

_FIND = "SELECT generation, version, floor FROM projection_generations WHERE projection = ? AND state = ?"
_BEGIN = "INSERT INTO projection_generations (projection, state, generation, version, floor) VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM projection_generations WHERE projection = ? AND state = ?"
_ENTER = "INSERT INTO projection_positions (projection, generation, pool, position) VALUES (?, ?, ?, ?)"
_LEAVE = "DELETE FROM projection_positions WHERE projection = ? AND generation = ?"
_WHERE = "SELECT pool, position FROM projection_positions WHERE projection = ? AND generation = ?"
_MOVE = (
    "UPDATE projection_positions SET position = ? WHERE projection = ? AND generation = ? AND pool = ? AND position = ?"
)
_STAND = "UPDATE projection_generations SET floor = ? WHERE projection = ? AND state = 'live' AND generation = ?"
_RAISE = (
    "UPDATE projection_generations SET floor = ? "
    "WHERE projection = ? AND state = 'building' AND generation = ? AND floor = ?"
)


class Move(NamedTuple):
    """The position of a projection's pool: where it stands and where it goes."""

    projection: str
    generation: int
    pool: str
    before: int
    after: int


class Generations:
    """The book, read and written through one connection. Every method runs inside a transaction of its caller."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def find(self, projection: str, state: str, *, lock: bool = False) -> tuple[int, int, int] | None:
        """Generation, version and floor."""
        found: Any = self._c.run(_FIND + (self._c.locking if lock else ""), (projection, state))
        return found[0] if found else None

    def make(self, projection: Projection, state: str, generation: int) -> None:
        """Make the tables of a generation, empty."""
        for table in projection.tables:
            called = table.name if state == "live" else text.building(table.name)
            self._c.run(text.drop(called))
            for statement in text.create(table, called, generation, self._c.dialect):
                self._c.run(statement)
        self._c.run(_BEGIN, (projection.name, state, generation, projection.version, 0))

    def enter(self, projection: Projection, pool: str) -> tuple[int, int]:
        """Live generation and position of a pool, both begun where there were none. Raises `StaleProjection`."""
        found = self.find(projection.name, "live", lock=True)
        if found is None:
            self._c.exclude(projection.name)
            found = self.find(projection.name, "live", lock=True)
        if found is None:
            self.make(projection, "live", 1)
            found = (1, projection.version, 0)
        generation, version, floor = found
        if version != projection.version:
            raise StaleProjection(projection.name, version, projection.version)
        positions = self.positions(projection.name, generation)
        if check_pools(projection.name, pool, positions):
            floor = self._part(projection.name, generation, floor)
            positions = {}
        if pool not in positions:
            self._c.run(_ENTER, (projection.name, generation, pool, floor))
        return generation, positions.get(pool, floor)

    def _part(self, projection: str, generation: int, floor: int) -> int:
        """Let every pool stand where the whole log stood; a runner of the whole finds its position gone."""
        stood = self.positions(projection, generation, lock=True).get(EVERY_POOL, floor)
        self._c.run(_LEAVE, (projection, generation))
        self._c.run(_STAND, (stood, projection, generation))
        return stood

    def begin(self, projection: Projection) -> tuple[int, int]:
        """The generation under construction and its floor; begun anew unless one of this version was left."""
        self._c.exclude(projection.name)
        found = self.find(projection.name, "building", lock=True)
        if found is not None and found[1] == projection.version:
            return found[0], found[2]
        live = self.find(projection.name, "live")
        generation = max(live[0] if live else 0, found[0] if found else 0) + 1
        self.discard(projection)
        self.make(projection, "building", generation)
        return generation, 0

    def discard(self, projection: Projection) -> None:
        self._c.run(_FORGET, (projection.name, "building"))
        for table in projection.tables:
            self._c.run(text.drop(text.building(table.name)))

    def positions(self, projection: str, generation: int, *, lock: bool = False) -> dict[str, int]:
        rows = self._c.run(_WHERE + (self._c.locking if lock else ""), (projection, generation))
        return {str(pool): int(position) for pool, position in rows}

    def move(self, moves: Sequence[Move]) -> None:
        """Move the positions of pools, in this order: whoever moves several of them does it in the order of names."""
        values = [(one.after, one.projection, one.generation, one.pool, one.before) for one in moves]
        if self._c.run_many_counting(_MOVE, values) != len(moves):
            told = ", ".join(f"{one.projection} of pool {one.pool!r} at {one.before}" for one in moves)
            raise PositionMoved(f"projection {told}: the rows are no longer there")

    def raise_floor(self, projection: str, generation: int, before: int, after: int) -> None:
        if self._c.run_counting(_RAISE, (after, projection, generation, before)) != 1:
            raise PositionMoved(
                f"projection {projection}: another rebuild has taken this one's place; let one of them finish"
            )

    def swap(self, projection: Projection, at: int) -> bool:
        """Put the built generation in the live one's place; False when the live one is further."""
        self._c.exclude(projection.name)
        new = self.find(projection.name, "building", lock=True)
        if new is None or new[2] != at:
            raise PositionMoved(f"projection {projection.name}: the new generation is not at {at}")
        live = self.find(projection.name, "live", lock=True)
        pools = self.positions(projection.name, live[0], lock=True) if live else {}
        if live and max([live[2], *pools.values()]) > at:
            return False
        if live:
            self._c.run(_FORGET, (projection.name, "live"))
            self._c.run(_LEAVE, (projection.name, live[0]))
        for table in projection.tables:
            self._c.run(text.drop(table.name))
            self._c.run(text.rename(text.building(table.name), table.name))
        self._c.run(_FORGET, (projection.name, "building"))
        # the floor holds for every pool; a runner finds its position gone and enters again, at the floor
        self._c.run(_BEGIN, (projection.name, "live", new[0], new[1], at))
        return True
