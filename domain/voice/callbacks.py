"""Calling a customer back: attempts that fail are made again by the project's rules, and then given up with a word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.centre.configuration import Project, project_of
from domain.centre.documents import Callbacks
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decide, decides
from domain.delivery.callback_status import callback_tried
from domain.delivery.request import expired_callback
from domain.event import Event
from domain.interaction.events import WorkGivenUp
from domain.interaction.finishing import CompleteWork
from domain.interaction.hanging_up import hang_up
from domain.interaction.offers import released
from domain.interaction.queueing import requeued
from domain.interaction.state import Interaction, Leg
from domain.states import States, concept
from domain.voice.events import CallbackAttemptFailed, DialOutcome

#: How a callback ends that reached nobody, where the project knows the word.
NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Tries:
    """How often the customer was called back and not reached."""

    failed: int = 0


def evolve(state: Tries, event: Event) -> Tries:
    return replace(state, failed=state.failed + 1) if isinstance(event, CallbackAttemptFailed) else state


concept("callback", Tries(), evolve)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailCallback(Command):
    """The customer was busy, did not answer, or a machine did. Once for each piece of work."""

    project: str
    interaction_id: str
    leg: str
    work_id: str
    outcome: DialOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCallback(Command):
    """The agent's own telephone was not answered: others are asked first, and no attempt has failed.

    A call that the agent made from the desk is nobody else's: it ends.
    """

    project: str
    interaction_id: str
    leg: str
    work_id: str
    reason: str


def _in_hand(interaction: Interaction, c: FailCallback | ReturnCallback) -> Leg | None:
    leg = interaction.leg(c.leg)
    fits = leg.status == "connected" and leg.work_id == c.work_id and leg.wanted.channel == "callback"
    return leg if interaction.status == "open" and fits else None


@decides(FailCallback)
def fail(states: States, c: FailCallback, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    leg = _in_hand(interaction, c)
    project = project_of(states, c.project)
    if leg is None:
        return Outcome()
    rules = project.configured.callbacks or Callbacks(queue=leg.queue)
    number = states.of(Tries, "callback", c.interaction_id).failed + 1
    # who calls from the desk decides whether to call again
    again = number < rules.attempts and not interaction.placed
    retry_at = at.now + timedelta(seconds=rules.retry) if again else None
    failed = CallbackAttemptFailed(
        interaction_id=c.interaction_id,
        leg=c.leg,
        agent_id=leg.agent_id,
        attempt=number,
        outcome=c.outcome,
        retry_at=retry_at,
    )
    outcome = Outcome().add("callback", c.interaction_id, failed)
    if retry_at is None:
        return outcome.merge(_given_up(states, c, project, interaction, leg, number, at))
    customer = states.of(Customer, "customer", interaction.customer_id)
    outcome.merge(callback_tried(interaction, leg.queue, customer, project, retry_at, at))
    return outcome.merge(_back(interaction, c, leg, f"the customer was not reached: {c.outcome}", retry_at))


def _given_up(
    states: States, c: FailCallback, project: Project, interaction: Interaction, leg: Leg, tries: int, at: Moment
) -> Outcome:
    """The work is done, and a customer who asked to be called is told that we tried."""
    outcome = _ended(states, c, leg, at)
    if interaction.placed:
        return outcome
    customer = states.of(Customer, "customer", interaction.customer_id)
    return outcome.merge(expired_callback(interaction, customer, project, at, tries=tries))


def _ended(states: States, c: FailCallback | ReturnCallback, leg: Leg, at: Moment) -> Outcome:
    """The agent's work is done, with nobody reached."""
    known = NOT_REACHED in project_of(states, c.project).configured.dispositions
    done = CompleteWork(
        project=c.project,
        interaction_id=c.interaction_id,
        leg=c.leg,
        agent_id=leg.agent_id,
        disposition=NOT_REACHED if known else "",
    )
    return decide(states, done, now=at.now, new_id=at.new_id)


def _back(
    interaction: Interaction, c: FailCallback | ReturnCallback, leg: Leg, reason: str, not_before: datetime | None
) -> Outcome:
    gone = WorkGivenUp(
        interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=leg.agent_id, reason=reason
    )
    tried = leg.agent_id if not_before is None else ""
    again = requeued(leg, "connect_failed", tried=tried).model_copy(
        update={"not_before": not_before or leg.wanted.not_before}
    )
    outcome = hang_up(interaction, c.leg, reason).add("interaction", c.interaction_id, gone, again)
    return outcome.add("agent", leg.agent_id, released(leg.agent_id, c.work_id, reason))


@decides(ReturnCallback)
def give_back(states: States, c: ReturnCallback, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    leg = _in_hand(interaction, c)
    if leg is None:
        return Outcome()
    return _ended(states, c, leg, at) if interaction.placed else _back(interaction, c, leg, c.reason, None)
