"""Requesting notifications, as part of the decision that gives cause for one."""

from __future__ import annotations

from typing import Literal

from domain.centre.configuration import Project
from domain.customer.state import Customer
from domain.decide import Moment, Outcome
from domain.delivery.events import Kind, NotificationRequested
from domain.interaction.state import Interaction
from domain.ticket.state import Ticket

#: Which change of a ticket leads to which mail, under which name a project turns it on.
STATUS_MAILS: dict[str, Kind] = {
    "opened": "ticket_opened",
    "handed_over": "ticket_handed_over",
    "resolved": "ticket_resolved",
    "reopened": "ticket_reopened",
}


def status_mail(what: str, ticket: Ticket, address: str | None, name: str, project: Project, at: Moment) -> Outcome:
    """The status mail for a change of a ticket; nothing where the project sends none or no address is known.

    `name` is the customer's, for the greeting, empty where it is not known.
    """
    status = project.configured.status
    if status is None or what not in status.mails or not address:
        return Outcome()
    delivery_id = at.new_id()
    request = NotificationRequested(
        delivery_id=delivery_id,
        kind=STATUS_MAILS[what],
        channel="email",
        customer_id=ticket.customer_id,
        ticket_id=ticket.ticket_id,
        interaction_id=ticket.interaction_id,
        mailbox=ticket.mailbox or status.sender,
        language=ticket.language,
        params={
            "number": ticket.number,
            "department": project.configured.departments[ticket.department].title,
            "project": project.configured.title,
            "reopen_days": str(status.reopen_days),
        },
        to=address,
        name=name,
        subject=ticket.subject,
        body="",
        thread=" ".join(ticket.thread),
    )
    return Outcome().add("delivery", delivery_id, request)


def deflection(interaction: Interaction, customer: Customer, project: Project, text: str, at: Moment) -> Outcome:
    """A text to the telephone of a customer who waits; nothing where no number is known. Its result names it."""
    number = customer.address("phone")
    if not number:
        return Outcome()
    return _unthreaded("deflection", "sms", interaction, number, customer.name, project, at, body=text)


def expired_callback(interaction: Interaction, customer: Customer, project: Project, at: Moment) -> Outcome:
    """The mail that nobody could be reached for a callback; nothing where the project sends none or has no address."""
    address, status = customer.address("email"), project.configured.status
    if not address or status is None:
        return Outcome()
    sender = status.sender
    return _unthreaded("callback_expired", "email", interaction, address, customer.name, project, at, mailbox=sender)


def _unthreaded(
    kind: Kind,
    channel: Literal["email", "sms"],
    interaction: Interaction,
    to: str,
    name: str,
    project: Project,
    at: Moment,
    *,
    mailbox: str = "",
    body: str = "",
) -> Outcome:
    """A message that belongs to an interaction and to no thread."""
    delivery_id = at.new_id()
    request = NotificationRequested(
        delivery_id=delivery_id,
        kind=kind,
        channel=channel,
        customer_id=interaction.customer_id,
        ticket_id=interaction.ticket_id,
        interaction_id=interaction.interaction_id,
        mailbox=mailbox,
        language=interaction.language,
        params={"project": project.configured.title},
        to=to,
        name=name,
        subject="",
        body=body,
        thread="",
    )
    outcome = Outcome().add("delivery", delivery_id, request)
    outcome.result["delivery_id"] = delivery_id
    return outcome
