"""Registering, recognising, merging and erasing customers."""

from __future__ import annotations

from dataclasses import dataclass

from domain.agent.state import Agent
from domain.customer.events import (
    AgentExcluded,
    AgentReadmitted,
    ConsentGiven,
    ConsentWithdrawn,
    ContactKind,
    ContactPointLinked,
    CustomerErased,
    CustomerIdentified,
    CustomerRegistered,
    CustomersMerged,
    CustomersUnmerged,
    FactRecorded,
)
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.rejection import NotFound, Rejection
from domain.reservation import holder_of, release, reserve
from domain.states import States


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address in its normal form with its fingerprint under the project (`Fingerprints`)."""

    kind: ContactKind
    address: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCustomer(Command):
    """Register a customer known by name, with at least one address that is nobody's yet."""

    customer_id: str
    name: str
    language: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniseCustomer(Command):
    """Make sure that an address has a customer, a provisional one if need be, before anything of theirs is stored."""

    contact: Contact
    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCustomer(Command):
    customer_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkContactPoint(Command):
    customer_id: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFact(Command):
    customer_id: str
    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetConsent(Command):
    customer_id: str
    purpose: str
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeAgent(Command):
    """Never route this customer's further contacts to this agent."""

    customer_id: str
    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmitAgent(Command):
    customer_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCustomers(Command):
    """Show `merged_id` under `customer_id` from now on."""

    customer_id: str
    merged_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeCustomers(Command):
    customer_id: str
    merged_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCustomer(Command):
    """Forget the customer and everybody merged into it, for ever."""

    customer_id: str


def customer_of(states: States, customer_id: str) -> Customer:
    """The registered customer. Raises `NotFound`, or `Rejection` (`erased`)."""
    found = states.of(Customer, "customer", customer_id)
    if found.status == "unknown":
        raise NotFound("customer", customer_id)
    if found.status == "erased":
        raise Rejection("erased", f"customer {customer_id} has been erased")
    return found


def link(states: States, customer_id: str, contact: Contact) -> Outcome:
    """Give the customer an address; the address must be free or already theirs."""
    outcome = reserve(states, contact.kind, contact.fingerprint, customer_id)
    if outcome.events:
        linked = ContactPointLinked(
            customer_id=customer_id,
            kind=contact.kind,
            address=contact.address,
            fingerprint=contact.fingerprint,
        )
        outcome.add("customer", customer_id, linked)
    return outcome


def survivor(states: States, customer_id: str) -> str:
    """The customer itself, or the one it has been merged into."""
    return states.of(Customer, "customer", customer_id).merged_into or customer_id


def recognise(states: States, contact: Contact, name: str, language: str, at: Moment) -> tuple[str, Outcome]:
    """The customer of an address, and what must happen so that there is one.

    An unknown address gets a provisional customer, so that every interaction has an owner for its
    personal data from its first event.
    """
    holder = holder_of(states, contact.fingerprint)
    if holder is not None:
        return survivor(states, holder), Outcome()
    customer_id = at.new_id()
    registered = CustomerRegistered(customer_id=customer_id, provisional=True, language=language, name=name or None)
    return customer_id, Outcome().add("customer", customer_id, registered).merge(link(states, customer_id, contact))


@decides(RegisterCustomer)
def register_customer(states: States, c: RegisterCustomer, at: Moment) -> Outcome:
    if states.of(Customer, "customer", c.customer_id).status != "unknown":
        raise Rejection("exists", f"customer {c.customer_id} is already registered")
    if not c.contacts:
        raise Rejection("no_contact", "a customer needs at least one address: e-mail, telephone or customer number")
    registered = CustomerRegistered(customer_id=c.customer_id, provisional=False, language=c.language, name=c.name)
    outcome = Outcome().add("customer", c.customer_id, registered)
    for contact in c.contacts:
        outcome.merge(link(states, c.customer_id, contact))
    return outcome


@decides(RecogniseCustomer)
def recognise_customer(states: States, c: RecogniseCustomer, at: Moment) -> Outcome:
    customer_id, outcome = recognise(states, c.contact, c.name, c.language, at)
    outcome.result["customer_id"] = customer_id
    return outcome


@decides(IdentifyCustomer)
def identify_customer(states: States, c: IdentifyCustomer, at: Moment) -> Outcome:
    known = customer_of(states, c.customer_id)
    if known.name == c.name and not known.provisional:
        return Outcome()
    return Outcome().add("customer", c.customer_id, CustomerIdentified(customer_id=c.customer_id, name=c.name))


