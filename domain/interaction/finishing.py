"""The end of contact: what becomes of the matter, wrap-up, and the disposition that it ends with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from domain.centre.configuration import project_of
from domain.decide import Command, Moment, Outcome, decides
from domain.interaction.ending import close_after
from domain.interaction.events import DispositionGiven, WrapUpCompleted, WrapUpStarted
from domain.interaction.hanging_up import hang_up
from domain.interaction.offers import released
from domain.interaction.state import LEG, Interaction, in_hand, interaction_of
from domain.rejection import Rejection
from domain.states import States
from domain.ticket import decide as ticket_decisions
from domain.ticket.events import TicketAwaitingCustomer
from domain.ticket.state import ticket_of
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWork(Command):
    """Contact is over. `ticket` says what becomes of the matter; an empty disposition is given in wrap-up."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    ticket: Literal["resolve", "await_customer", "leave"] = "leave"
    disposition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWrapUp(Command):
    """Say how the contact ended. It ends the wrap-up, save one of fixed length, which goes on to its end."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    disposition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOutWrapUp(Command):
    """Fired by a timer; early, or after the agent finished, it changes nothing."""

    interaction_id: str
    leg: str


@decides(CompleteWork)
def complete_work(states: States, c: CompleteWork, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = in_hand(interaction, c.leg, c.agent_id)
    step(LEG, leg.status, WrapUpStarted, "the work")
    _check_disposition(states, c.project, c.disposition)
    rules = project_of(states, c.project).queue(leg.queue).wrap_up
    outcome = _settle(states, c, interaction, at).merge(hang_up(interaction, c.leg, "the contact is over"))
    if rules.mode == "none" or (rules.mode == "optional" and c.disposition):
        return outcome.merge(_finish(states, interaction, c.leg, c.disposition or rules.default_disposition))
    limited, fixed = rules.mode in ("mandatory", "fixed"), rules.mode == "fixed"
    started = WrapUpStarted(
        interaction_id=c.interaction_id,
        leg=c.leg,
        work_id=leg.work_id,
        agent_id=c.agent_id,
        ends_at=at.now + timedelta(seconds=rules.limit) if limited else None,
        default_disposition=c.disposition or rules.default_disposition,
        fixed=fixed,
    )
    outcome.add("interaction", c.interaction_id, started)
    if fixed and c.disposition:
        outcome.add("interaction", c.interaction_id, _given(interaction, c.leg, c.disposition))
    return outcome


def _given(interaction: Interaction, name: str, disposition: str) -> DispositionGiven:
    leg = interaction.leg(name)
    return DispositionGiven(
        interaction_id=interaction.interaction_id,
        leg=name,
        work_id=leg.work_id,
        agent_id=leg.agent_id,
        disposition=disposition,
    )


def _check_disposition(states: States, project: str, disposition: str) -> None:
    known = project_of(states, project).configured.dispositions
    if disposition and disposition not in known:
        raise Rejection("unknown_disposition", f"there is no disposition {disposition!r}; there are {', '.join(known)}")


def _settle(states: States, c: CompleteWork, interaction: Interaction, at: Moment) -> Outcome:
    """What becomes of the ticket."""
    if not interaction.ticket_id or c.ticket == "leave":
        return Outcome()
    ticket = ticket_of(states, interaction.ticket_id)
    if ticket.status == {"resolve": "resolved", "await_customer": "awaiting_customer"}[c.ticket]:
        return Outcome()
    if c.ticket == "resolve":
        return ticket_decisions.resolve(states, c.project, ticket, c.agent_id, at)
    waiting = TicketAwaitingCustomer(ticket_id=ticket.ticket_id, by=c.agent_id)
    return ticket_decisions.change(states, ticket, waiting)[1]


def _finish(
    states: States, interaction: Interaction, name: str, disposition: str, *, timed_out: bool = False
) -> Outcome:
    """End a leg, free its agent, and close the interaction when no other leg goes on."""
    leg = interaction.leg(name)
    done = WrapUpCompleted(
        interaction_id=interaction.interaction_id,
        leg=name,
        work_id=leg.work_id,
        agent_id=leg.agent_id,
        disposition=disposition,
        timed_out=timed_out,
    )
    outcome = Outcome().add("interaction", interaction.interaction_id, done)
    outcome.add("agent", leg.agent_id, released(leg.agent_id, leg.work_id, "completed"))
    return outcome.merge(close_after(states, interaction, name, "completed"))


@decides(CompleteWrapUp)
def complete_wrap_up(states: States, c: CompleteWrapUp, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = in_hand(interaction, c.leg, c.agent_id)
    if leg.status != "wrap_up":
        raise Rejection("not_possible_now", "wrap-up has not begun; finish the contact first")
    if not c.disposition:
        raise Rejection("no_disposition", "say how the contact ended")
    _check_disposition(states, c.project, c.disposition)
    if leg.wrap_up_fixed and leg.wrap_up_ends is not None and at.now < leg.wrap_up_ends:
        if leg.disposed and leg.default_disposition == c.disposition:
            return Outcome()
        return Outcome().add("interaction", c.interaction_id, _given(interaction, c.leg, c.disposition))
    return _finish(states, interaction, c.leg, c.disposition)


@decides(TimeOutWrapUp)
def time_out_wrap_up(states: States, c: TimeOutWrapUp, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    leg = interaction.leg(c.leg)
    if leg.status != "wrap_up" or leg.wrap_up_ends is None or at.now < leg.wrap_up_ends:
        return Outcome()
    return _finish(states, interaction, c.leg, leg.default_disposition, timed_out=not leg.disposed)
