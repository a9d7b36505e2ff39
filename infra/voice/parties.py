"""Somebody further in a conversation: consulted by the agent, or a supervisor who listens, whispers or speaks."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final, cast

from channels.voice.control import CallFault, CallOutcomeUnknown, Presence
from domain.decide import Command
from domain.execute import Executor, Origin
from domain.interaction.call_events import Hearing
from domain.interaction.talking import RemoveParty
from domain.voice.dial import AttemptDial, RecordDialEnded, RecordPlaced
from domain.voice.events import Purpose
from infra.voice.board import Board, Calling
from infra.voice.due import DialParty, PartyGone
from infra.voice.lookup import ACTOR
from infra.voice.reaching import Reaching

_log = logging.getLogger("trunkline.voice.parties")
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
    reaching: Reaching
    board: Board

    async def dial(self, deed: DialParty) -> None:
        """On record before it is made, as for agents."""
        purpose: Purpose = "supervisor" if deed.who.kind == "supervisor" else "consult"
        dial_id = deed.invited.dial_id
        attempt = AttemptDial(
            dial_id=dial_id,
            interaction_id=deed.call.state.interaction_id,
            leg=deed.leg,
            work_id=deed.work_id,
            purpose=purpose,
            agent_id=deed.who.agent_id,
            patience=PATIENCE,
        )
        if (await self._execute(deed.call, attempt))["attempt"] != "fresh":
            return
        try:
            leg = await self._called(deed)
        except CallOutcomeUnknown:
            _log.warning("an attempt to call a party has an unknown outcome; the provider will be asked")
            return
        except CallFault as fault:
            _log.warning("a party could not be called: %s", fault)
            await self._execute(deed.call, RecordDialEnded(dial_id=dial_id, outcome="failed", reason=str(fault)))
            return
        await self._execute(deed.call, RecordPlaced(dial_id=dial_id, call_id=leg))

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

    async def gone(self, deed: PartyGone) -> None:
        """Whoever has hung up, or was never reached, takes part no longer."""
        remove = RemoveParty(
            interaction_id=deed.call.state.interaction_id,
            leg=deed.leg,
            agent_id=deed.agent_id,
            party=deed.party,
            reason="hung up, or not reached",
        )
        await self._execute(deed.call, remove)

    async def _execute(self, call: Calling, command: Command) -> dict[str, str]:
        origin = Origin(project=call.project, pool=call.pool, actor=ACTOR)
        return dict((await self.executor.execute(command, origin)).result)
