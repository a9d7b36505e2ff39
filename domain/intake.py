"""Contact in: how a message or a callback request becomes an interaction on a ticket.

Which interaction does it join? The ticket's present one while an agent waits for it or works on it; else a
new one is queued. Automatic mail (RFC 3834) joins what it belongs to for the record, but never queues,
never reopens and is never answered; where it belongs to nothing, the mailbox says whether anybody reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.belonging import Referred, belongs_to, is_from
from domain.centre.configuration import Project, project_of
from domain.customer.decide import Contact, recognise
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.request import told
from domain.entrance import Entrance, Via, entrance
from domain.event import Event
from domain.interaction.answering import reply_by_of
from domain.interaction.events import (
    Attachment,
    InteractionClosed,
    InteractionStarted,
    MessageReceived,
)
from domain.interaction.queueing import FIRST_LEG, Arriving, banned, had_before, queued
from domain.interaction.state import Interaction
from domain.reservation import hand_on, holder_of, reserve
from domain.states import States
from domain.stream import stream_of
from domain.ticket.decide import reopen
from domain.ticket.events import InformationAdded, TicketOpened
from domain.ticket.numbering import ticket_number
from domain.ticket.state import Ticket, evolve, lengthen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveMessage(Command):
    """A message has come in. `entry` is the name of the mailbox or of the number that it came to.

    `fingerprint` is that of its own external id, empty where it has none; a text has that of the conversation: of the
    two numbers.
    """

    project: str
    entry: str
    via: Via
    sender: Contact
    sender_name: str
    subject: str
    text: str
    external_id: str
    fingerprint: str
    refers: Referred
    language: str = ""
    automatic: str = ""
    raw: str = ""
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A message on its way in, with what is decided on."""

    states: States
    c: ReceiveMessage
    project: Project
    entrance: Entrance
    at: Moment


@decides(ReceiveMessage)
def receive_message(states: States, c: ReceiveMessage, at: Moment) -> Outcome:
    project = project_of(states, c.project)
    way_in = entrance(project, c.via, c.entry)
    language = c.language or way_in.language
    ticket, incoming = belongs_to(states, c.refers, c.sender), _Incoming(states, c, project, way_in, at)
    sender_id, outcome = recognise(states, c.sender, c.sender_name, language, at)
    if ticket is None:
        new = stream_of("customer", sender_id) in outcome.events
        outcome.merge(_new_matter(incoming, sender_id, language, new=new))
    else:
        outcome.merge(_further_contact(incoming, ticket, sender_id))
    if c.fingerprint and outcome.result["ticket_id"]:
        outcome.merge(_known_by(states, c, outcome.result["ticket_id"]))
    return outcome


def _known_by(states: States, c: ReceiveMessage, ticket_id: str) -> Outcome:
    """A mail's id belongs to its ticket for good; a conversation of texts goes on to the next matter."""
    if c.via == "sms":
        return hand_on(states, "conversation", c.fingerprint, ticket_id)
    if holder_of(states, c.fingerprint) is None:
        return reserve(states, "message", c.fingerprint, ticket_id)
    return Outcome()


def _message(
    c: ReceiveMessage, interaction_id: str, customer_id: str, at: Moment, reply_by: datetime | None
) -> MessageReceived:
    return MessageReceived(
        interaction_id=interaction_id,
        customer_id=customer_id,
        message_id=at.new_id(),
        via=c.via,
        sender=c.sender.address,
        sender_name=c.sender_name,
        subject=c.subject,
        text=c.text,
        external_id=c.external_id,
        automatic=c.automatic,
        raw=c.raw,
        attachments=c.attachments,
        faults=c.faults,
        reply_by=reply_by,
    )


def _information(c: ReceiveMessage, ticket: Ticket, message: MessageReceived, by_customer: bool) -> InformationAdded:
    by = "automatic" if c.automatic else "customer" if by_customer else "third_party"
    return InformationAdded(
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        by=by,
        interaction_id=message.interaction_id,
        message_id=message.message_id,
        external_id=_threading(c),
    )


def _threading(c: ReceiveMessage) -> str:
    """The id by which later mails continue this message; texts have no threads."""
    return "" if c.via == "sms" else c.external_id


def _start(m: _Incoming, interaction_id: str, ticket: Ticket, sender_id: str, *, by_customer: bool = True) -> Outcome:
    """A new interaction with its first message; `ticket` may be the one that is being opened."""
    started = InteractionStarted(
        interaction_id=interaction_id,
        channel=m.entrance.channel,
        direction="inbound",
        customer_id=ticket.customer_id or sender_id,
        ticket_id=ticket.ticket_id,
        entry=m.c.entry,
        language=ticket.language,
    )
    return _joined(m.c, interaction_id, ticket, sender_id, m.at, before=(started,), by_customer=by_customer)


