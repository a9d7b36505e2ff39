"""Given these events, these rows: the shortest way from a history to a reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from domain.event import Event, Recorded
from domain.ports import Opener
from domain.stream import stream_of
from infra.rows.applying import Applier
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore
from projections.catalogue import PROJECTIONS
from projections.reading import Reader

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POOL, PROJECT = "main", "shop"


def as_it_is(event: Event) -> Event:
    """An opener for events whose personal fields are in plain already."""
    return event


def recorded(
    position: int, event: Event, *, after: float = 0, stream: str = "", project: str = PROJECT, actor: str = "test"
) -> Recorded:
    """An event as the log would give it; `after` in seconds since nine o'clock."""
    category = event.wire.partition(".")[0]
    where = stream or stream_of(category, str(getattr(event, f"{category}_id", "x")))
    at = AT + timedelta(seconds=after)
    return Recorded(position, where, position, event, f"e{position}", project, POOL, actor, at, at, "cause", "chain")


def happened(*events: Event | tuple[float, Event]) -> list[Recorded]:
    """Events one after the other, each with its seconds since nine o'clock where that matters."""
    return [
        recorded(number, event[1], after=event[0]) if isinstance(event, tuple) else recorded(number, event)
        for number, event in enumerate(events, 1)
    ]


def project(store: RowStore, history: Sequence[Recorded], opener: Opener = as_it_is, *, size: int = 100) -> None:
    """Bring every projection up to the end of the history, in batches of `size`."""
    for projection in PROJECTIONS.values():
        applier = Applier(store.live(projection, POOL), opener)
        for start in range(0, len(history), size):
            applier.apply(history[start : start + size])
        applier.close()


@contextmanager
def given(*events: Event | tuple[float, Event] | Recorded) -> Iterator[Reader]:
    """A reader of the rows after these events."""
    store = MemoryRows()
    plain = [event for event in events if not isinstance(event, Recorded)]
    history = happened(*plain) if plain else [event for event in events if isinstance(event, Recorded)]
    project(store, history)
    with store.reading() as reader:
        yield reader
