"""The router of one pool: events and time in, commands out. No clock, no thread, no dice.

Same events, same policy, same now: same commands, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.decide import Command
from domain.event import Recorded
from domain.interaction.events import InteractionOffered
from domain.interaction.offers import OfferInteraction, TimeOutOffer
from domain.interaction.work import TimeOutWrapUp
from domain.rejection import NotFound
from router.asking import RETRY_US
from router.board import Board
from router.deadlines import Deadline
from router.escalating import Escalating
from router.instants import instant, micros
from router.kept import Kept
from router.matching import Matching
from router.records import AgentRecord, Cause, Item
from router.rules import Verdict, judge_agent, judge_item

_Offer = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every rule's verdict, first on the leg, then on the agent for it."""

    interaction_id: str
    leg: str
    agent_id: str
    verdicts: tuple[Verdict, ...]

    @property
    def excluded_by(self) -> Verdict | None:
        """The first verdict against; None when the agent may have the work."""
        return next((verdict for verdict in self.verdicts if not verdict.allowed), None)


class Router(Kept):
    """Routes one pool.

    Feed it every event of the pool in log order (`fold`), ask it for commands (`decide`) when it has caught up,
    execute them, and tell it of those that changed nothing (`refused`).
    """

    def __init__(self, pool: str) -> None:
        self._board = Board(pool)
        self._escalating = Escalating(self._board)
        for kind, folds in self._escalating.folds().items():
            for fold in folds:
                self._board.join(kind, fold)
        self._board.join(InteractionOffered, self._offered)
        #: The latest moment of a decision, also in microseconds.
        self._now, self._now_us = instant(0), 0
        self._proposed: dict[_Offer, tuple[Item, Cause]] = {}
        self._fired: dict[_Offer, Deadline] = {}
        # After a refusal: the board is behind the log until an event comes, or for so long.
        self._behind_at = 0
        self._behind_until: int | None = None

    @property
    def position(self) -> int:
        """Of the last event folded; 0 before the first."""
        return self._board.position

    @property
    def board(self) -> Board:
        return self._board

    @property
    def escalating(self) -> Escalating:
        return self._escalating

    def fold(self, recorded: Recorded) -> None:
        """Take in the next event of the pool. Raises `ValueError` for another pool's, or one out of order."""
        self._board.fold(recorded)

    def decide(self, now: datetime) -> list[Command]:
        """What is to be done now; `now` is raised to the last event's `recorded_at`, and never steps back.

        Time-outs come first, then what waiting, silence and sites that are down ask for, then offers. While offers of
        an earlier call are neither folded nor refused, no further ones are made: a decision rests on the log alone, so
        that it can be made again from the log.
        """
        board = self._board
        now_us = self._pass_to(now if now > board.seen else board.seen)
        if self._fired:
            self._fired = {timer: fired for timer, fired in self._fired.items() if board.wanted(fired)}
        commands = [self._time_out(deadline) for deadline in board.pass_time(now_us)]
        board.settle()
        commands.extend(self._escalating.due(now_us))
        if self._behind_until is not None and (self._behind_until <= now_us or board.position > self._behind_at):
            self._behind_until = None
        if not board.index.quiet and not self._proposed and self._behind_until is None:
            commands.extend(self._offers())
        return commands

    def _pass_to(self, now: datetime) -> int:
        """The moment of this decision, which is never before that of another; in microseconds."""
        if now > self._now:
            self._now_us = micros(now)
            self._now = now if now.tzinfo is UTC else instant(self._now_us)
        return self._now_us

    def wake_at(self) -> datetime | None:
        """When to decide again if no event comes before; None when only an event can change anything."""
        first = self._board.wake_us()
        behind_until = None if self._board.position > self._behind_at else self._behind_until
        for at_us in (self._escalating.wake_us(), behind_until):
            if at_us is not None and (first is None or at_us < first):
                first = at_us
        return None if first is None else instant(first)

    def refused(self, command: Command) -> None:
        """A command of `decide` changed nothing: rejected, in conflict, or not yet possible by another clock."""
        match command:
            case OfferInteraction():
                found = self._proposed.pop((command.interaction_id, command.leg, command.agent_id), None)
                if found is not None:
                    self._board.withdraw(command.agent_id, found[0])
                    self._behind_at, self._behind_until = self._board.position, self._now_us + RETRY_US
            case TimeOutOffer() | TimeOutWrapUp():
                fired = self._fired.pop(_timer(command), None)
                if fired is not None:
                    self._board.deadlines.set(self._now_us + RETRY_US, fired.kind, fired.item, fired.work_id)
            case _:
                if not self._escalating.refused(command, self._now_us):
                    raise TypeError(f"{type(command).__name__} is no command of the router")

    def cause(self, command: Command) -> Cause:
        """The event that gave cause to a command of the last `decide`, with its project and correlation id."""
        match command:
            case OfferInteraction():
                return self._proposed[command.interaction_id, command.leg, command.agent_id][1]
            case TimeOutOffer() | TimeOutWrapUp():
                return self._item(command.interaction_id, command.leg).cause
            case _:
                cause = self._escalating.cause(command)
                if cause is None:
                    raise TypeError(f"{type(command).__name__} is no command of the router")
                return cause

    def explain(self, interaction_id: str, leg: str, agent_id: str, now: datetime) -> Explanation:
        """Every rule's verdict on an agent for a leg. Raises `NotFound` for one that is not on the board."""
        item, agent = self._item(interaction_id, leg), self._agent(agent_id)
        self._board.settle()
        case = self._board.case(agent, item, max(self._now_us, micros(now)))
        rules = self._board.policies.rules(item.project, item.queue_name)
        return Explanation(interaction_id, leg, agent_id, (*judge_item(item, rules), *judge_agent(case)))

    def _offers(self) -> list[Command]:
        commands: list[Command] = []
        for agent, item, decision in Matching(self._board, self._now, self._now_us).run():
            later = agent if agent.cause_at > item.cause_at else item
            cause = Cause(later.cause_at, later.cause_id, item.project, item.correlation_id)
            self._proposed[item.interaction_id, item.leg, agent.agent_id] = (item, cause)
            commands.append(
                OfferInteraction(
                    project=item.project,
                    interaction_id=item.interaction_id,
                    leg=item.leg,
                    agent_id=agent.agent_id,
                    decision=decision,
                )
            )
        return commands

    def _offered(self, event: InteractionOffered, recorded: Recorded) -> None:
        """An offer is in the log: if it was proposed here, it is on its way no longer."""
        if self._proposed:
            self._proposed.pop((event.interaction_id, event.leg, event.agent_id), None)

    def _time_out(self, deadline: Deadline) -> Command:
        item = deadline.item
        command: TimeOutOffer | TimeOutWrapUp
        if deadline.kind == "offer":
            command = TimeOutOffer(
                project=item.project, interaction_id=item.interaction_id, leg=item.leg, work_id=deadline.work_id
            )
        else:
            command = TimeOutWrapUp(interaction_id=item.interaction_id, leg=item.leg)
        self._fired[_timer(command)] = deadline
        return command

    def _item(self, interaction_id: str, leg: str) -> Item:
        item = self._board.legs.get(interaction_id, leg)
        if item is None:
            raise NotFound("open leg", f"{interaction_id}/{leg}")
        return item

    def _agent(self, agent_id: str) -> AgentRecord:
        agent = self._board.agents.get(agent_id)
        if agent is None:
            raise NotFound("agent", agent_id)
        return agent


def _timer(command: TimeOutOffer | TimeOutWrapUp) -> _Offer:
    work_id = command.work_id if isinstance(command, TimeOutOffer) else ""
    return command.interaction_id, command.leg, work_id
