"""What waiting changes: steps, overflow, announcements, expiry, and work that was answered but stays silent.

The router asks for all of these, at deadlines that follow from the log and the queue's rules; each is harmless
early, late or twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from domain.centre.configuration import Project, project_of
from domain.centre.documents import Queue, Step
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.request import deflection, expired_callback
from domain.interaction.ending import close_after
from domain.interaction.events import (
    CallbackOffered,
    DeflectionSent,
    InteractionQueued,
    PriorityRaised,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
    WorkGivenUp,
)
from domain.interaction.offers import released, rescind
from domain.interaction.queueing import requeued, waited
from domain.interaction.state import Interaction, Leg
from domain.states import States


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Command):
    """Take the queue's step number `step` (from 1) for a waiting leg; early or again it changes nothing."""

    project: str
    interaction_id: str
    leg: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowInteraction(Command):
    """Let the agents of the queue's overflow take the leg too; again it changes nothing."""

    project: str
    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceWait(Command):
    """Tell a waiting customer the estimated wait, in `seconds`, and their place in line."""

    project: str
    interaction_id: str
    leg: str
    seconds: int
    place: int
    method: Literal["queue_length", "head_of_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireWork(Command):
    """Give up a waiting leg whose time is out; before that, or once it is taken, it changes nothing."""

    project: str
    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequeueSilent(Command):
    """Queue work again whose agent has not replied in time; after a reply it changes nothing."""

    project: str
    interaction_id: str
    leg: str
    work_id: str


def _waiting(states: States, c: TakeStep | OverflowInteraction | AnnounceWait | ExpireWork) -> Leg | None:
    """The leg, if it waits."""
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    leg = interaction.leg(c.leg)
    return leg if interaction.status == "open" and leg.status == "waiting" else None


def _rules(project: Project, leg: Leg) -> Queue | None:
    """The queue's present rules; None where the queue is gone from the document."""
    return project.configured.queues.get(leg.queue)


@decides(TakeStep)
def take_step(states: States, c: TakeStep, at: Moment) -> Outcome:
    leg = _waiting(states, c)
    if leg is None or c.step in leg.wanted.steps:
        return Outcome()
    project = project_of(states, c.project)
    rules = _rules(project, leg)
    if rules is None or not 1 <= c.step <= len(rules.steps):
        return Outcome()
    step = rules.steps[c.step - 1]
    due = step_due(project, rules, step, leg.wanted)
    if due is None or at.now < due:
        return Outcome()
    return _taken(states, c, project, leg, step, at)


def step_due(project: Project, rules: Queue, step: Step, wanted: InteractionQueued) -> datetime | None:
    """When a step of a queue is due for a leg, counted from its arrival in open time; None for never."""
    return project.after_open(rules, wanted.arrived_at, step.after)


def _taken(states: States, c: TakeStep, project: Project, leg: Leg, step: Step, at: Moment) -> Outcome:
    """All that a step does, in one append; a voicemail comes last, for with it the waiting ends."""
    wanted = leg.wanted
    where: dict[str, Any] = _where(c, c.step, wanted, at)
    outcome = Outcome()
    if step.relaxes:
        outcome.add("interaction", c.interaction_id, RequirementsRelaxed(**where, **_relaxed(wanted, step)))
    if step.priority is not None:
        raised = PriorityRaised(**where, priority=min(wanted.priority, step.priority))
        outcome.add("interaction", c.interaction_id, raised)
    if step.offer_callback and wanted.channel == "voice":
        outcome.add("interaction", c.interaction_id, CallbackOffered(**where))
    if step.message is not None and wanted.channel in ("voice", "callback"):
        outcome.merge(_deflected(states, c, where, project, step.message, at))
    if step.voicemail and wanted.channel == "voice":
        interaction = states.of(Interaction, "interaction", c.interaction_id)
        outcome.merge(rescind(interaction, c.leg, "sent to voicemail"))
        outcome.add("interaction", c.interaction_id, SentToVoicemail(**where))
    if not outcome.events:
        outcome.add("interaction", c.interaction_id, RequirementsRelaxed(**where, **_as_it_was(wanted)))
    return outcome


def _where(c: TakeStep | OverflowInteraction, step: int, wanted: InteractionQueued, at: Moment) -> dict[str, Any]:
    """What every event of a step bears."""
    seconds = waited(wanted, at.now)
    return {"interaction_id": c.interaction_id, "leg": c.leg, "step": step, "waited": seconds}


def _as_it_was(wanted: InteractionQueued) -> dict[str, Any]:
    return {
        "skills": wanted.skills,
        "also": wanted.also,
        "rings": wanted.rings,
        "sites": wanted.sites,
        "language_required": wanted.language_required,
    }


def _relaxed(wanted: InteractionQueued, step: Step) -> dict[str, Any]:
    """The requirements after a step. No step makes one stricter, whatever the leg has been through before."""
    lower = {skill: min(level, step.lower.get(skill, level)) for skill, level in wanted.skills.items()}
    anywhere = not wanted.sites or "any" in step.add_sites
    return {
        "skills": {skill: level for skill, level in lower.items() if skill not in step.drop},
        "also": _with(wanted.also, step.add_queue, but=wanted.queue),
        "rings": max(wanted.rings, step.open_rings or 1),
        "sites": () if anywhere else _with(wanted.sites, *step.add_sites),
        "language_required": wanted.language_required and not step.any_language,
    }


def _with(known: tuple[str, ...], *further: str | None, but: str = "") -> tuple[str, ...]:
    return (*known, *(one for one in further if one and one not in known and one != but))


def _deflected(states: States, c: TakeStep, where: dict[str, Any], project: Project, text: str, at: Moment) -> Outcome:
    """A text to the customer's telephone; nothing where none is known."""
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    customer = states.of(Customer, "customer", interaction.customer_id)
    outcome = deflection(interaction, customer, project, text, at)
    if outcome.events:
        delivery_id = outcome.result["delivery_id"]
        outcome.add("interaction", c.interaction_id, DeflectionSent(**where, delivery_id=delivery_id))
    return outcome


@decides(OverflowInteraction)
def overflow(states: States, c: OverflowInteraction, at: Moment) -> Outcome:
    leg = _waiting(states, c)
    if leg is None or 0 in leg.wanted.steps:
        return Outcome()
    rules = _rules(project_of(states, c.project), leg)
    if rules is None or rules.overflow is None:
        return Outcome()
    wanted = leg.wanted
    also = _with(wanted.also, rules.overflow.queue, but=wanted.queue)
    where: dict[str, Any] = _where(c, 0, wanted, at)
    requirements: dict[str, Any] = {**_as_it_was(wanted), "also": also}
    return Outcome().add("interaction", c.interaction_id, RequirementsRelaxed(**where, **requirements))


@decides(AnnounceWait)
def announce(states: States, c: AnnounceWait, at: Moment) -> Outcome:
    leg = _waiting(states, c)
    if leg is None or (leg.announce_at is not None and at.now < leg.announce_at):
        return Outcome()
    rules = _rules(project_of(states, c.project), leg)
    if rules is None or rules.announce is None:
        return Outcome()
    announced = WaitAnnounced(
        interaction_id=c.interaction_id,
        leg=c.leg,
        seconds=c.seconds,
        place=c.place,
        method=c.method,
        next_at=at.now + timedelta(seconds=rules.announce),
    )
    return Outcome().add("interaction", c.interaction_id, announced)


@decides(ExpireWork)
def expire(states: States, c: ExpireWork, at: Moment) -> Outcome:
    leg = _waiting(states, c)
    if leg is None or leg.wanted.expires_at is None or at.now < leg.wanted.expires_at:
        return Outcome()
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    outcome = rescind(interaction, c.leg, "expired")
    expired = WorkExpired(interaction_id=c.interaction_id, leg=c.leg, reason="nobody took it in time")
    outcome.add("interaction", c.interaction_id, expired)
    if leg.wanted.channel == "callback":
        customer = states.of(Customer, "customer", interaction.customer_id)
        outcome.merge(expired_callback(interaction, customer, project_of(states, c.project), at))
    return outcome.merge(close_after(states, interaction, c.leg, "expired"))


@decides(RequeueSilent)
def requeue_silent(states: States, c: RequeueSilent, at: Moment) -> Outcome:
    leg = states.of(Interaction, "interaction", c.interaction_id).leg(c.leg)
    if leg.status != "connected" or leg.work_id != c.work_id or leg.reply_by is None or at.now < leg.reply_by:
        return Outcome()
    gone = WorkGivenUp(
        interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=leg.agent_id, reason="silent"
    )
    outcome = Outcome().add("interaction", c.interaction_id, gone, requeued(leg, "silent", tried=leg.agent_id))
    return outcome.add("agent", leg.agent_id, released(leg.agent_id, c.work_id, "silent"))
