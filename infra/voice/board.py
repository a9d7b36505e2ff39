"""What the log says of calls that go on: the caller's leg, the interaction's legs, and the legs that we dial.

Folded from the log alone, by the domain's own folds. What is over is forgotten.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from domain.event import Event, Recorded
from domain.interaction.call_events import (
    CallPlaced,
    ConsultEnded,
    ConsultStarted,
    CustomerPutThrough,
    OutsideEnded,
    PartyJoined,
    PartyLeft,
    RecordingStarted,
    RecordingStored,
)
from domain.interaction.events import (
    AgentConnected,
    CallbackOffered,
    CallbackRequested,
    InteractionClosed,
    InteractionStarted,
    SentToVoicemail,
    WaitAnnounced,
)
from domain.interaction.state import Interaction
from domain.interaction.state import evolve as evolve_interaction
from domain.interaction.talking import TOOK_OVER
from domain.personal import plain
from domain.stream import category_of, identity_of
from domain.voice.call import Call
from domain.voice.call import evolve as evolve_call
from domain.voice.dial import Dial, customer_dial
from domain.voice.dial import evolve as evolve_dial
from domain.voice.events import (
    CallProceeded,
    CallStarted,
    DialAttempted,
    MessageLeft,
    MessageStored,
    RecordingAgreed,
)
from domain.voice.recordings import RecordingCopySettled, RecordingGivenUp
from infra.voice.seen import Calling, Dialling, Invited, Kept, Outside, Promised, Wait

_CALLS = ("voice", "callback")
#: Legs of ours that are over and whose ids are kept: as many as thirty calls a second (5,000 agents) come to in the
#: hours that clocks may be apart, either way.
_LEGS_KEPT = 500_000


@dataclass(slots=True)
class Board:
    """`calls` by the provider's id, `dials` by the attempt's, `kept` by the recording's."""

    calls: dict[str, Calling] = field(default_factory=dict[str, Calling])
    interactions: dict[str, Interaction] = field(default_factory=dict[str, Interaction])
    dials: dict[str, Dialling] = field(default_factory=dict[str, Dialling])
    waits: dict[str, Wait] = field(default_factory=dict[str, Wait])
    kept: dict[str, Kept] = field(default_factory=dict[str, Kept])
    #: Recordings that we have stored, and whose copy at the provider is to be seen to.
    copies: dict[str, Kept] = field(default_factory=dict[str, Kept])
    #: Customers who are to be called back, by interaction.
    callbacks: dict[str, Promised] = field(default_factory=dict[str, Promised])
    #: By interaction, whom the customer was put through to.
    outside: dict[str, Outside] = field(default_factory=dict[str, Outside])
    #: Interactions whose callers agreed to be recorded.
    agreed: set[str] = field(default_factory=set[str])
    #: By interaction and party.
    invited: dict[tuple[str, str], Invited] = field(default_factory=dict[tuple[str, str], Invited])
    position: int = 0
    #: The provider's ids of legs that we dialled and that are over.
    _over: deque[str] = field(default_factory=lambda: deque[str](maxlen=_LEGS_KEPT))
    #: By work id, the attempt that reached an agent who took a call over; by interaction, until they are connected.
    _took_over: dict[str, str] = field(default_factory=dict[str, str])
    _call_ids: dict[str, str] = field(default_factory=dict[str, str])
    _dial_ids: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def concerns(self, recorded: Recorded) -> bool:
        """Whether an event is of a call: most of what a mixed centre does is not."""
        match category_of(recorded.stream):
            case "call" | "dial" | "recording":
                return True
            case "interaction":
                event = recorded.event
                if isinstance(event, InteractionStarted):
                    return event.channel in _CALLS
                return identity_of(recorded.stream) in self.interactions or isinstance(event, RecordingStored)
            case _:
                return False

    def fold(self, recorded: Recorded) -> None:
        """One event of the log, its personal fields opened."""
        self.position = recorded.position
        match category_of(recorded.stream):
            case "call":
                self._call(recorded)
            case "dial":
                self._dial(recorded)
            case "interaction":
                self._interaction(recorded)
            case "recording":
                self._recording(recorded.event)
            case _:
                return

    def call_of(self, interaction_id: str) -> Calling | None:
        """The caller's leg of an interaction, if it goes on."""
        return self.calls.get(self._call_ids.get(interaction_id, ""))

    def dial_of(self, work_id: str) -> Dialling | None:
        """The attempt that reached, or is to reach, the agent of a piece of work."""
        return self.dials.get(self._took_over.get(work_id, work_id))

    def customer_of(self, interaction_id: str, work_id: str) -> Dialling | None:
        """The attempt that reached, or is to reach, the customer to be called for a piece of work.

        Who took a customer over has the one who is on the line.
        """
        own = self.dials.get(customer_dial(work_id))
        if own is not None or work_id not in self._took_over:
            return own
        reached = [one for one in self.dials_of(interaction_id) if one.state.purpose == "customer"]
        return max((one for one in reached if one.state.was_answered), key=lambda one: one.since, default=None)

    def dials_of(self, interaction_id: str) -> list[Dialling]:
        return [self.dials[one] for one in sorted(self._dial_ids.get(interaction_id, ()))]

    def known_legs(self) -> set[str]:
        """The provider's ids of all legs that we dialled, as far as the log has them: no other attempt led to those."""
        return {*self._over, *(one.state.call_id for one in self.dials.values() if one.state.call_id)}

    def _call(self, recorded: Recorded) -> None:
        call_id, event = identity_of(recorded.stream), recorded.event
        self._messages(recorded, event)
        if isinstance(event, RecordingAgreed):
            (self.agreed.add if event.agreed else self.agreed.discard)(event.interaction_id)
        known = self.calls.get(call_id)
        if known is None:
            if isinstance(event, CallStarted):
                state = evolve_call(Call(), event)
                self.calls[call_id] = Calling(state, recorded.project, recorded.pool, recorded.recorded_at)
                self._call_ids[event.interaction_id] = call_id
            return
        known.state, known.seen = evolve_call(known.state, event), recorded.recorded_at
        if isinstance(event, CallProceeded):
            known.sent = ""
        if known.state.status == "ended":
            del self.calls[call_id]
            self._call_ids.pop(known.state.interaction_id, None)
            self._forget(known.state.interaction_id)

    def _messages(self, recorded: Recorded, event: Event) -> None:
        if isinstance(event, MessageLeft) and event.recording_id:
            self.kept[event.recording_id] = Kept(
                event.recording_id,
                event.call_id,
                event.interaction_id,
                event.provider,
                recorded.project,
                recorded.pool,
                event.seconds,
                "message",
            )
        if isinstance(event, MessageStored):
            self._stored(event.recording_id)

    def _stored(self, recording_id: str) -> None:
        kept = self.kept.pop(recording_id, None)
        if kept is not None:
            self.copies[recording_id] = kept

    def _recording(self, event: Event) -> None:
        if isinstance(event, RecordingGivenUp | RecordingCopySettled):
            self.kept.pop(event.recording_id, None)
            self.copies.pop(event.recording_id, None)

    def _dial(self, recorded: Recorded) -> None:
        dial_id, event = identity_of(recorded.stream), recorded.event
        known = self.dials.get(dial_id)
        if known is None:
            if isinstance(event, DialAttempted):
                state = evolve_dial(Dial(), event)
                self.dials[dial_id] = Dialling(state, recorded.project, recorded.pool, recorded.recorded_at)
                self._dial_ids.setdefault(event.interaction_id, set()).add(dial_id)
            return
        known.state = evolve_dial(known.state, event)
        if known.state.purpose == "customer":
            self._customer(recorded, known)
        self._forget(known.state.interaction_id)

    def _customer(self, recorded: Recorded, dial: Dialling) -> None:
        """A customer who was called back is on the line, as a caller is, until their leg ends."""
        state = dial.state
        if state.status == "answered":
            call = Call(state.call_id, "going_on", state.interaction_id, "", state.number, state.provider)
            self.calls[state.call_id] = Calling(
                call, recorded.project, recorded.pool, recorded.recorded_at, in_room=True, outbound=True
            )
            self._call_ids[state.interaction_id] = state.call_id
        elif state.status == "ended" and self.calls.pop(state.call_id, None) is not None:
            self._call_ids.pop(state.interaction_id, None)

    def _interaction(self, recorded: Recorded) -> None:
        interaction_id, event = identity_of(recorded.stream), recorded.event
        known = self.interactions.get(interaction_id)
        if known is None and not (isinstance(event, InteractionStarted) and event.channel in _CALLS):
            if isinstance(event, RecordingStored):
                self._stored(event.recording_id)
            return
        self.interactions[interaction_id] = evolve_interaction(known or Interaction(), event)
        self._parties(recorded, interaction_id)
        self._noted(recorded, interaction_id)
        call = self.call_of(interaction_id)
        match event:
            case WaitAnnounced():
                self.waits[interaction_id] = Wait(event.seconds, event.place, recorded.position)
            case CallbackOffered() if call is not None and call.waits:
                call.sent = "callback"
            case SentToVoicemail() if call is not None and call.waits:
                call.sent = "voicemail"
            case AgentConnected() if call is not None:
                call.in_room = True
            case InteractionClosed():
                self._forget(interaction_id)
            case _:
                return

    def _noted(self, recorded: Recorded, interaction_id: str) -> None:
        """Numbers to call back at, and recordings that the provider has."""
        event, call = recorded.event, self.call_of(interaction_id)
        match event:
            case CallbackRequested():
                number = plain(event.number, otherwise="")
                self.callbacks[interaction_id] = Promised(number, recorded.project, recorded.pool)
            case CallPlaced():
                number = plain(event.number, otherwise="")
                self.callbacks[interaction_id] = Promised(
                    number, recorded.project, recorded.pool, event.line, placed=True
                )
            case RecordingStarted() if call is not None:
                self.kept[event.recording_id] = Kept(
                    event.recording_id,
                    call.state.call_id,
                    interaction_id,
                    call.state.provider,
                    recorded.project,
                    recorded.pool,
                    0,
                    "conversation",
                )
            case RecordingStored():
                self._stored(event.recording_id)
            case _:
                return

    def _parties(self, recorded: Recorded, interaction_id: str) -> None:
        """Each invitation is an attempt of its own, named by its event; who takes over keeps theirs."""
        event = recorded.event
        match event:
            case ConsultStarted():
                number = plain(event.number, otherwise="")
                self.invited[interaction_id, event.party] = Invited(recorded.event_id, number)
            case PartyJoined() if event.kind == "supervisor":
                self.invited[interaction_id, event.party] = Invited(recorded.event_id, "")
            case ConsultEnded() if event.outcome == "joined":
                return
            case ConsultEnded() | PartyLeft():
                gone = self.invited.pop((interaction_id, event.party), None)
                taken = getattr(event, "outcome", "") == "transferred" or getattr(event, "reason", "") == TOOK_OVER
                if gone is not None and taken:
                    self._took_over[interaction_id] = gone.dial_id
            case CustomerPutThrough():
                there = self._took_over.pop(interaction_id, recorded.event_id)
                number = plain(event.number, otherwise="")
                self.outside[interaction_id] = Outside(event.party, there, number)
            case OutsideEnded():
                self.outside.pop(interaction_id, None)
            case AgentConnected():
                taken_over = self._took_over.pop(interaction_id, None)
                if taken_over is not None:
                    self._took_over[event.work_id] = taken_over
            case _:
                return

    def _forget(self, interaction_id: str) -> None:
        """Drop what is over on every side: the caller gone, the interaction closed, every leg of ours ended."""
        interaction = self.interactions.get(interaction_id)
        if (interaction is not None and interaction.status == "open") or self.call_of(interaction_id) is not None:
            return
        if any(one.state.status != "ended" for one in self.dials_of(interaction_id)):
            return
        for dial_id in self._dial_ids.pop(interaction_id, ()):
            over = self.dials.pop(dial_id).state.call_id
            if over:
                self._over.append(over)
        self.interactions.pop(interaction_id, None)
        self.waits.pop(interaction_id, None)
        self.callbacks.pop(interaction_id, None)
        self.outside.pop(interaction_id, None)
        self.agreed.discard(interaction_id)
        for key in [key for key in self.invited if key[0] == interaction_id]:
            del self.invited[key]
        for leg in interaction.legs.values() if interaction is not None else ():
            self._took_over.pop(leg.work_id, None)
