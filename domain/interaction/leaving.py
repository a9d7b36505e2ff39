"""What becomes of work when somebody leaves: the agent signs out, or the customer no longer wants the callback."""

from __future__ import annotations

from dataclasses import dataclass

from domain.agent.state import Agent, Held
from domain.decide import Command, Moment, Outcome, decides
from domain.interaction.ending import close, close_after
from domain.interaction.events import InteractionInterrupted, OfferRescinded, WorkGivenUp, WrapUpCompleted
from domain.interaction.hanging_up import hang_up, party_leaves
from domain.interaction.offers import released, rescind
from domain.interaction.queueing import Again, called_back_first, requeued
from domain.interaction.state import Interaction, interaction_of
from domain.rejection import Rejection
from domain.states import States


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCallback(Command):
    """The customer no longer wants to be called; possible until an agent has the work in hand."""

    interaction_id: str


def give_up(
    states: States, agent: Agent, work_id: str, held: Held, reason: str, *, again: Again = "agent_left"
) -> Outcome:
    """End one piece of an agent's work: an offer is rescinded, work in hand is queued again, wrap-up is ended.

    `again` says why it is queued again: a call that breaks off because a site is down is not handed to the next
    agent as it is, its caller is called back first.
    """
    interaction = states.of(Interaction, "interaction", held.interaction_id)
    leg = interaction.leg(held.leg)
    if work_id in leg.call.parties:
        return party_leaves(interaction, held.leg, work_id, reason)
    outcome = Outcome().add("agent", agent.agent_id, released(agent.agent_id, work_id, reason))
    where = {
        "interaction_id": held.interaction_id,
        "leg": held.leg,
        "work_id": work_id,
        "agent_id": agent.agent_id,
    }
    if work_id in leg.offers:
        return outcome.add("interaction", held.interaction_id, OfferRescinded(**where, reason=reason))
    if leg.work_id != work_id:
        return outcome
    outcome.merge(hang_up(interaction, held.leg, reason))
    if leg.status == "connected" and leg.wanted.channel == "voice" and again == "site_down":
        broken = InteractionInterrupted(**where, reason=reason)
        return outcome.add("interaction", held.interaction_id, broken, called_back_first(leg))
    if leg.status in ("accepted", "connected"):
        gone = WorkGivenUp(**where, reason=reason)
        return outcome.add("interaction", held.interaction_id, gone, requeued(leg, again))
    if leg.status == "wrap_up":
        done = WrapUpCompleted(**where, disposition=leg.default_disposition, timed_out=not leg.disposed)
        outcome.add("interaction", held.interaction_id, done)
        outcome.merge(close_after(states, interaction, held.leg, "completed"))
    return outcome


@decides(CancelCallback)
def cancel_callback(states: States, c: CancelCallback, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    to_call_back = [leg for leg in interaction.legs.values() if leg.queued and leg.queued.channel == "callback"]
    if not to_call_back:
        raise Rejection("not_a_callback", "this interaction is not a callback request")
    if any(leg.status not in ("waiting", "ended") for leg in interaction.legs.values()):
        raise Rejection("in_hand", "an agent is already on it")
    outcome = Outcome()
    for name in interaction.legs:
        outcome.merge(rescind(interaction, name, "cancelled by the customer"))
    return outcome.merge(close(states, interaction, "cancelled by the customer"))
