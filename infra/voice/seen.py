"""What the voice board holds: callers' legs, legs that we dial, who takes part, recordings not fetched yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from domain.voice.call import Call
from domain.voice.dial import Dial


class Wait(NamedTuple):
    """What a caller was told of the wait, and where in the log."""

    seconds: int
    place: int
    position: int


@dataclass(slots=True)
class Dialling:
    """A leg that we dial. `since`: when it was attempted."""

    state: Dial
    project: str
    pool: str
    since: datetime


@dataclass(slots=True)
class Calling:
    """A caller's leg. `seen`: when the log last learned of it. `in_room`: talks, or talked, with an agent."""

    state: Call
    project: str
    pool: str
    seen: datetime
    in_room: bool = False
    #: Called by us: there is no flow.
    outbound: bool = False
    #: What was decided about a caller who waits, and is not told yet.
    sent: Literal["", "callback", "voicemail"] = ""

    @property
    def waits(self) -> bool:
        """Whether the flow has left the caller to the queue."""
        return self.state.place is not None and self.state.place.doing == "waiting"


class Promised(NamedTuple):
    """A customer to be called: their number, and whose it is. `line`: which of our numbers calls, if one was named.

    `placed`: an agent calls from the desk.
    """

    number: str
    project: str
    pool: str
    line: str = ""
    placed: bool = False


class Invited(NamedTuple):
    """Somebody further who was asked into a conversation: the attempt to call them, and at which number."""

    dial_id: str
    number: str


class Outside(NamedTuple):
    """Whom a customer is put through to: the attempt that reaches them, and at which number."""

    party: str
    dial_id: str
    number: str


class Kept(NamedTuple):
    """A recording that the provider still has: only they, or beside ours."""

    recording_id: str
    call_id: str
    interaction_id: str
    provider: str
    project: str
    pool: str
    seconds: int
    what: Literal["message", "conversation"]
