"""Offering a waiting leg to an agent, and the four ways an offer ends.

Every decision here touches the interaction and the agent in one append, so capacity is guarded by the
agent stream's version: of two routers that offer at once, one meets a version conflict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain.agent.events import AgentReleased, AgentReserved, AgentStoppedResponding
from domain.agent.state import RESCINDED, Agent
from domain.centre.configuration import Centre, project_of
from domain.centre.documents import Offer as Rules
from domain.channel import connects_on_accept, is_written
from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.interaction.eligibility import unfit
from domain.interaction.events import (
    AgentConnected,
    Decision,
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
)
from domain.interaction.state import LEG, Interaction, Leg, Offer, interaction_of
from domain.rejection import Rejection
from domain.states import States
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInteraction(Command):
    """The router's wish: let this leg ring at this agent, for the reasons in `decision`."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer(Command):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOutOffer(Command):
    """Fired by a timer; before the offer's deadline, or after it was answered, it changes nothing."""

    project: str
    interaction_id: str
    leg: str
    work_id: str


def released(agent_id: str, work_id: str, reason: str, *, missed: bool = False) -> AgentReleased:
    """The event that frees an agent's capacity; it stands in the append that ended the leg or offer."""
    return AgentReleased(agent_id=agent_id, work_id=work_id, reason=reason, missed=missed)


def _offer_of(interaction: Interaction, leg: str, work_id: str) -> Offer:
    offer = interaction.leg(leg).offers.get(work_id)
    if offer is None:
        raise Rejection("offer_gone", "this offer is no longer open; it was answered, timed out or taken back")
    return offer


def _own_offer(interaction: Interaction, c: AcceptOffer | DeclineOffer) -> Offer:
    offer = _offer_of(interaction, c.leg, c.work_id)
    if offer.agent_id != c.agent_id:
        raise Rejection("not_yours", "this offer was made to another agent")
    return offer


def rescind(interaction: Interaction, leg: str, reason: str, *, but: str = "") -> Outcome:
    """Take back every open offer of a leg, save the one named by `but`."""
    outcome = Outcome()
    for work_id, offer in sorted(interaction.leg(leg).offers.items()):
        if work_id == but:
            continue
        event = OfferRescinded(
            interaction_id=interaction.interaction_id, leg=leg, work_id=work_id, agent_id=offer.agent_id, reason=reason
        )
        outcome.add("interaction", interaction.interaction_id, event)
        outcome.add("agent", offer.agent_id, released(offer.agent_id, work_id, RESCINDED))
    return outcome


def _waiting(interaction: Interaction, c: OfferInteraction, at: Moment) -> tuple[Leg, InteractionQueued]:
    leg = interaction.leg(c.leg)
    step(LEG, leg.status, InteractionOffered, "the work")
    assert leg.queued is not None, "a waiting leg was queued"
    if leg.queued.not_before is not None and at.now < leg.queued.not_before:
        raise Rejection("not_due", f"this callback is due at {leg.queued.not_before.isoformat()}")
    if any(offer.agent_id == c.agent_id for offer in leg.offers.values()):
        raise Rejection("already_offered", f"this work already rings at {c.agent_id}")
    return leg, leg.queued


def _sites_down(states: States, agent: Agent) -> frozenset[str]:
    """The sites of the agent's centre that are down; who was registered without a centre has none."""
    return states.of(Centre, "centre", agent.centre).down if agent.centre else frozenset()


@decides(OfferInteraction)
def offer(states: States, c: OfferInteraction, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg, queued = _waiting(interaction, c, at)
    project = project_of(states, c.project)
    queue = project.queue(leg.queue)
    if not project.is_open(queue, at.now):
        raise Rejection("queue_closed", f"the queue {leg.queue} is closed now")
    rules = queue.offer.on(queued.channel)
    if len(leg.offers) >= rules.ring_width:
        raise Rejection("ringing", f"this work already rings at {len(leg.offers)} of {rules.ring_width} agents")
    agent = states.of(Agent, "agent", c.agent_id)
    reason = unfit(agent, c.project, leg, rules, at.now, down=_sites_down(states, agent))
    if reason is not None:
        raise Rejection("agent_unfit", f"agent {c.agent_id}: {reason}")
    assert agent.profile is not None, "an agent with room has a profile"
    work_id = at.new_id()
    offered = InteractionOffered(
        interaction_id=c.interaction_id,
        leg=c.leg,
        work_id=work_id,
        agent_id=c.agent_id,
        queue=leg.queue,
        expires_at=at.now + timedelta(seconds=rules.timeout),
        decision=c.decision,
        silence=queue.silence if is_written(queued.channel) else None,
    )
    reserved = AgentReserved(
        agent_id=c.agent_id,
        work_id=work_id,
        interaction_id=c.interaction_id,
        leg=c.leg,
        channel=queued.channel,
        units=agent.profile.channels[queued.channel].units,
    )
    outcome = Outcome().add("interaction", c.interaction_id, offered).add("agent", c.agent_id, reserved)
    outcome.result["work_id"] = work_id
    return outcome


@decides(AcceptOffer)
def accept(states: States, c: AcceptOffer, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    silence = _own_offer(interaction, c).silence
    leg = interaction.leg(c.leg)
    step(LEG, leg.status, OfferAccepted, "the work")
    accepted = OfferAccepted(interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=c.agent_id)
    outcome = Outcome().add("interaction", c.interaction_id, accepted)
    outcome.merge(rescind(interaction, c.leg, "another agent accepted", but=c.work_id))
    if connects_on_accept(leg.wanted.channel):
        connected = AgentConnected(
            interaction_id=c.interaction_id,
            leg=c.leg,
            work_id=c.work_id,
            agent_id=c.agent_id,
            reply_by=None if silence is None else at.now + timedelta(seconds=silence),
        )
        outcome.add("interaction", c.interaction_id, connected)
    return outcome


@decides(DeclineOffer)
def decline(states: States, c: DeclineOffer, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    _own_offer(interaction, c)
    declined = OfferDeclined(
        interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=c.agent_id, reason=c.reason
    )
    outcome = Outcome().add("interaction", c.interaction_id, declined)
    return outcome.add("agent", c.agent_id, released(c.agent_id, c.work_id, "declined"))


@decides(TimeOutOffer)
def time_out(states: States, c: TimeOutOffer, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    leg = interaction.leg(c.leg)
    offer = leg.offers.get(c.work_id)
    if offer is None or at.now < offer.expires_at:
        return Outcome()
    timed_out = OfferTimedOut(interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=offer.agent_id)
    outcome = Outcome().add("interaction", c.interaction_id, timed_out)
    rules = project_of(states, c.project).configured.queues.get(leg.queue)
    # where the queue is gone from the document, an offer of it still ends, by the usual rules
    allowed = (Rules() if rules is None else rules.offer.on(leg.wanted.channel)).misses
    agent = states.of(Agent, "agent", offer.agent_id)
    return outcome.add("agent", offer.agent_id, *missed(agent, c.work_id, "timed out", allowed))


def missed(agent: Agent, work_id: str, reason: str, allowed: int) -> list[Event]:
    """Free the agent's capacity; after `allowed` misses in a row on a channel the agent counts as not responding."""
    events: list[Event] = [released(agent.agent_id, work_id, reason, missed=True)]
    held = agent.work.get(work_id)
    misses = agent.misses.get(held.channel, 0) + 1 if held else 0
    if agent.presence == "ready" and misses >= allowed:
        events.append(AgentStoppedResponding(agent_id=agent.agent_id, misses=misses))
    return events
