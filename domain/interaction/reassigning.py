"""Work that somebody who leads takes from an agent, or from where it waits, and gives to a queue or an agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.agent.state import Agent
from domain.centre.configuration import Project, project_of
from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.interaction.eligibility import unsuited
from domain.interaction.events import InteractionQueued, InteractionTransferred
from domain.interaction.leg import Leg
from domain.interaction.offers import rescind
from domain.interaction.queueing import Arriving, banned, queued
from domain.interaction.state import Interaction, interaction_of
from domain.interaction.transferring import TransferToAgent, TransferToQueue, transfer_to_agent, transfer_to_queue
from domain.rejection import NotFound, Rejection
from domain.states import States


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignWork(Command):
    """Give a leg to a queue, or to an agent for whom it is kept while they are ready; exactly one of the two.

    Work in contact is taken from its agent as if they had passed it on; work that waits leaves its queue, and where
    it rings it is taken back. It keeps its arrival.
    """

    project: str
    interaction_id: str
    leg: str
    by: str
    reason: str
    queue: str = ""
    to_agent: str = ""


@decides(ReassignWork)
def reassign(states: States, c: ReassignWork, at: Moment) -> Outcome:
    if bool(c.queue) == bool(c.to_agent):
        raise Rejection("no_destination", "name either a queue or an agent")
    interaction = interaction_of(states, c.interaction_id)
    leg = interaction.leg(c.leg)
    if leg.status == "connected":
        return _on_record(_taken(states, c, leg, at), c)
    if leg.status == "waiting":
        return _on_record(_from_its_queue(states, c, interaction, leg, at), c)
    said = {"absent": "there is no such work", "accepted": "its agent is just being connected"}
    reason = said.get(leg.status, "contact is over; what is left is the agent's own wrap-up")
    raise Rejection("not_possible_now", reason)


def _taken(states: States, c: ReassignWork, leg: Leg, at: Moment) -> Outcome:
    mine: Mapping[str, str] = {
        "project": c.project,
        "interaction_id": c.interaction_id,
        "leg": c.leg,
        "agent_id": leg.agent_id,
    }
    if c.to_agent:
        return transfer_to_agent(states, TransferToAgent(**mine, to_agent=c.to_agent), at)
    return transfer_to_queue(states, TransferToQueue(**mine, queue=c.queue), at)


def _from_its_queue(states: States, c: ReassignWork, interaction: Interaction, leg: Leg, at: Moment) -> Outcome:
    wanted = leg.wanted
    if wanted.channel == "voice":
        raise Rejection("not_possible_now", "a caller who waits is moved by the steps and the overflow of the queue")
    if c.queue == leg.queue:
        raise Rejection("same_queue", f"it waits in {c.queue} already")
    project = project_of(states, c.project)
    work = Arriving(
        interaction_id=c.interaction_id,
        leg=interaction.next_leg,
        channel=wanted.channel,
        queue=c.queue or leg.queue,
        customer_id=interaction.customer_id,
        language=interaction.language,
        site=wanted.site,
        arrived_at=wanted.arrived_at,
        not_before=wanted.not_before,
        expires_at=wanted.expires_at,
        age_credit=wanted.age_credit,
        reason="transferred",
        excluded=banned(states, interaction.customer_id),
    )
    waits, *further = queued(states, project, work, at.now)
    assert isinstance(waits, InteractionQueued), "what is queued comes first"
    if c.to_agent:
        waits = _for_them(states, c, project, waits, at)
    moved = InteractionTransferred(
        interaction_id=c.interaction_id,
        leg=c.leg,
        to_leg=work.leg,
        from_agent="",
        queue=waits.queue,
        department="",
        to_agent=c.to_agent,
    )
    outcome = rescind(interaction, c.leg, "reassigned")
    return outcome.add("interaction", c.interaction_id, moved, waits, *further)


def _for_them(
    states: States, c: ReassignWork, project: Project, waits: InteractionQueued, at: Moment
) -> InteractionQueued:
    agent = states.of(Agent, "agent", c.to_agent)
    if not agent.employed:
        raise NotFound("agent", c.to_agent)
    reason = "signed out" if agent.presence == "signed_out" else unsuited(agent, c.project, waits, at.now)
    if reason is not None:
        raise Rejection("agent_unfit", f"agent {c.to_agent}: {reason}")
    rules = project.queue(waits.queue)
    begins = max(at.now, waits.not_before or at.now)
    kept = timedelta(seconds=max(rules.preferred, rules.offer.on(waits.channel).timeout))
    return waits.model_copy(update={"preferred": c.to_agent, "preferred_until": begins + kept})


def _on_record(outcome: Outcome, c: ReassignWork) -> Outcome:
    """Who moved it, and why, stands in the event that says where it went."""

    def marked(event: Event) -> Event:
        if isinstance(event, InteractionTransferred):
            return event.model_copy(update={"by": c.by, "reason": c.reason})
        return event

    outcome.events = {stream: [marked(event) for event in events] for stream, events in outcome.events.items()}
    return outcome
