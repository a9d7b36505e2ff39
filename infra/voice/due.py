"""What is to be done about calls, decided from the board alone: the log says how things are, this what is missing.

Nothing here remembers what was done: a deed is due until the log (or the provider, by telling the log) says that it
came about. So a process that died in between does it again, and one that did it twice is told so by the provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.interaction.call import Party
from domain.interaction.leg import Leg
from domain.interaction.state import Interaction
from infra.voice.board import Board, Calling, Dialling, Invited, Kept
from infra.voice.calling_back import AgentNotReached, CallbackDeed, DialOut, NotReached, OrderOf, TalkOver, calling_back

#: Telling of an end may be lost: the provider is asked about legs that nothing was heard of for so long.
UNHEARD = timedelta(hours=1)
_LIVE = frozenset({"waiting", "accepted", "connected"})


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
    """A recording is to be fetched from the provider, stored, and deleted there."""

    kept: Kept


OnCall = (
    DialAgent | LetIn | NotConnected | AgentGone | Redirect | PutBack | Release | Record | DialParty | PartyGone
    | AskCall
)  # fmt: skip
Deed = OnCall | CallbackDeed | HangUpDial | AskDial | Pull
#: How a caller agreed to the recording: announced or asked; empty where it is not to be recorded.
ConsentOf = Callable[[Calling], str]


def key_of(deed: Deed) -> str:
    """What may be under way once only."""
    match deed:
        case Pull():
            return f"pull {deed.kept.recording_id}"
        case HangUpDial() | AskDial():
            return f"{type(deed).__name__} {deed.dial.state.dial_id}"
        case DialOut():
            return f"DialOut {deed.back.work_id} {deed.whom}"
        case NotReached() | AgentNotReached() | TalkOver():
            return f"{type(deed).__name__} {deed.back.work_id}"
        case _:
            about = [deed.call.state.call_id, getattr(deed, "work_id", ""), getattr(deed, "party", "")]
            return f"{type(deed).__name__} {' '.join(about)}"


def due(board: Board, now: datetime, consent_of: ConsentOf, order_of: OrderOf) -> list[Deed]:
    """Everything that is to be done now, in a fixed order."""
    deeds: list[Deed] = []
    for call in board.calls.values():
        interaction = board.interactions.get(call.state.interaction_id)
        if interaction is not None:
            deeds.extend(_call(board, call, interaction, consent_of))
        if now - call.seen > UNHEARD and not call.outbound:
            deeds.append(AskCall(call))
    for interaction_id in board.callbacks:
        deeds.extend(calling_back(board, interaction_id, order_of))
    for dial in board.dials.values():
        deeds.extend(_dial(board, dial, now))
    deeds.extend(Pull(kept) for kept in board.kept.values() if _over(board, kept))
    return deeds


def _call(board: Board, call: Calling, interaction: Interaction, consent_of: ConsentOf) -> Iterator[Deed]:
    spoken = "callback" if call.outbound else "voice"
    legs = {name: leg for name, leg in interaction.legs.items() if leg.queued and leg.queued.channel == spoken}
    for name, leg in legs.items():
        if not call.outbound:
            yield from _leg(board, call, name, leg)
        yield from _parties(board, call, name, leg)
        if leg.status == "connected" and not any(one.leg == name for one in interaction.recordings.values()):
            consent = consent_of(call)
            if consent:
                yield Record(call, name, consent)
    statuses = {leg.status for leg in legs.values()}
    if call.outbound:
        return
    if call.waits and call.sent:
        yield Redirect(call, call.sent)
    elif call.in_room and "waiting" in statuses:
        yield PutBack(call)
    elif call.waits and legs and not statuses & _LIVE:
        yield Release(call)


def _leg(board: Board, call: Calling, name: str, leg: Leg) -> Iterator[Deed]:
    dial = board.dial_of(leg.work_id)
    status = "absent" if dial is None else dial.state.status
    if leg.status == "accepted":
        if status == "absent":
            yield DialAgent(call, name, leg.work_id, leg.agent_id)
        elif status == "answered":
            yield LetIn(call, name, leg.work_id, leg.agent_id)
        elif status == "ended":
            yield NotConnected(call, name, leg.work_id, leg.agent_id, "the agent's telephone was not answered")
    if leg.status == "connected" and status == "ended":
        yield AgentGone(call, name, leg.agent_id)


def _parties(board: Board, call: Calling, name: str, leg: Leg) -> Iterator[Deed]:
    for party, who in leg.call.parties.items() if leg.status == "connected" else ():
        invited = board.invited.get((call.state.interaction_id, party))
        dial = board.dials.get(invited.dial_id) if invited is not None else None
        if invited is not None and dial is None:
            yield DialParty(call, name, leg.work_id, party, who, invited)
        elif dial is not None and dial.state.status == "ended":
            yield PartyGone(call, name, leg.work_id, leg.agent_id, party)


def _wanted(board: Board, dial: Dialling) -> bool:
    """Whether anybody still wants who was dialled: as the agent of a leg, or as a party."""
    interaction = board.interactions.get(dial.state.interaction_id)
    if interaction is None or interaction.status != "open":
        return False
    if board.call_of(interaction.interaction_id) is None and interaction.interaction_id not in board.callbacks:
        return False
    if any(one.dial_id == dial.state.dial_id for one in board.invited.values()):
        return True
    if dial.state.purpose == "customer":
        return interaction.leg(dial.state.leg).status == "connected"
    agents = [leg.work_id for leg in interaction.legs.values() if leg.status in ("accepted", "connected")]
    return any(board.dial_of(work_id) is dial for work_id in agents)


def _dial(board: Board, dial: Dialling, now: datetime) -> Iterator[Deed]:
    state = dial.state
    if state.status == "ended":
        return
    if state.call_id and not _wanted(board, dial):
        yield HangUpDial(dial)
    late = state.deadline is not None and now > state.deadline
    if (late and state.status in ("attempted", "placed")) or now - dial.since > 8 * UNHEARD:
        yield AskDial(dial)


def _over(board: Board, kept: Kept) -> bool:
    """Whether the recording is at its end: a message is when we hear of it."""
    interaction = board.interactions.get(kept.interaction_id)
    recording = None if interaction is None else interaction.recordings.get(kept.recording_id)
    return kept.what == "message" or recording is None or recording.status == "ended"
