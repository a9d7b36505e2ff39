"""Measures from every store of rows, rebuilt and live, portion by portion, within bounds."""

from __future__ import annotations

import pytest

from infra.rebuild import Rebuild
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore
from projections.catalogue import PROJECTIONS
from projections.queries.measures import BY, Measures, UnusableSpan, measures, measures_asked
from tests.projections.conftest import OpenRows
from tests.projections.given import PROJECT, given, happened, project, recorded
from tests.projections.happenings import lived
from tests.projections.measured import DAY, NOON, answered, configured, left, level, queued
from tests.projections.random_contacts import Life
from tests.projections.test_measures_by_hand import DAYS, DEFINITIONS

EVERY = tuple(PROJECTIONS.values())
MEASURED = tuple(PROJECTIONS[name] for name in ("contact_measures", "agent_measures", "matter_measures"))


def everything(store: RowStore, **more: object) -> list[Measures]:
    with store.reading() as read:
        now = DAYS.until
        return [measures(read, PROJECT, DAYS, now=now, by=by, definitions=DEFINITIONS) for by in ("", *BY)]  # type: ignore[arg-type]


def test_every_store_of_rows_gives_the_same_answers(open_rows: OpenRows) -> None:
    history, plain, store = Life(5).live(400), MemoryRows(), open_rows(EVERY)
    project(plain, history)
    project(store, history, size=33)
    wanted = everything(plain)
    assert everything(store) == wanted
    assert wanted[0].total.contacts > 20
    assert (wanted[0].total.working or 0) > 0


async def test_rebuilt_rows_give_the_answers_that_the_live_ones_gave(open_rows: OpenRows) -> None:
    """A real centre's history, with deciders, mails and callbacks."""
    centre, store = await lived(71, 500), open_rows(EVERY)
    project(store, await centre.log.read(0, 100_000), centre.opener, size=41)
    begin = centre.now.replace(hour=0, minute=0, second=0, microsecond=0)

    def told() -> list[Measures]:
        with store.reading() as read:
            wanted = {"one": level(within=300)}
            return [
                measures_asked(read, PROJECT, now=centre.now, since=begin, by=by, further=wanted)  # type: ignore[arg-type]
                for by in ("", *BY)
            ]

    live = told()
    rebuild = Rebuild(centre.log, store, centre.opener, batch=103)
    for projection in MEASURED:
        assert list((await rebuild.verify(projection)).differences) == []
        await rebuild.replace(projection)
    assert told() == live
    assert live[0].total.answered > 0
    assert live[0].total.contacts > 50
    assert live[0].total.resolved > 0


def test_a_span_is_counted_whole_however_many_portions_it_is_read_in_and_refused_beyond_its_bound() -> None:
    count = 20_001
    history = happened(configured(), *(queued(f"i{n:06}", n // 7)[1] for n in range(count)))
    with given(*history) as read:
        assert measures(read, PROJECT, DAY, now=NOON).total.contacts == count
        assert measures(read, PROJECT, DAY, now=NOON, most_rows=count).total.contacts == count
        with pytest.raises(UnusableSpan, match="more than 20,000 rows lie in this span; ask for a shorter one"):
            measures(read, PROJECT, DAY, now=NOON, most_rows=count - 1)


def test_names_of_definitions_choose_and_those_from_elsewhere_take_the_place_of_the_documents() -> None:
    own = {"fast": level(within=5), "slow": level(within=60)}
    history = [configured(levels=own), queued(), *answered("i1", 10), queued("i2"), left("i2", 1)]
    plain = [event if isinstance(event, tuple) else (0.0, event) for event in history]
    rows = [recorded(number, event, after=after) for number, (after, event) in enumerate(plain, 1)]
    with given(*rows) as read:

        def levels(**more: object) -> dict[str, int]:
            answer = measures_asked(read, PROJECT, now=NOON, **more)  # type: ignore[arg-type]
            return {name: one.met for name, one in answer.total.levels.items()}

        assert levels() == {"fast": 0, "slow": 1}
        assert levels(names=("slow",)) == {"slow": 1}
        assert levels(further={"fast": level(within=30)}) == {"fast": 1, "slow": 1}
        assert levels(names=("tried",), further={"tried": level(abandoned="met_if_early")}) == {"tried": 2}
