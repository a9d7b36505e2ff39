"""Passing work on: to a department with its ticket, to a queue, or to an agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.agent.state import Agent
from domain.centre.configuration import Project, project_of
from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.interaction.eligibility import unsuited
from domain.interaction.events import InteractionQueued, InteractionTransferred, NoteAdded
from domain.interaction.hanging_up import hang_up
from domain.interaction.offers import released
from domain.interaction.on_the_line import on_the_line
from domain.interaction.queueing import Arriving, banned, had_before, queued
from domain.interaction.state import LEG, Interaction, Leg, in_hand, interaction_of
from domain.rejection import NotFound, Rejection
from domain.states import States
from domain.ticket import decide as ticket_decisions
from domain.ticket.state import ticket_of
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferInteraction(Command):
    """Pass the work on to a department: its queue gets a new leg, the ticket follows."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    department: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferToQueue(Command):
    """Pass the work on to a queue; the ticket stays with its department."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    queue: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferToAgent(Command):
    """Pass the work on to an agent of its queue, for whom it is kept while they are ready, and others otherwise."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    to_agent: str
    note: str = ""


Transfer = TransferInteraction | TransferToQueue | TransferToAgent
#: What becomes of the queued leg before it is recorded.
Adjust = Callable[[InteractionQueued], InteractionQueued]


@decides(TransferInteraction)
def transfer(states: States, c: TransferInteraction, at: Moment) -> Outcome:
    interaction, leg = _to_pass_on(states, c)
    project = project_of(states, c.project)
    queue = project.department_queue(c.department)
    outcome = _moved(states, c, interaction, leg, project, at, queue=queue, department=c.department)
    if interaction.ticket_id:
        ticket = ticket_of(states, interaction.ticket_id)
        outcome.merge(ticket_decisions.hand_over(states, c.project, ticket, c.department, c.agent_id, at))
    return outcome


@decides(TransferToQueue)
def transfer_to_queue(states: States, c: TransferToQueue, at: Moment) -> Outcome:
    interaction, leg = _to_pass_on(states, c)
    return _moved(states, c, interaction, leg, project_of(states, c.project), at, queue=c.queue)


@decides(TransferToAgent)
def transfer_to_agent(states: States, c: TransferToAgent, at: Moment) -> Outcome:
    interaction, leg = _to_pass_on(states, c)
    project, agent = project_of(states, c.project), states.of(Agent, "agent", c.to_agent)
    if not agent.employed:
        raise NotFound("agent", c.to_agent)
    if c.to_agent == c.agent_id:
        raise Rejection("same_agent", "this work is in your hands already")
    if agent.presence == "signed_out":
        raise Rejection("agent_unfit", f"agent {c.to_agent} is signed out; pass it on to a queue")
    rules = project.queue(leg.queue)
    kept = timedelta(seconds=max(rules.preferred, rules.offer.on(leg.wanted.channel).timeout))

    def for_them(wanted: InteractionQueued) -> InteractionQueued:
        reason = unsuited(agent, c.project, wanted, at.now)
        if reason is not None:
            raise Rejection("agent_unfit", f"agent {c.to_agent}: {reason}")
        return wanted.model_copy(update={"preferred": c.to_agent, "preferred_until": at.now + kept})

    return _moved(states, c, interaction, leg, project, at, queue=leg.queue, to_agent=c.to_agent, adjust=for_them)


def _to_pass_on(states: States, c: Transfer) -> tuple[Interaction, Leg]:
    interaction = interaction_of(states, c.interaction_id)
    leg = in_hand(interaction, c.leg, c.agent_id)
    step(LEG, leg.status, InteractionTransferred, "the work")
    return interaction, leg


def _moved(
    states: States,
    c: Transfer,
    interaction: Interaction,
    leg: Leg,
    project: Project,
    at: Moment,
    *,
    queue: str,
    department: str = "",
    to_agent: str = "",
    adjust: Adjust = lambda wanted: wanted,
) -> Outcome:
    """The leg ends, the next one waits in its old place, and the agent is free."""
    work = Arriving(
        interaction_id=c.interaction_id,
        leg=interaction.next_leg,
        # a customer who was called back, and is on the line, waits there as any caller does
        channel="voice" if on_the_line(states, interaction) else leg.wanted.channel,
        queue=queue,
        customer_id=interaction.customer_id,
        language=interaction.language,
        site=leg.wanted.site,
        arrived_at=leg.wanted.arrived_at,
        age_credit=leg.wanted.age_credit,
        reason="transferred",
        excluded=banned(states, interaction.customer_id),
        had=had_before(interaction, queue=queue, but=c.agent_id),
    )
    waits, *further = queued(states, project, work, at.now)
    assert isinstance(waits, InteractionQueued), "what is queued comes first"
    moved = InteractionTransferred(
        interaction_id=c.interaction_id,
        leg=c.leg,
        to_leg=work.leg,
        from_agent=c.agent_id,
        queue=waits.queue,
        department=department,
        to_agent=to_agent,
    )
    outcome = hang_up(interaction, c.leg, "transferred")
    outcome.add("interaction", c.interaction_id, moved, adjust(waits), *further, *_note(c, interaction))
    return outcome.add("agent", c.agent_id, released(c.agent_id, leg.work_id, "transferred"))


def _note(c: Transfer, interaction: Interaction) -> list[Event]:
    """What the agent wants the next one to know."""
    if not c.note.strip():
        return []
    customer_id = interaction.customer_id
    return [NoteAdded(interaction_id=c.interaction_id, customer_id=customer_id, author=c.agent_id, text=c.note)]
