"""Rows to a database's values and back, by the declared types of their columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.rows.port import Row, key_getter
from projections.schema import ColumnType, Table

Convert = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, UTC. Raises `TypeError` for a time without a zone."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def as_json(value: Any) -> str:
    """Canonical text: the same value always gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("\\u0000", "\ufffd")


def text(value: str) -> str:
    """PostgreSQL's text holds no NUL, so that no store keeps one: it reads as a replacement character."""
    return value.replace("\0", "\ufffd") if "\0" in value else value


class TableCodec:
    """One table's rows as tuples of database values; `to_db` and `from_db` say how each type is written and read."""

    def __init__(self, table: Table, to_db: Mapping[ColumnType, Convert], from_db: Mapping[ColumnType, Convert]):
        self.table = table
        names = table.names
        self._values = key_getter(names)
        self._names = names
        self._to = {c.name: to_db[c.type] for c in table.columns if c.type in to_db}
        self._to_at = [(i, to_db[c.type]) for i, c in enumerate(table.columns) if c.type in to_db]
        self._from_at = [(i, from_db[c.type]) for i, c in enumerate(table.columns) if c.type in from_db]

    def encode(self, row: Row) -> Sequence[Any]:
        """A row's values in the order of the columns. Raises `KeyError` where one is missing."""
        values = list(self._values(row))
        for place, convert in self._to_at:
            if (value := values[place]) is not None:
                values[place] = convert(value)
        return values

    def decode(self, values: Sequence[Any]) -> Row:
        if not self._from_at:
            return dict(zip(self._names, values, strict=True))
        changed = list(values)
        for place, convert in self._from_at:
            if (value := changed[place]) is not None:
                changed[place] = convert(value)
        return dict(zip(self._names, changed, strict=True))

    def value(self, column: str, value: Any) -> Any:
        """One value of a column, as the database has it."""
        convert = self._to.get(column)
        return value if convert is None or value is None else convert(value)
