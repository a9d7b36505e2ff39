"""What is to be done about calls, decided from the board alone: the log says how things are, this what is missing.

Nothing here remembers what was done: a deed is due until the log (or the provider, by telling the log) says that it
came about. So a process that died in between does it again, and one that did it twice is told so by the provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from domain.interaction.leg import Leg
from domain.interaction.state import Interaction
from infra.voice.board import Board
from infra.voice.calling_back import OrderOf, calling_back
from infra.voice.deeds import (
    AgentGone,
    AskCall,
    AskDial,
    CustomerGone,
    Deed,
    DialAgent,
    DialOutside,
    DialParty,
    HangUpDial,
    LetIn,
    NotConnected,
    OutsideGone,
    PartyGone,
    Pull,
    PutBack,
    Record,
    Redirect,
    Release,
    SeeToCopy,
)
from infra.voice.seen import Calling, Dialling, Kept

#: Telling of an end may be lost: the provider is asked about legs that nothing was heard of for so long.
UNHEARD = timedelta(hours=1)
_LIVE = frozenset({"waiting", "accepted", "connected"})
#: How a caller agreed to the recording: announced or asked; empty where it is not to be recorded.
ConsentOf = Callable[[Calling], str]


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
        deeds.extend(_customer(board, interaction_id))
    for dial in board.dials.values():
        deeds.extend(_dial(board, dial, now))
    deeds.extend(Pull(kept) for kept in board.kept.values() if _over(board, kept))
    deeds.extend(SeeToCopy(kept) for kept in board.copies.values())
    return deeds


def _call(board: Board, call: Calling, interaction: Interaction, consent_of: ConsentOf) -> Iterator[Deed]:
    spoken = ("callback", "voice") if call.outbound else ("voice",)
    legs = {name: leg for name, leg in interaction.legs.items() if leg.queued and leg.queued.channel in spoken}
    for name, leg in legs.items():
        if leg.wanted.channel == "voice":
            yield from _leg(board, call, name, leg)
        yield from _parties(board, call, name, leg)
        if leg.status == "connected" and not any(one.leg == name for one in interaction.recordings.values()):
            consent = consent_of(call)
            if consent:
                yield Record(call, name, consent)
    yield from _outside(board, call, interaction)
    statuses = {leg.status for leg in legs.values() if leg.wanted.channel == "voice"}
    if call.waits and call.sent:
        yield Redirect(call, call.sent)
    elif call.in_room and "waiting" in statuses:
        yield PutBack(call)
    elif call.waits and legs and not statuses & _LIVE and not interaction.outside:
        yield Release(call)


def _outside(board: Board, call: Calling, interaction: Interaction) -> Iterator[Deed]:
    """Whom the customer is put through to."""
    there = board.outside.get(interaction.interaction_id)
    dial = board.dials.get(there.dial_id) if there is not None else None
    if there is not None and dial is None:
        yield DialOutside(call, list(interaction.legs)[-1], there)
    elif there is not None and dial is not None and dial.state.status == "ended":
        yield OutsideGone(call, there.party, dial.state.was_answered)


def _customer(board: Board, interaction_id: str) -> Iterator[Deed]:
    """A customer whom we called and who is gone: nobody waits on the line, or talks there, any more."""
    interaction, promised = board.interactions.get(interaction_id), board.callbacks[interaction_id]
    if interaction is None or interaction.status != "open" or board.call_of(interaction_id) is not None:
        return
    if interaction.outside or _on_the_line(interaction):
        yield CustomerGone(interaction_id, promised.project, promised.pool)


def _on_the_line(interaction: Interaction) -> bool:
    """Whether a leg wants the customer on the line."""
    legs = interaction.legs.values()
    return any(leg.queued and leg.queued.channel == "voice" and leg.status in _LIVE for leg in legs)


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
    there = board.outside.get(interaction.interaction_id)
    if any(one.dial_id == dial.state.dial_id for one in (*board.invited.values(), *((there,) if there else ()))):
        return True
    if dial.state.purpose == "customer":
        talks = any(leg.status == "connected" for leg in interaction.legs.values())
        return talks or there is not None or _on_the_line(interaction)
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
