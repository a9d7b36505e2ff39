"""Rows read ahead: for a whole batch in one go, instead of one by one as its events come to them.

What an event is about, it names: the interaction, the work, the ticket. All rows of a table under such a name are read
before the batch is projected and kept while they are in use, so that also what is not there is known without asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from infra.rows.port import Key, Row, key_getter
from infra.rows.remembered import Remembered
from projections.schema import Table


class Ahead:
    """The rows of one table by the first column of its key, whole for every name that is known."""

    __slots__ = ("_key_of", "_known", "_most", "column")

    def __init__(self, table: Table, most: int) -> None:
        self.column = table.key[0]
        self._key_of, self._most = key_getter(table.key), most
        self._known: Remembered[str, dict[Key, Row]] = Remembered(most)

    def lacking(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._known.get(name) is None]

    def fill(self, names: Iterable[str], found: Iterable[Row], unstored: Sequence[Mapping[Key, Row | None]]) -> None:
        """`found`: all that is stored under the names. `unstored`: what is to be stored instead, the latest last."""
        filled: dict[str, dict[Key, Row]] = {name: {} for name in names}
        for row in found:
            filled[row[self.column]][self._key_of(row)] = row
        for rows in unstored:
            for key, row in rows.items():
                if key[0] in filled:
                    _set(filled[key[0]], key, row)
        self._known.keep(filled)

    def of(self, name: str) -> Mapping[Key, Row] | None:
        """All rows under a name, None where they are not known."""
        return self._known.get(name)

    def changed(self, key: Key, row: Row | None) -> None:
        known = self._known.get(key[0])
        if known is not None:
            _set(known, key, row)

    def forget(self) -> None:
        self._known = Remembered(self._most)


def _set(rows: dict[Key, Row], key: Key, row: Row | None) -> None:
    if row is None:
        rows.pop(key, None)
    else:
        rows[key] = row
