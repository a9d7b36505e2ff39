"""Requesting notifications, as part of the decision that gives cause for one."""

from __future__ import annotations

from domain.centre.configuration import Project
from domain.decide import Moment, Outcome
from domain.delivery.events import Kind, NotificationRequested
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
