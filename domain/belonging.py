"""Which ticket does a message belong to? In this order:
1. the ticket named by a signed reply token, or by the delivery that the message answers;
2. the ticket of an earlier message it refers to, when it comes from that ticket's own customer;
3. the ticket that the conversation of two numbers was about, for a text;
4. none: it opens a new ticket.
A closed ticket is never continued: the message opens a new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.customer.decide import Contact, survivor
from domain.customer.state import Customer
from domain.delivery.state import Delivery
from domain.reservation import holder_of
from domain.states import States
from domain.ticket.state import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """What a message says it belongs to, most trusted first; see the module's rules."""

    ticket_id: str = ""
    delivery_ids: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()


def belongs_to(states: States, refers: Referred, sender: Contact) -> Ticket | None:
    """The open or resolved ticket that the message continues."""
    trusted = [refers.ticket_id] if refers.ticket_id else []
    trusted.extend(states.of(Delivery, "delivery", d).ticket_id for d in refers.delivery_ids)
    for ticket_id in filter(None, trusted):
        ticket = states.of(Ticket, "ticket", ticket_id)
        if _goes_on(states, ticket):
            return ticket
    for fingerprint in refers.fingerprints:
        ticket_id = holder_of(states, fingerprint)
        ticket = states.of(Ticket, "ticket", ticket_id) if ticket_id else Ticket()
        if _goes_on(states, ticket) and is_from(states, sender, ticket):
            return ticket
    return None


def _goes_on(states: States, ticket: Ticket) -> bool:
    """Whether a message can continue the ticket: neither closed, nor that of a customer who was erased."""
    if ticket.status in ("absent", "closed"):
        return False
    return states.of(Customer, "customer", ticket.customer_id).status != "erased"


def is_from(states: States, sender: Contact, ticket: Ticket) -> bool:
    """Whether the sender is the ticket's customer, also after a merge."""
    holder = holder_of(states, sender.fingerprint)
    return holder is not None and survivor(states, holder) == survivor(states, ticket.customer_id)
