"""The SQL of declared tables. Names come from declarations and are checked there; values are always parameters.

Statements are written with `?`; a dialect turns these into its own marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from projections.schema import ColumnType, Table


class Dialect(NamedTuple):
    """What differs between databases."""

    types: Mapping[ColumnType, str]
    table_suffix: str
    #: What a column is compared with to be one of a list of texts, and how such a list is given.
    among: str
    listed: Callable[[Sequence[str]], Any]


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def building(table: str) -> str:
    """What a table is called while its generation is under construction."""
    return f"{table}__new"


def create(table: Table, called: str, generation: int, dialect: Dialect) -> list[str]:
    """The statements that make a table and its indexes."""
    columns = [
        f'"{column.name}" {dialect.types[column.type]}{"" if column.optional else " NOT NULL"}'
        for column in table.columns
    ]
    body = ", ".join([*columns, f"PRIMARY KEY ({quoted(table.key)})"])
    made = [f'CREATE TABLE "{called}" ({body}){dialect.table_suffix}']
    for number, index in enumerate(table.indexes):
        made.append(f'CREATE INDEX "{table.name}__{number}_{generation}" ON "{called}" ({quoted(index)})')
    return made


def drop(called: str) -> str:
    return f'DROP TABLE IF EXISTS "{called}"'


def rename(called: str, to: str) -> str:
    return f'ALTER TABLE "{called}" RENAME TO "{to}"'


def select(table: Table, called: str, equal: Iterable[str]) -> str:
    where = " AND ".join(f'"{name}" = ?' for name in equal)
    return f'SELECT {quoted(table.names)} FROM "{called}" WHERE {where} ORDER BY {quoted(table.key)}'  # noqa: S608


def select_under(table: Table, called: str, dialect: Dialect) -> str:
    """The rows whose key begins with one of the texts that the parameter lists."""
    return f'SELECT {quoted(table.names)} FROM "{called}" WHERE "{table.key[0]}" {dialect.among}'  # noqa: S608


def upsert(table: Table, called: str, source: str) -> str:
    """Insert or replace rows from `source`, a VALUES list or a query."""
    rest = [name for name in table.names if name not in table.key]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
    conflict = f"DO UPDATE SET {changes}" if rest else "DO NOTHING"
    return f'INSERT INTO "{called}" ({quoted(table.names)}) {source} ON CONFLICT ({quoted(table.key)}) {conflict}'


def values(table: Table) -> str:
    return f"VALUES ({', '.join('?' for _ in table.columns)})"


def delete(table: Table, called: str) -> str:
    where = " AND ".join(f'"{name}" = ?' for name in table.key)
    return f'DELETE FROM "{called}" WHERE {where}'  # noqa: S608


def delete_listed(table: Table, called: str, dialect: Dialect) -> str:
    """Delete many rows at once; the parameters are one array for each column of the key."""
    types = {column.name: dialect.types[column.type].partition(" COLLATE")[0] for column in table.columns}
    lists = ", ".join(f"?::{types[name]}[]" for name in table.key)
    return f'DELETE FROM "{called}" WHERE ({quoted(table.key)}) IN (SELECT * FROM unnest({lists}))'  # noqa: S608


def differences(table: Table, one: str, other: str) -> str:
    """How many rows of `one` are not in `other`, column by column."""
    names = quoted(table.names)
    return f'SELECT count(*) FROM (SELECT {names} FROM "{one}" EXCEPT SELECT {names} FROM "{other}") AS d'  # noqa: S608


def scan(
    table: Table,
    equal: Mapping[str, Any],
    by: Sequence[str],
    *,
    after: tuple[Any, ...] | None,
    until: Any,
    prefix: str | None,
    limit: int,
    descending: bool,
) -> tuple[str, list[tuple[str, Any]]]:
    """A page of a table, and its parameters, each with the name of its column."""
    where = [f'"{name}" = ?' for name in equal]
    parameters = list(equal.items())
    if after is not None:
        where.append(f"({quoted(by)}) {'<' if descending else '>'} ({', '.join('?' for _ in by)})")
        parameters += zip(by, after, strict=True)
    if until is not None:
        where.append(f'"{by[0]}" <= ?')
        parameters.append((by[0], until))
    if prefix is not None:
        where.append(f'"{by[0]}" >= ? AND "{by[0]}" < ?')
        parameters += [(by[0], prefix), (by[0], prefix + "\U0010ffff")]
    order = ", ".join(f'"{name}"{" DESC" if descending else ""}' for name in by)
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    sql = f'SELECT {quoted(table.names)} FROM "{table.name}"{condition} ORDER BY {order} LIMIT {int(limit)}'  # noqa: S608
    return sql, parameters


def count(table: Table, equal: Mapping[str, Any], by: str, until: Any) -> tuple[str, list[tuple[str, Any]]]:
    where = [f'"{name}" = ?' for name in equal]
    parameters = list(equal.items())
    if by:
        where.append(f'"{by}" <= ?')
        parameters.append((by, until))
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return f'SELECT count(*) FROM "{table.name}"{condition}', parameters  # noqa: S608
