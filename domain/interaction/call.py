"""A conversation as decisions see it: on hold or not, whom the agent consults, who takes part, what is recorded.

talking ⇄ held. The agent is heard ⇄ muted. A consulted party joins, takes over or leaves. A recording runs ⇄
pauses, ends, and is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from domain.event import Event
from domain.interaction.call_events import (
    AgentMuted,
    AgentUnmuted,
    ConsultEnded,
    ConsultStarted,
    InteractionHeld,
    InteractionResumed,
    PartyJoined,
    PartyLeft,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
)
from domain.transitions import Table, step

Hold = Literal["talking", "held"]
Voice = Literal["heard", "muted"]
Standing = Literal["absent", "consulted", "joined"]
RecordingStatus = Literal["absent", "running", "paused", "ended", "stored"]

HOLD: Table[Hold] = {
    ("talking", InteractionHeld): "held",
    ("held", InteractionResumed): "talking",
}

VOICE: Table[Voice] = {
    ("heard", AgentMuted): "muted",
    ("muted", AgentUnmuted): "heard",
}

PARTY: Table[Standing] = {
    ("absent", ConsultStarted): "consulted",
    # a consult that ends in joining or transfer is followed by what it ended in
    ("consulted", ConsultEnded): "absent",
    ("absent", PartyJoined): "joined",
    ("joined", PartyLeft): "absent",
}

RECORDING: Table[RecordingStatus] = {
    ("absent", RecordingStarted): "running",
    ("running", RecordingPaused): "paused",
    ("paused", RecordingResumed): "running",
    ("running", RecordingStopped): "ended",
    ("paused", RecordingStopped): "ended",
    # the provider may have it before we have heard that the call is over
    ("running", RecordingStored): "stored",
    ("paused", RecordingStored): "stored",
    ("ended", RecordingStored): "stored",
}

CALL_EVENTS = frozenset(kind for _, kind in (*HOLD, *VOICE, *PARTY))
RECORDING_EVENTS = frozenset(kind for _, kind in RECORDING)


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part beside agent and customer. `agent_id` where it is an agent, whose capacity it holds."""

    standing: Standing
    kind: str
    agent_id: str
    hearing: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    hold: Hold = "talking"
    voice: Voice = "heard"
    parties: Mapping[str, Party] = field(default_factory=dict[str, Party])

    @property
    def consulted(self) -> str | None:
        """The party that is asked while the customer is on hold."""
        return next((name for name, party in self.parties.items() if party.standing == "consulted"), None)

    def standing(self, party: str) -> Standing:
        known = self.parties.get(party)
        return "absent" if known is None else known.standing


@dataclass(frozen=True, slots=True)
class Recording:
    leg: str
    status: RecordingStatus


def evolve_call(call: Call, event: Event) -> Call:
    """A conversation after one of its events."""
    standing: Standing
    match event:
        case InteractionHeld() | InteractionResumed():
            return replace(call, hold=step(HOLD, call.hold, type(event), "the call"))
        case AgentMuted() | AgentUnmuted():
            return replace(call, voice=step(VOICE, call.voice, type(event), "the agent's voice"))
        case ConsultStarted():
            standing = step(PARTY, call.standing(event.party), ConsultStarted, "this party")
            return _with(call, event.party, Party(standing, event.kind, event.asked_agent))
        case PartyJoined():
            standing = step(PARTY, call.standing(event.party), PartyJoined, "this party")
            return _with(call, event.party, Party(standing, event.kind, event.joined_agent, event.hearing))
        case ConsultEnded() | PartyLeft():
            step(PARTY, call.standing(event.party), type(event), "this party")
            return replace(call, parties={p: who for p, who in call.parties.items() if p != event.party})
        case _:
            return call


def _with(call: Call, name: str, party: Party) -> Call:
    return replace(call, parties={**call.parties, name: party})


def evolve_recordings(
    recordings: Mapping[str, Recording],
    event: RecordingStarted | RecordingPaused | RecordingResumed | RecordingStopped | RecordingStored,
) -> Mapping[str, Recording]:
    """An interaction's recordings after one of their events."""
    before = recordings.get(event.recording_id, Recording(event.leg, "absent"))
    after = replace(before, status=step(RECORDING, before.status, type(event), "the recording"))
    return {**recordings, event.recording_id: after}
