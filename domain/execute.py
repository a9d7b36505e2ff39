"""The one write path of every process: load, decide, append; on a version conflict load again.

Streams that a decision read but does not change are appended with no events, which asserts their version: a
decision is recorded only if all it was based on still holds (optimistic serialisability).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from domain.attempt import Attempt
from domain.concepts import LOADED
from domain.decide import Command, Outcome
from domain.event import Event, Proposed, Recorded
from domain.loaded import AtHand, Loaded
from domain.personal import Erased
from domain.ports import Appended, Change, Clock, KeyDestroyed, Log, LogUnavailable, NewId, Opener, VersionConflict
from domain.rejection import NotFound, Rejection
from domain.states import CONCEPTS, StreamNeeded
from domain.stream import category_of, identity_of

#: How often a decision is made again after a conflict before the caller is told that the log is too busy.
ATTEMPTS = 12

#: Named here so that importing `execute` registers every concept's deciders and folds.
CONCEPT_MODULES = LOADED

#: Streams that belong to one project and are no business of another; agents and centres belong to a pool.
OF_ONE_PROJECT = frozenset({"interaction", "ticket", "customer", "delivery", "follow_up", "script", "outcome"})


class TooBusy(Exception):
    """The streams of a command changed under every attempt; nothing was changed, try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a command comes from. `correlation_id` empty: the command begins a conversation of its own.

    `confined`: on behalf of somebody who may see this project only; another project's interactions, tickets
    and customers do not exist for the command, whatever ids it names.
    """

    project: str
    pool: str
    actor: str
    causation_id: str = ""
    correlation_id: str = ""
    occurred_at: datetime | None = None
    confined: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What a command led to: the last position written (0 when nothing had to be), and what was asked to be told."""

    position: int
    result: Mapping[str, str] = field(default_factory=dict[str, str])
    events: Mapping[str, list[Event]] = field(default_factory=dict[str, list[Event]])
    replayed: bool = False


