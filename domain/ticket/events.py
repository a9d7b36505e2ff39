"""What happens to a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.event import Event
from domain.personal import Personal


class TicketOpened(Event, wire="ticket.opened.v1"):
    """A matter to be settled. `number` is what people say on the telephone; it opens no door by itself.

    It came to a mailbox or, by text, to one of our numbers: `mailbox` or `text_number` names which.
    """

    ticket_id: str
    number: str
    customer_id: str
    interaction_id: str
    department: str
    mailbox: str
    text_number: str = ""
    language: str
    subject: Personal[str]
    deadline: datetime


class InformationAdded(Event, wire="ticket.information_added.v1"):
    """Somebody said something on the matter. `external_id` threads later mails (RFC 5322 Message-ID or a delivery)."""

    ticket_id: str
    customer_id: str
    by: Literal["customer", "agent", "third_party", "automatic"]
    interaction_id: str
    message_id: str
    external_id: Personal[str]


class TicketHandedOver(Event, wire="ticket.handed_over.v1"):
    ticket_id: str
    from_department: str
    department: str
    by: str


class TicketAwaitingCustomer(Event, wire="ticket.awaiting_customer.v1"):
    ticket_id: str
    by: str


class TicketResolved(Event, wire="ticket.resolved.v1"):
    """`agent_id` is who settled it, the agent that a rating is about."""

    ticket_id: str
    agent_id: str


class TicketReopened(Event, wire="ticket.reopened.v1"):
    ticket_id: str
    reason: str


class TicketClosed(Event, wire="ticket.closed.v1"):
    """Settled for good: a further message opens a new ticket."""

    ticket_id: str
    reason: str


class ServiceRated(Event, wire="ticket.service_rated.v2"):
    """The customer rated agent and company, each 1 (poor) to 5 (excellent) or not at all. Replaces an earlier rating.

    Version 1 had a single `score`, which was asked about the agent.
    """

    ticket_id: str
    customer_id: str
    agent_id: str
    agent_score: int | None
    company_score: int | None
    comment: Personal[str]
