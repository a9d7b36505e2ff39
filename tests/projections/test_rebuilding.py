"""Rebuilt rows equal live rows; rebuilding disturbs nobody, can be killed anywhere and goes on."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Recorded
from domain.interaction.events import NoteAdded
from domain.ports import Opener
from infra.log.memory import MemoryLog
from infra.rebuild import Progress, Rebuild
from infra.rows.applying import Applier, PoisonEvent
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore, position_in
from projections.catalogue import PROJECTIONS
from projections.queries import timeline
from projections.schema import Projection
from tests.projections.conftest import OpenRows
from tests.projections.given import POOL, project
from tests.projections.happenings import happen, lived

EVERY = tuple(PROJECTIONS.values())


def content(store: RowStore, projection: Projection) -> dict[str, list[dict[str, Any]]]:
    with store.reading() as read:
        return {
            table.name: [dict(row) for row in read.scan(table.name, {}, table.key, limit=100_000)]
            for table in projection.tables
        }


@pytest.mark.parametrize("projection", EVERY, ids=lambda p: p.name)
@pytest.mark.parametrize("seed", range(4))
async def test_rows_deleted_with_their_position_and_replayed_are_the_same(projection: Projection, seed: int) -> None:
    """Live rows grow while customers are still there; the replay comes when their keys are gone."""
    centre = await lived(seed, 0)
    store = MemoryRows()
    for _ in range(40):
        await happen(centre, 10)
        live = Applier(store.live(projection, POOL), centre.opener)
        live.apply(await centre.log.read(live.position, 10_000))
    before = content(store, projection)
    again = MemoryRows()
    applier = Applier(again.live(projection, POOL), centre.opener)
    applier.apply(await centre.log.read(0, 100_000))
    assert content(again, projection) == before
    assert any(before.values())


async def test_every_projection_verifies_on_every_store_and_is_then_replaced(open_rows: OpenRows) -> None:
    centre = await lived(21, 500)
    store = open_rows(EVERY)
    history = await centre.log.read(0, 100_000)
    project(store, history, centre.opener, size=37)
    rebuild = Rebuild(centre.log, store, centre.opener, batch=101)
    for projection in EVERY:
        before = content(store, projection)
        verified = await rebuild.verify(projection)
        assert list(verified.differences) == []
        assert verified.position == len(history)
        done = await rebuild.replace(projection)
        assert (done.position, done.events, done.resumed_at) == (len(history), len(history), 0)
        assert content(store, projection) == before


async def test_verifying_finds_a_row_that_was_tampered_with(open_rows: OpenRows) -> None:
    centre = await lived(22, 200)
    store = open_rows(EVERY)
    project(store, await centre.log.read(0, 100_000), centre.opener)
    board = PROJECTIONS["agent_board"]
    target = store.live(board, POOL)
    row = target.get(board.by_name["agents"], ("anna",))
    assert row is not None
    applier = Applier(target, centre.opener)
    applier._rows.put("agents", {**row, "used": 99})
    applier._rows.commit(target.position + 1)
    await happen(centre, 30)
    applier.apply(await centre.log.read(target.position, 10_000))
    verified = await Rebuild(centre.log, store, centre.opener).verify(board)
    assert [difference.table for difference in verified.differences] == ["agents"]


class Killed(BaseException):
    """Stands for the end of the process between two batches."""


async def test_a_rebuild_that_dies_is_taken_up_where_it_stood_while_old_rows_serve(open_rows: OpenRows) -> None:
    centre = await lived(23, 400)
    history = await centre.log.read(0, 100_000)
    projection = PROJECTIONS["customer_history"]
    store = open_rows(EVERY)
    project(store, history[:50], centre.opener)
    before = content(store, projection)
    seen: list[Progress] = []

    def die_half_way(progress: Progress) -> None:
        seen.append(progress)
        if progress.position > len(history) // 2:
            raise Killed

    with pytest.raises(Killed):
        await Rebuild(centre.log, store, centre.opener, batch=40, watch=die_half_way).replace(projection)
    assert content(store, projection) == before
    assert position_in(store.positions(projection.name), POOL) == 50
    assert seen[-1].head == len(history)
    done = await Rebuild(centre.log, open_rows(EVERY), centre.opener, batch=40).replace(projection)
    assert 0 < done.resumed_at < len(history)
    assert done.events < len(history)
    fresh = MemoryRows()
    project(fresh, history, centre.opener)
    assert content(store, projection) == content(fresh, projection)


async def test_events_that_come_while_rebuilding_are_in_the_new_rows(open_rows: OpenRows) -> None:
    centre = await lived(24, 200)
    store = open_rows(EVERY)
    projection = PROJECTIONS["ticket_board"]
    live = Applier(store.live(projection, POOL), centre.opener)
    live.apply(await centre.log.read(0, 100_000))
    grown = False

    class Growing(MemoryLog):
        """A log to which something is added whenever its end has been read."""

        async def rows(self, *args: Any, **kwargs: Any) -> Any:
            nonlocal grown
            found = await super().rows(*args, **kwargs)
            if not found and not grown:
                grown = True
                await happen(centre, 20)
                live.apply(await centre.log.read(live.position, 10_000))
            return found

    centre.log.__class__ = Growing
    done = await Rebuild(centre.log, store, centre.opener).replace(projection)
    assert grown
    assert done.position == await centre.log.head() == position_in(store.positions(projection.name), POOL)


def refusing(word: str, projection: Projection) -> Projection:
    """The same projection with a fault in it: one that a note with this word brings out."""
    handlers = dict(projection.handlers)
    as_before = handlers[NoteAdded]

    def fail(recorded: Recorded, event: NoteAdded, rows: Any) -> None:
        if word in str(event.text):
            raise KeyError(word)
        as_before(recorded, event, rows)

    handlers[NoteAdded] = fail
    return Projection(projection.name, projection.version, projection.tables, handlers)


async def test_a_rebuild_stops_at_an_event_it_cannot_project_and_leaves_the_live_rows(open_rows: OpenRows) -> None:
    centre = await lived(25, 300)
    history = await centre.log.read(0, 100_000)
    store = open_rows(EVERY)
    project(store, history, centre.opener)
    board = PROJECTIONS["ticket_board"]
    before = content(store, board)
    poison = next(r.position for r in history[300:] if r.event.wire == "interaction.note_added.v1")
    faulty = Projection(board.name, board.version, board.tables, _failing_at(board, poison))
    with pytest.raises(
        PoisonEvent, match=rf"ticket_board stopped at position {poison} .*note_added.*KeyError"
    ) as stopped:
        await Rebuild(centre.log, store, centre.opener, batch=64).replace(faulty)
    assert stopped.value.position == poison
    assert content(store, board) == before
    done = await Rebuild(centre.log, store, centre.opener).replace(board)
    seen = [r.position for r in history if r.position < poison and type(r.event) in board.handlers]
    assert done.resumed_at == seen[-1]
    assert content(store, board) == before


def _failing_at(projection: Projection, position: int) -> Any:
    handlers = dict(projection.handlers)

    def fail(recorded: Recorded, event: Any, rows: Any) -> None:
        if recorded.position == position:
            raise KeyError("secret text of a customer")
        projection.handlers[type(event)](recorded, event, rows)

    return dict.fromkeys(handlers, fail)


async def test_what_a_projection_fault_says_holds_nothing_personal() -> None:
    centre = await lived(26, 100)
    board = PROJECTIONS["ticket_board"]
    history = await centre.log.read(0, 100_000)
    at = next(r.position for r in history if type(r.event) in board.handlers)
    faulty = Projection(board.name, 1, board.tables, _failing_at(board, at))
    applier = Applier(MemoryRows().live(faulty, POOL), centre.opener)
    with pytest.raises(PoisonEvent) as stopped:
        applier.apply(history)
    assert "secret text" not in str(stopped.value)
    assert applier.position == at - 1


async def test_a_batch_that_is_delivered_again_changes_nothing() -> None:
    centre = await lived(27, 300)
    history = await centre.log.read(0, 100_000)
    once, often = MemoryRows(), MemoryRows()
    project(once, history, centre.opener)
    for projection in EVERY:
        applier = Applier(often.live(projection, POOL), centre.opener)
        for start in range(0, len(history), 50):
            batch = history[max(0, start - 80) : start + 50]
            applier.apply(batch)
            applier.apply(batch)
    for projection in EVERY:
        assert content(often, projection) == content(once, projection)


async def test_a_projection_never_sees_events_that_it_does_not_subscribe_to() -> None:
    centre = await lived(28, 200)
    seen: set[str] = set()

    def note(recorded: Recorded, event: Any, rows: Any) -> None:
        seen.add(event.wire)

    picky = Projection("picky", 1, PROJECTIONS["figures"].tables, {NoteAdded: note})
    opened: list[str] = []

    def opener(event: Any) -> Any:
        opened.append(event.wire)
        return centre.opener(event)

    checked: Opener = opener
    applier = Applier(MemoryRows().live(picky, POOL), checked)
    applier.apply(await centre.log.read(0, 100_000))
    assert seen == {"interaction.note_added.v1"} == set(opened)
    assert applier.position == await centre.log.head()


async def test_the_timeline_pages_through_everything_once() -> None:
    centre = await lived(29, 400)
    store = MemoryRows()
    project(store, await centre.log.read(0, 100_000), centre.opener)
    with store.reading() as read:
        for customer_id in dict.fromkeys(centre.ids.customers):
            whole = timeline(read, "shop", customer_id, limit=200)
            paged: list[int] = []
            cursor: str | None = None
            while True:
                page = timeline(read, "shop", customer_id, cursor=cursor, limit=2)
                paged += [entry.position for entry in page.items]
                cursor = page.next
                if cursor is None:
                    break
            if whole.next is None:
                assert paged == [entry.position for entry in whole.items] == sorted(paged, reverse=True)
