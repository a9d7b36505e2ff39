"""What the voice channel asks of whoever carries the calls: one seam, whatever the provider.

A call runs *steps*: what is said, asked, waited for. They are given as the answer to a provider's question (`reply`) or
pushed upon a call in progress (`perform`). What leads to a result bears `then`, a word of ours under which the result
comes back. A *conversation* is the room in which a customer, agents, experts and supervisors are together; its name is
ours: letters, digits, `-` and `_`, for example the interaction's id. A *mark* comes back with everything told of a leg:
an attempt's id belongs there. Legs and recordings are called by the provider's identifiers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Say:
    """Read aloud. `language`: BCP 47, for example `pl-PL`."""

    text: str
    language: str = "en-GB"


@dataclass(frozen=True, slots=True)
class Play:
    """Play the sound at `url`, `times` times."""

    url: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in whole seconds."""

    seconds: int = 1


@dataclass(frozen=True, slots=True)
class Gather:
    """Ask for keys, or for speech too, while `prompts` are heard; the result comes back under `then`.

    `patience`: seconds without any input before nothing is reported, as an empty result. `most`: keys wanted at most.
    """

    then: str
    prompts: tuple[Say | Play | Pause, ...] = ()
    patience: int = 5
    most: int | None = None
    finish_on: str = "#"
    speech: bool = False
    language: str = "en-GB"
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Wait. What is heard meanwhile is asked for under `hearing`, again and again; how it ended comes under `then`."""

    queue: str
    hearing: str
    then: str


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Stop waiting; only among what is heard while waiting."""


@dataclass(frozen=True, slots=True)
class Join:
    """Be in the conversation. It ends when this leg goes if `ends`; what comes after is asked for under `then`."""

    conversation: str
    then: str
    ends: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Forward:
    """Be connected to `address`, showing `caller`; how it ended comes under `then`. `ring` in seconds."""

    address: str
    caller: str
    then: str
    ring: int = 30
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Voicemail:
    """Leave a message after the beep: `longest` seconds, ended by `silence` seconds or a key; it comes under `then`."""

    then: str
    longest: int = 180
    silence: int = 5
    finish_on: str = "#"
    mark: str = ""


@dataclass(frozen=True, slots=True)
class GoOn:
    """Ask again what to do, under `then`."""

    then: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do not take the call: all lines are busy. Only as the first and only step of an incoming call."""


Step = Say | Play | Pause | Gather | Enqueue | LeaveQueue | Join | Forward | Voicemail | GoOn | HangUp | Refuse
LegStatus = Literal["ringing", "talking", "ended", "busy", "no-answer", "failed", "canceled"]
#: How a supervisor takes part: hears all, is heard by the agent alone, is heard by all.
Presence = Literal["listening", "whispering", "joined"]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a provider's question."""

    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class LegState:
    """How a leg stands with the provider. `by_machine`: an answering machine took it."""

    leg: str
    status: LegStatus
    to: str = field(repr=False)
    caller: str = field(repr=False)
    made_at: datetime | None = None
    by_machine: bool = False


class CallFault(Exception):
    """Something asked of the provider was not simply done. The text bears no personal data."""


class CallRefused(CallFault):
    """Nothing was done, and the same again is useless."""


class CallGone(CallRefused):
    """The leg, conversation or recording is no more: somebody hung up meanwhile, which is no fault of anybody's."""


class CallUnavailable(CallFault):
    """Nothing was done; it may work in `retry_after` seconds, where that is known."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class CallOutcomeUnknown(CallFault):
    """It may or may not have been done. Ask (`legs_made`, `state`) before anybody is called again."""


class CallControl(Protocol):
    """Calls, as the voice channel handles them. Everything asynchronous raises the `CallFault` that fits."""

    def reply(self, steps: Sequence[Step]) -> Reply:
        """The steps as the answer to a provider's question. Raises `ValueError` for what no provider could take."""
        ...

    async def perform(self, leg: str, steps: Sequence[Step]) -> None:
        """Take a leg in progress off what it does, out of its queue or conversation, and let it do `steps`."""
        ...

    async def call(
        self, to: str, caller: str, steps: Sequence[Step], *, mark: str, ring: int = 30, detect_machine: bool = False
    ) -> str:
        """Call somebody who, answering, is led through `steps`. `ring` in seconds. Gives the leg."""
        ...

    async def connect_agent(
        self, conversation: str, address: str, caller: str, *, mark: str, label: str, ring: int = 20
    ) -> str:
        """Call an agent (telephone, `sip:`, `client:`) into a conversation, who waits there in silence. Gives the leg.

        Once they answered, the customer is let in by `perform` with `Join`: until then there is music, and place kept.
        """
        ...

    async def hold(self, conversation: str, leg: str, *, hearing: str | None = None) -> None:
        """Neither heard nor hearing: music, or what is asked for under `hearing`."""
        ...

    async def resume(self, conversation: str, leg: str) -> None:
        """Back into the conversation after a hold."""
        ...

    async def mute(self, conversation: str, leg: str) -> None:
        """Heard by nobody in the conversation, and hearing everybody."""
        ...

    async def unmute(self, conversation: str, leg: str) -> None:
        """Heard again."""
        ...

    async def consult(
        self, conversation: str, customer: str, address: str, caller: str, *, mark: str, label: str, ring: int = 30
    ) -> str:
        """Hold the customer and call a third party in. Gives the third party's leg; the customer stays on hold."""
        ...

    async def end_consult(self, conversation: str, customer: str, third: str) -> None:
        """The third party leaves, the customer is back with the agent."""
        ...

    async def transfer(self, conversation: str, customer: str, leaving: str) -> None:
        """Warm transfer: the customer is back with whoever is in, and the agent `leaving` leaves."""
        ...

    async def supervise(
        self, conversation: str, address: str, caller: str, agent: str, *, mark: str, presence: Presence = "listening"
    ) -> str:
        """Call a supervisor in. `agent`: the leg that alone hears whispers. Gives the leg."""
        ...

    async def change_presence(self, conversation: str, supervisor: str, agent: str, presence: Presence) -> None:
        """Listen, whisper or join from now on."""
        ...

    async def record(self, leg: str, *, mark: str) -> str:
        """Record all that is said and heard on a leg, wherever it goes. Gives the recording."""
        ...

    async def pause_recording(self, leg: str, recording: str) -> None:
        """Nothing is taken down until `resume_recording`; also for keys that are pressed."""
        ...

    async def resume_recording(self, leg: str, recording: str) -> None: ...

    async def stop_recording(self, leg: str, recording: str) -> None: ...

    async def fetch_recording(self, recording: str) -> bytes:
        """The finished recording as WAV. Raises `CallUnavailable` while it is not complete, `CallGone` for none."""
        ...

    async def delete_recording(self, recording: str) -> None:
        """Remove the provider's copy. One that is gone is gone: no fault."""
        ...

    async def hang_up(self, leg: str) -> None:
        """End a leg, ringing or answered. One that is over is over: no fault."""
        ...

    async def end_conversation(self, conversation: str) -> None:
        """Everybody leaves. A conversation that is over is over: no fault."""
        ...

    async def state(self, leg: str) -> LegState:
        """How a leg stands."""
        ...

    async def legs_made(self, to: str, caller: str, *, since: datetime, known: Collection[str] = ()) -> list[LegState]:
        """Legs from `caller` to `to` made since then that are none of the `known`: what an attempt may have led to.

        The newest first. Empty: the attempt was not carried out, and may be made again.
        """
        ...
