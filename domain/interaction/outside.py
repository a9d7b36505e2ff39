"""Putting the customer through to somebody outside the centre: at once, or to whoever was consulted before.

The agent's contact is over with it. The interaction stays open as long as the two talk; if nobody answers outside, the
customer waits again in the queue that they came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.centre.configuration import project_of
from domain.customer.decide import Contact
from domain.decide import Command, Moment, Outcome, decide, decides
from domain.interaction.call_events import (
    ConsultEnded,
    CustomerPutThrough,
    InteractionResumed,
    OutsideEnded,
    PartyLeft,
)
from domain.interaction.ending import close
from domain.interaction.events import NoteAdded
from domain.interaction.finishing import CompleteWork
from domain.interaction.queueing import Arriving, banned, had_before, queued
from domain.interaction.state import Interaction, Leg
from domain.interaction.talking import TOOK_OVER, InCall, talking, where
from domain.rejection import Rejection
from domain.states import States


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferToNumber(InCall):
    """Blind transfer: the customer is put through to an outside number, and the agent is out of it at once."""

    project: str
    number: Contact
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverToNumber(InCall):
    """Warm transfer: the customer goes on with the outside party who is consulted or takes part."""

    project: str
    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOutside(Command):
    """Whom the customer was put through to hung up (`reached`), or was never there. Again it changes nothing."""

    project: str
    interaction_id: str
    party: str
    reached: bool


@decides(TransferToNumber)
def transfer_to_number(states: States, c: TransferToNumber, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    through = CustomerPutThrough(
        **where(c, leg), party=at.new_id(), customer_id=interaction.customer_id, number=c.number.address
    )
    outcome = _put_through(states, c, leg, through, at)
    if c.note.strip():
        note = NoteAdded(
            interaction_id=c.interaction_id, customer_id=interaction.customer_id, author=c.agent_id, text=c.note
        )
        outcome.add("interaction", c.interaction_id, note)
    outcome.result["party"] = through.party
    return outcome


@decides(HandOverToNumber)
def hand_over_to_number(states: States, c: HandOverToNumber, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    who = leg.call.parties.get(c.party)
    if who is None or who.kind != "number":
        raise Rejection("party_gone", "only who is consulted, or takes part, outside can take the customer over so")
    left: ConsultEnded | PartyLeft = PartyLeft(**where(c, leg), party=c.party, reason=TOOK_OVER)
    if who.standing == "consulted":
        left = ConsultEnded(**where(c, leg), party=c.party, outcome="transferred")
    through = CustomerPutThrough(**where(c, leg), party=c.party, customer_id=interaction.customer_id)
    return _put_through(states, c, leg, through, at, left)


def _put_through(
    states: States,
    c: TransferToNumber | HandOverToNumber,
    leg: Leg,
    through: CustomerPutThrough,
    at: Moment,
    *before: ConsultEnded | PartyLeft,
) -> Outcome:
    """The customer off hold and through to the party; the agent's contact is over, and goes on to its wrap-up."""
    outcome = Outcome()
    if leg.call.hold == "held":
        outcome.add("interaction", c.interaction_id, InteractionResumed(**where(c, leg)))
    outcome.add("interaction", c.interaction_id, *before, through)
    done = CompleteWork(project=c.project, interaction_id=c.interaction_id, leg=c.leg, agent_id=c.agent_id)
    return outcome.merge(decide(states.after(outcome.events), done, now=at.now, new_id=at.new_id))


@decides(EndOutside)
def end_outside(states: States, c: EndOutside, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    if interaction.status != "open" or interaction.outside != c.party:
        return Outcome()
    ended = OutsideEnded(
        interaction_id=c.interaction_id, party=c.party, outcome="ended" if c.reached else "not_reached"
    )
    outcome = Outcome().add("interaction", c.interaction_id, ended)
    if not c.reached:
        return outcome.merge(_waits_again(states, c, interaction, at))
    if any(leg.status != "ended" for leg in interaction.legs.values()):
        return outcome
    return outcome.merge(close(states, replace(interaction, outside=""), "put through outside"))


def _waits_again(states: States, c: EndOutside, interaction: Interaction, at: Moment) -> Outcome:
    """A further leg, in the old place of the last one."""
    last = list(interaction.legs.values())[-1]
    work = Arriving(
        interaction_id=c.interaction_id,
        leg=interaction.next_leg,
        channel="voice",
        queue=last.queue,
        customer_id=interaction.customer_id,
        language=interaction.language,
        site=last.wanted.site,
        arrived_at=last.wanted.arrived_at,
        age_credit=last.wanted.age_credit,
        reason="transferred",
        excluded=banned(states, interaction.customer_id),
        had=had_before(interaction, queue=last.queue),
    )
    return Outcome().add("interaction", c.interaction_id, *queued(states, project_of(states, c.project), work, at.now))
