"""Work in hand that its agent leaves unanswered: queued again once the time for a reply is out.

The first message without a reply says by when there must be one; further ones do not put it off, a reply clears it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.event import Event, Recorded
from domain.interaction.escalation import RequeueSilent
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionInterrupted,
    InteractionTransferred,
    MessageReceived,
    MessageSent,
    WorkGivenUp,
    WrapUpCompleted,
    WrapUpStarted,
)
from router.asking import RETRY_US, Ask
from router.board import Board
from router.instants import micros
from router.records import Cause
from router.timers import Timers

#: After these an agent is no longer in contact.
_OVER: frozenset[type[Event]] = frozenset(
    {InteractionInterrupted, InteractionTransferred, WorkGivenUp, WrapUpCompleted, WrapUpStarted}
)


class _Contact:
    """An agent's contact in which the customer waits for a reply, with the event that said by when."""

    __slots__ = ("asked", "cause", "work_id")

    def __init__(self, work_id: str, cause: Cause) -> None:
        self.work_id, self.cause = work_id, cause
        self.asked = False


class Silences:
    """Watches the connected legs on which a reply is due."""

    def __init__(self, board: Board) -> None:
        self._legs = board.legs
        self._contacts: dict[str, dict[str, _Contact]] = {}
        self._timers = Timers()

    def folds(self) -> dict[type[Event], Callable[[Any, Recorded], None]]:
        """How to take in each event that matters here, once the board has folded it."""
        return {
            **dict.fromkeys(_OVER, self._over),
            AgentConnected: self._connected,
            MessageReceived: self._received,
            MessageSent: self._over,
            InteractionClosed: self._closed,
        }

    def _connected(self, event: AgentConnected, recorded: Recorded) -> None:
        if event.reply_by is not None:
            self._expect(event.interaction_id, event.leg, event.work_id, event.reply_by, recorded)

    def _received(self, event: MessageReceived, recorded: Recorded) -> None:
        if event.automatic or event.reply_by is None:
            return
        for item in self._legs.of(event.interaction_id):
            if item.status == "connected":
                self._expect(event.interaction_id, item.leg, item.work_id, event.reply_by, recorded)

    def _closed(self, event: InteractionClosed, recorded: Recorded) -> None:
        for leg in list(self._contacts.get(event.interaction_id, ())):
            self._end(event.interaction_id, leg)

    def _over(self, event: Any, recorded: Recorded) -> None:
        """A reply was sent, or the contact is over."""
        if event.interaction_id in self._contacts:
            self._end(event.interaction_id, event.leg)

    def due(self, now_us: int) -> list[Ask]:
        """Work to be queued again now."""
        if self._timers.nothing_by(now_us):
            return []
        asks: list[Ask] = []
        for interaction_id, leg in self._timers.pop_due(now_us):
            contact = self._contacts[interaction_id][leg]
            contact.asked = True
            command = RequeueSilent(
                project=contact.cause.project, interaction_id=interaction_id, leg=leg, work_id=contact.work_id
            )
            asks.append(Ask(command, contact.cause))
        return asks

    def wake_us(self) -> int | None:
        return self._timers.first_us()

    def refused(self, command: RequeueSilent, now_us: int) -> None:
        contact = self._contacts.get(command.interaction_id, {}).get(command.leg)
        if contact is not None and contact.work_id == command.work_id and contact.asked:
            contact.asked = False
            self._timers.plan((command.interaction_id, command.leg), now_us + RETRY_US)

    def _expect(self, interaction_id: str, leg: str, work_id: str, reply_by: datetime, recorded: Recorded) -> None:
        contacts = self._contacts.setdefault(interaction_id, {})
        if leg not in contacts:
            contacts[leg] = _Contact(work_id, Cause.of(recorded))
            self._timers.plan((interaction_id, leg), micros(reply_by))

    def _end(self, interaction_id: str, leg: str) -> None:
        contacts = self._contacts.get(interaction_id, {})
        if contacts.pop(leg, None) is not None:
            self._timers.plan((interaction_id, leg), None)
            if not contacts:
                del self._contacts[interaction_id]
