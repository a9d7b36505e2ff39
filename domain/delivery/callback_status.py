"""What a customer is told of a callback: that it is on record, and that they were not reached and when we try again.

It goes to the address that was left with the request, else to one that is known of the customer, where the project
sends status mails; that they were not reached goes to the telephone by text where there is neither. What it ends with
is told by `domain.delivery.request.expired_callback`.
"""

from __future__ import annotations

from datetime import datetime

from domain.centre.configuration import Project
from domain.centre.documents import Callbacks
from domain.customer.state import Customer
from domain.decide import Moment, Outcome
from domain.delivery.events import Kind, NotificationRequested
from domain.delivery.request import of_callback_by_text
from domain.interaction.events import CallbackRequested
from domain.interaction.state import Interaction
from domain.personal import plain


def callback_registered(
    requested: CallbackRequested, customer: Customer, name: str, language: str, project: Project, at: Moment
) -> Outcome:
    """`name` is what the customer calls themselves. The number that is called is the mail's body: it is personal."""
    rules = project.configured.callbacks or Callbacks(queue=requested.queue)
    notify = plain(requested.notify, otherwise="") if requested.notify is not None else ""
    params = {"due": requested.due_at.isoformat(), "attempts": str(rules.attempts)}
    if requested.due_until is not None:
        params["until"] = requested.due_until.isoformat()
    params["zone"] = requested.zone or zone_of(project, requested.queue)
    return _told(
        "callback_registered",
        notify or customer.address("email"),
        (requested.interaction_id, requested.customer_id, language),
        name or customer.name,
        project,
        params,
        at,
        body=plain(requested.number),
    )


def callback_tried(
    interaction: Interaction, queue: str, customer: Customer, project: Project, retry_at: datetime, at: Moment
) -> Outcome:
    """The customer was not reached; somebody calls again from `retry_at` on."""
    zone = interaction.callback_zone or zone_of(project, queue)
    about = (interaction.interaction_id, interaction.customer_id, interaction.language)
    address = interaction.callback_notify or customer.address("email")
    if not address or project.configured.status is None:
        return of_callback_by_text("callback_tried", interaction, customer, project, at)
    params = {"due": retry_at.isoformat(), "zone": zone}
    return _told("callback_tried", address, about, customer.name, project, params, at)


def zone_of(project: Project, queue: str) -> str:
    """The time zone that a queue works by."""
    rules = project.configured.queues.get(queue)
    hours = project.configured.hours.get(rules.hours or "") if rules is not None else None
    return hours.time_zone if hours is not None else "UTC"


def _told(
    kind: Kind,
    address: str | None,
    about: tuple[str, str, str],
    name: str,
    project: Project,
    params: dict[str, str],
    at: Moment,
    *,
    body: str = "",
) -> Outcome:
    """A mail about an interaction: its id, its customer's and the language."""
    status = project.configured.status
    if not address or status is None:
        return Outcome()
    delivery_id, (interaction_id, customer_id, language) = at.new_id(), about
    request = NotificationRequested(
        delivery_id=delivery_id,
        kind=kind,
        channel="email",
        customer_id=customer_id,
        ticket_id="",
        interaction_id=interaction_id,
        mailbox=status.sender,
        language=language,
        params={"project": project.configured.title, **params},
        to=address,
        name=name,
        subject="",
        body=body,
        thread="",
    )
    return Outcome().add("delivery", delivery_id, request)
