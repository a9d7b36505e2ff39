"""Follows the log of the running demo: counts, service level, invariants, and what is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.delivery.events import NotificationBounced, NotificationDelivered, NotificationFailed
from domain.delivery.state import Delivery
from domain.event import Event, Recorded
from domain.interaction.call_events import RecordingStarted, RecordingStored
from domain.interaction.events import (
    AgentConnected,
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    MessageReceived,
    SentToVoicemail,
    WorkExpired,
)
from domain.interaction.state import Interaction
from domain.invariants import Broken, Checker
from domain.ports import Log, Opener
from domain.stream import category_of
from domain.voice.events import MessageLeft, MessageStored
from domain.voice.recordings import RecordingGivenUp
from infra.demo.by_site import BySite

#: Broken invariants told at most.
MOST_TOLD = 50
#: Events read at once.
PORTION = 1_000


@dataclass(slots=True)
class QueueFigures:
    """One queue; `waited` in seconds, over the answered. See `METHOD`."""

    target: int
    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    flowed_out: int = 0
    cancelled: int = 0
    waited: float = 0.0

    @property
    def share(self) -> float | None:
        ended = self.answered + self.abandoned
        return self.in_time / ended if ended else None


METHOD = (
    "answered in time / (answered + abandoned); answered when an agent is first connected; the wait runs from the "
    "arrival, for a callback from its due time, for a transferred leg from the customer's arrival; in time when the "
    "wait is at most the queue's target as it stood when the leg was queued"
)


@dataclass(slots=True)
class Figures:
    """Service levels counted from events, by `project/queue`."""

    queues: dict[str, QueueFigures] = field(default_factory=dict[str, QueueFigures])
    _legs: dict[tuple[str, str], tuple[QueueFigures, datetime, int]] = field(
        default_factory=dict[tuple[str, str], tuple[QueueFigures, datetime, int]]
    )

    def fold(self, one: Recorded) -> None:
        match one.event:
            case InteractionQueued(reason="new" | "transferred") as event:
                figures = self.queues.setdefault(f"{one.project}/{event.queue}", QueueFigures(event.target))
                began = max(event.arrived_at, event.not_before or event.arrived_at)
                self._legs[event.interaction_id, event.leg] = (figures, began, event.target)
                figures.offered += 1
            case AgentConnected() as event if leg := self._legs.pop((event.interaction_id, event.leg), None):
                figures, began, target = leg
                waited = max(0.0, (one.occurred_at - began).total_seconds())
                figures.answered += 1
                figures.in_time += waited <= target
                figures.waited += waited
            case InteractionAbandoned() as event if leg := self._legs.pop((event.interaction_id, event.leg), None):
                leg[0].abandoned += 1
            case SentToVoicemail() | WorkExpired() as event if leg := self._legs.pop(
                (event.interaction_id, event.leg), None
            ):
                leg[0].flowed_out += 1
            case InteractionClosed() as event:
                for key in [key for key in self._legs if key[0] == event.interaction_id]:
                    self._legs.pop(key)[0].cancelled += 1
            case _:
                return

    @property
    def share(self) -> float | None:
        ended = sum(one.answered + one.abandoned for one in self.queues.values())
        return sum(one.in_time for one in self.queues.values()) / ended if ended else None

    @property
    def mean_wait(self) -> float | None:
        answered = sum(one.answered for one in self.queues.values())
        return sum(one.waited for one in self.queues.values()) / answered if answered else None


class Watching:
    """Everything that is told of a run comes from here: the log's own events, from `since` on."""

    def __init__(self, opener: Opener, since: int = 0, sites: Mapping[str, str] | None = None) -> None:
        self._opener, self._since = opener, since
        self.checker, self.figures, self.by_site = Checker(opener), Figures(), BySite(sites or {})
        self.counts: Counter[str] = Counter()
        self.position = 0
        self._cut: list[Recorded] = []
        self.broken: list[str] = []
        self.open: set[str] = set()
        #: Recordings, of conversations and of messages, that have begun and whose sound is not settled yet.
        self.unstored: set[str] = set()

    async def follow(self, log: Log) -> None:
        """Until cancelled."""
        async for batch in log.subscribe(0, limit=PORTION):
            self.take(batch)

    async def read(self, log: Log) -> None:
        """Everything there is from where this stands on."""
        after = self.position
        while batch := await log.read(after, PORTION):
            self.take(batch)
            after = batch[-1].position
        self.take(())

    def take(self, batch: Sequence[Recorded]) -> None:
        """Check and count. A broken invariant is kept; the rest is looked at all the same.

        A full portion may end in the middle of an append: its last one waits for what follows.
        """
        appends = list(_appends([*self._cut, *batch]))
        self._cut = appends.pop() if len(batch) == PORTION else []
        for append in appends:
            try:
                self.checker.fold(append)
            except Broken as broken:
                if len(self.broken) < MOST_TOLD:
                    self.broken.append(str(broken))
            for one in append:
                self._count(one)
            self.position = append[-1].position

    def _count(self, one: Recorded) -> None:
        if category_of(one.stream) in ("interaction", "delivery"):
            state = self.checker.states[one.stream]
            ended = state.status in ("closed", "delivered", "bounced", "failed")
            (self.open.discard if ended else self.open.add)(one.stream)
        if one.position <= self._since:
            return
        self._follow_sound(one.event)
        self.figures.fold(one)
        self.by_site.fold(one)
        self.counts[one.event.wire] += 1
        if isinstance(one.event, MessageReceived):
            self.counts[f"received by {one.event.via}"] += 1
            self.counts["automatic mails filed"] += one.event.via == "email" and bool(one.event.automatic)
        self.counts[self._by_channel(one)] += 1

    def _follow_sound(self, event: Event) -> None:
        match event:
            case RecordingStarted() | MessageLeft() if event.recording_id:
                self.unstored.add(event.recording_id)
            case RecordingStored() | MessageStored() | RecordingGivenUp():
                self.unstored.discard(event.recording_id)
            case _:
                return

    def _by_channel(self, one: Recorded) -> str:
        """What is counted for each channel apart, by name."""
        state = self.checker.states[one.stream]
        match one.event:
            case AgentConnected() | InteractionAbandoned() as event if isinstance(state, Interaction):
                leg = state.legs[event.leg].queued
                what = "answered" if isinstance(event, AgentConnected) else "abandoned"
                return f"{what} by {leg.channel if leg is not None else ''}"
            case NotificationDelivered() | NotificationFailed() | NotificationBounced() if isinstance(state, Delivery):
                return f"{state.status} by {state.channel}"
            case _:
                return ""

    def left(self, now: datetime) -> list[str]:
        """Streams with something still to do.

        Not among them: callbacks that are due later, and automatic mails held back as one too many for their address.
        """
        return sorted(stream for stream in self.open if not self._later(self.checker.states[stream], now))

    def _later(self, state: object, now: datetime) -> bool:
        if isinstance(state, Delivery):
            held = state.status == "pending" and state.deferred == "held"
            return held and state.retry_at is not None and state.retry_at > now
        if not isinstance(state, Interaction):
            return False
        waiting = [leg.queued for leg in state.legs.values() if leg.queued is not None and leg.status == "waiting"]
        return bool(waiting) and all(one.not_before is not None and one.not_before > now for one in waiting)

    def waiting_and_in_hand(self) -> tuple[int, int]:
        """Legs that wait for an agent, and legs that one has."""
        legs = [
            leg.status
            for stream in self.open
            if isinstance(state := self.checker.states[stream], Interaction)
            for leg in state.legs.values()
        ]
        return legs.count("waiting"), sum(one in ("accepted", "connected", "wrap_up") for one in legs)


def _appends(batch: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    """What was appended together: neighbours in the log that one command led to."""
    append: list[Recorded] = []
    for one in batch:
        if append and one.correlation_id != append[-1].correlation_id:
            yield append
            append = []
        append.append(one)
    if append:
        yield append
