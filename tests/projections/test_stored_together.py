"""Batches of several projections in one transaction, in every row store."""

from __future__ import annotations

from typing import Any

import pytest

from infra.rows.batch import BatchRows
from infra.rows.port import Leaving, PositionMoved, Target
from projections.schema import Column, Projection, Table
from tests.projections.conftest import OpenRows
from tests.projections.test_row_stores import P, read, thing, write

OTHERS = Projection("others", 1, (Table("other_things", (Column("owner"), Column("name")), key=("owner",)),))


def prepared(target: Target, position: int, table: str, row: dict[str, Any]) -> Leaving:
    batch = BatchRows(target)
    batch.put(table, row)
    return batch.depart(position)


def test_batches_of_several_projections_are_stored_together(open_rows: OpenRows) -> None:
    store = open_rows([P, OTHERS])
    one, other = store.live(P, "main"), store.live(OTHERS, "main")
    for position, note in ((4, "first"), (9, "second")):
        store.commit_all(
            [
                prepared(other, position, "other_things", {"owner": "anna", "name": note}),
                prepared(one, position, "things", thing("a", note=note)),
            ]
        )
        assert (one.position, other.position) == (position, position)
    assert [r["note"] for r in read(store, owner="anna")] == ["second"]
    with store.reading() as reader:
        assert [row["name"] for row in reader.find("other_things", owner="anna")] == ["second"]
    assert (store.positions("things")["main"], store.positions("others")["main"]) == (9, 9)


def test_of_batches_stored_together_none_is_there_where_the_rows_of_one_have_moved(open_rows: OpenRows) -> None:
    store = open_rows([P, OTHERS])
    one, other = store.live(P, "main"), store.live(OTHERS, "main")
    write(store.live(OTHERS, "main"), 3, {"owner": "anna", "name": "somebody else's"}, table="other_things")
    leaving = [
        prepared(one, 5, "things", thing("a")),
        prepared(other, 5, "other_things", {"owner": "anna", "name": "ours"}),
    ]
    with pytest.raises(PositionMoved):
        store.commit_all(leaving)
    assert read(store, owner="anna") == []
    assert (store.positions("things")["main"], one.position) == (0, 0)
    one.commit(leaving[0].position, leaving[0].writes)
    assert len(read(store, owner="anna")) == 1
