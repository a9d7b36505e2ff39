"""How an agent's reply goes out: by mail in the ticket's thread, or by text. Either is on record on the ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from domain.centre.configuration import project_of
from domain.customer.state import Customer
from domain.decide import Moment, Outcome
from domain.delivery.events import NotificationRequested
from domain.delivery.request import sends_texts, wants_no_texts
from domain.enclosing import to_event
from domain.interaction.answering import carries, takes_no_files
from domain.interaction.events import MessageSent
from domain.interaction.state import Interaction
from domain.rejection import Rejection
from domain.states import States
from domain.ticket.events import InformationAdded
from domain.ticket.state import Ticket, ticket_of

if TYPE_CHECKING:
    from domain.interaction.work import Reply

#: Characters of the longest text; what Twilio takes as one message.
LONGEST_TEXT = 1600


def by_mail(states: States, c: Reply, interaction: Interaction, at: Moment) -> Outcome:
    """In the thread of the ticket."""
    ticket, delivery_id = _ticket(states, interaction), at.new_id()
    letter = _letter(states, c, interaction, ticket, delivery_id)
    return _sent(c, interaction, ticket, letter, at, via="email")


@carries("sms")
def by_text(states: States, c: Reply, interaction: Interaction, at: Moment) -> Outcome:
    """From the number that the customer wrote to, else from any that can."""
    takes_no_files(c, "a text")
    ticket, delivery_id = _ticket(states, interaction), at.new_id()
    text = _text(states, c, interaction, ticket, delivery_id)
    return _sent(c, interaction, ticket, text, at, via="sms")


def _ticket(states: States, interaction: Interaction) -> Ticket:
    if not interaction.ticket_id:
        raise Rejection("no_ticket", "a reply goes out in the thread of a ticket; this interaction has none")
    return ticket_of(states, interaction.ticket_id)


def _sent(
    c: Reply,
    interaction: Interaction,
    ticket: Ticket,
    request: NotificationRequested,
    at: Moment,
    *,
    via: Literal["email", "sms"],
) -> Outcome:
    message_id = at.new_id()
    message = MessageSent(
        interaction_id=c.interaction_id,
        customer_id=interaction.customer_id,
        message_id=message_id,
        leg=c.leg,
        agent_id=c.agent_id,
        delivery_id=request.delivery_id,
        subject=ticket.subject,
        text=c.text,
        via=via,
        files=request.files,
        file_names=request.file_names,
    )
    said = InformationAdded(
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        by="agent",
        interaction_id=c.interaction_id,
        message_id=message_id,
        # texts have no threads that a later mail could continue
        external_id=f"delivery:{request.delivery_id}" if via == "email" else "",
    )
    outcome = Outcome().add("interaction", c.interaction_id, message)
    outcome.add("delivery", request.delivery_id, request).add("ticket", ticket.ticket_id, said)
    outcome.result |= {"delivery_id": request.delivery_id, "message_id": message_id}
    return outcome


def _letter(
    states: States, c: Reply, interaction: Interaction, ticket: Ticket, delivery_id: str
) -> NotificationRequested:
    project = project_of(states, c.project).configured
    customer = states.of(Customer, "customer", ticket.customer_id)
    # who wrote on the page of a ticket that came by text is known by telephone
    wrote = interaction.last_sender if "@" in interaction.last_sender else ""
    address = wrote or customer.address("email")
    if not address:
        raise Rejection("no_address", "no e-mail address of this customer is known; add one first")
    sender = ticket.mailbox or (project.status.sender if project.status else "")
    if not sender:
        raise Rejection("no_mailbox", "this project has no mailbox to send from; add one to its document")
    files, names = to_event(c.files)
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
        to=address,
        name=customer.name,
        subject=ticket.subject,
        body=c.text,
        thread=" ".join(ticket.thread),
        files=files,
        file_names=names,
    )


def _text(
    states: States, c: Reply, interaction: Interaction, ticket: Ticket, delivery_id: str
) -> NotificationRequested:
    project = project_of(states, c.project)
    customer = states.of(Customer, "customer", ticket.customer_id)
    wrote = interaction.last_sender if interaction.channel == "sms" else ""
    address = wrote or customer.address("phone")
    if not address:
        raise Rejection("no_address", "no telephone number of this customer is known; add one first")
    if wants_no_texts(customer):
        raise Rejection("wants_no_texts", "this customer has asked for no more texts; write a mail or call them")
    if len(c.text) > LONGEST_TEXT:
        raise Rejection("too_long", f"a text has at most {LONGEST_TEXT} characters, this one has {len(c.text)}")
    number = interaction.entry if interaction.channel == "sms" else ticket.text_number
    if not sends_texts(project):
        raise Rejection("no_number", "this project has no number that sends texts; add `texts` to one of its `numbers`")
    return NotificationRequested(
        delivery_id=delivery_id,
        kind="reply",
        channel="sms",
        customer_id=ticket.customer_id,
        ticket_id=ticket.ticket_id,
        interaction_id=c.interaction_id,
        mailbox=number,
        language=ticket.language,
        params={"number": ticket.number, "project": project.configured.title, "agent_id": c.agent_id},
        to=address,
        name=customer.name,
        subject="",
        body=c.text,
        thread="",
    )