@decides(LinkContactPoint)
def link_contact_point(states: States, c: LinkContactPoint, at: Moment) -> Outcome:
    customer_of(states, c.customer_id)
    return link(states, c.customer_id, c.contact)


@decides(RecordFact)
def record_fact(states: States, c: RecordFact, at: Moment) -> Outcome:
    customer_of(states, c.customer_id)
    fact = FactRecorded(customer_id=c.customer_id, name=c.name, value=c.value, source=c.source)
    return Outcome().add("customer", c.customer_id, fact)


@decides(SetConsent)
def set_consent(states: States, c: SetConsent, at: Moment) -> Outcome:
    # one who never said anything has not said no: a first refusal is on record like any other
    if customer_of(states, c.customer_id).consents.get(c.purpose) is c.given:
        return Outcome()
    event = ConsentGiven if c.given else ConsentWithdrawn
    return Outcome().add("customer", c.customer_id, event(customer_id=c.customer_id, purpose=c.purpose))


@decides(ExcludeAgent)
def exclude_agent(states: States, c: ExcludeAgent, at: Moment) -> Outcome:
    known = customer_of(states, c.customer_id)
    if states.of(Agent, "agent", c.agent_id).presence == "absent":
        raise NotFound("agent", c.agent_id)
    if c.agent_id in known.excluded:
        return Outcome()
    excluded = AgentExcluded(customer_id=c.customer_id, agent_id=c.agent_id, reason=c.reason)
    return Outcome().add("customer", c.customer_id, excluded)


@decides(ReadmitAgent)
def readmit_agent(states: States, c: ReadmitAgent, at: Moment) -> Outcome:
    if c.agent_id not in customer_of(states, c.customer_id).excluded:
        return Outcome()
    readmitted = AgentReadmitted(customer_id=c.customer_id, agent_id=c.agent_id)
    return Outcome().add("customer", c.customer_id, readmitted)


@decides(MergeCustomers)
def merge_customers(states: States, c: MergeCustomers, at: Moment) -> Outcome:
    survivor, other = customer_of(states, c.customer_id), customer_of(states, c.merged_id)
    if c.customer_id == c.merged_id:
        raise Rejection("same_customer", "a customer cannot be merged into itself")
    if survivor.merged_into or other.merged_into:
        raise Rejection("already_merged", "one of them is already merged into another customer; un-merge it first")
    if other.merged:
        raise Rejection("has_merged", "others were merged into that customer; merge the other way round")
    event = CustomersMerged(customer_id=c.customer_id, merged_id=c.merged_id)
    # they are one person now, who has said no: also where it was said to us under the other name
    refused = [purpose for purpose, given in other.consents.items() if not given]
    new = [purpose for purpose in refused if survivor.consents.get(purpose) is not False]
    withdrawn = [ConsentWithdrawn(customer_id=c.customer_id, purpose=purpose) for purpose in new]
    return Outcome().add("customer", c.customer_id, event, *withdrawn).add("customer", c.merged_id, event)


@decides(UnmergeCustomers)
def unmerge_customers(states: States, c: UnmergeCustomers, at: Moment) -> Outcome:
    if c.merged_id not in customer_of(states, c.customer_id).merged:
        raise Rejection("not_merged", f"customer {c.merged_id} is not merged into {c.customer_id}")
    customer_of(states, c.merged_id)
    event = CustomersUnmerged(customer_id=c.customer_id, merged_id=c.merged_id)
    return Outcome().add("customer", c.customer_id, event).add("customer", c.merged_id, event)


@decides(EraseCustomer)
def erase_customer(states: States, c: EraseCustomer, at: Moment) -> Outcome:
    known = states.of(Customer, "customer", c.customer_id)
    if known.status == "unknown":
        raise NotFound("customer", c.customer_id)
    if known.status == "erased":
        return Outcome()
    if known.merged_into:
        raise Rejection("merged", f"this customer is merged into {known.merged_into}; erase that one, or un-merge them")
    outcome = Outcome()
    everyone = (c.customer_id, *known.merged)
    for customer_id in everyone:
        for point in states.of(Customer, "customer", customer_id).contacts:
            outcome.merge(release(states, point.kind, point.fingerprint, customer_id))
        outcome.add("customer", customer_id, CustomerErased(customer_id=customer_id, erased_ids=everyone))
    return outcome
