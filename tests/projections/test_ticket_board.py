"""Ticket board, as the desk and the customer see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.customer.events import CustomerErased
from domain.event import Event
from domain.interaction.events import (
    InteractionClosed,
    NoteAdded,
    OfferAccepted,
    WorkGivenUp,
)
from domain.ticket.events import (
    InformationAdded,
    ServiceRated,
    TicketAwaitingCustomer,
    TicketClosed,
    TicketHandedOver,
    TicketReopened,
    TicketResolved,
)
from projections.queries import (
    customer_tickets,
    ticket,
    ticket_by_number,
    ticket_history,
    tickets,
)
from tests.projections.given import AT, PROJECT, given
from tests.projections.test_boards import queued, work
from tests.projections.test_customer_history import contact, message, opened


def information(by: Any, interaction_id: str = "i1") -> Event:
    return InformationAdded(
        ticket_id="t1", customer_id="c1", by=by, interaction_id=interaction_id, message_id="m", external_id=""
    )


def rated(agent_score: int | None, company_score: int | None, comment: str = "") -> Event:
    return ServiceRated(
        ticket_id="t1",
        customer_id="c1",
        agent_id="anna",
        agent_score=agent_score,
        company_score=company_score,
        comment=comment,
    )


def test_the_next_action_follows_the_tickets_state() -> None:
    steps: list[tuple[Event, str]] = [
        (opened(), "answer"),
        (TicketAwaitingCustomer(ticket_id="t1", by="anna"), "await_customer"),
        (TicketReopened(ticket_id="t1", reason="wrote"), "answer"),
        (TicketResolved(ticket_id="t1", agent_id="anna"), "await_rating"),
        (rated(5, None), "close"),
        (TicketClosed(ticket_id="t1", reason="done"), "none"),
    ]
    for count in range(1, len(steps) + 1):
        with given(*(event for event, _ in steps[:count])) as read:
            seen = ticket(read, "t1")
            assert seen is not None
            assert seen.next_action == steps[count - 1][1]


def test_a_ticket_shows_department_rating_and_who_spoke_last() -> None:
    over = TicketHandedOver(ticket_id="t1", from_department="help", department="billing", by="anna")
    with given(opened(), information("customer"), over, (60, information("agent")), rated(2, 4, "slow")) as read:
        seen = ticket_by_number(read, PROJECT, " t-aaaa-bbbb ")
        assert seen is not None
        assert (seen.department, seen.last_said_by) == ("billing", "agent")
        assert seen.last_said_at == AT + timedelta(seconds=60)
        assert (seen.agent_score, seen.company_score, seen.comment) == (2, 4, "slow")
        assert customer_tickets(read, PROJECT, "c1") == (seen,)
        assert ticket_by_number(read, "other", "T-AAAA-BBBB") is None


def test_a_ticket_says_in_which_queue_or_in_whose_hands_it_is() -> None:
    events: list[Event] = [opened(), contact(ticket_id="t1"), queued()]

    def where(*more: Event) -> tuple[str, str]:
        with given(*events, *more) as read:
            seen = ticket(read, "t1")
            assert seen is not None
            return seen.queue, seen.agent_id

    assert where() == ("help", "")
    assert where(work(OfferAccepted)) == ("help", "anna")
    assert where(work(OfferAccepted), work(WorkGivenUp, reason="left")) == ("help", "")
    assert where(work(OfferAccepted), InteractionClosed(interaction_id="i1", reason="completed")) == ("", "")


def test_the_customer_sees_the_tickets_history_without_what_is_internal() -> None:
    note = NoteAdded(interaction_id="i1", customer_id="c1", author="anna", text="difficult")
    events = [opened(), contact(ticket_id="t1"), message("Where is it?"), note]
    with given(*events, message("I am away", automatic="auto-replied")) as read:
        desk = ticket_history(read, "t1", internal=True).items
        assert [(e.what, e.by, e.internal) for e in desk] == [
            ("opened", "test", False),
            ("message_received", "customer", False),
            ("note", "anna", True),
            ("message_received", "automatic", True),
        ]
        shown = ticket_history(read, "t1", internal=False)
        assert [e.text for e in shown.items] == ["", "Where is it?"]


def test_a_long_history_pages_in_order_though_most_of_it_is_internal() -> None:
    notes: list[Event] = [
        NoteAdded(interaction_id="i1", customer_id="c1", author="anna", text=f"n{n}") for n in range(7)
    ]
    words: list[Event] = []
    for n in range(5):
        words += [*notes, message(f"m{n}")]
    with given(opened(), contact(ticket_id="t1"), *words) as read:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = ticket_history(read, "t1", internal=False, cursor=cursor, limit=2)
            assert len(page.items) <= 2
            seen += [entry.text for entry in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == ["", "m0", "m1", "m2", "m3", "m4"]


def test_tickets_are_listed_by_state_and_department_the_nearest_deadline_first() -> None:
    events: list[Event] = []
    for n, minutes in enumerate((30, 10, 20)):
        one = opened(f"t{n}").model_copy(update={"deadline": AT + timedelta(minutes=minutes), "number": f"T-{n}"})
        events.append(one)
    events.append(TicketHandedOver(ticket_id="t2", from_department="help", department="billing", by="anna"))
    with given(*events) as read:
        first = tickets(read, PROJECT, "open", limit=2)
        rest = tickets(read, PROJECT, "open", cursor=first.next, limit=2)
        assert [t.ticket_id for t in (*first.items, *rest.items)] == ["t1", "t2", "t0"]
        assert [t.ticket_id for t in tickets(read, PROJECT, "open", department="billing").items] == ["t2"]
        assert tickets(read, PROJECT, "closed").items == tickets(read, "other", "open").items == ()


def test_an_erased_customers_ticket_stays_without_words() -> None:
    erased = CustomerErased(customer_id="c1", erased_ids=("c1",))
    with given(opened(), contact(ticket_id="t1"), message("secret"), rated(1, 1, "bad"), erased) as read:
        seen = ticket(read, "t1")
        assert seen is not None
        assert (seen.subject, seen.comment, seen.agent_score) == ("", "", 1)
        assert not [e for e in ticket_history(read, "t1", internal=True).items if e.text]
