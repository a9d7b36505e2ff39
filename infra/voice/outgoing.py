"""Calling back, carried out: agent and customer meet in a conversation, whoever's telephone rang first."""

from __future__ import annotations

from dataclasses import dataclass

from channels.voice.control import CallUnavailable, GoOn
from domain.decide import Command
from domain.execute import Executor, Origin
from domain.interaction.finishing import CompleteWork
from domain.voice.callbacks import FailCallback, ReturnCallback
from domain.voice.calls import EndConversation
from domain.voice.dial import AttemptDial, customer_dial
from infra.voice.answering import OUT
from infra.voice.board import Board
from infra.voice.calling_back import AgentNotReached, Back, DialOut, NotReached, TalkOver
from infra.voice.deeds import CustomerGone
from infra.voice.dialling import Dialler
from infra.voice.lookup import ACTOR
from infra.voice.reaching import Reaching

#: Seconds that a customer's telephone rings.
RING = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingBack:
    """`patience`: seconds after which the provider is asked about an attempt, beside the ringing."""

    executor: Executor
    dialler: Dialler
    reaching: Reaching
    board: Board
    patience: int

    async def dial(self, deed: DialOut) -> None:
        back, promised = deed.back, self.board.callbacks[deed.back.interaction_id]
        line = self.reaching.line_out(promised.project, promised.line)
        if line is None:
            raise CallUnavailable("no number of the project's can call back")
        shown, control = line.number.number, self.reaching.control(line.number.provider)
        to_agent = deed.whom == "agent"
        dial_id = back.work_id if to_agent else customer_dial(back.work_id)
        attempt = AttemptDial(
            dial_id=dial_id,
            interaction_id=back.interaction_id,
            leg=back.leg,
            work_id=back.work_id,
            purpose=deed.whom,
            agent_id=back.agent_id if to_agent else "",
            number=line.name,
            provider=line.number.provider,
            patience=self.patience + (0 if to_agent else RING),
        )
        room, agent = back.interaction_id, self.reaching.agent(back.agent_id)

        async def call() -> str:
            if to_agent:
                return await control.connect_agent(room, agent, shown, mark=dial_id, label=f"agent-{back.leg}")
            # whoever answers is asked about first: a machine is not let in
            steps = [GoOn(f"{OUT}{dial_id}")]
            return await control.call(promised.number, shown, steps, mark=dial_id, ring=RING, detect_machine=True)

        await self.dialler.dial(promised.project, promised.pool, attempt, call)

    async def not_reached(self, deed: NotReached) -> None:
        back, project = deed.back, self.board.callbacks[deed.back.interaction_id].project
        fail = FailCallback(
            project=project,
            interaction_id=back.interaction_id,
            leg=back.leg,
            work_id=back.work_id,
            outcome=deed.outcome,
        )
        await self._execute(back, fail)

    async def agent_not_reached(self, deed: AgentNotReached) -> None:
        back, project = deed.back, self.board.callbacks[deed.back.interaction_id].project
        why = "the agent's telephone was not answered"
        give_back = ReturnCallback(
            project=project, interaction_id=back.interaction_id, leg=back.leg, work_id=back.work_id, reason=why
        )
        await self._execute(back, give_back)

    async def over(self, deed: TalkOver) -> None:
        back, project = deed.back, self.board.callbacks[deed.back.interaction_id].project
        done = CompleteWork(project=project, interaction_id=back.interaction_id, leg=back.leg, agent_id=back.agent_id)
        await self._execute(back, done)

    async def customer_gone(self, deed: CustomerGone) -> None:
        end = EndConversation(project=deed.project, interaction_id=deed.interaction_id)
        await self.executor.execute(end, Origin(project=deed.project, pool=deed.pool, actor=ACTOR))

    async def _execute(self, back: Back, command: Command) -> None:
        promised = self.board.callbacks[back.interaction_id]
        await self.executor.execute(command, Origin(project=promised.project, pool=promised.pool, actor=ACTOR))
