"""Work in hand that its agent leaves unanswered: queued again once the time for a reply is out.

The first message without a reply says by when there must be one; further ones do not put it off, a reply clears it.
"""

from __future__ import annotations

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
from router.instants import micros
from router.records import Cause
from router.timers import Timers

#: After these an agent is no longer in contact.
_OVER: frozenset[type[Event]] = frozenset(
    {InteractionInterrupted, InteractionTransferred, WorkGivenUp, WrapUpCompleted, WrapUpStarted}
)


class _Contact:
    """An agent's contact with a customer, with the last event that concerned its silence."""

    __slots__ = ("asked", "cause", "reply_us", "work_id")

    def __init__(self, work_id: str, cause: Cause) -> None:
        self.work_id, self.cause = work_id, cause
        self.reply_us: int | None = None
        self.asked = False


class Silences:
    """Watches the legs on which somebody is connected."""

    def __init__(self) -> None:
        self._contacts: dict[str, dict[str, _Contact]] = {}
        self._timers = Timers()

    def fold(self, recorded: Recorded) -> None:
        event: Any = recorded.event
        kind = type(recorded.event)
        if kind is AgentConnected:
            contact = _Contact(event.work_id, Cause.of(recorded))
            self._contacts.setdefault(event.interaction_id, {})[event.leg] = contact
            self._expect(event.interaction_id, event.leg, event.reply_by, recorded)
        elif kind is MessageReceived and not event.automatic:
            for leg in self._contacts.get(event.interaction_id, ()):
                self._expect(event.interaction_id, leg, event.reply_by, recorded)
        elif kind is MessageSent:
            self._replied(event)
        elif kind in _OVER:
            self._end(event.interaction_id, event.leg)
        elif kind is InteractionClosed:
            for leg in list(self._contacts.get(event.interaction_id, ())):
                self._end(event.interaction_id, leg)

    def due(self, now_us: int) -> list[Ask]:
        """Work to be queued again now."""
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
            if contact.reply_us is not None:
                self._timers.plan((command.interaction_id, command.leg), now_us + RETRY_US)

    def _expect(self, interaction_id: str, leg: str, reply_by: Any, recorded: Recorded) -> None:
        contact = self._contacts[interaction_id][leg]
        if reply_by is not None and contact.reply_us is None:
            contact.reply_us, contact.cause = micros(reply_by), Cause.of(recorded)
            self._timers.plan((interaction_id, leg), contact.reply_us)

    def _replied(self, event: MessageSent) -> None:
        contact = self._contacts.get(event.interaction_id, {}).get(event.leg)
        if contact is not None:
            contact.reply_us, contact.asked = None, False
            self._timers.plan((event.interaction_id, event.leg), None)

    def _end(self, interaction_id: str, leg: str) -> None:
        contacts = self._contacts.get(interaction_id, {})
        if contacts.pop(leg, None) is not None:
            self._timers.plan((interaction_id, leg), None)
            if not contacts:
                del self._contacts[interaction_id]
