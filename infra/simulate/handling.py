"""What agents do with work: it rings, they answer or miss it, talk, rest it for a call, finish up."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Protocol

from domain.agent.events import AgentReleased, AgentReserved, AgentStoppedResponding
from domain.agent.state import RESCINDED
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionInterrupted,
    InteractionOffered,
    OfferAccepted,
    OfferRescinded,
    OfferTimedOut,
    WorkGivenUp,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.interaction.offers import OfferInteraction
from infra.simulate.people import AFTER, DONE, HANDLED, WAITING, Contact, Person
from infra.simulate.stage import Maker, Stage

_offered, _reserved, _released = Maker(InteractionOffered), Maker(AgentReserved), Maker(AgentReleased)
_accepted, _connected, _rescinded = Maker(OfferAccepted), Maker(AgentConnected), Maker(OfferRescinded)
_completed, _closed = Maker(WrapUpCompleted), Maker(InteractionClosed)


class Course(Protocol):
    """The run, as its parts see it."""

    @property
    def now(self) -> int: ...
    def plan(self, at: int, action: Callable[[Any], None], subject: Any) -> None: ...
    def queue(self, contact: Contact, reason: str) -> None: ...
    def answered(self, contact: Contact) -> None: ...
    def waits_again(self, contact: Contact) -> None: ...
    def route(self) -> None: ...


class Handling:
    """Offers and work of all agents."""

    def __init__(self, stage: Stage, course: Course, contacts: dict[str, Contact]) -> None:
        self._stage, self._course, self._open = stage, course, contacts
        self._numbers = count(1)
        self.people: dict[str, Person] = {}
        #: Told when an agent holds nothing any more.
        self.on_free: Callable[[Person], None] = _nothing
        self.on_silent: Callable[[Person], None] = _nothing

    # --- offers

    def offer(self, command: OfferInteraction) -> str | None:
        """It rings; the work id where it is answered at once."""
        contact, person = self._open[command.interaction_id], self.people[command.agent_id]
        line, now = contact.line, self._course.now
        work_id, interaction_id, agent_id = f"w{next(self._numbers)}", contact.interaction_id, person.agent_id
        channel = contact.channel
        offer = {
            "interaction_id": interaction_id,
            "leg": "1",
            "work_id": work_id,
            "agent_id": agent_id,
            "queue": line.queue_values["queue"],
            "expires_at": self._stage.at(now + line.timeout),
            "decision": command.decision,
            "silence": None,
        }
        self._stage.say(_offered(offer), interaction_id)
        reserved = {
            "agent_id": agent_id,
            "work_id": work_id,
            "interaction_id": interaction_id,
            "leg": "1",
            "channel": channel,
            "units": person.units[channel],
        }
        self._stage.say(_reserved(reserved), agent_id, "")
        contact.offers[work_id] = person
        person.ringing[work_id] = contact
        if person.team.answer is None:
            return work_id
        after = person.team.answer()
        if after < line.timeout:
            self._course.plan(now + after, self._answer, (contact, work_id))
        return None

    def _answer(self, ringing: tuple[Contact, str]) -> None:
        contact, work_id = ringing
        if work_id in contact.offers:
            self.accept(contact, work_id)
            self._course.route()

    def accept(self, contact: Contact, work_id: str) -> bool:
        """The agent answers, if it still rings; whether others were released by that."""
        person = contact.offers.pop(work_id, None)
        if person is None:
            return False
        del person.ringing[work_id]
        where = self._where(contact, work_id, person)
        self._stage.say(_accepted(where), contact.interaction_id)
        others = self.rescind(contact, "another agent accepted") if contact.offers else False
        self._stage.say(_connected({**where, "reply_by": None}), contact.interaction_id)
        contact.state, contact.agent, contact.work_id = HANDLED, person, work_id
        person.misses = 0
        self._course.answered(contact)
        if person.holding:
            self._rest_others(person, contact.channel)
        person.begin(work_id, contact, self._course.now)
        self._work(contact, int(contact.handling * contact.line.factors[person.team.name]))
        return others

    def rescind(self, contact: Contact, reason: str) -> bool:
        """Take back what rings; whether anything did."""
        offers, contact.offers = contact.offers, {}
        for work_id, person in sorted(offers.items()):
            del person.ringing[work_id]
            gone = {**self._where(contact, work_id, person), "reason": reason}
            self._stage.say(_rescinded(gone), contact.interaction_id)
            self._release(person, work_id, RESCINDED)
        return bool(offers)

    def time_out(self, contact: Contact, work_id: str) -> None:
        """Nobody answered; after as many misses as the queue allows the agent no longer counts as there."""
        person = contact.offers.pop(work_id)
        del person.ringing[work_id]
        where = self._where(contact, work_id, person)
        contact.trail = (*contact.trail, person.agent_id)
        self._stage.say(OfferTimedOut(**where), contact.interaction_id)
        self._release(person, work_id, "timed out", missed=True)
        person.misses += 1
        if person.ready and person.misses >= contact.line.misses:
            self._stage.say(AgentStoppedResponding(agent_id=person.agent_id, misses=person.misses), person.agent_id, "")
            self.on_silent(person)

    # --- work

    def _work(self, contact: Contact, duration: int) -> None:
        """Finish after so long, unless it must rest first."""
        person = contact.agent
        assert person is not None, "work in hand is in somebody's hands"
        if contact.line.pauses_for and self._called(person, contact):
            contact.resting = duration
        else:
            self._appoint(contact, duration)

    def _appoint(self, contact: Contact, duration: int) -> None:
        contact.turn += 1
        contact.due = self._course.now + duration
        self._course.plan(contact.due, self._finish, (contact, contact.turn))

    def _called(self, person: Person, contact: Contact) -> bool:
        rests = contact.line.pauses_for
        return any(other.channel in rests for other in person.holding.values() if other is not contact)

    def _rest_others(self, person: Person, channel: str) -> None:
        for other in person.holding.values():
            if channel in other.line.pauses_for and other.resting is None and other.state == HANDLED:
                other.resting = other.due - self._course.now
                other.turn += 1

    def _go_on(self, person: Person) -> None:
        """What rested for a call goes on when the last such call is over."""
        for other in list(person.holding.values()):
            if other.resting is not None and not self._called(person, other):
                left, other.resting = other.resting, None
                self._appoint(other, left)

    def _finish(self, appointment: tuple[Contact, int]) -> None:
        contact, turn = appointment
        if contact.turn != turn:
            return
        after = contact.line.after
        if after is None or contact.state == AFTER:
            self.complete(contact)
        else:
            self._begin_after(contact, after())
        self._course.route()

    def _begin_after(self, contact: Contact, duration: int) -> None:
        """Work after contact; where the queue limits it, the router ends it at the limit."""
        contact.state = AFTER
        assert contact.agent is not None, "work in hand is in somebody's hands"
        limit = contact.line.wrap_up_limit
        ends_at = None if limit is None else self._stage.at(self._course.now + limit)
        where = self._where(contact, contact.work_id, contact.agent)
        started = WrapUpStarted(**where, ends_at=ends_at, default_disposition="answered")
        self._stage.say(started, contact.interaction_id)
        self._appoint(contact, duration)

    def complete(self, contact: Contact) -> None:
        """It is done: the leg ends, the interaction closes, the agent is free again."""
        person, work_id, interaction_id = contact.agent, contact.work_id, contact.interaction_id
        assert person is not None, "work in hand is in somebody's hands"
        done = {
            "interaction_id": interaction_id,
            "leg": "1",
            "work_id": work_id,
            "agent_id": person.agent_id,
            "disposition": "answered",
            "timed_out": False,
        }
        self._stage.say(_completed(done), interaction_id)
        self._stage.say(_closed({"interaction_id": interaction_id, "reason": "completed"}), interaction_id)
        contact.state = DONE
        contact.turn += 1
        del self._open[interaction_id]
        self._let_go(contact, person, "completed")

    def give_up(self, person: Person, reason: str) -> None:
        """The agent's site is down: what rings is taken back, wrap-up ends, work in hand is queued again.

        Broken calls are called back before anything else.
        """
        for work_id, contact in sorted(person.ringing.items()):
            del contact.offers[work_id], person.ringing[work_id]
            gone = OfferRescinded(**self._where(contact, work_id, person), reason=reason)
            self._stage.say(gone, contact.interaction_id)
            self._release(person, work_id, reason)
        for work_id, contact in sorted(person.holding.items()):
            if contact.state == AFTER:
                self.complete(contact)
                continue
            broke = contact.channel == "voice"
            ended = (InteractionInterrupted if broke else WorkGivenUp)(
                **self._where(contact, work_id, person), reason=reason
            )
            self._stage.say(ended, contact.interaction_id)
            contact.state, contact.turn, contact.resting = WAITING, contact.turn + 1, None
            self._course.waits_again(contact)
            self._course.queue(contact, "interrupted" if broke else "site_down")
            self._let_go(contact, person, reason)

    def _let_go(self, contact: Contact, person: Person, reason: str) -> None:
        work_id, contact.agent, contact.work_id = contact.work_id, None, ""
        self._release(person, work_id, reason)
        person.end(work_id, self._course.now)
        if person.holding:
            self._go_on(person)
        else:
            self.on_free(person)

    def _release(self, person: Person, work_id: str, reason: str, *, missed: bool = False) -> None:
        released = {"agent_id": person.agent_id, "work_id": work_id, "reason": reason, "missed": missed}
        self._stage.say(_released(released), person.agent_id, "")

    def _where(self, contact: Contact, work_id: str, person: Person) -> dict[str, Any]:
        interaction_id, agent_id = contact.interaction_id, person.agent_id
        return {"interaction_id": interaction_id, "leg": "1", "work_id": work_id, "agent_id": agent_id}


def _nothing(_: Person) -> None:
    """Nobody listens."""
