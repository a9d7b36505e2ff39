"""How each event of a leg changes what the board knows: one function per event, by the domain's table of states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from domain.event import Event, Recorded
from domain.interaction.events import (
    CallbackOffered,
    DeflectionSent,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    PriorityRaised,
    RequirementsRelaxed,
    WrapUpStarted,
)
from domain.interaction.state import LEG
from router.agents import Fold
from router.deadlines import Deadlines
from router.index import Index
from router.instants import micros
from router.kept import Kept
from router.legs import Legs, note_step, queue_up, relax
from router.records import AgentRecord, Item, OpenOffer

_LEG_EVENTS: frozenset[type[Event]] = frozenset(kind for _, kind in LEG)

#: An offer is in the log: agent, item and the offer's work id; whether this router had proposed it.
Entered = Callable[[AgentRecord, Item, str], bool]


class LegFolds(Kept):
    """Folds what happens to legs. Whatever may change who can find an item is noted in the index."""

    def __init__(
        self, legs: Legs, agents: dict[str, AgentRecord], index: Index, deadlines: Deadlines, entered: Entered
    ) -> None:
        self._legs, self._agents, self._index, self._deadlines = legs, agents, index, deadlines
        self._entered = entered
        #: `project/queue`, by project and queue: every item of a queue shares it.
        self._queues: dict[str, dict[str, str]] = {}

    def folds(self) -> dict[type[Event], Fold]:
        """How to fold each event of a leg."""
        special: dict[type[Event], Fold] = {
            InteractionQueued: self._queued,
            InteractionOffered: self._offered,
            OfferAccepted: self._accepted,
            OfferDeclined: self._unanswered,
            OfferTimedOut: self._unanswered,
            OfferRescinded: self._rescinded,
            WrapUpStarted: self._wrapping_up,
            RequirementsRelaxed: self._relaxed,
            PriorityRaised: self._raised,
            CallbackOffered: self._stepped,
            DeflectionSent: self._stepped,
            InteractionClosed: self._closed,
        }
        return dict.fromkeys(_LEG_EVENTS, self._other) | special

    def _moved(self, event: Any, recorded: Recorded) -> Item:
        """The leg in its next state. Raises `KeyError` for an event that its state does not allow."""
        told = cast("dict[str, Any]", vars(event))
        item = self._legs.found(told["interaction_id"], told["leg"], recorded.project)
        item.status = LEG[item.status, type(event)]
        item.cause_at, item.cause_id = recorded.position, recorded.event_id
        item.correlation_id = recorded.correlation_id
        return item

    def _other(self, event: Any, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        if item.status == "ended":
            self._legs.forget(item)
        if item.status != "waiting" and (item.shelf is not None or item.preferable):
            self._index.change(item)

    def _queued(self, event: InteractionQueued, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        queues = self._queues.get(item.project)
        if queues is None:
            queues = self._queues[item.project] = {}
        name = event.queue
        queue = queues.get(name)
        if queue is None:
            queue = queues[name] = f"{item.project}/{name}"
        queue_up(item, event, queue, recorded.recorded_at)
        deadlines = self._deadlines
        if not item.due and item.not_before_us is not None:
            deadlines.set(item.not_before_us, "due", item)
        if item.expires_us is not None and not item.expired:
            deadlines.set(item.expires_us, "expires", item)
        if item.preferable and item.preferred_us is not None:
            deadlines.set(item.preferred_us, "preferred", item)
        self._index.change(item)

    def _offered(self, event: InteractionOffered, recorded: Recorded) -> None:
        item, agent = self._moved(event, recorded), self._agents[event.agent_id]
        expires_us, work_id = micros(event.expires_at), event.work_id
        item.ring(work_id, OpenOffer(event.agent_id, expires_us))
        self._deadlines.set(expires_us, "offer", item, work_id)
        if not self._entered(agent, item, work_id):
            self._index.change(item)
            if work_id not in agent.work:
                self._ring(agent, work_id, item)
        agent.turns[item.queue] = recorded.position
        if "round_robin" in self._index.strategies:
            self._index.touch(agent)

    def _ring(self, agent: AgentRecord, work_id: str, item: Item) -> None:
        """Hold for another router's offer what the agent's own event is about to say."""
        use = agent.profile.channels.get(item.channel) if agent.profile is not None else None
        agent.hold(work_id, item.channel, use.units if use else 0)
        self._index.touch(agent)

    def _accepted(self, event: OfferAccepted, recorded: Recorded) -> None:
        item, agent = self._moved(event, recorded), self._agents[event.agent_id]
        item.hush(event.work_id)
        item.work_id, item.agent_id = event.work_id, event.agent_id
        held = agent.work.get(event.work_id)
        if held is not None:
            held.worked = True
            agent.work_changes(1, micros(recorded.recorded_at))
            if "least_occupied" in self._index.strategies:
                self._index.touch(agent)
        if item.shelf is not None or item.preferable:
            self._index.change(item)

    def _unanswered(self, event: OfferDeclined | OfferTimedOut, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        item.hush(event.work_id)
        item.note_try(event.agent_id)
        self._index.change(item)

    def _rescinded(self, event: OfferRescinded, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        item.hush(event.work_id)
        self._index.change(item)

    def _wrapping_up(self, event: WrapUpStarted, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        item.wrap_up_us = None if event.ends_at is None else micros(event.ends_at)
        if item.wrap_up_us is not None:
            self._deadlines.set(item.wrap_up_us, "wrap_up", item, event.work_id)

    def _relaxed(self, event: RequirementsRelaxed, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        relax(item, event)
        self._index.change(item)

    def _raised(self, event: PriorityRaised, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        item.priority = event.priority
        note_step(item, event.step)
        self._index.change(item)

    def _stepped(self, event: CallbackOffered | DeflectionSent, recorded: Recorded) -> None:
        item = self._moved(event, recorded)
        note_step(item, event.step)

    def _closed(self, event: InteractionClosed, recorded: Recorded) -> None:
        for item in self._legs.drop(event.interaction_id):
            item.status = "ended"
            item.hush_all()
            if item.shelf is not None or item.preferable:
                self._index.change(item)
