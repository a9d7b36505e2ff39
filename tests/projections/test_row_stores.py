"""What every row store must do, held to by memory, SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from infra.rows.batch import BatchRows
from infra.rows.port import MixedPools, PositionMoved, RowStore, StaleProjection, Target, position_in
from projections.schema import Column, Projection, Table
from tests.projections.conftest import OpenRows

THINGS = Table(
    "things",
    (
        Column("thing_id"),
        Column("number", "integer"),
        Column("owner"),
        Column("size", "real"),
        Column("ready", "boolean"),
        Column("at", "instant", optional=True),
        Column("data", "json"),
        Column("note", personal=True),
    ),
    key=("thing_id", "number"),
    indexes=(("owner",), ("owner", "at", "thing_id")),
    owner="owner",
    on_erasure="blank",
)
NAMES = Table("thing_names", (Column("owner"), Column("name")), key=("owner", "name"))
P = Projection("things", 1, (THINGS, NAMES))
AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def thing(thing_id: str, number: int = 1, **more: Any) -> dict[str, Any]:
    row = {
        "thing_id": thing_id,
        "number": number,
        "owner": "anna",
        "size": 1.5,
        "ready": True,
        "at": AT,
        "data": {"b": [1, "two"], "a": None},
        "note": "",
    }
    return row | more


def write(target: Target, position: int, *rows: dict[str, Any], table: str = "things") -> None:
    batch = BatchRows(target)
    for row in rows:
        batch.put(table, row)
    batch.commit(position)


def read(store: RowStore, **equal: Any) -> list[dict[str, Any]]:
    with store.reading() as reader:
        return [dict(row) for row in reader.find("things", **equal)]


def test_rows_are_read_back_as_they_were_written(open_rows: OpenRows) -> None:
    store = open_rows([P])
    odd = thing("ż\"'\\\t\n", 2**60, ready=False, at=None, data=[], note="Zażółć\r\n\\. \\N emoji 🦊 %s ? {}")
    write(store.live(P, "main"), 7, odd, thing("plain", size=-0.1))
    assert read(store, owner="anna") == [thing("plain", size=-0.1), odd]
    assert read(store, thing_id="plain", number=1)[0]["at"].utcoffset() == timedelta(0)


def test_a_time_in_another_zone_is_the_same_instant(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.live(P, "main"), 1, thing("a", at=AT.astimezone(timezone(timedelta(hours=5, minutes=45)))))
    assert read(store, thing_id="a")[0]["at"] == AT


def test_a_nul_in_a_text_is_not_lost_on_the_way_but_stored_as_a_mark(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.live(P, "main"), 1, thing("a", note="a\x00b", data={"k": "a\x00b"}))
    assert read(store, thing_id="a")[0]["note"] in ("a\x00b", "a\ufffdb")


def test_writing_a_key_again_replaces_its_row_and_deleting_removes_it(open_rows: OpenRows) -> None:
    target = open_rows([P]).live(P, "main")
    write(target, 1, thing("a"), thing("b"))
    batch = BatchRows(target)
    batch.put("things", thing("a", note="new"))
    batch.delete("things", ("b", 1))
    batch.delete("things", ("never", 1))
    batch.commit(2)
    assert [(r["thing_id"], r["note"]) for r in target.find(THINGS, {"owner": "anna"})] == [("a", "new")]


def test_large_batches_of_new_and_known_rows_end_like_small_ones(open_rows: OpenRows) -> None:
    store = open_rows([P])
    target = store.live(P, "main")
    write(target, 1, *(thing("a", n) for n in range(300)))
    write(target, 2, *(thing("a", n, note="again") for n in range(150, 450)))
    batch = BatchRows(target)
    for n in range(400, 450):
        batch.delete("things", ("a", n))
    batch.commit(3)
    rows = read(store, thing_id="a")
    assert [r["number"] for r in rows] == list(range(400))
    assert [r["note"] for r in rows] == [""] * 150 + ["again"] * 250


def test_rows_are_found_under_many_names_at_once_live_and_under_construction(open_rows: OpenRows) -> None:
    parts = Table(
        "parts", (Column("name"), Column("number", "integer"), Column("at", "instant")), ("name", "number"), ahead=True
    )
    projection = Projection("parts", 1, (parts,))
    store = open_rows([projection])
    for target in (store.live(projection, "main"), store.building(projection)):
        rows = [{"name": name, "number": n, "at": AT} for name in ("a", "ż'", "c") for n in range(3)]
        write(target, 1, *rows, table="parts")
        batch = BatchRows(target)
        batch.delete("parts", ("ż'", 1))
        batch.commit(2)
        found = target.find_under(parts, ["ż'", "nobody", "a"])
        assert sorted((r["name"], r["number"]) for r in found) == [("a", 0), ("a", 1), ("a", 2), ("ż'", 0), ("ż'", 2)]
        assert {r["at"] for r in found} == {AT}
        target.close()


def test_a_table_of_nothing_but_its_key_is_written_twice_without_harm(open_rows: OpenRows) -> None:
    target = open_rows([P]).live(P, "main")
    for position in (1, 2):
        write(target, position, *({"owner": "anna", "name": str(n)} for n in range(60)), table="thing_names")
    assert len(target.find(NAMES, {"owner": "anna"})) == 60


def test_rows_and_position_come_back_when_the_store_is_opened_again(open_rows: OpenRows) -> None:
    write(open_rows([P]).live(P, "main"), 41, thing("a"))
    again = open_rows([P])
    assert position_in(again.positions("things"), "main") == 41
    assert again.live(P, "main").position == 41
    assert [r["thing_id"] for r in read(again, owner="anna")] == ["a"]


def test_each_pool_has_its_own_position(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.live(P, "north"), 10, thing("a"))
    write(store.live(P, "south"), 12, thing("b"))
    assert store.live(P, "north").position == 10
    assert store.live(P, "south").position == 12


def test_of_two_writers_at_the_same_position_one_wins_and_the_other_changes_nothing(open_rows: OpenRows) -> None:
    store = open_rows([P])
    first, second = store.live(P, "main"), store.live(P, "main")
    write(first, 5, thing("a"))
    with pytest.raises(PositionMoved):
        write(second, 5, thing("b"))
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["a"]
    assert store.live(P, "main").position == 5


def test_a_row_that_does_not_fit_its_table_leaves_rows_and_position_alone(open_durable_rows: OpenRows) -> None:
    store = open_durable_rows([P])
    target = store.live(P, "main")
    write(target, 1, thing("a"))
    with pytest.raises(Exception):  # noqa: B017  each database has its own
        write(target, 2, thing("b"), thing("c", owner=None))
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["a"]
    assert position_in(store.positions("things"), "main") == 1
    write(target, 2, thing("b"))
    assert len(read(store, owner="anna")) == 2


def test_rows_kept_pool_by_pool_are_not_kept_for_the_whole_log_without_a_rebuild(open_rows: OpenRows) -> None:
    store = open_rows([P])
    store.live(P, "main")
    with pytest.raises(MixedPools, match="trunkline rebuild things"):
        store.live(P, "*")


def test_rows_kept_for_the_whole_log_are_kept_on_pool_by_pool_from_where_it_stood(open_rows: OpenRows) -> None:
    store = open_rows([P])
    whole = store.live(P, "*")
    write(whole, 7, thing("a"))
    assert store.live(P, "main").position == 7
    assert store.live(P, "other").position == 7
    with pytest.raises(PositionMoved):
        write(whole, 8, thing("b"))
    with pytest.raises(MixedPools):
        store.live(P, "*")
    assert [row["thing_id"] for row in read(store, owner="anna")] == ["a"]


def test_rows_of_another_version_are_refused_with_the_way_out(open_rows: OpenRows) -> None:
    open_rows([P]).live(P, "main")
    newer = Projection("things", 2, P.tables)
    with pytest.raises(StaleProjection, match=r"version 1.*version 2.*trunkline rebuild things"):
        open_rows([newer]).live(newer, "main")


def test_a_generation_under_construction_is_seen_by_nobody_until_it_is_swapped_in(open_rows: OpenRows) -> None:
    store = open_rows([P])
    live = store.live(P, "main")
    write(live, 3, thing("old"))
    write(store.building(P), 9, thing("new"))
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["old"]
    assert store.swap(P, 9)
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["new"]
    assert position_in(store.positions("things"), "main") == 9
    assert position_in(store.positions("things"), "elsewhere") == 9
    with pytest.raises(PositionMoved):
        write(live, 10, thing("late"))
    follower = store.live(P, "main")
    assert follower.position == 9
    write(follower, 10, thing("next"))
    assert len(read(store, owner="anna")) == 2


def test_a_swap_that_would_take_readers_back_does_not_happen(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.live(P, "main"), 10, thing("old"))
    write(store.building(P), 9, thing("new"))
    assert not store.swap(P, 9)
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["old"]
    write(store.building(P), 10, thing("newer"))
    assert store.swap(P, 10)
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["new", "newer"]


def test_generations_can_follow_one_another(open_rows: OpenRows) -> None:
    store = open_rows([P])
    for number in range(1, 4):
        write(store.building(P), number, thing(f"generation {number}"))
        assert store.swap(P, number)
    assert [r["thing_id"] for r in read(store, owner="anna")] == ["generation 3"]


def test_a_generation_that_was_left_is_taken_up_where_it_stood(open_rows: OpenRows) -> None:
    store = open_rows([P])
    building = store.building(P)
    write(building, 4, thing("a"))
    building.close()
    resumed = open_rows([P]).building(P)
    assert resumed.position == 4
    assert resumed.get(THINGS, ("a", 1)) is not None


def test_a_generation_of_another_version_is_begun_anew(open_rows: OpenRows) -> None:
    write(open_rows([P]).building(P), 4, thing("a"))
    newer = Projection("things", 2, P.tables)
    building = open_rows([newer]).building(newer)
    assert building.position == 0
    assert building.get(THINGS, ("a", 1)) is None


def test_a_discarded_generation_is_gone(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.building(P), 4, thing("a"))
    store.discard(P)
    assert store.building(P).position == 0


def test_two_rebuilds_of_one_projection_do_not_mix(open_rows: OpenRows) -> None:
    store = open_rows([P])
    one, other = store.building(P), store.building(P)
    write(one, 4, thing("a"))
    with pytest.raises(PositionMoved):
        write(other, 4, thing("b"))


def test_comparing_counts_rows_that_stand_on_one_side_only(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.live(P, "main"), 5, thing("same"), thing("changed", note="x"), thing("gone"), thing("gone", 2))
    write(store.building(P), 5, thing("same"), thing("changed", note="y"))
    found = store.compare(P)
    assert (found.rebuilt, position_in(found.live, "main")) == (5, 5)
    assert list(found.differences) == [("things", 3, 1)]


def test_pages_go_through_a_table_in_the_order_of_an_index_and_back(open_rows: OpenRows) -> None:
    store = open_rows([P])
    rows = [thing(f"t{n}", at=AT + timedelta(seconds=n // 3)) for n in range(10)]
    write(store.live(P, "main"), 1, *rows, thing("other", owner="bob"))
    by = ("at", "thing_id")
    with store.reading() as reader:
        where = {"owner": "anna"}
        forward = reader.scan("things", where, by, limit=4)
        rest = reader.scan("things", where, by, after=(forward[-1]["at"], forward[-1]["thing_id"]))
        assert [r["thing_id"] for r in [*forward, *rest]] == [f"t{n}" for n in range(10)]
        backward = reader.scan("things", where, by, after=(AT + timedelta(seconds=1), "t4"), descending=True)
        assert [r["thing_id"] for r in backward] == ["t3", "t2", "t1", "t0"]
        early = reader.scan("things", where, by, until=AT + timedelta(seconds=1))
        assert len(early) == reader.count("things", where, by="at", until=AT + timedelta(seconds=1)) == 6
        assert reader.count("things", {"owner": "bob"}) == 1
        assert reader.get("things", ("t3", 1)) == rows[3]
        assert reader.get("things", ("t3", 2)) is None


def test_a_prefix_finds_what_begins_with_it_byte_by_byte(open_rows: OpenRows) -> None:
    store = open_rows([P])
    names = ["a", "ab", "abc", "abż", "ab🦊", "ac", "b", "AB"]
    write(store.live(P, "main"), 1, *({"owner": "x", "name": n} for n in names), table="thing_names")
    with store.reading() as reader:
        found = reader.scan("thing_names", {"owner": "x"}, ("name",), prefix="ab")
        assert [r["name"] for r in found] == ["ab", "abc", "abż", "ab🦊"]


def test_a_reader_keeps_seeing_the_moment_it_began_at(open_durable_rows: OpenRows) -> None:
    store = open_durable_rows([P])
    target = store.live(P, "main")
    write(target, 1, thing("a"))
    with store.reading() as reader:
        assert len(reader.find("things", owner="anna")) == 1
        write(target, 2, thing("b"))
        assert len(reader.find("things", owner="anna")) == 1
    assert len(read(store, owner="anna")) == 2


def test_scrubbing_keeps_every_row(open_rows: OpenRows) -> None:
    store = open_rows([P])
    write(store.live(P, "main"), 1, *(thing("a", n) for n in range(50)))
    store.scrub()
    assert len(read(store, owner="anna")) == 50
