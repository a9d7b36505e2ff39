"""Doing what is due: asking the provider, and putting on record what came of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from channels.voice.control import (
    CallControl,
    CallGone,
    GoOn,
    Join,
    LegState,
    LegStatus,
)
from channels.voice.entering import ROOM
from channels.voice.flow import proceed
from channels.voice.given import Given, OfferedCallback, ToVoicemail
from domain.decide import Command
from domain.execute import Executor, Origin
from domain.interaction.calling import ConnectAgent, FailConnect
from domain.interaction.finishing import CompleteWork
from domain.interaction.recording import StartRecording
from domain.voice.calls import EndCall
from domain.voice.dial import AttemptDial, RecordAnswered, RecordDialEnded, RecordPlaced
from domain.voice.events import DialOutcome
from infra.clock import CLOCKS_APART
from infra.voice.answering import GO_ON, back_to_waiting
from infra.voice.board import Board
from infra.voice.calling_back import AgentNotReached, DialOut, NotReached, TalkOver
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
from infra.voice.dialling import Dialler
from infra.voice.lookup import ACTOR
from infra.voice.outgoing import CallingBack
from infra.voice.parties import Parties
from infra.voice.pulling import Pulling
from infra.voice.reaching import Reaching
from infra.voice.seen import Calling, Dialling
from infra.voice.turning import Turning

_log = logging.getLogger("trunkline.voice.doing")
#: Seconds that an agent's telephone rings.
RING = 20
#: Seconds after an attempt at which the provider is asked what became of it: ringing, and the way there and back.
PATIENCE = RING + 15
_OUTCOMES: dict[LegStatus, DialOutcome] = {
    "ended": "ended",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Does one deed at a time; each may be done again."""

    reaching: Reaching
    executor: Executor
    turning: Turning
    pulling: Pulling
    parties: Parties
    back: CallingBack
    dialler: Dialler
    board: Board
    ring: int = RING
    patience: int = PATIENCE

    async def do(self, deed: Deed) -> None:
        """Raises `CallFault` where the provider did not do it, `Rejection` where it is no longer wanted."""
        deeds: dict[type[Deed], Callable[[Any], Awaitable[None]]] = {
            DialAgent: self._dial,
            LetIn: self._let_in,
            NotConnected: self._not_connected,
            AgentGone: self._agent_gone,
            Redirect: self._redirect,
            PutBack: self._put_back,
            Release: self._release,
            Record: self._record,
            DialParty: self.parties.dial,
            PartyGone: self.parties.gone,
            DialOutside: self.parties.put_through,
            OutsideGone: self.parties.outside_gone,
            CustomerGone: self.back.customer_gone,
            DialOut: self.back.dial,
            NotReached: self.back.not_reached,
            AgentNotReached: self.back.agent_not_reached,
            TalkOver: self.back.over,
            HangUpDial: self._hang_up,
            AskDial: self._ask_dial,
            AskCall: self._ask_call,
            Pull: self._pull,
            SeeToCopy: self._see_to_copy,
        }
        await deeds[type(deed)](deed)

    def _control(self, of: Calling) -> CallControl:
        return self.reaching.control_of(of)

    async def _execute(self, of: Calling | Dialling, command: Command) -> dict[str, str]:
        origin = Origin(project=of.project, pool=of.pool, actor=ACTOR)
        return dict((await self.executor.execute(command, origin)).result)

    # the agent's leg

    async def _dial(self, deed: DialAgent) -> None:
        call = deed.call
        attempt = AttemptDial(
            dial_id=deed.work_id,
            interaction_id=call.state.interaction_id,
            leg=deed.leg,
            work_id=deed.work_id,
            purpose="agent",
            agent_id=deed.agent_id,
            number=call.state.number,
            provider=call.state.provider,
            patience=self.patience,
        )
        control, shown = self._control(call), self.reaching.shown(call)
        address, label = self.reaching.agent(deed.agent_id), f"agent-{deed.leg}"
        room = call.state.interaction_id
        await self.dialler.dial(
            call.project,
            call.pool,
            attempt,
            lambda: control.connect_agent(room, address, shown, mark=deed.work_id, label=label, ring=self.ring),
        )

    async def _let_in(self, deed: LetIn) -> None:
        """Moved first, then recorded: an agent who is recorded as connected hears the customer."""
        call = deed.call
        room = Join(call.state.interaction_id, then=ROOM)
        try:
            await self._control(call).perform(call.state.call_id, [room])
        except CallGone:
            await self._execute(call, EndCall(project=call.project, call_id=call.state.call_id, status="completed"))
            return
        connect = ConnectAgent(
            interaction_id=call.state.interaction_id, leg=deed.leg, work_id=deed.work_id, agent_id=deed.agent_id
        )
        await self._execute(call, connect)

    async def _not_connected(self, deed: NotConnected) -> None:
        failed = FailConnect(
            project=deed.call.project,
            interaction_id=deed.call.state.interaction_id,
            leg=deed.leg,
            work_id=deed.work_id,
            agent_id=deed.agent_id,
            reason=deed.reason,
        )
        await self._execute(deed.call, failed)

    async def _agent_gone(self, deed: AgentGone) -> None:
        done = CompleteWork(
            project=deed.call.project,
            interaction_id=deed.call.state.interaction_id,
            leg=deed.leg,
            agent_id=deed.agent_id,
        )
        await self._execute(deed.call, done)

    async def _hang_up(self, deed: HangUpDial) -> None:
        dial = deed.dial
        await self.reaching.control(dial.state.provider).hang_up(dial.state.call_id)
        await self._execute(dial, RecordDialEnded(dial_id=dial.state.dial_id, outcome="ended", reason="wanted no more"))

    async def _ask_dial(self, deed: AskDial) -> None:
        """What became of an attempt: found by its identifier, or as the leg to that address which is no other's."""
        dial = deed.dial
        control = self.reaching.control(dial.state.provider)
        state = dial.state
        found: LegState | None = None
        if state.call_id:
            found = await control.state(state.call_id)
        else:
            shown = self.reaching.line(dial.project, state.number).number.number
            since, known = dial.since - CLOCKS_APART, self.board.known_legs()
            made = await control.legs_made(self._address(dial), shown, since=since, known=known)
            found = made[0] if made else None
        await self._execute(dial, _told(state.dial_id, found))

    def _address(self, dial: Dialling) -> str:
        """Who was dialled: an agent, the customer, or a party at a number of theirs."""
        promised = self.board.callbacks.get(dial.state.interaction_id)
        if dial.state.purpose == "customer" and promised is not None:
            return promised.number
        further = (*self.board.invited.values(), *self.board.outside.values())
        numbers = (one.number for one in further if one.dial_id == dial.state.dial_id)
        return next(filter(None, numbers), "") or self.reaching.agent(dial.state.agent_id)

    # the caller's leg

    async def _redirect(self, deed: Redirect) -> None:
        """The turn goes on record first, then the caller is moved to it."""
        call, lookup = deed.call, self.turning.lookup
        given: Given = OfferedCallback() if deed.to == "callback" else ToVoicemail()
        now, line = await lookup.call(call.state.call_id)
        if now.status != "going_on" or line is None or now.place is None or now.place.doing != "waiting":
            return
        if proceed(line.flow, now.place, given, lookup.facts(line, now)).place.doing == "waiting":
            call.sent = ""  # the flow has nothing to offer here
            return
        await self.turning.go_on(now, line, given)
        await self._control(call).perform(call.state.call_id, [GoOn(GO_ON)])

    async def _release(self, deed: Release) -> None:
        await self._control(deed.call).hang_up(deed.call.state.call_id)

    async def _put_back(self, deed: PutBack) -> None:
        call = deed.call
        now, _ = await self.turning.lookup.call(call.state.call_id)
        await self._control(call).perform(call.state.call_id, [back_to_waiting(now)])
        call.in_room = False

    async def _ask_call(self, deed: AskCall) -> None:
        call = deed.call
        try:
            state = await self._control(call).state(call.state.call_id)
        except CallGone:
            state = None
        if state is None or state.status in _OUTCOMES:
            status = "completed" if state is None or state.status == "ended" else state.status
            end = EndCall(project=call.project, call_id=call.state.call_id, status=status)
            await self._execute(call, end)
        else:
            call.seen += timedelta(hours=1)

    # recordings

    async def _pull(self, deed: Pull) -> None:
        await self.pulling.pull(deed.kept, self.reaching.control(deed.kept.provider))

    async def _see_to_copy(self, deed: SeeToCopy) -> None:
        await self.pulling.see_to_copy(deed.kept, self.reaching.control(deed.kept.provider))

    async def _record(self, deed: Record) -> None:
        call = deed.call
        recording = await self._control(call).record(call.state.call_id, mark=f"talk {deed.leg}")
        start = StartRecording(
            interaction_id=call.state.interaction_id,
            leg=deed.leg,
            recording_id=recording,
            consent="announced" if deed.consent == "announced" else "asked",
        )
        await self._execute(call, start)


def _told(dial_id: str, found: LegState | None) -> Command:
    """What the provider knows of an attempt, as what it would have told us."""
    if found is None:
        return RecordDialEnded(dial_id=dial_id, outcome="never_placed", reason="the provider knows of no such call")
    if found.status == "talking":
        return RecordAnswered(dial_id=dial_id, call_id=found.leg)
    if found.status == "ringing":
        return RecordPlaced(dial_id=dial_id, call_id=found.leg)
    return RecordDialEnded(dial_id=dial_id, outcome=_OUTCOMES[found.status])
