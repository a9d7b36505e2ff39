"""Who the customer is: name, addresses, facts, consents, merges, and being forgotten."""

from __future__ import annotations

from typing import Any

from domain.customer.events import (
    ConsentGiven,
    ConsentWithdrawn,
    ContactPointLinked,
    CustomerErased,
    CustomerIdentified,
    CustomerRegistered,
    CustomersMerged,
    CustomersUnmerged,
    FactRecorded,
)
from domain.event import Recorded
from domain.ports import Rows
from domain.stream import identity_of
from projections.customer_history.tables import SHOWN_ELSEWHERE, customer_history, entry
from projections.erasing import forget_rows, owned_tables, text_of
from projections.searching import name_terms, terms_of

on = customer_history.on
_FORGOTTEN = owned_tables(customer_history)


def _index(recorded: Recorded, rows: Rows, customer_id: str, source: str, terms: list[str]) -> None:
    for term in terms:
        row = {"project": recorded.project, "term": term, "customer_id": customer_id, "source": source}
        rows.put("history_terms", row)


def _rename(recorded: Recorded, rows: Rows, customer_id: str, name: str, *, known: bool = True) -> None:
    """Let the customer be found by this name and by no earlier one."""
    if known:
        for term in rows.find("history_terms", customer_id=customer_id):
            if term["source"] == "name":
                rows.delete("history_terms", (term["project"], term["term"], customer_id, "name"))
    _index(recorded, rows, customer_id, "name", name_terms(name))


@on(CustomerRegistered)
def registered(recorded: Recorded, event: CustomerRegistered, rows: Rows) -> None:
    row: dict[str, Any] = {
        "customer_id": event.customer_id,
        "project": recorded.project,
        "status": "registered",
        "provisional": event.provisional,
        "language": event.language,
        "name": text_of(event.name),
        "merged_into": None,
        "registered_at": recorded.occurred_at,
    }
    rows.put("history_customers", row)
    _rename(recorded, rows, event.customer_id, row["name"], known=False)
    entry(recorded, rows, event.customer_id, "registered")


@on(CustomerIdentified)
def identified(recorded: Recorded, event: CustomerIdentified, rows: Rows) -> None:
    row = rows.get("history_customers", (event.customer_id,))
    if row is None:
        return
    name = text_of(event.name)
    rows.put("history_customers", {**row, "provisional": False, "name": name})
    _rename(recorded, rows, event.customer_id, name)
    entry(recorded, rows, event.customer_id, "identified")


@on(ContactPointLinked)
def linked(recorded: Recorded, event: ContactPointLinked, rows: Rows) -> None:
    address = text_of(event.address)
    row: dict[str, Any] = {
        "customer_id": event.customer_id,
        "fingerprint": event.fingerprint,
        "project": recorded.project,
        "kind": event.kind,
        "address": address,
        "linked_at": recorded.occurred_at,
        "position": recorded.position,
    }
    rows.put("history_contact_points", row)
    _index(recorded, rows, event.customer_id, event.kind, terms_of(event.kind, address))
    entry(recorded, rows, event.customer_id, "contact_point_linked", detail=event.kind, title=address)


@on(FactRecorded)
def fact(recorded: Recorded, event: FactRecorded, rows: Rows) -> None:
    value = text_of(event.value)
    row: dict[str, Any] = {
        "customer_id": event.customer_id,
        "name": event.name,
        "value": value,
        "source": event.source,
        "recorded_at": recorded.occurred_at,
    }
    rows.put("history_facts", row)
    entry(recorded, rows, event.customer_id, "fact_recorded", detail=event.name, text=value)


@on(ConsentGiven, ConsentWithdrawn)
def consent(recorded: Recorded, event: ConsentGiven | ConsentWithdrawn, rows: Rows) -> None:
    given = isinstance(event, ConsentGiven)
    row: dict[str, Any] = {
        "customer_id": event.customer_id,
        "purpose": event.purpose,
        "given": given,
        "at": recorded.occurred_at,
    }
    rows.put("history_consents", row)
    what = "consent_given" if given else "consent_withdrawn"
    entry(recorded, rows, event.customer_id, what, detail=event.purpose)


@on(CustomersMerged, CustomersUnmerged)
def merged(recorded: Recorded, event: CustomersMerged | CustomersUnmerged, rows: Rows) -> None:
    """Stands in both customers' streams: each copy writes its own customer's row, found by the stream's name."""
    joins = isinstance(event, CustomersMerged)
    other = rows.get("history_customers", (event.merged_id,))
    if other is not None:
        rows.put("history_customers", {**other, "merged_into": event.customer_id if joins else None})
    is_survivor = identity_of(recorded.stream) == event.customer_id
    mine, theirs = (event.customer_id, event.merged_id) if is_survivor else (event.merged_id, event.customer_id)
    entry(recorded, rows, mine, "merged" if joins else "unmerged", detail=theirs)


@on(CustomerErased)
def erased(recorded: Recorded, event: CustomerErased, rows: Rows) -> None:
    """Forget rows by owner, and those parts of other timelines that were sealed under this customer's key."""
    for customer_id in dict.fromkeys((event.customer_id, *event.erased_ids)):
        for table in _FORGOTTEN:
            forget_rows(table, customer_id, rows)
        for elsewhere in rows.find(SHOWN_ELSEWHERE.name, owner_id=customer_id):
            _blank_elsewhere(elsewhere["customer_id"], customer_id, rows)
        row = rows.get("history_customers", (customer_id,))
        if row is not None:
            rows.put("history_customers", {**row, "status": "erased"})


def _blank_elsewhere(shown_under: str, owner_id: str, rows: Rows) -> None:
    for row in rows.find("history_timeline", customer_id=shown_under):
        if row["owner_id"] == owner_id:
            rows.put("history_timeline", {**row, "title": "", "text": ""})
