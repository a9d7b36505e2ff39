"""Rows as a projection sees them inside a batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.rows.batch import BatchRows
from infra.rows.memory import MemoryRows
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
P = Projection("batched", 1, (LOOKED_UP, WRITTEN))

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
