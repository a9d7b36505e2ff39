"""What can be to be done about calls: each a deed, that may be done again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.interaction.call import Party
from infra.voice.calling_back import AgentNotReached, CallbackDeed, DialOut, NotReached, TalkOver
from infra.voice.seen import Calling, Dialling, Invited, Kept, Outside


@dataclass(frozen=True, slots=True)
class DialAgent:
    """The agent who accepted is to be called."""

    call: Calling
    leg: str
    work_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class LetIn:
    """The agent answered: the caller leaves the music for the conversation."""

    call: Calling
    leg: str
    work_id: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class NotConnected:
    """The agent's telephone was not answered."""

    call: Calling
    leg: str
    work_id: str
    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentGone:
    """The agent hung up: the contact is over."""

    call: Calling
    leg: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """A waiting caller is to be offered a callback, or asked for a message."""

    call: Calling
    to: Literal["callback", "voicemail"]


@dataclass(frozen=True, slots=True)
class PutBack:
    """A caller who talked waits again for another agent."""

    call: Calling


@dataclass(frozen=True, slots=True)
class Release:
    """Nobody talks to the caller any more, and nobody will: the call ends."""

    call: Calling


@dataclass(frozen=True, slots=True)
class Record:
    """The conversation is to be recorded; `consent` says how the caller agreed."""

    call: Calling
    leg: str
    consent: str


@dataclass(frozen=True, slots=True)
class DialParty:
    """Somebody further is to be called into the conversation: asked by the agent, or a supervisor."""

    call: Calling
    leg: str
    work_id: str
    party: str
    who: Party
    invited: Invited


@dataclass(frozen=True, slots=True)
class PartyGone:
    """Somebody further has hung up, or could not be reached."""

    call: Calling
    leg: str
    work_id: str
    agent_id: str
    party: str


@dataclass(frozen=True, slots=True)
class DialOutside:
    """The customer is to be put through to an outside number."""

    call: Calling
    leg: str
    outside: Outside


@dataclass(frozen=True, slots=True)
class OutsideGone:
    """Whom the customer was put through to has hung up, or was not reached."""

    call: Calling
    party: str
    reached: bool


@dataclass(frozen=True, slots=True)
class CustomerGone:
    """A customer whom we called has hung up, while they waited or talked as a caller does."""

    interaction_id: str
    project: str
    pool: str


@dataclass(frozen=True, slots=True)
class HangUpDial:
    """A leg that we dialled is wanted no more."""

    dial: Dialling


@dataclass(frozen=True, slots=True)
class AskDial:
    """Nothing is known of an attempt, or too long: the provider is asked before anybody is called again."""

    dial: Dialling


@dataclass(frozen=True, slots=True)
class AskCall:
    """Nothing was heard of a caller's leg for long."""

    call: Calling


@dataclass(frozen=True, slots=True)
class Pull:
    """A recording is to be fetched from the provider, and stored."""

    kept: Kept


@dataclass(frozen=True, slots=True)
class SeeToCopy:
    """The provider's copy of a recording that we have is to be deleted there, or left as the project wishes."""

    kept: Kept


OnCall = (
    DialAgent | LetIn | NotConnected | AgentGone | Redirect | PutBack | Release | Record | DialParty | PartyGone
    | DialOutside | OutsideGone | AskCall
)  # fmt: skip
Deed = OnCall | CallbackDeed | CustomerGone | HangUpDial | AskDial | Pull | SeeToCopy


def key_of(deed: Deed) -> str:
    """What may be under way once only."""
    match deed:
        case Pull() | SeeToCopy():
            return f"{type(deed).__name__} {deed.kept.recording_id}"
        case HangUpDial() | AskDial():
            return f"{type(deed).__name__} {deed.dial.state.dial_id}"
        case CustomerGone():
            return f"CustomerGone {deed.interaction_id}"
        case DialOut():
            return f"DialOut {deed.back.work_id} {deed.whom}"
        case NotReached() | AgentNotReached() | TalkOver():
            return f"{type(deed).__name__} {deed.back.work_id}"
        case _:
            about = [deed.call.state.call_id, getattr(deed, "work_id", ""), getattr(deed, "party", "")]
            return f"{type(deed).__name__} {' '.join(about)}"
