"""Somebody further in a conversation: consulted by the agent, or a supervisor who listens, whispers or speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from channels.voice.control import Presence
from domain.execute import Executor, Origin
from domain.interaction.call_events import Hearing
from domain.interaction.outside import EndOutside
from domain.interaction.talking import RemoveParty
from domain.voice.dial import AttemptDial
from domain.voice.events import Purpose
from infra.voice.board import Board
from infra.voice.deeds import DialOutside, DialParty, OutsideGone, PartyGone
from infra.voice.dialling import Dialler
from infra.voice.lookup import ACTOR
from infra.voice.reaching import Reaching

_PRESENCES: Final[dict[Hearing, Presence]] = {
    "speaks": "joined",
    "listens": "listening",
    "whispers": "whispering",
}
#: Seconds that a party's telephone rings, and after which the provider is asked about an attempt.
RING, PATIENCE = 30, 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    executor: Executor
    dialler: Dialler
    reaching: Reaching
    board: Board

    async def dial(self, deed: DialParty) -> None:
        purpose: Purpose = "supervisor" if deed.who.kind == "supervisor" else "consult"
        attempt = AttemptDial(
            dial_id=deed.invited.dial_id,
            interaction_id=deed.call.state.interaction_id,
            leg=deed.leg,
            work_id=deed.work_id,
            purpose=purpose,
            agent_id=deed.who.agent_id,
            number=deed.call.state.number,
            provider=deed.call.state.provider,
            patience=PATIENCE,
        )
        await self.dialler.dial(deed.call.project, deed.call.pool, attempt, lambda: self._called(deed))

    async def _called(self, deed: DialParty) -> str:
        control, call = self.reaching.control_of(deed.call), deed.call.state
        shown = self.reaching.shown(deed.call)
        address = deed.invited.number or self.reaching.agent(deed.who.agent_id)
        if deed.who.kind == "supervisor":
            agent = self.board.dial_of(deed.work_id)
            presence = _PRESENCES[cast("Hearing", deed.who.hearing)]
            return await control.supervise(
                call.interaction_id,
                address,
                shown,
                agent.state.call_id if agent is not None else "",
                mark=deed.invited.dial_id,
                presence=presence,
            )
        return await control.consult(
            call.interaction_id,
            call.call_id,
            address,
            shown,
            mark=deed.invited.dial_id,
            label=f"party-{deed.invited.dial_id}",
            ring=RING,
        )

    async def put_through(self, deed: DialOutside) -> None:
        """Into the conversation, where the customer hears it ring."""
        call, there = deed.call, deed.outside
        attempt = AttemptDial(
            dial_id=there.dial_id,
            interaction_id=call.state.interaction_id,
            leg=deed.leg,
            work_id="",
            purpose="consult",
            agent_id="",
            number=call.state.number,
            provider=call.state.provider,
            patience=PATIENCE,
        )
        control, shown = self.reaching.control_of(call), self.reaching.shown(call)
        await self.dialler.dial(
            call.project,
            call.pool,
            attempt,
            lambda: control.connect_agent(
                call.state.interaction_id,
                there.number,
                shown,
                mark=there.dial_id,
                label=f"outside-{there.dial_id}",
                ring=RING,
            ),
        )

    async def outside_gone(self, deed: OutsideGone) -> None:
        call = deed.call
        end = EndOutside(
            project=call.project,
            interaction_id=call.state.interaction_id,
            party=deed.party,
            reached=deed.reached,
        )
        await self.executor.execute(end, Origin(project=call.project, pool=call.pool, actor=ACTOR))

    async def gone(self, deed: PartyGone) -> None:
        """Whoever has hung up, or was never reached, takes part no longer."""
        remove = RemoveParty(
            interaction_id=deed.call.state.interaction_id,
            leg=deed.leg,
            agent_id=deed.agent_id,
            party=deed.party,
            reason="hung up, or not reached",
        )
        origin = Origin(project=deed.call.project, pool=deed.call.pool, actor=ACTOR)
        await self.executor.execute(remove, origin)
