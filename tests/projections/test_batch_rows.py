"""Rows as a projection sees them inside a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.rows.batch import BatchRows
from infra.rows.memory import MemoryRows, MemoryTarget
from infra.rows.port import Key, Row
from projections.schema import Column, Projection, Table

LOOKED_UP = Table(
    "looked_up",
    (Column("k"), Column("group", "integer"), Column("value", "integer")),
    key=("k",),
    indexes=(("group",),),
    read_back=True,
)
WRITTEN = Table(
    "written", (Column("k"), Column("group", "integer"), Column("value", "integer")), key=("k",), indexes=(("group",),)
)
AHEAD = Table(
    "ahead",
    (Column("k"), Column("group", "integer"), Column("value", "integer")),
    key=("k", "group"),
    indexes=(("group",),),
    ahead=True,
)
P = Projection("batched", 1, (LOOKED_UP, WRITTEN, AHEAD))

KEYS, GROUPS = st.sampled_from("abcd"), st.integers(0, 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, GROUPS),
        st.tuples(st.just("delete"), KEYS, GROUPS),
        st.tuples(st.just("get"), KEYS, GROUPS),
        st.tuples(st.just("find"), KEYS, GROUPS),
        st.tuples(st.just("commit"), KEYS, GROUPS),
        st.tuples(st.just("leave"), KEYS, GROUPS),
        st.tuples(st.just("rollback"), KEYS, GROUPS),
    ),
    max_size=40,
)


@pytest.mark.parametrize("table", ["looked_up", "written"])
@given(steps=STEPS)
@settings(max_examples=150, deadline=None)
def test_reads_see_what_the_batch_wrote_over_what_is_stored(table: str, steps: list[tuple[str, str, int]]) -> None:
    target = MemoryRows().live(P, "main")
    with ThreadPoolExecutor(1) as writer:
        rows = BatchRows(target, writer)
        now: dict[str, dict[str, object]] = {}
        stored: dict[str, dict[str, object]] = {}
        for number, (what, key, group) in enumerate(steps, 1):
            row = {"k": key, "group": group, "value": number}
            if what == "put":
                rows.put(table, row)
                now[key] = row
            elif what == "delete":
                rows.delete(table, (key,))
                now.pop(key, None)
            elif what == "get":
                assert rows.get(table, (key,)) == now.get(key)
            elif what == "find":
                assert rows.find(table, group=group) == [now[k] for k in sorted(now) if now[k]["group"] == group]
            elif what == "rollback":
                rows.settle()
                rows.rollback()
                now = dict(stored)
            else:
                rows.commit(number) if what == "commit" else rows.leave(number)
                stored = dict(now)
        rows.settle()
        rows.commit(1_000)
        assert target.find(P.by_name[table], {}) == [now[k] for k in sorted(now)]


AHEAD_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete", "get", "find", "by group", "ahead", "commit", "leave", "rollback"]),
        KEYS,
        GROUPS,
    ),
    max_size=40,
)


def naming(*keys: str) -> list[Any]:
    """Events that name these."""
    return [SimpleNamespace(event=SimpleNamespace(k=key)) for key in keys]


@given(steps=AHEAD_STEPS)
@settings(max_examples=300, deadline=None)
def test_what_was_read_ahead_stays_what_the_rows_are_whatever_becomes_of_them(
    steps: list[tuple[str, str, int]],
) -> None:
    target = MemoryRows().live(P, "main")
    with ThreadPoolExecutor(1) as writer:
        rows = BatchRows(target, writer)
        now: dict[tuple[str, int], dict[str, object]] = {}
        stored: dict[tuple[str, int], dict[str, object]] = {}
        for number, (what, k, group) in enumerate(steps, 1):
            match what:
                case "put":
                    now[k, group] = {"k": k, "group": group, "value": number}
                    rows.put("ahead", now[k, group])
                case "delete":
                    rows.delete("ahead", (k, group))
                    now.pop((k, group), None)
                case "get":
                    assert rows.get("ahead", (k, group)) == now.get((k, group))
                case "find":
                    assert rows.find("ahead", k=k) == [now[key] for key in sorted(now) if key[0] == k]
                case "by group":
                    assert rows.find("ahead", group=group) == [now[key] for key in sorted(now) if key[1] == group]
                case "ahead":
                    rows.read_ahead(naming(k, "z"))
                case "rollback":
                    rows.settle()
                    rows.rollback()
                    now = dict(stored)
                case _:
                    rows.commit(number) if what == "commit" else rows.leave(number)
                    stored = dict(now)
        rows.settle()
        rows.commit(1_000)
        assert target.find(AHEAD, {}) == [now[key] for key in sorted(now)]


class Asked:
    """A target that counts what it is asked for, row by row and by many names at once."""

    def __init__(self, target: MemoryTarget) -> None:
        self._target, self.one_by_one, self.at_once = target, 0, 0
        self.projection, self.position, self.commit, self.close = P, 0, target.commit, target.close

    def get(self, table: Table, key: Key) -> Row | None:
        self.one_by_one += 1
        return self._target.get(table, key)

    def find(self, table: Table, equal: Mapping[str, Any]) -> Sequence[Row]:
        self.one_by_one += 1
        return self._target.find(table, equal)

    def find_under(self, table: Table, names: Sequence[str]) -> Sequence[Row]:
        self.at_once += 1
        return self._target.find_under(table, names)


def test_a_batch_asks_once_for_all_that_its_events_name_and_not_again_for_what_it_knows() -> None:
    asked = Asked(MemoryRows().live(P, "main"))
    rows = BatchRows(asked)
    for batch in (("a", "b", "c"), ("c", "b")):
        rows.read_ahead(naming(*batch))
        for k in batch:
            assert len(rows.find("ahead", k=k)) == (0 if len(batch) == 3 else 1)
            assert rows.get("ahead", (k, 7)) is None
            rows.put("ahead", {"k": k, "group": 1, "value": 1})
        rows.commit(asked.position)
    assert (asked.at_once, asked.one_by_one) == (1, 0)


def test_rows_are_read_ahead_by_names_only() -> None:
    with pytest.raises(TypeError, match="begin with a text"):
        Table("t", (Column("k", "integer"),), key=("k",), ahead=True)


def test_a_row_without_all_its_columns_is_refused_by_name() -> None:
    rows = BatchRows(MemoryRows().live(P, "main"))
    with pytest.raises(ValueError, match="value"):
        rows.put("written", {"k": "a", "group": 1})


def test_looking_up_by_columns_without_an_index_is_refused() -> None:
    rows = BatchRows(MemoryRows().live(P, "main"))
    with pytest.raises(ValueError, match="no index"):
        rows.find("written", value=1)


def test_a_table_with_personal_columns_needs_an_owner() -> None:
    with pytest.raises(TypeError, match="owner"):
        Table("t", (Column("k"), Column("name", personal=True)), key=("k",))
