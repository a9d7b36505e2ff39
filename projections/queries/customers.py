"""The customer: card, search, timeline. Everything merged into a customer shows as theirs."""

from __future__ import annotations

from datetime import datetime

from projections.reading import MAX_PAGE, Page, Reader, Row, View, read_cursor, reads, write_cursor
from projections.searching import matches_term, typed_terms

#: Candidates looked at for one typed text.
CANDIDATES = 200


class ContactPointView(View):
    kind: str
    address: str
    fingerprint: str
    linked_at: datetime


class FactView(View):
    name: str
    value: str
    source: str
    recorded_at: datetime


class OpenMatter(View):
    """A ticket that is not settled or a callback that is due. `department` is a callback's queue."""

    kind: str
    matter_id: str
    number: str
    title: str
    department: str
    status: str
    due_at: datetime
    opened_at: datetime


class CustomerCard(View):
    """What is known of a customer. `merged` are those whose history shows here; `status` registered or erased."""

    customer_id: str
    project: str
    status: str
    provisional: bool
    name: str
    language: str
    registered_at: datetime
    merged: tuple[str, ...]
    contact_points: tuple[ContactPointView, ...]
    facts: tuple[FactView, ...]
    consents: dict[str, bool]
    open_matters: tuple[OpenMatter, ...]


class Separation(View):
    """What two records that were merged would be apart: the one that `stays`, without the one that `leaves` it."""

    stays: CustomerCard
    leaves: CustomerCard


class CustomerFound(View):
    """A customer found by a text; `by` says through what: name, email, phone or customer_number."""

    customer_id: str
    name: str
    provisional: bool
    by: str
    contact_points: tuple[ContactPointView, ...]


class TimelineEntry(View):
    """Something that happened. `erased`: what it said belonged to somebody who has been forgotten."""

    position: int
    at: datetime
    what: str
    channel: str
    interaction_id: str
    ticket_id: str
    by: str
    detail: str
    title: str
    text: str
    customer_id: str
    erased: bool


def _survivor(read: Reader, project: str, customer_id: str) -> Row | None:
    """The customer of this project under whom this one shows."""
    row = read.get("history_customers", (customer_id,))
    if row is not None and row["merged_into"]:
        row = read.get("history_customers", (row["merged_into"],))
    return row if row is not None and row["project"] == project else None


def _members(read: Reader, row: Row) -> list[Row]:
    """The customer and everybody merged into it."""
    return [row, *read.find("history_customers", merged_into=row["customer_id"])]


def _contact_points(read: Reader, members: list[Row]) -> tuple[ContactPointView, ...]:
    rows = [p for m in members for p in read.find("history_contact_points", customer_id=m["customer_id"])]
    return tuple(ContactPointView.of(p) for p in sorted(rows, key=lambda p: p["position"]))


@reads("customer_history")
def customer_card(read: Reader, project: str, customer_id: str) -> CustomerCard | None:
    """The card of a customer of this project, by its own id or one merged into it; None when there is none."""
    row = _survivor(read, project, customer_id)
    return None if row is None else _card(read, row)


@reads("customer_history")
def separation(read: Reader, project: str, customer_id: str, merged_id: str) -> Separation | None:
    """Both cards as they would be if `merged_id` were separated from `customer_id`; None where it is not merged."""
    row, other = read.get("history_customers", (customer_id,)), read.get("history_customers", (merged_id,))
    if row is None or other is None or row["project"] != project or other["merged_into"] != customer_id:
        return None
    return Separation(stays=_card(read, row, without=merged_id), leaves=_card(read, other))


