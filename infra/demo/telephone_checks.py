"""What must hold of calls and texts at the end of a run: the log held against what callers and the network know."""

from __future__ import annotations

import wave
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from domain.customer.events import ConsentWithdrawn
from domain.delivery.events import DeliveryAttempted, NotificationRequested
from domain.event import Event
from domain.interaction.call_events import RecordingStarted, RecordingStored
from domain.interaction.events import AgentConnected, CallbackRequested
from domain.personal import plain
from domain.ports import RecordingStore
from domain.voice.events import CallEnded, CallStarted, DialAttempted, MessageLeft, MessageStored
from domain.voice.recordings import RecordingGivenUp, RecordingRemoved
from infra.demo.ledger import Called, Ledger
from infra.demo.telephones import Telephones


@dataclass(slots=True)
class TelephoneFacts:
    """What one reading of the whole log says of calls and texts. `stopped`: customers who want no texts."""

    started: Counter[str] = field(default_factory=Counter[str])
    ended: Counter[str] = field(default_factory=Counter[str])
    interactions: dict[str, str] = field(default_factory=dict[str, str])
    connected: set[str] = field(default_factory=set[str])
    promised: set[str] = field(default_factory=set[str])
    #: By number: work of its own, for who asked when the wait had just come to its end (the router sent them to leave a
    #: message, say).
    promised_anew: set[str] = field(default_factory=set[str])
    left: dict[str, str] = field(default_factory=dict[str, str])
    stored: set[str] = field(default_factory=set[str])
    dialled: set[str] = field(default_factory=set[str])
    attempted: set[str] = field(default_factory=set[str])
    texts: set[str] = field(default_factory=set[str])
    stopped: set[str] = field(default_factory=set[str])
    #: What is recorded: the interactions by recording, and where each sound lies.
    recorded: dict[str, str] = field(default_factory=dict[str, str])
    sounds: dict[str, RecordingStored | MessageStored] = field(
        default_factory=dict[str, RecordingStored | MessageStored]
    )
    removed: set[str] = field(default_factory=set[str])

    def add(self, event: Event) -> None:  # noqa: C901 - one flat match over the events
        match event:
            case CallStarted():
                self.started[event.call_id] += 1
                self.interactions[event.call_id] = event.interaction_id
            case CallEnded():
                self.ended[event.call_id] += 1
            case AgentConnected():
                self.connected.add(event.interaction_id)
            case CallbackRequested():
                self.promised.add(event.interaction_id)
                if event.interaction_id not in self.interactions.values():
                    self.promised_anew.add(plain(event.number))
            case MessageLeft():
                self.left[event.call_id] = event.recording_id
            case MessageStored():
                self.stored.add(event.recording_id)
                self.sounds[event.recording_id] = event
            case RecordingStarted():
                self.recorded[event.recording_id] = event.interaction_id
            case RecordingStored():
                self.sounds[event.recording_id] = event
            case RecordingRemoved() | RecordingGivenUp():
                self.removed.add(event.recording_id)
            case DialAttempted():
                self.dialled.add(event.dial_id)
            case DeliveryAttempted():
                self.attempted.add(f"{event.delivery_id}.{event.attempt_id}")
            case NotificationRequested(channel="sms"):
                self.texts.add(event.delivery_id)
            case ConsentWithdrawn():
                self.stopped.add(event.customer_id)
            case _:
                return


@dataclass(frozen=True, slots=True)
class Network:
    """The checks. `whole`: nobody but simulated people was there."""

    facts: TelephoneFacts
    ledger: Ledger
    telephones: Telephones
    whole: bool

    async def calls_in(self) -> list[str]:
        """Each call that was made, held against the log; where the run is whole there is none beside them."""
        broken = [fault for call in self.ledger.calls if (fault := self._fault(call))]
        if self.whole:
            known = {call.sid for call in self.ledger.calls}
            broken += [f"call {one} is in the log, and nobody made it" for one in self.facts.started.keys() - known]
        return broken

    def _fault(self, call: Called) -> str:
        begun, over = self.facts.started[call.sid], self.facts.ended[call.sid]
        if (begun, over) != (1, 1):
            return f"call {call.sid} began {begun} times and ended {over} times in the log"
        if not _on_record(self.facts, call):
            return f"call {call.sid}: for its caller it ended as {call.outcome}, the log does not say so"
        return ""

    async def calls_out(self) -> list[str]:
        """Each telephone that rang, held against the attempts on record."""
        return list(_once("a telephone rang", self.telephones.made(), self.facts.dialled))

    async def agreements(self) -> list[str]:
        """Nobody was recorded who had not agreed."""
        recorded = set(self.facts.recorded.values())
        return [
            f"call {call.sid} was recorded, and its caller had not agreed"
            for call in self.ledger.calls
            if not call.agreed and self.facts.interactions.get(call.sid, "") in recorded
        ]

    async def recordings(self, store: RecordingStore) -> list[str]:
        """What was recorded is in the store, whole, and a player can play it."""
        lost = self.facts.recorded.keys() - self.facts.sounds.keys() - self.facts.removed if self.whole else ()
        broken = [f"recording {one} was never stored" for one in sorted(lost)]
        for one, stored in self.facts.sounds.items():
            if one not in self.facts.removed:
                sound = await store.get(stored.customer_id, stored.reference)
                broken += [f"recording {one}: {fault}" for fault in _unplayable(sound, stored.size, stored.seconds)]
        return broken

    async def texts_in(self, received: Mapping[str, int]) -> list[str]:
        times = ((sid, received.get(sid, 0)) for sid in self.ledger.texts)
        return [f"text {sid} is in the log {found} times" for sid, found in times if found != 1]

    async def texts_out(self, stands: Mapping[str, str]) -> list[str]:
        """Each text that the network was handed, held against the attempts on record, and the other way round."""
        sent = self.telephones.sent()
        broken = list(_once("a text was sent", sent, self.facts.attempted))
        handed_over = {mark.partition(".")[0] for mark in sent}
        never = self.facts.texts - handed_over if self.telephones.remembers_all else ()
        said = "is said to be delivered, and was never sent"
        return broken + [f"the text {one} {said}" for one in sorted(never) if stands.get(one) == "delivered"]


def _unplayable(sound: bytes | None, size: int, seconds: float) -> Iterator[str]:
    if sound is None or len(sound) != size:
        yield f"{size} bytes were stored, there are {len(sound or b'')}"
        return
    try:
        with wave.open(BytesIO(sound)) as file:
            length = file.getnframes() / file.getframerate()
    except (wave.Error, EOFError) as fault:
        yield f"it is no sound: {fault}"
        return
    # a message's length is as the provider told it, in whole seconds
    if abs(length - seconds) > 1:
        yield f"it lasts {length:.1f} s, the log says {seconds:.1f}"


def _once(what: str, made: Mapping[str, int], attempts: Collection[str]) -> Iterator[str]:
    """Each thing that was done belongs to an attempt on record, and was done once for it."""
    for mark, times in made.items():
        if mark not in attempts:
            yield f"{what} for {mark or 'nothing'}, of which the log knows no attempt"
        elif times > 1:
            yield f"{what} {times} times for the attempt {mark}"


def _on_record(facts: TelephoneFacts, call: Called) -> bool:
    interaction = facts.interactions[call.sid]
    match call.outcome:
        case "talked":
            return interaction in facts.connected
        case "left_word":
            return facts.left.get(call.sid, "") in facts.stored
        case "promised":
            return interaction in facts.promised or call.number in facts.promised_anew
        case "hung_up":
            return True
