"""Requesting notifications, as part of the decision that gives cause for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.centre.configuration import Project
from domain.centre.documents import Status
from domain.customer.state import Customer
from domain.decide import Moment, Outcome
from domain.delivery.events import Kind, NotificationRequested
from domain.interaction.state import Interaction
from domain.ticket.state import Ticket

#: What a customer who wants no texts has withdrawn; nobody who never said anything has.
TEXTS = "texts"
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
        params=_particulars(ticket, project, status),
        to=address,
        name=name,
        subject=ticket.subject,
        body="",
        thread=" ".join(ticket.thread),
    )
    return Outcome().add("delivery", delivery_id, request)


def _particulars(ticket: Ticket, project: Project, status: Status) -> dict[str, str]:
    return {
        "number": ticket.number,
        "department": project.configured.departments[ticket.department].title,
        "project": project.configured.title,
        "reopen_days": str(status.reopen_days),
    }


def wants_no_texts(customer: Customer) -> bool:
    return customer.consents.get(TEXTS) is False


def told(
    what: str,
    ticket: Ticket,
    customer: Customer,
    project: Project,
    at: Moment,
    *,
    address: str | None = None,
    name: str = "",
) -> Outcome:
    """What a customer hears of a change of their ticket: a text where it came by text and they want any, else a mail.

    `address` and `name` are those of who writes, where the customer is not known yet.
    """
    status = project.configured.status
    if ticket.text_number and status is not None and what in status.texts and not wants_no_texts(customer):
        number = address or customer.address("phone")
        params = _particulars(ticket, project, status)
        return text(STATUS_MAILS[what], ticket.text_number, About.ticket(ticket), number, project, at, params=params)
    by_mail = customer.address("email") if ticket.text_number else address or customer.address("email")
    return status_mail(what, ticket, by_mail, name or customer.name, project, at)


@dataclass(frozen=True, slots=True)
class About:
    """What a text is about."""

    customer_id: str
    language: str
    ticket_id: str = ""
    interaction_id: str = ""

    @classmethod
    def ticket(cls, ticket: Ticket) -> About:
        return cls(ticket.customer_id, ticket.language, ticket.ticket_id, ticket.interaction_id)


def text(
    kind: Kind,
    number: str,
    about: About,
    to: str | None,
    project: Project,
    at: Moment,
    *,
    params: Mapping[str, str] | None = None,
    body: str = "",
) -> Outcome:
    """A text from one of our numbers, by its name; from any that can where none is named. Nothing without a `to`."""
    if not to:
        return Outcome()
    delivery_id = at.new_id()
    request = NotificationRequested(
        delivery_id=delivery_id,
        kind=kind,
        channel="sms",
        customer_id=about.customer_id,
        ticket_id=about.ticket_id,
        interaction_id=about.interaction_id,
        mailbox=number,
        language=about.language,
        params={"project": project.configured.title, **(params or {})},
        to=to,
        name="",
        subject="",
        body=body,
        thread="",
    )
    outcome = Outcome().add("delivery", delivery_id, request)
    outcome.result["delivery_id"] = delivery_id
    return outcome


def deflection(interaction: Interaction, customer: Customer, project: Project, body: str, at: Moment) -> Outcome:
    """A text to the telephone of a customer who waits; nothing where no number is known or they want none.

    It comes from the number that was called, where that sends texts, else from any that does. Its result names it.
    """
    if wants_no_texts(customer):
        return Outcome()
    number = _texting(project, interaction.entry)
    about = About(interaction.customer_id, interaction.language, interaction.ticket_id, interaction.interaction_id)
    return text("deflection", number, about, customer.address("phone"), project, at, body=body)


def expired_callback(
    interaction: Interaction, customer: Customer, project: Project, at: Moment, *, tries: int = 0
) -> Outcome:
    """Word that a callback is given up, after so many tries: a mail, or a text where no address is known.

    Nothing where the project sends neither, or the customer wants no texts.
    """
    address, status = interaction.callback_notify or customer.address("email"), project.configured.status
    if not address or status is None:
        return of_callback_by_text("callback_expired", interaction, customer, project, at)
    delivery_id = at.new_id()
    request = NotificationRequested(
        delivery_id=delivery_id,
        kind="callback_expired",
        channel="email",
        customer_id=interaction.customer_id,
        ticket_id=interaction.ticket_id,
        interaction_id=interaction.interaction_id,
        mailbox=status.sender,
        language=interaction.language,
        params={"project": project.configured.title} | ({"tries": str(tries)} if tries else {}),
        to=address,
        name=customer.name,
        subject="",
        body="",
        thread="",
    )
    outcome = Outcome().add("delivery", delivery_id, request)
    outcome.result["delivery_id"] = delivery_id
    return outcome


def of_callback_by_text(
    kind: Kind, interaction: Interaction, customer: Customer, project: Project, at: Moment
) -> Outcome:
    """How a callback stands, to the telephone; nothing where no number sends texts or the customer wants none."""
    if wants_no_texts(customer) or not sends_texts(project):
        return Outcome()
    about = About(interaction.customer_id, interaction.language, interaction.ticket_id, interaction.interaction_id)
    number = _texting(project, interaction.entry)
    return text(kind, number, about, customer.address("phone"), project, at)


def sends_texts(project: Project) -> bool:
    return any(one.texts is not None for one in project.configured.numbers.values())


def _texting(project: Project, name: str) -> str:
    """The number of this name where it sends texts, else any that does."""
    number = project.configured.numbers.get(name)
    return name if number is not None and number.texts is not None else ""
