"""The port that queries read through, and pages of what they find."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, ParamSpec, Protocol, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict

Row = Mapping[str, Any]

#: The most that one page holds, whatever is asked for.
MAX_PAGE = 200


class Reader(Protocol):
    """Rows as they stood at one moment: everything read through one Reader belongs to the same snapshot."""

    def get(self, table: str, key: tuple[Any, ...]) -> Row | None:
        """The row with this key."""
        ...

    def find(self, table: str, **equal: Any) -> Sequence[Row]:
        """Rows whose columns equal these values, in order of key. For a handful of rows, not for lists."""
        ...

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
        """At most `limit` rows that equal `equal`, ordered by the columns `by`.

        `after`: a tuple of values of `by`; only what lies strictly behind it in the order. `until`: an upper
        bound (inclusive) of the first column of `by`. `prefix`: what the first column of `by`, a text, begins with.
        `equal` and `by` together follow the table's key or one of its indexes.
        """
        ...

    def count(self, table: str, equal: Mapping[str, Any], *, by: str = "", until: Any = None) -> int:
        """How many rows equal `equal` and have a value of `by` up to `until` (inclusive)."""
        ...


class View(BaseModel):
    """What a query returns: frozen, plain values."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def of(cls, row: Row, **more: Any) -> Self:
        """The view of a row: those of its columns that the view has, and what the caller adds or replaces."""
        return cls.model_validate({name: row[name] for name in cls.model_fields if name in row} | more)


V = TypeVar("V")
P = ParamSpec("P")


class Page(View, Generic[V]):
    """Part of a list. `next` continues behind its last item; None at the end."""

    items: tuple[V, ...]
    next: str | None = None


class BadCursor(ValueError):
    """The cursor did not come from this list."""


def write_cursor(*values: str | int | datetime) -> str:
    """An opaque text that names a place in a list."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type[str | int | datetime]) -> tuple[Any, ...]:
    """The values of a cursor. Raises `BadCursor` unless there is one of each of `kinds`."""
    try:
        values = cast("object", json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
    except (binascii.Error, ValueError) as fault:
        raise BadCursor("this cursor is not one of ours; begin again without one") from fault
    stored = [str if kind is datetime else kind for kind in kinds]
    if not isinstance(values, list) or [type(value) for value in cast("list[object]", values)] != stored:
        raise BadCursor("this cursor belongs to another list; begin again without one")
    try:
        return tuple(
            datetime.fromisoformat(str(value)) if kind is datetime else value
            for kind, value in zip(kinds, cast("list[str | int]", values), strict=True)
        )
    except ValueError as fault:
        raise BadCursor("this cursor belongs to another list; begin again without one") from fault


#: Which projections a query reads, by the query itself: who asks for `min_position` waits for these.
USES: dict[Callable[..., Any], tuple[str, ...]] = {}


def reads(*projections: str) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Declare which projections a query reads."""

    def declare(query: Callable[P, V]) -> Callable[P, V]:
        USES[query] = projections
        return query

    return declare