class Executor:
    """Executes commands on a log.

    `opener` opens personal fields, so that a decision may write to a customer; folded streams are kept in
    memory, the `keep` most recently used, and `forget` drops those of erased customers.
    """

    def __init__(self, log: Log, *, opener: Opener, clock: Clock, new_id: NewId, keep: int = 10_000) -> None:
        self._log, self._opener, self._clock, self._new_id, self._keep = log, opener, clock, new_id, keep
        self._cache: OrderedDict[str, Loaded] = OrderedDict()

    def forget(self) -> None:
        """Drop every folded stream; the next command loads afresh."""
        self._cache.clear()

    def saw(self, recorded: Recorded, *, begin: bool = False) -> None:
        """Fold an event of the log into its stream where that is kept.

        Who follows the log tells it here, so that commands on what other processes write to meet no conflict. What was
        missed in between, or cannot be opened now, costs no more than a load. `begin`: a stream that begins with this
        event is kept from now on, since it is about to be decided on.
        """
        kept = self._cache.get(recorded.stream)
        if kept is None and begin and recorded.version == 1:
            initial = CONCEPTS[category_of(recorded.stream)].initial
            kept = Loaded(0, initial, recorded.project, recorded.pool)
        if kept is None or recorded.version <= kept.version:
            return
        self._cache.pop(recorded.stream, None)
        if recorded.version == kept.version + 1:
            with suppress(LogUnavailable):
                self._keep_in_cache(recorded.stream, self._folded(recorded.stream, kept, [recorded]))

    def known(self, stream: str) -> Loaded | None:
        """A stream as this process last met it, None where it has not: behind what other processes wrote since.

        Its project and pool are for life. Its state is good for a guess that a command then decides on.
        """
        return self._cache.get(stream)

    async def execute(self, command: Command, origin: Origin, *, once: str | None = None) -> Done:
        """Make `command` so.

        `once`: a key under which a repeated command returns the first result and changes nothing. The log finds out
        when it is appended; most commands are none that was given before, so nobody asks beforehand.
        Raises `Rejection` when it is not possible, `TooBusy` after too many conflicts, `LogUnavailable`.
        """
        fresh: set[str] = set()
        erased: set[str] = set()
        for _ in range(ATTEMPTS):
            loaded, outcome = await self._decide(command, origin, fresh)
            if isinstance(outcome, Rejection):
                # its own first run may be what it was refused for
                first = None if once is None else await self._log.recall(once)
                if first is None:
                    raise outcome
                return _first_result(first)
            changes = self._changes(loaded, outcome, origin, erased)
            if not any(change.events for change in changes) and once is None:
                return Done(0, outcome.result)
            try:
                appended = await self._log.append(*changes, once=once)
            except VersionConflict as conflict:
                self._cache.pop(conflict.stream, None)
                continue
            except KeyDestroyed as gone:
                # what happens to an erased customer's matter is still recorded, without what it says of them
                erased.add(gone.customer_id)
                continue
            if appended.replayed:
                return _first_result(appended)
            self._remember(loaded, changes)
            return Done(appended.position, outcome.result, outcome.events)
        raise TooBusy(f"{type(command).__name__}: the log changed under {ATTEMPTS} attempts; try again")

    async def _decide(
        self, command: Command, origin: Origin, fresh: set[str]
    ) -> tuple[dict[str, Loaded], Outcome | Rejection]:
        """Decide, loading streams as they are asked for.

        That it is not possible, or that nothing is to be done, counts only on freshly read streams: no version is
        asserted by it, so nothing else would find out that another process has moved on.
        """
        while True:
            loaded: dict[str, Loaded] = {}
            outcome: Outcome | Rejection
            try:
                outcome = await self._decide_on(command, origin, loaded)
            except Rejection as rejection:
                outcome = rejection
            stale = loaded.keys() - fresh
            if not stale or (isinstance(outcome, Outcome) and any(outcome.events.values())):
                return loaded, outcome
            for stream in stale:
                await self._refresh(stream)
            fresh |= stale

    async def _decide_on(self, command: Command, origin: Origin, loaded: dict[str, Loaded]) -> Outcome:
        attempt, ahead = Attempt(command, self._clock(), self._new_id), dict[str, Loaded]()

        def at_hand(stream: str) -> Loaded | None:
            return self._at_hand(stream, origin, ahead)

        while True:
            try:
                outcome = attempt(AtHand(loaded, at_hand))
            except StreamNeeded as needed:
                further = attempt.next_after(needed.stream, AtHand(dict(loaded), at_hand))
                ahead |= await self._streams([needed.stream, *further], origin)
                # at hand is not enough for a decision that builds on another, which sees what was loaded
                loaded[needed.stream] = _seen_by(origin, needed.stream, ahead[needed.stream])
                continue
            for stream in outcome.events:
                # written without having been read: its version must be known, unless it begins here
                if stream not in loaded and not attempt.drew(identity_of(stream)):
                    loaded[stream] = _seen_by(origin, stream, (await self._streams([stream], origin))[stream])
            return outcome

    def _at_hand(self, stream: str, origin: Origin, ahead: Mapping[str, Loaded]) -> Loaded | None:
        """A stream that is folded already, or was read for this decision; None for others.

        Raises `NotFound` for a stream outside the project that the command is confined to.
        """
        entry = self._cache.get(stream)
        if entry is not None:
            self._cache.move_to_end(stream)
        else:
            entry = ahead.get(stream)
        return None if entry is None else _seen_by(origin, stream, entry)

    async def _streams(self, streams: Sequence[str], origin: Origin) -> dict[str, Loaded]:
        """Streams as they are kept, or else read."""
        found = {stream: self._cache[stream] for stream in streams if stream in self._cache}
        for stream in found:
            self._cache.move_to_end(stream)
        if unknown := [stream for stream in streams if stream not in found]:
            for stream, recorded in (await self._log.read_streams(unknown)).items():
                nothing = Loaded(0, CONCEPTS[category_of(stream)].initial, origin.project, origin.pool)
                found[stream] = self._folded(stream, nothing, recorded)
                self._keep_in_cache(stream, found[stream])
        return found

    async def _refresh(self, stream: str) -> None:
        """Bring a folded stream up to date with the log."""
        cached = self._cache.get(stream)
        if cached is not None:
            tail = await self._log.read_stream(stream, cached.version)
            self._keep_in_cache(stream, self._folded(stream, cached, tail))

    def _folded(self, stream: str, before: Loaded, recorded: Sequence[Recorded]) -> Loaded:
        if not recorded:
            return before
        evolve, state = CONCEPTS[category_of(stream)].evolve, before.state
        for one in recorded:
            state = evolve(state, self._opener(one.event))
        return Loaded(recorded[-1].version, state, recorded[0].project, recorded[0].pool)

    def _changes(
        self, loaded: dict[str, Loaded], outcome: Outcome, origin: Origin, erased: Collection[str]
    ) -> list[Change]:
        correlation_id = origin.correlation_id or self._new_id()
        occurred_at = origin.occurred_at or self._clock()
        changes: list[Change] = []
        for stream in dict.fromkeys([*outcome.events, *loaded]):
            home = loaded.get(stream) or Loaded(0, None, origin.project, origin.pool)
            proposed = [
                Proposed(
                    _without_personal(event, erased),
                    self._new_id(),
                    home.project,
                    home.pool,
                    origin.actor,
                    occurred_at,
                    origin.causation_id,
                    correlation_id,
                )
                for event in outcome.events.get(stream, ())
            ]
            changes.append(Change(stream, home.version, proposed))
        return changes

    def _remember(self, loaded: Mapping[str, Loaded], changes: Sequence[Change]) -> None:
        """Fold what was just appended, so that the next command on these streams needs no load."""
        for change in changes:
            if not change.events:
                continue
            this, first = CONCEPTS[category_of(change.stream)], change.events[0]
            before = loaded.get(change.stream)
            state = this.initial if before is None else before.state
            for proposed in change.events:
                state = this.evolve(state, proposed.event)
            version = change.expected_version + len(change.events)
            self._keep_in_cache(change.stream, Loaded(version, state, first.project, first.pool))

    def _keep_in_cache(self, stream: str, entry: Loaded) -> None:
        """Keep the newest fold: several commands load and append at the same time."""
        known = self._cache.get(stream)
        if entry.version == 0 or (known is not None and known.version >= entry.version):
            return
        self._cache[stream] = entry
        self._cache.move_to_end(stream)
        while len(self._cache) > self._keep:
            self._cache.popitem(last=False)


def _seen_by(origin: Origin, stream: str, entry: Loaded) -> Loaded:
    category = category_of(stream)
    if origin.confined and category in OF_ONE_PROJECT and entry.project != origin.project:
        raise NotFound(category, identity_of(stream))
    return entry


def _without_personal(event: Event, erased: Collection[str]) -> Event:
    """The event, its personal fields blank where they are those of an erased customer."""
    if not event.personal or getattr(event, "customer_id", None) not in erased:
        return event
    return event.model_copy(update={name: Erased() for name in event.personal})


def _first_result(first: Appended) -> Done:
    """What a repeated command is told: the position and the ids of the streams its first run wrote to."""
    result: dict[str, str] = {}
    for stream in first.versions:
        result.setdefault(f"{category_of(stream)}_id", identity_of(stream))
    return Done(first.position, result, replayed=True)
