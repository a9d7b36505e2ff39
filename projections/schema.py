"""What a projection is made of: declared tables, and one pure function per type of event.

A projection gets the events of its types in the pool's total order, each exactly once, with personal
fields opened. It reads and writes rows through `domain.ports.Rows` and nothing else, so that deleting rows
and position and replaying gives the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from domain.event import Event, Recorded
from domain.ports import Rows

#: Types of columns. `instant` is an aware datetime; `json` any value of plain JSON, stored as canonical text.
ColumnType = Literal["text", "integer", "real", "boolean", "instant", "json"]

NAME = re.compile(r"^[a-z][a-z0-9_]{0,47}$")

E = TypeVar("E", bound=Event)
Handler = Callable[[Recorded, Any, Rows], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `optional` ones may be None. `personal` ones hold what a customer has a right to have erased."""

    name: str
    type: ColumnType = "text"
    optional: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a projection.

    `key` orders its rows and names them; `indexes` are further orders, each ending in the key of itself.
    `owner` is the column that names the customer whose personal data a row holds; when that customer is
    erased, the row is deleted or its personal columns are blanked, as `on_erasure` says.
    `read_back` keeps recently used rows in memory, for tables that the projection itself looks rows up in. Those that
    are read `ahead` are read for a whole batch at once, by the first column of the key: all rows under the names that
    the batch's events have for it, so only for tables with few rows under one name.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    owner: str = ""
    on_erasure: Literal["keep", "delete", "blank"] = "keep"
    read_back: bool = False
    ahead: bool = False

    def __post_init__(self) -> None:
        names = self.names
        for name in (self.name, *names):
            if not NAME.match(name):
                raise TypeError(f"table {self.name}: {name!r} is not a name of lower-case letters, digits and _")
        if len(set(names)) != len(names):
            raise TypeError(f"table {self.name}: a column is declared twice")
        for column in (*self.key, *(c for index in self.indexes for c in index), *filter(None, [self.owner])):
            if column not in names:
                raise TypeError(f"table {self.name}: {column!r} is not one of its columns")
        if not self.key or any(c.optional for c in self.columns if c.name in self.key):
            raise TypeError(f"table {self.name}: a key of columns that are never None is needed")
        if self.ahead and next(c.type for c in self.columns if c.name == self.key[0]) != "text":
            raise TypeError(f"table {self.name}: rows are read ahead by names: the key must begin with a text")
        if any(c.personal for c in self.columns) and (not self.owner or self.on_erasure == "keep"):
            raise TypeError(f"table {self.name}: personal columns need an owner and what to do on erasure")
        if self.owner and not self.finds((self.owner,)):
            raise TypeError(f"table {self.name}: rows must be found by their owner: index {self.owner}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def finds(self, columns: tuple[str, ...]) -> bool:
        """Whether rows can be found by these columns, in any order: they begin the key or an index."""
        wanted = set(columns)
        return any(set(order[: len(wanted)]) == wanted for order in (self.key, *self.indexes))


@dataclass(slots=True)
class Projection:
    """A named, versioned projection. A change of what its rows mean needs a new `version` and a rebuild."""

    name: str
    version: int
    tables: tuple[Table, ...]
    handlers: dict[type[Event], Handler] = field(default_factory=dict[type[Event], Handler])

    def on(self, *types: type[E]) -> Callable[[Callable[[Recorded, E, Rows], None]], Callable[..., None]]:
        """Register the function that projects these types of events."""

        def register(handler: Callable[[Recorded, E, Rows], None]) -> Callable[[Recorded, E, Rows], None]:
            for kind in types:
                if kind in self.handlers:
                    raise TypeError(f"projection {self.name}: {kind.__name__} is projected twice")
                self.handlers[kind] = handler
            return handler

        return register

    @property
    def wires(self) -> tuple[str, ...]:
        """The wire names of the events it subscribes to; it never sees others."""
        return tuple(sorted(kind.wire for kind in self.handlers))

    @property
    def by_name(self) -> Mapping[str, Table]:
        return {table.name: table for table in self.tables}

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Project one event; one of a type that it does not subscribe to changes nothing."""
        handler = self.handlers.get(type(recorded.event))
        if handler is not None:
            handler(recorded, recorded.event, rows)
