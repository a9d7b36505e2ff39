"""One batch of events into rows: open, project, commit; when that fails, find the event that cannot be projected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import NoReturn

from domain.event import Event, Recorded
from domain.ports import Opener
from infra.keys.stored import KeyringUnavailable
from infra.rows.batch import BatchRows
from infra.rows.port import Leaving, PositionMoved, RowStore, RowsUnavailable, Target


class PoisonEvent(Exception):
    """An event that a projection cannot project. Everything before it is in the rows, nothing is skipped."""

    def __init__(self, projection: str, recorded: Recorded, fault: Exception) -> None:
        self.projection, self.position = projection, recorded.position
        super().__init__(
            f"projection {projection} stopped at position {recorded.position} ({recorded.event.wire}, stream "
            f"{recorded.stream}, version {recorded.version}): {type(fault).__name__}. It goes on from there once the "
            "cause is mended; other projections are not affected"
        )


#: Faults of the surroundings, not of an event: the same batch may succeed later.
PASSING = (RowsUnavailable, PositionMoved, KeyringUnavailable)


class Applier:
    """Applies events to a target. After a fault, make a new target and a new applier.

    With a `writer`, a batch is stored by one of its threads while the next is projected: `position` then lags behind
    until `settle`.
    """

    def __init__(self, target: Target, opener: Opener, writer: Executor | None = None) -> None:
        self._target, self._opener, self._writer = target, opener, writer
        self._handlers = target.projection.handlers
        self._rows = BatchRows(target, writer)
        #: Events whose batch is not known to be stored.
        self._unsettled: list[Recorded] = []
        self._leaving: Leaving | None = None

    @property
    def position(self) -> int:
        return self._target.position

    def apply(self, events: Sequence[Recorded], seen: int = 0) -> None:
        """Project the events that are not in the rows yet, in one transaction with the position they lead to.

        `seen`: how far the reader is, where it left out events behind the last one that nobody here wants.
        Raises `PoisonEvent` when one cannot be projected, with everything before it stored.
        """
        fresh = self._fresh(events)
        until = max(seen, fresh[-1].position if fresh else 0)
        if until <= self.position:
            return
        self._unsettled += fresh
        with self._explained():
            self._project(fresh)
            if self._writer is None:
                self._rows.commit(until)
                self._unsettled = []
            else:
                self._rows.leave(until)
                self._unsettled = list(fresh)

    def _fresh(self, events: Sequence[Recorded]) -> Sequence[Recorded]:
        if events and events[0].position <= self.position:
            return [recorded for recorded in events if recorded.position > self.position]
        return events

    def prepare(self, events: Sequence[Recorded]) -> bool:
        """Project what the rows lack, for `store_together`; whether there is anything. Raises `PoisonEvent`."""
        fresh = self._fresh(events)
        if not fresh:
            return False
        self._unsettled = list(fresh)
        with self._explained():
            self._project(fresh)
            self._leaving = self._rows.depart(fresh[-1].position)
        return True

    @property
    def leaving(self) -> Leaving:
        """What was prepared and is not stored."""
        assert self._leaving is not None, "something was prepared"
        return self._leaving

    def arrived(self) -> None:
        """What was prepared has been stored."""
        self._rows.arrived()
        self._unsettled, self._leaving = [], None

    def store(self) -> None:
        """Store what was prepared, for itself. Raises as `apply` does."""
        target, position, writes = self.leaving
        with self._explained():
            target.commit(position, writes)
        self.arrived()

    def settle(self) -> None:
        """Wait until everything is stored. Raises as `apply` does."""
        with self._explained():
            self._rows.settle()
            self._unsettled = []

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PASSING:
            raise
        except Exception as fault:  # noqa: BLE001  raised again, naming the event it came from
            self._explain(fault)

    def _explain(self, fault: Exception) -> NoReturn:
        """Store what can be stored and raise `PoisonEvent` for the event at which it ends."""
        self._rows.rollback()
        self._leaving = None
        self._one_by_one([recorded for recorded in self._unsettled if recorded.position > self.position])
        raise AssertionError("a batch failed of which every event alone can be projected") from fault

    def _project(self, events: Sequence[Recorded]) -> None:
        handlers, opener, rows = self._handlers, self._opener, self._rows
        rows.read_ahead([recorded for recorded in events if type(recorded.event) in handlers])
        for recorded in events:
            event = recorded.event
            kind = type(event)
            handler = handlers.get(kind)
            if handler is None:
                continue
            if kind.personal:
                event = opener(event)
                recorded = _with(recorded, event)
            handler(recorded, event, rows)

    def _one_by_one(self, events: Sequence[Recorded]) -> None:
        for recorded in events:
            try:
                self._project([recorded])
                self._rows.commit(recorded.position)
            except PASSING:
                raise
            except Exception as fault:
                self._rows.rollback()
                raise PoisonEvent(self._target.projection.name, recorded, fault) from fault

    def close(self) -> None:
        self._rows.rollback()
        self._target.close()


def store_together(store: RowStore, appliers: Sequence[Applier]) -> dict[Applier, Exception | None]:
    """Store what several have prepared in one transaction; what became of each.

    Where that fails each is stored in a transaction of its own: the fault of one concerns no other.
    """
    try:
        store.commit_all([one.leaving for one in appliers])
    except Exception:  # noqa: BLE001  whose it is shows when each is stored alone
        return {one: _stored_alone(one) for one in appliers}
    for one in appliers:
        one.arrived()
    return dict.fromkeys(appliers)


def _stored_alone(applier: Applier) -> Exception | None:
    try:
        applier.store()
    except Exception as fault:  # noqa: BLE001  told to whom it concerns
        return fault
    return None


def _with(recorded: Recorded, event: Event) -> Recorded:
    """`_replace` at a fraction of its cost: this runs for every event with personal data."""
    return Recorded(*recorded[:3], event, *recorded[4:])
