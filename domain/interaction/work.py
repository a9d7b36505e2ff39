"""An agent's work on an interaction: answering, noting, transferring, finishing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from domain.centre.configuration import project_of
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.events import NotificationRequested
from domain.interaction.events import (
    InteractionClosed,
    InteractionTransferred,
    MessageSent,
    NoteAdded,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.interaction.offers import released
from domain.interaction.queueing import queued
from domain.interaction.state import LEG, Interaction, Leg, interaction_of
from domain.rejection import Rejection
from domain.reservation import release
from domain.states import States
from domain.ticket import decide as ticket_decisions
from domain.ticket.events import InformationAdded, TicketAwaitingCustomer
from domain.ticket.state import Ticket, ticket_of
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """Write to the customer; the text goes out by mail in the ticket's thread."""

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    """An internal note: never sent to the customer."""

    interaction_id: str
    author: str
    text: str


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


def _in_hand(interaction: Interaction, leg: str, agent_id: str) -> Leg:
    """The leg, in contact and in this agent's hands."""
    found = interaction.leg(leg)
    if found.agent_id != agent_id or found.status not in ("accepted", "connected", "wrap_up"):
        raise Rejection("not_yours", "this work is not in your hands (any more)")
    return found


@decides(Reply)
def reply(states: States, c: Reply, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if _in_hand(interaction, c.leg, c.agent_id).status != "connected":
        raise Rejection("not_possible_now", "a reply can be sent while the work is in your hands, before wrap-up")
    if not c.text.strip():
        raise Rejection("empty", "write something before sending")
    if not interaction.ticket_id:
        raise Rejection("no_ticket", "a reply goes out in the thread of a ticket; this interaction has none")
    ticket = ticket_of(states, interaction.ticket_id)
    customer = states.of(Customer, "customer", ticket.customer_id)
    address = interaction.last_sender or customer.address("email")
    if not address:
        raise Rejection("no_address", "no e-mail address of this customer is known; add one first")
    delivery_id, message_id = at.new_id(), at.new_id()
    outcome = Outcome().add(
        "interaction",
        c.interaction_id,
        MessageSent(
            interaction_id=c.interaction_id,
            customer_id=interaction.customer_id,
            message_id=message_id,
            leg=c.leg,
            agent_id=c.agent_id,
            delivery_id=delivery_id,
            subject=ticket.subject,
            text=c.text,
        ),
    )
    outcome.add("delivery", delivery_id, _letter(states, c, ticket, (address, customer.name), delivery_id))
    said = InformationAdded(
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        by="agent",
        interaction_id=c.interaction_id,
        message_id=message_id,
        external_id=f"delivery:{delivery_id}",
    )
    outcome.add("ticket", ticket.ticket_id, said)
    outcome.result |= {"delivery_id": delivery_id, "message_id": message_id}
    return outcome


def _letter(
    states: States, c: Reply, ticket: Ticket, addressee: tuple[str, str], delivery_id: str
) -> NotificationRequested:
    project = project_of(states, c.project).configured
    sender = ticket.mailbox or (project.status.sender if project.status else "")
    if not sender:
        raise Rejection("no_mailbox", "this project has no mailbox to send from; add one to its document")
    return NotificationRequested(
        delivery_id=delivery_id,
        kind="reply",
        channel="email",
        customer_id=ticket.customer_id,
        ticket_id=ticket.ticket_id,
        interaction_id=c.interaction_id,
        mailbox=sender,
        language=ticket.language,
        params={"number": ticket.number, "project": project.title, "agent_id": c.agent_id},
        to=addressee[0],
        name=addressee[1],
        subject=ticket.subject,
        body=c.text,
        thread=" ".join(ticket.thread),
    )


@decides(AddNote)
def add_note(states: States, c: AddNote, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if not c.text.strip():
        raise Rejection("empty", "a note needs a text")
    note = NoteAdded(interaction_id=c.interaction_id, customer_id=interaction.customer_id, author=c.author, text=c.text)
    return Outcome().add("interaction", c.interaction_id, note)


@decides(TransferInteraction)
def transfer(states: States, c: TransferInteraction, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = _in_hand(interaction, c.leg, c.agent_id)
    step(LEG, leg.status, InteractionTransferred, "the work")
    assert leg.queued is not None, "work in hand was queued"
    project = project_of(states, c.project)
    queue, to_leg = project.department_queue(c.department), str(len(interaction.legs) + 1)
    moved = InteractionTransferred(
        interaction_id=c.interaction_id,
        leg=c.leg,
        to_leg=to_leg,
        from_agent=c.agent_id,
        queue=queue,
        department=c.department,
    )
    again = queued(
        project,
        interaction_id=c.interaction_id,
        leg=to_leg,
        channel=leg.queued.channel,
        queue=queue,
        customer_id=interaction.customer_id,
        language=interaction.language,
        at=at,
        arrived_at=leg.queued.arrived_at,
        reason="transferred",
    )
    outcome = Outcome().add("interaction", c.interaction_id, moved, again)
    if c.note.strip():
        outcome.merge(add_note(states, AddNote(interaction_id=c.interaction_id, author=c.agent_id, text=c.note), at))
    outcome.add("agent", c.agent_id, released(c.agent_id, leg.work_id, "transferred"))
    if interaction.ticket_id:
        ticket = ticket_of(states, interaction.ticket_id)
        outcome.merge(ticket_decisions.hand_over(states, c.project, ticket, c.department, c.agent_id, at))
    return outcome


@decides(CompleteWork)
def complete_work(states: States, c: CompleteWork, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = _in_hand(interaction, c.leg, c.agent_id)
    step(LEG, leg.status, WrapUpStarted, "the work")
    _check_disposition(states, c.project, c.disposition)
    rules = project_of(states, c.project).queue(leg.queue).wrap_up
    outcome = _settle(states, c, interaction, at)
    if rules.mode == "none" or (rules.mode == "optional" and c.disposition):
        return outcome.merge(_finish(states, interaction, c.leg, c.disposition or rules.default_disposition))
    ends_at = at.now + timedelta(seconds=rules.limit) if rules.mode == "mandatory" else None
    started = WrapUpStarted(
        interaction_id=c.interaction_id,
        leg=c.leg,
        work_id=leg.work_id,
        agent_id=c.agent_id,
        ends_at=ends_at,
        default_disposition=c.disposition or rules.default_disposition,
    )
    return outcome.add("interaction", c.interaction_id, started)


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
    if any(other.status != "ended" for key, other in interaction.legs.items() if key != name):
        return outcome
    outcome.add(
        "interaction",
        interaction.interaction_id,
        InteractionClosed(interaction_id=interaction.interaction_id, reason="completed"),
    )
    if interaction.callback_key:
        outcome.merge(release(states, "callback", interaction.callback_key, interaction.interaction_id))
    return outcome


@decides(CompleteWrapUp)
def complete_wrap_up(states: States, c: CompleteWrapUp, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if _in_hand(interaction, c.leg, c.agent_id).status != "wrap_up":
        raise Rejection("not_possible_now", "wrap-up has not begun; finish the contact first")
    if not c.disposition:
        raise Rejection("no_disposition", "say how the contact ended")
    _check_disposition(states, c.project, c.disposition)
    return _finish(states, interaction, c.leg, c.disposition)


@decides(TimeOutWrapUp)
def time_out_wrap_up(states: States, c: TimeOutWrapUp, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    leg = interaction.leg(c.leg)
    if leg.status != "wrap_up" or leg.wrap_up_ends is None or at.now < leg.wrap_up_ends:
        return Outcome()
    return _finish(states, interaction, c.leg, leg.default_disposition, timed_out=True)
