"""The legs that wait: which of their queues' steps, overflows, announcements and expiries are due now.

All of it follows from the log and the queues' present rules, so a board that was rebuilt asks for the same. A step
that relaxes requirements waits for somebody who could then take the item; it is looked at again when such a one
signs in, moves or learns, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from domain.centre.configuration import CentreConfigured, ProjectConfigured
from domain.centre.documents import ProjectDocument, Queue
from domain.event import Event, Recorded
from domain.interaction.escalation import AnnounceWait, ExpireWork
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    OfferAccepted,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
)
from domain.interaction.state import LEG
from router.asking import RETRY_US, Ask
from router.board import Board
from router.crew import CONCERNING, Crew, Requirement
from router.dues import Dues, WaitCommand
from router.estimate import Estimate, Serving, estimate, serving
from router.instants import SECOND, micros
from router.kept import Kept
from router.lines import Lines
from router.records import Item, Rank
from router.requirements import requirement_of
from router.timers import Timers
from router.watched import Watched

#: Commands asked for at once, so that steps of very many legs do not keep offers waiting; the others follow.
AT_ONCE = 128
_LEG_EVENTS: frozenset[type[Event]] = frozenset(kind for _, kind in LEG)
#: After these a leg waits no longer.
_NO_LONGER: frozenset[type[Event]] = frozenset({OfferAccepted, InteractionAbandoned, SentToVoicemail, WorkExpired})
_NO_QUEUES: frozenset[str] = frozenset()
Fold = Callable[[Any, Recorded], None]


class StepAhead(NamedTuple):
    """A step not taken yet: when it is due (microseconds; None: never), and whether it waits for somebody."""

    number: int
    due_us: int | None
    held: bool


class Waits(Kept):
    """What is folded is only noted; it is taken in when somebody asks."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._watches: dict[str, dict[str, Watched]] = {}
        self._counts: dict[str, int] = {}
        self._documents: dict[str, ProjectDocument] = {}
        #: Queues, by project, for whose waiting something can fall due, or once could.
        self._watchful: dict[str, set[str]] = {}
        self._held: dict[Requirement, dict[Watched, None]] = {}
        self._dirty: dict[Watched, None] = {}
        self._timers = Timers()
        self._counted_at, self._counted = 0, dict[tuple[str, Requirement], Serving]()
        self._crew = Crew(board.agents, self._gained)
        self._dues = Dues(self._documents, self._crew)
        self._lines = Lines(self._items, self._rank)

    # --- what happens

    def folds(self) -> dict[type[Event], Fold]:
        """How to take in each event that matters here, once the board has folded it."""
        return {
            **dict.fromkeys(_LEG_EVENTS, self._changed),
            **dict.fromkeys(_NO_LONGER, self._left),
            **dict.fromkeys(CONCERNING, self._crew.fold),
            InteractionQueued: self._queued,
            WaitAnnounced: self._announced,
            InteractionClosed: self._closed,
            ProjectConfigured: self._project_configured,
            CentreConfigured: self._centre_configured,
        }

    def _queued(self, event: InteractionQueued, recorded: Recorded) -> None:
        """Only what something can fall due for is watched, so that all else costs nothing."""
        if event.queue not in self._watchful.get(recorded.project, _NO_QUEUES) and event.expires_at is None:
            return
        item = self._board.legs.get(event.interaction_id, event.leg)
        assert item is not None, "the board has folded the event already"
        rules = self._dues.rules(item)
        ahead = self._counts.get(item.queue, 0)
        watch = self._begin(item)
        watch.crowded = rules is not None and rules.overflow is not None and ahead >= rules.overflow.waiting

    def _begin(self, item: Item) -> Watched:
        watch = self._watches.setdefault(item.interaction_id, {})[item.leg] = Watched(item)
        self._counts[item.queue] = self._counts.get(item.queue, 0) + 1
        self._dirty[watch] = None
        return watch

    def _changed(self, event: Any, recorded: Recorded) -> None:
        legs = self._watches.get(event.interaction_id)
        watch = None if legs is None else legs.get(event.leg)
        if watch is not None:
            watch.rest_us = 0
            self._dirty[watch] = None

    def _announced(self, event: WaitAnnounced, recorded: Recorded) -> None:
        watch = self._watches.get(event.interaction_id, {}).get(event.leg)
        rules = None if watch is None else self._dues.rules(watch.item)
        if watch is not None and rules is not None:
            told_us = micros(recorded.recorded_at)
            watch.announce_us = told_us + (rules.announce or 0) * SECOND
            if event.next_at is not None:
                watch.announce_us = max(watch.announce_us, micros(event.next_at))
            self._changed(event, recorded)

    def _left(self, event: Any, recorded: Recorded) -> None:
        self._end(event.interaction_id, event.leg)

    def _closed(self, event: InteractionClosed, recorded: Recorded) -> None:
        for leg in list(self._watches.get(event.interaction_id, ())):
            self._end(event.interaction_id, leg)

    def _end(self, interaction_id: str, leg: str) -> None:
        legs = self._watches.get(interaction_id)
        watch = None if legs is None else legs.pop(leg, None)
        if legs is None or watch is None:
            return
        if not legs:
            del self._watches[interaction_id]
        self._counts[watch.item.queue] -= 1
        self._let_go(watch)
        self._dirty.pop(watch, None)
        self._lines.take(watch.item)
        self._timers.plan((interaction_id, leg), None)

    def _project_configured(self, event: ProjectConfigured, recorded: Recorded) -> None:
        """Deadlines follow the new document from now on, for who waits already too."""
        document = ProjectDocument.model_validate(event.document)
        self._documents[document.project] = document
        watchful = self._watchful.setdefault(document.project, set())
        watchful.update(name for name, queue in document.queues.items() if _asks_for_something(queue))
        for item in self._board.legs.of_project(document.project):
            known = self._watches.get(item.interaction_id, {}).get(item.leg)
            if known is not None:
                known.dues, known.rest_us = None, 0
                self._dirty[known] = None
            elif item.status == "waiting" and item.queue_name in watchful:
                self._begin(item)

    def _centre_configured(self, event: CentreConfigured, recorded: Recorded) -> None:
        """The order of items may be another now."""
        self._lines.forget()

    # --- what is due

    def due(self, now_us: int) -> list[Ask]:
        """What is to be asked for now, leg by leg."""
        self._settle()
        if self._timers.nothing_by(now_us):
            return []
        asks: list[Ask] = []
        while len(asks) < AT_ONCE and (due := self._timers.pop_due(now_us, AT_ONCE - len(asks))):
            for interaction_id, leg in due:
                asks.extend(self._look(self._watches[interaction_id][leg], now_us))
        return asks

    def _look(self, watch: Watched, now_us: int) -> Iterator[Ask]:
        """What a leg asks for now; then plan when to look at it again."""
        for command in self._commands(watch, now_us):
            watch.asked.add(command)
            yield Ask(command, watch.item.cause)
        for wanted in watch.held.values():
            self._held.setdefault(wanted, {})[watch] = None
        self._plan(watch, now_us + 1)  # all that is due by now was asked for

    def _commands(self, watch: Watched, now_us: int) -> list[WaitCommand]:
        commands = [command for command in self._dues.commands(watch, now_us) if command not in watch.asked]
        if watch.has_asked(AnnounceWait) or any(isinstance(command, ExpireWork) for command in commands):
            return commands
        if self._dues.announcement(watch, now_us) == now_us:
            item, told = watch.item, self.estimate(watch.item, now_us)
            assert told is not None, "only a queue that is known announces"
            where = {"project": item.project, "interaction_id": item.interaction_id, "leg": item.leg}
            commands.append(AnnounceWait(**where, seconds=told.seconds, place=told.place, method=told.method))
        return commands

    def wake_us(self) -> int | None:
        """When something falls due next, if no event comes before."""
        self._settle()
        return self._timers.first_us()

    def refused(self, command: WaitCommand, now_us: int) -> None:
        """It changed nothing: ask again a little later, should it still be called for."""
        watch = self._watches.get(command.interaction_id, {}).get(command.leg)
        if watch is not None and command in watch.asked:
            watch.asked.discard(command)
            watch.rest_us = now_us + RETRY_US
            self._plan(watch)

    # --- what others ask

    def estimate(self, item: Item, now_us: int) -> Estimate | None:
        """How long a waiting item will wait; None for one whose queue the project no longer has."""
        self._settle()
        rules = self._dues.rules(item)
        if rules is None:
            return None
        place, first = self._place(item)
        return estimate(place, first, self._serving(item, rules), now_us)

    def rules(self, item: Item) -> Queue | None:
        """The item's queue by its project's present document; None for one that it no longer has."""
        return self._dues.rules(item)

    def steps(self, item: Item) -> list[StepAhead]:
        """The steps that a waiting item has not taken yet."""
        self._settle()
        watch = self._watches.get(item.interaction_id, {}).get(item.leg)
        ahead = enumerate(self._dues.steps(watch), 1) if watch is not None else ()
        held = watch.held if watch is not None else {}
        return [StepAhead(n, due_us, n in held) for n, due_us in ahead if n not in item.steps]

    # --- inside

    def _settle(self) -> None:
        self._crew.settle()
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        for watch in dirty:
            self._let_go(watch)
            watch.heard()
            self._lines.put(watch.item)
            self._plan(watch)
        self._crew.forget(self._held.keys())

    def _plan(self, watch: Watched, from_us: int = 0) -> None:
        """When to look at the leg next, not before `from_us`."""
        from_us = max(from_us, watch.rest_us)
        instants = list(self._dues.instants(watch))
        if not watch.has_asked(AnnounceWait) and (at_us := self._dues.announcement(watch, from_us)) is not None:
            instants.append(at_us)
        key = (watch.item.interaction_id, watch.item.leg)
        self._timers.plan(key, max(min(instants), from_us) if instants else None)

    def _gained(self, requirement: Requirement) -> None:
        """Somebody new could take items that ask for this: look again at the steps that waited for them."""
        self._dirty.update(self._held.get(requirement, {}))

    def _let_go(self, watch: Watched) -> None:
        """Forget that steps of the leg wait for somebody; looking again shows whether they still do."""
        for wanted in watch.held.values():
            waiting = self._held.get(wanted, {})
            waiting.pop(watch, None)
            if not waiting:
                self._held.pop(wanted, None)
        watch.held.clear()

    def _place(self, item: Item) -> tuple[int, Item]:
        """Place in line, and who is first in it; by a scan where nothing can ask for it often."""
        if item.queue_name in self._watchful.get(item.project, _NO_QUEUES):
            return self._lines.place(item)
        line = [
            other
            for other in self._board.legs.of_project(item.project)
            if other.status == "waiting" and (other.queue, other.channel) == (item.queue, item.channel)
        ]
        return sum(self._rank(other) <= self._rank(item) for other in line), min(line, key=self._rank)

    def _serving(self, item: Item, rules: Queue) -> Serving:
        """Who serves the item; counted once for all that ask at the same position of the log."""
        wanted = requirement_of(item)
        if item.excluded:
            able = self._crew.able(wanted).items()
            return serving(item.channel, rules, [agent for name, agent in able if name not in item.excluded])
        if self._counted_at != self._board.position:
            self._counted_at, self._counted = self._board.position, {}
        key = (item.queue, wanted)
        if key not in self._counted:
            self._counted[key] = serving(item.channel, rules, self._crew.able(wanted).values())
        return self._counted[key]

    def _rank(self, item: Item) -> Rank:
        """The item's place in the pool's order, whether or not the board has placed it yet."""
        return self._board.order.place(item), item.interaction_id, item.leg

    def _items(self) -> Iterator[Item]:
        return (watch.item for watch in self._all())

    def _all(self) -> Iterator[Watched]:
        return (watch for legs in self._watches.values() for watch in legs.values())


def _asks_for_something(queue: Queue) -> bool:
    return bool(queue.steps) or queue.announce is not None or queue.overflow is not None