def _card(read: Reader, row: Row, *, without: str = "") -> CustomerCard:
    """`without`: the one of its members that is left out."""
    members = [member for member in _members(read, row) if member["customer_id"] != without]
    ids = [m["customer_id"] for m in members]
    facts = {f["name"]: f for i in reversed(ids) for f in read.find("history_facts", customer_id=i)}
    consents = {c["purpose"]: c["given"] for i in reversed(ids) for c in read.find("history_consents", customer_id=i)}
    matters = [m for i in ids for m in read.find("history_open_matters", customer_id=i)]
    return CustomerCard(
        customer_id=row["customer_id"],
        project=row["project"],
        status=row["status"],
        provisional=row["provisional"],
        name=row["name"] or next((m["name"] for m in members if m["name"]), ""),
        language=row["language"],
        registered_at=row["registered_at"],
        merged=tuple(ids[1:]),
        contact_points=_contact_points(read, members),
        facts=tuple(FactView.of(facts[name]) for name in sorted(facts)),
        consents=dict(sorted(consents.items())),
        open_matters=tuple(OpenMatter.of(m) for m in sorted(matters, key=lambda m: (m["due_at"], m["matter_id"]))),
    )


@reads("customer_history")
def customer_by_fingerprint(read: Reader, project: str, fingerprint: str) -> CustomerCard | None:
    """The card of the customer whom an address leads to, by the address's fingerprint under the project."""
    for point in read.find("history_contact_points", fingerprint=fingerprint):
        row = _survivor(read, project, point["customer_id"])
        if row is not None:
            return _card(read, row)
    return None


@reads("customer_history")
def find_customers(read: Reader, project: str, text: str, *, limit: int = 20) -> tuple[CustomerFound, ...]:
    """Customers by the beginning of a name, e-mail address, telephone or customer number; best matches first.

    Case, diacritics, spaces and punctuation do not matter; several words of a name may come in any order. A text
    without a letter or digit finds nobody.
    """
    found: dict[str, CustomerFound] = {}
    for term in typed_terms(text):
        rows = read.scan(
            "history_terms",
            {"project": project},
            ("term", "customer_id", "source"),
            prefix=term,
            limit=CANDIDATES,
        )
        for row in rows:
            _consider(read, project, text, row, found)
            if len(found) >= min(limit, MAX_PAGE):
                return tuple(found.values())
    return tuple(found.values())


def _consider(read: Reader, project: str, text: str, term: Row, found: dict[str, CustomerFound]) -> None:
    """Take the customer whom a term leads to, unless what else was typed does not fit."""
    own = read.get("history_customers", (term["customer_id"],))
    row = _survivor(read, project, term["customer_id"])
    if own is None or row is None or row["status"] == "erased" or row["customer_id"] in found:
        return
    if not matches_term(text, term["source"], term["term"], own["name"]):
        return
    found[row["customer_id"]] = CustomerFound(
        customer_id=row["customer_id"],
        name=row["name"] or own["name"],
        provisional=row["provisional"],
        by=term["source"],
        contact_points=_contact_points(read, _members(read, row)),
    )


@reads("customer_history")
def timeline(
    read: Reader, project: str, customer_id: str, *, cursor: str | None = None, limit: int = 50
) -> Page[TimelineEntry]:
    """What happened with a customer, newest first, across all channels. Raises `BadCursor`."""
    row = _survivor(read, project, customer_id)
    if row is None:
        return Page(items=())
    limit = max(1, min(limit, MAX_PAGE))
    after = read_cursor(cursor, int) if cursor else None
    members = _members(read, row)
    erased = {m["customer_id"] for m in members if m["status"] == "erased"}
    entries: list[Row] = []
    for member in members:
        own = {"customer_id": member["customer_id"]}
        entries += read.scan("history_timeline", own, ("position",), after=after, limit=limit + 1, descending=True)
    entries.sort(key=lambda entry: entry["position"], reverse=True)
    page = entries[:limit]
    return Page(
        items=tuple(_entry(read, entry, erased) for entry in page),
        next=write_cursor(page[-1]["position"]) if len(entries) > limit else None,
    )


def _entry(read: Reader, row: Row, erased: set[str]) -> TimelineEntry:
    gone = row["owner_id"] in erased
    if row["owner_id"] != row["customer_id"] and not gone:
        owner = read.get("history_customers", (row["owner_id"],))
        gone = owner is not None and owner["status"] == "erased"
    return TimelineEntry.of(row, erased=gone)
