"""An agent's work on an interaction: answering and noting; passing it on and finishing it stand beside it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.centre.configuration import project_of
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.events import NotificationRequested
from domain.interaction.answering import carrier_of
from domain.interaction.events import MessageSent, NoteAdded
from domain.interaction.finishing import CompleteWork, CompleteWrapUp, TimeOutWrapUp
from domain.interaction.state import Interaction, in_hand, interaction_of
from domain.interaction.transferring import TransferInteraction, TransferToAgent, TransferToQueue
from domain.rejection import Rejection
from domain.states import States
from domain.ticket.events import InformationAdded
from domain.ticket.state import Ticket, ticket_of

__all__ = [
    "AddNote",
    "CompleteWork",
    "CompleteWrapUp",
    "Reply",
    "TimeOutWrapUp",
    "TransferInteraction",
    "TransferToAgent",
    "TransferToQueue",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """Write to the customer: by mail in the ticket's thread, where the channel has no way of its own."""

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


@decides(Reply)
def reply(states: States, c: Reply, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if in_hand(interaction, c.leg, c.agent_id).status != "connected":
        raise Rejection("not_possible_now", "a reply can be sent while the work is in your hands, before wrap-up")
    if not c.text.strip():
        raise Rejection("empty", "write something before sending")
    return carrier_of(interaction.channel, _in_thread)(states, c, interaction, at)


def _in_thread(states: States, c: Reply, interaction: Interaction, at: Moment) -> Outcome:
    """By mail, in the thread of the ticket."""
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