def _joined(
    c: ReceiveMessage,
    interaction_id: str,
    ticket: Ticket,
    sender_id: str,
    at: Moment,
    *,
    before: tuple[Event, ...] = (),
    by_customer: bool = True,
    reply_by: datetime | None = None,
) -> Outcome:
    """The message stands in the interaction and on the ticket, if any; it is its sender's personal data."""
    message = _message(c, interaction_id, sender_id, at, reply_by)
    outcome = Outcome().add("interaction", interaction_id, *before, message)
    if ticket.ticket_id:
        outcome.add("ticket", ticket.ticket_id, _information(c, ticket, message, by_customer))
    outcome.result |= {
        "interaction_id": interaction_id,
        "message_id": message.message_id,
        "ticket_id": ticket.ticket_id,
        "number": ticket.number,
        "customer_id": ticket.customer_id or sender_id,
    }
    return outcome


def _queue(
    m: _Incoming, interaction_id: str, ticket: Ticket, excluded: tuple[str, ...], had: tuple[str, ...] = ()
) -> Outcome:
    work = Arriving(
        interaction_id=interaction_id,
        leg=FIRST_LEG,
        channel=m.entrance.channel,
        queue=m.project.department_queue(ticket.department),
        customer_id=ticket.customer_id,
        language=ticket.language,
        site=m.entrance.site,
        excluded=excluded,
        had=had,
    )
    return Outcome().add("interaction", interaction_id, *queued(m.states, m.project, work, m.at.now))


def _new_matter(m: _Incoming, customer_id: str, language: str, *, new: bool) -> Outcome:
    """A ticket is opened, its first interaction queued, and the customer told; automatic mail may be filed instead."""
    c, project, at = m.c, m.project, m.at
    if c.automatic and m.entrance.files_automatic:
        interaction_id = at.new_id()
        outcome = _start(m, interaction_id, Ticket(language=language), customer_id)
        return outcome.merge(_closed(c, interaction_id))
    queue = project.department_queue(m.entrance.department)
    ticket_id, interaction_id = at.new_id(), at.new_id()
    opened = TicketOpened(
        ticket_id=ticket_id,
        number=ticket_number(ticket_id),
        customer_id=customer_id,
        interaction_id=interaction_id,
        department=m.entrance.department,
        mailbox=m.entrance.mailbox,
        text_number=m.entrance.number,
        language=language,
        subject=c.subject,
        deadline=at.now + timedelta(seconds=project.queue(queue).target),
    )
    ticket = evolve(Ticket(), opened)
    outcome = Outcome().add("ticket", ticket_id, opened)
    outcome.merge(_start(m, interaction_id, ticket, customer_id))
    outcome.merge(_queue(m, interaction_id, ticket, () if new else banned(m.states, customer_id)))
    if not c.automatic:
        ticket = replace(ticket, thread=lengthen(ticket.thread, _threading(c)))
        # who is new has no stream that could be read yet
        customer = Customer() if new else m.states.of(Customer, "customer", customer_id)
        outcome.merge(told("opened", ticket, customer, project, at, address=c.sender.address, name=c.sender_name))
    return outcome


def _further_contact(m: _Incoming, ticket: Ticket, sender_id: str) -> Outcome:
    """The message joins the ticket: its present interaction where somebody is on it, else a new one."""
    states, c, at = m.states, m.c, m.at
    present = states.of(Interaction, "interaction", ticket.interaction_id)
    by_customer = is_from(states, c.sender, ticket)
    if present.status == "open" and (present.being_worked or c.automatic):
        reply_by = None if c.automatic else reply_by_of(m.project, present, at)
        outcome = _joined(c, present.interaction_id, ticket, sender_id, at, by_customer=by_customer, reply_by=reply_by)
    else:
        interaction_id = at.new_id()
        outcome = _start(m, interaction_id, ticket, sender_id, by_customer=by_customer)
        if c.automatic:
            outcome.merge(_closed(c, interaction_id))
        else:
            excluded = banned(states, ticket.customer_id)
            had = (*had_before(present), *filter(None, (ticket.settled_by,)))
            outcome.merge(_queue(m, interaction_id, ticket, excluded, had))
    if not c.automatic and ticket.status in ("resolved", "awaiting_customer"):
        outcome.merge(reopen(states, c.project, ticket, "the customer wrote", at))
    return outcome


def _closed(c: ReceiveMessage, interaction_id: str) -> Outcome:
    """Filed: on the record, and nobody has to read it."""
    filed = InteractionClosed(interaction_id=interaction_id, reason=f"automatic: {c.automatic}")
    return Outcome().add("interaction", interaction_id, filed)
