"""A leg that we dial: attempted → placed → answered → ended. Each attempt is on record before it is made.

An attempt of unknown outcome stays `attempted`; nobody is dialled again until the provider was asked about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.rejection import NotFound
from domain.states import States, concept
from domain.transitions import Table, step
from domain.voice.events import DialAnswered, DialAttempted, DialEnded, DialOutcome, DialPlaced, Purpose

Status = Literal["absent", "attempted", "placed", "answered", "ended"]

STATUS: Table[Status] = {
    ("absent", DialAttempted): "attempted",
    ("attempted", DialPlaced): "placed",
    ("attempted", DialEnded): "ended",
    ("placed", DialAnswered): "answered",
    ("placed", DialEnded): "ended",
    ("answered", DialEnded): "ended",
}


#: What an attempt to call a customer ends in.
_CUSTOMER = ".customer"


@dataclass(frozen=True, slots=True)
class Dial:
    dial_id: str = ""
    status: Status = "absent"
    interaction_id: str = ""
    leg: str = ""
    work_id: str = ""
    purpose: str = ""
    agent_id: str = ""
    number: str = ""
    provider: str = ""
    was_answered: bool = False
    outcome: DialOutcome | None = None
    call_id: str = ""
    deadline: datetime | None = None


def evolve(state: Dial, event: Event) -> Dial:
    if (state.status, type(event)) in STATUS:
        state = replace(state, status=step(STATUS, state.status, type(event), "the dialling"))
    match event:
        case DialAttempted():
            return replace(
                state,
                dial_id=event.dial_id,
                interaction_id=event.interaction_id,
                leg=event.leg,
                work_id=event.work_id,
                purpose=event.purpose,
                agent_id=event.agent_id,
                number=event.number,
                provider=event.provider,
                deadline=event.deadline,
            )
        case DialPlaced():
            return replace(state, call_id=event.call_id)
        case DialAnswered():
            return replace(state, call_id=event.call_id, was_answered=True)
        case DialEnded():
            return replace(state, outcome=event.outcome)
        case _:
            return state


concept("dial", Dial(), evolve)


def customer_dial(work_id: str) -> str:
    """The attempt to call the customer for a piece of work."""
    return f"{work_id}{_CUSTOMER}"


def is_customers(dial_id: str) -> bool:
    """Whether an attempt is one to call a customer."""
    return dial_id.endswith(_CUSTOMER)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDial(Command):
    """Put on record that somebody is about to be dialled; an attempt under this id is made once.

    `patience`: seconds after which the provider is asked what became of it. The result says `fresh` or `known`.
    """

    dial_id: str
    interaction_id: str
    leg: str
    work_id: str
    purpose: Purpose
    agent_id: str
    number: str
    provider: str
    patience: int
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlaced(Command):
    """The provider took the attempt; its leg is `call_id`. Out of order or again it changes nothing."""

    dial_id: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswered(Command):
    dial_id: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDialEnded(Command):
    dial_id: str
    outcome: DialOutcome
    reason: str = ""


def _dial(states: States, dial_id: str) -> Dial:
    found = states.of(Dial, "dial", dial_id)
    if found.status == "absent":
        raise NotFound("dial attempt", dial_id)
    return found


@decides(AttemptDial)
def attempt(states: States, c: AttemptDial, at: Moment) -> Outcome:
    if states.of(Dial, "dial", c.dial_id).status != "absent":
        return Outcome(result={"attempt": "known"})
    attempted = DialAttempted(
        dial_id=c.dial_id,
        interaction_id=c.interaction_id,
        leg=c.leg,
        work_id=c.work_id,
        purpose=c.purpose,
        agent_id=c.agent_id,
        number=c.number,
        provider=c.provider,
        attempt=c.attempt,
        deadline=at.now + timedelta(seconds=c.patience),
    )
    outcome = Outcome().add("dial", c.dial_id, attempted)
    outcome.result["attempt"] = "fresh"
    return outcome


@decides(RecordPlaced)
def placed(states: States, c: RecordPlaced, at: Moment) -> Outcome:
    found = _dial(states, c.dial_id)
    if found.status != "attempted":
        return Outcome()
    return Outcome().add("dial", c.dial_id, _placed(found, c.call_id))


def _placed(dial: Dial, call_id: str) -> DialPlaced:
    return DialPlaced(dial_id=dial.dial_id, interaction_id=dial.interaction_id, call_id=call_id)


@decides(RecordAnswered)
def answered(states: States, c: RecordAnswered, at: Moment) -> Outcome:
    """The provider may tell of the answer before its own reply to the attempt has come."""
    found = _dial(states, c.dial_id)
    if found.status not in ("attempted", "placed"):
        return Outcome()
    outcome = Outcome()
    if found.status == "attempted":
        outcome.add("dial", c.dial_id, _placed(found, c.call_id))
    answer = DialAnswered(dial_id=c.dial_id, interaction_id=found.interaction_id, call_id=c.call_id)
    return outcome.add("dial", c.dial_id, answer)


@decides(RecordDialEnded)
def ended(states: States, c: RecordDialEnded, at: Moment) -> Outcome:
    found = _dial(states, c.dial_id)
    if found.status == "ended":
        return Outcome()
    over = DialEnded(
        dial_id=c.dial_id,
        interaction_id=found.interaction_id,
        call_id=found.call_id,
        outcome=c.outcome,
        reason=c.reason,
    )
    return Outcome().add("dial", c.dial_id, over)
