"""The next action: what a contact's disposition starts by the rules of its project, once for each piece of work.

Each part stands by itself: one that is not possible (no telephone known) is on record with its reason and keeps no
other from being started. pending → acted on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain.centre.configuration import Project, project_of
from domain.centre.outcomes import OutcomeRule
from domain.customer.decide import customer_of, survivor
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.request import deflection
from domain.event import Event
from domain.follow_up.decide import ScheduleFollowUp, schedule
from domain.interaction.state import Interaction
from domain.rejection import NotFound, Rejection
from domain.states import States, concept
from domain.ticket.decide import hand_over
from domain.ticket.events import TicketOpened
from domain.ticket.numbering import ticket_number
from domain.ticket.state import ticket_of

BY = "rule"


class OutcomeActedOn(Event, wire="outcome.acted_on.v1"):
    """What a disposition asked for was started. `done` names the parts, `failed` those that were not possible, and why.

    Ids are empty where nothing of the kind came about.
    """

    work_id: str
    interaction_id: str
    disposition: str
    done: tuple[str, ...]
    failed: tuple[str, ...]
    ticket_id: str = ""
    follow_up_id: str = ""
    callback_id: str = ""
    delivery_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnOutcome(Command):
    """Start what the disposition of a finished piece of work asks for; a second time it changes nothing."""

    project: str
    work_id: str
    interaction_id: str
    leg: str
    agent_id: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Acted:
    done: bool = False


def evolve(state: Acted, event: Event) -> Acted:
    return Acted(done=True)


concept("outcome", Acted(), evolve)


@dataclass(frozen=True, slots=True)
class _Case:
    states: States
    c: ActOnOutcome
    project: Project
    interaction: Interaction
    at: Moment


@decides(ActOnOutcome)
def act(states: States, c: ActOnOutcome, at: Moment) -> Outcome:
    if states.of(Acted, "outcome", c.work_id).done:
        return Outcome()
    project, interaction = project_of(states, c.project), states.of(Interaction, "interaction", c.interaction_id)
    if interaction.status == "absent":
        raise NotFound("interaction", c.interaction_id)
    case = _Case(states, c, project, interaction, at)
    rule = project.configured.outcomes.get(c.disposition) or OutcomeRule()
    outcome, done, failed = Outcome(), list[str](), list[str]()
    for part, start in _PARTS.items():
        if getattr(rule, part) is None:
            continue
        try:
            outcome.merge(start(case, rule))
            done.append(part)
        except Rejection as rejection:
            failed.append(f"{part}: {rejection.code}")
    acted = OutcomeActedOn(
        work_id=c.work_id,
        interaction_id=c.interaction_id,
        disposition=c.disposition,
        done=tuple(done),
        failed=tuple(failed),
        ticket_id=outcome.result.get("ticket_id", ""),
        follow_up_id=outcome.result.get("planned_id", ""),
        callback_id=outcome.result.get("callback_id", ""),
        delivery_id=outcome.result.get("delivery_id", ""),
    )
    return outcome.add("outcome", c.work_id, acted)


def _ticket(case: _Case, rule: OutcomeRule) -> Outcome:
    assert rule.ticket is not None, "only asked for where there is one"
    wanted, interaction, at = rule.ticket, case.interaction, case.at
    if interaction.ticket_id:
        ticket = ticket_of(case.states, interaction.ticket_id)
        outcome = hand_over(case.states, case.c.project, ticket, wanted.department, BY, at)
        outcome.result["ticket_id"] = ticket.ticket_id
        return outcome
    customer = customer_of(case.states, survivor(case.states, interaction.customer_id))
    ticket_id, queue = at.new_id(), case.project.department_queue(wanted.department)
    status = case.project.configured.status
    opened = TicketOpened(
        ticket_id=ticket_id,
        number=ticket_number(ticket_id),
        customer_id=customer.customer_id,
        interaction_id=interaction.interaction_id,
        department=wanted.department,
        mailbox=status.sender if status else "",
        language=interaction.language,
        subject=wanted.subject,
        deadline=at.now + timedelta(seconds=case.project.queue(queue).target),
    )
    outcome = Outcome().add("ticket", ticket_id, opened)
    outcome.result["ticket_id"] = ticket_id
    return outcome


def _follow_up(case: _Case, rule: OutcomeRule) -> Outcome:
    assert rule.follow_up is not None, "only asked for where there is one"
    wanted = rule.follow_up
    agent_id = case.c.agent_id if wanted.to == "agent" else ""
    command = _planned(case, wanted.queue, wanted.about, wanted.after, wanted.channel == "email", agent_id)
    return _renamed(schedule(case.states, command, case.at), "planned_id")


def _callback(case: _Case, rule: OutcomeRule) -> Outcome:
    assert rule.callback is not None, "only asked for where there is one"
    command = _planned(case, rule.callback.queue, rule.callback.about, 0, False, "")
    return _renamed(schedule(case.states, command, case.at), "callback_id")


def _planned(case: _Case, queue: str | None, about: str, after: int, by_mail: bool, agent_id: str) -> ScheduleFollowUp:
    interaction = case.interaction
    return ScheduleFollowUp(
        project=case.c.project,
        by=BY,
        due_at=case.at.now + timedelta(seconds=after),
        about=about,
        channel="email" if by_mail else "callback",
        customer_id=interaction.customer_id,
        ticket_id=interaction.ticket_id,
        agent_id=agent_id,
        queue=queue or interaction.leg(case.c.leg).queue,
    )


def _renamed(outcome: Outcome, name: str) -> Outcome:
    outcome.result = {name: outcome.result["follow_up_id"]}
    return outcome


def _message(case: _Case, rule: OutcomeRule) -> Outcome:
    customer = customer_of(case.states, survivor(case.states, case.interaction.customer_id))
    outcome = deflection(case.interaction, customer, case.project, rule.message or "", case.at)
    if not outcome.events:
        raise Rejection("no_number", "no telephone number of this customer is known")
    return outcome


_PARTS: dict[str, Callable[[_Case, OutcomeRule], Outcome]] = {
    "ticket": _ticket,
    "follow_up": _follow_up,
    "callback": _callback,
    "message": _message,
}
