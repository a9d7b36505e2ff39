"""What happens to a customer."""

from __future__ import annotations

from typing import Literal

from domain.event import Event
from domain.personal import Personal

ContactKind = Literal["email", "phone", "customer_number"]


class CustomerRegistered(Event, wire="customer.registered.v1"):
    """A customer of one project. `provisional` while nothing but an address is known."""

    customer_id: str
    provisional: bool
    language: str
    name: Personal[str] | None = None


class CustomerIdentified(Event, wire="customer.identified.v1"):
    """A provisional customer turned out to be somebody."""

    customer_id: str
    name: Personal[str]


class ContactPointLinked(Event, wire="customer.contact_point_linked.v1"):
    """The customer can be reached at, or is recognised by, this address."""

    customer_id: str
    kind: ContactKind
    address: Personal[str]
    fingerprint: str


class FactRecorded(Event, wire="customer.fact_recorded.v1"):
    """Something known of the customer, replacing an earlier value under the same name."""

    customer_id: str
    name: str
    value: Personal[str]
    source: str


class CustomersMerged(Event, wire="customer.merged.v1"):
    """`merged_id` turned out to be this customer; its history shows under this one. Reversible."""

    customer_id: str
    merged_id: str


class CustomersUnmerged(Event, wire="customer.unmerged.v1"):
    customer_id: str
    merged_id: str


class ConsentGiven(Event, wire="customer.consent_given.v1"):
    customer_id: str
    purpose: str


class ConsentWithdrawn(Event, wire="customer.consent_withdrawn.v1"):
    customer_id: str
    purpose: str


class AgentExcluded(Event, wire="customer.agent_excluded.v1"):
    """This agent never gets this customer's contacts (either of them asked for it)."""

    customer_id: str
    agent_id: str
    reason: str


class AgentReadmitted(Event, wire="customer.agent_readmitted.v1"):
    customer_id: str
    agent_id: str


class CustomerErased(Event, wire="customer.erased.v1"):
    """The keys of this customer, and of those merged into it, are destroyed; projections drop the rows."""

    customer_id: str
    erased_ids: tuple[str, ...]
