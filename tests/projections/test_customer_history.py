"""Customer history, as agents see it."""

from __future__ import annotations

from typing import Any

import pytest

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
from domain.event import Event
from domain.interaction.events import (
    CallbackRequested,
    CustomerRecognised,
    InteractionClosed,
    InteractionStarted,
    MessageReceived,
    NoteAdded,
)
from domain.ticket.events import TicketOpened, TicketReopened, TicketResolved
from projections.queries import customer_by_fingerprint, customer_card, find_customers, separation, timeline
from projections.reading import BadCursor
from tests.projections.given import AT, PROJECT, given, happened, recorded


def customer(customer_id: str = "c1", name: str | None = "Łukasz Żółć", *, provisional: bool = False) -> Event:
    return CustomerRegistered(customer_id=customer_id, provisional=provisional, language="pl", name=name)


def address(value: str, kind: Any = "email", customer_id: str = "c1") -> Event:
    return ContactPointLinked(customer_id=customer_id, kind=kind, address=value, fingerprint=f"fp-{value}")


def contact(interaction_id: str = "i1", customer_id: str = "c1", channel: Any = "email", ticket_id: str = "") -> Event:
    return InteractionStarted(
        interaction_id=interaction_id,
        channel=channel,
        direction="inbound",
        customer_id=customer_id,
        ticket_id=ticket_id,
        entry="info",
        language="pl",
    )


def message(text: str, interaction_id: str = "i1", customer_id: str = "c1", **more: Any) -> Event:
    fields: dict[str, Any] = {
        "interaction_id": interaction_id,
        "customer_id": customer_id,
        "message_id": "m1",
        "via": "email",
        "sender": "a@mail.example",
        "sender_name": "A",
        "subject": "Hello",
        "text": text,
        "external_id": "<1@mail.example>",
    }
    return MessageReceived(**(fields | more))


def opened(ticket_id: str = "t1", customer_id: str = "c1") -> Event:
    return TicketOpened(
        ticket_id=ticket_id,
        number="T-AAAA-BBBB",
        customer_id=customer_id,
        interaction_id="i1",
        department="help",
        mailbox="info",
        language="pl",
        subject="Hello",
        deadline=AT,
    )


@pytest.mark.parametrize(
    "typed",
    [
        *("łukasz", "LUKASZ ZOLC", "zolc", "Żół", "zolc luk", "lukasz@mail", "@MAIL.example", "K-100", "k10022"),
        *("+48 123 456", "0048123456", "123456789", "0123 456 789", "(123) 456-789"),
    ],
)
def test_a_customer_is_found_by_name_mail_telephone_or_number_however_it_is_typed(typed: str) -> None:
    events = [customer(), address("Lukasz@mail.example"), address("+48123456789", "phone")]
    with given(*events, address("K-100-22", "customer_number")) as read:
        assert [found.customer_id for found in find_customers(read, PROJECT, typed)] == ["c1"]


@pytest.mark.parametrize("typed", ["", "  ", "-", "lukas zo x", "99", "nobody@mail.example", "%", "_"])
def test_what_fits_nobody_finds_nobody(typed: str) -> None:
    with given(customer(), address("lukasz@mail.example")) as read:
        assert find_customers(read, PROJECT, typed) == ()


def test_a_customer_of_another_project_is_not_found() -> None:
    with given(*happened(customer(), address("lukasz@mail.example"))) as read:
        assert find_customers(read, "other", "lukasz") == ()
        assert customer_card(read, "other", "c1") is None
        assert customer_by_fingerprint(read, "other", "fp-lukasz@mail.example") is None
        assert customer_by_fingerprint(read, PROJECT, "fp-lukasz@mail.example") is not None


def test_a_customer_who_is_identified_is_found_by_the_new_name_only() -> None:
    identified = CustomerIdentified(customer_id="c1", name="Jan Nowak")
    with given(customer(provisional=True), identified) as read:
        assert find_customers(read, PROJECT, "zolc") == ()
        (found,) = find_customers(read, PROJECT, "nowak")
        assert (found.name, found.provisional, found.by) == ("Jan Nowak", False, "name")


def test_the_card_shows_addresses_facts_and_consents_as_they_stand_last() -> None:
    facts = [FactRecorded(customer_id="c1", name="car", value=v, source="agent") for v in ("red", "blue")]
    consents = [ConsentGiven(customer_id="c1", purpose="news"), ConsentWithdrawn(customer_id="c1", purpose="news")]
    with given(customer(), address("a@mail.example"), address("+4812", "phone"), *facts, *consents) as read:
        card = customer_card(read, PROJECT, "c1")
        assert card is not None
        assert [(p.kind, p.address) for p in card.contact_points] == [("email", "a@mail.example"), ("phone", "+4812")]
        assert [(f.name, f.value) for f in card.facts] == [("car", "blue")]
        assert card.consents == {"news": False}


def test_a_ticket_is_an_open_matter_until_it_is_resolved_and_again_when_reopened() -> None:
    resolved = TicketResolved(ticket_id="t1", agent_id="anna")
    with given(customer(), opened(), resolved) as read:
        assert customer_card(read, PROJECT, "c1").open_matters == ()  # type: ignore[union-attr]
    with given(customer(), opened(), resolved, TicketReopened(ticket_id="t1", reason="again")) as read:
        (matter,) = customer_card(read, PROJECT, "c1").open_matters  # type: ignore[union-attr]
        assert (matter.kind, matter.number, matter.title, matter.due_at) == ("ticket", "T-AAAA-BBBB", "Hello", AT)


@pytest.mark.parametrize("channel", ["callback", "voice"])
def test_a_callback_is_an_open_matter_until_its_contact_is_closed(channel: str) -> None:
    requested = CallbackRequested(
        interaction_id="i1", customer_id="c1", number="+4812", about="bill", due_at=AT, queue="help", key="k"
    )
    history = [customer(), contact(channel=channel), requested]
    with given(*history) as read:
        (matter,) = customer_card(read, PROJECT, "c1").open_matters  # type: ignore[union-attr]
        assert (matter.kind, matter.matter_id, matter.title) == ("callback", "i1", "bill")
    with given(*history, InteractionClosed(interaction_id="i1", reason="completed")) as read:
        assert customer_card(read, PROJECT, "c1").open_matters == ()  # type: ignore[union-attr]


def test_the_timeline_shows_all_channels_newest_first_with_what_was_said() -> None:
    note = NoteAdded(interaction_id="i2", customer_id="c1", author="anna", text="calls at night")
    events = [customer(), contact(ticket_id="t1"), message("Where is it?"), contact("i2", channel="callback"), note]
    with given(*events) as read:
        shown = timeline(read, PROJECT, "c1").items
        assert [(e.what, e.channel, e.by, e.title, e.text) for e in shown] == [
            ("note", "callback", "anna", "", "calls at night"),
            ("contact_started", "callback", "test", "", ""),
            ("message_received", "email", "customer", "Hello", "Where is it?"),
            ("contact_started", "email", "test", "", ""),
            ("registered", "", "test", "", ""),
        ]
        assert shown[2].ticket_id == "t1"


def both() -> list[Event]:
    return [
        customer("c1", "Anna"),
        address("anna@mail.example"),
        customer("c2", "Anna K"),
        address("+4812", "phone", "c2"),
        contact("i1", "c1"),
        message("one"),
        contact("i2", "c2"),
        message("two", "i2", "c2"),
    ]


def merge(kind: Any) -> list[Event]:
    return [kind(customer_id="c1", merged_id="c2")]


def test_merged_customers_show_as_one_wherever_they_are_asked_for() -> None:
    with given(*both(), *merge(CustomersMerged)) as read:
        for asked in ("c1", "c2"):
            card = customer_card(read, PROJECT, asked)
            assert card is not None
            assert (card.customer_id, card.merged) == ("c1", ("c2",))
            assert [p.address for p in card.contact_points] == ["anna@mail.example", "+4812"]
            texts = [e.text for e in timeline(read, PROJECT, asked).items if e.text]
            assert texts == ["two", "one"]
        assert [f.customer_id for f in find_customers(read, PROJECT, "anna")] == ["c1"]
        found = customer_by_fingerprint(read, PROJECT, "fp-+4812")
        assert found is not None
        assert found.customer_id == "c1"


def test_a_separation_is_looked_at_before_it_is_done() -> None:
    with given(*both(), *merge(CustomersMerged)) as read:
        apart = separation(read, PROJECT, "c1", "c2")
        assert apart is not None
        before = (apart.stays, apart.leaves)
        assert separation(read, PROJECT, "c2", "c1") is None
        assert separation(read, "elsewhere", "c1", "c2") is None
    with given(*both(), *merge(CustomersMerged), *merge(CustomersUnmerged)) as read:
        assert before == (customer_card(read, PROJECT, "c1"), customer_card(read, PROJECT, "c2"))
        assert separation(read, PROJECT, "c1", "c2") is None


def test_customers_that_are_unmerged_have_their_own_histories_again() -> None:
    with given(*both(), *merge(CustomersMerged), *merge(CustomersUnmerged)) as read:
        assert [e.text for e in timeline(read, PROJECT, "c1").items if e.text] == ["one"]
        assert [e.text for e in timeline(read, PROJECT, "c2").items if e.text] == ["two"]
        assert {f.customer_id for f in find_customers(read, PROJECT, "anna")} == {"c1", "c2"}


def test_a_merge_stands_on_both_timelines_naming_the_other() -> None:
    event = CustomersMerged(customer_id="c1", merged_id="c2")
    history = [
        recorded(1, customer("c1")),
        recorded(2, customer("c2")),
        recorded(3, event, stream="customer-c1"),
        recorded(4, event, stream="customer-c2"),
    ]
    with given(*history) as read:
        merges = {(e.customer_id, e.detail) for e in timeline(read, PROJECT, "c1").items if e.what == "merged"}
        assert merges == {("c1", "c2"), ("c2", "c1")}


def test_a_contact_recognised_as_somebody_elses_moves_to_their_timeline() -> None:
    recognised = CustomerRecognised(interaction_id="i2", customer_id="c1", how="gave the number")
    with given(*both(), recognised, message("three", "i2", "c1")) as read:
        assert [e.text for e in timeline(read, PROJECT, "c1").items if e.text] == ["three", "two", "one"]
        assert not [e for e in timeline(read, PROJECT, "c2").items if e.interaction_id == "i2"]


def test_an_erased_customer_leaves_nothing_personal_and_is_found_no_more() -> None:
    facts = FactRecorded(customer_id="c1", name="car", value="red", source="agent")
    erased = CustomerErased(customer_id="c1", erased_ids=("c1",))
    with given(customer(), address("a@mail.example"), opened(), contact(), message("secret"), facts, erased) as read:
        card = customer_card(read, PROJECT, "c1")
        assert card is not None
        assert (card.status, card.name, card.contact_points, card.facts) == ("erased", "", (), ())
        assert [matter.title for matter in card.open_matters] == [""]
        entries = timeline(read, PROJECT, "c1").items
        assert all(entry.erased and not entry.title and not entry.text for entry in entries)
        assert find_customers(read, PROJECT, "zolc") == find_customers(read, PROJECT, "a@mail") == ()
        assert customer_by_fingerprint(read, PROJECT, "fp-a@mail.example") is None


def test_words_of_an_erased_customer_go_from_anothers_timeline_too() -> None:
    recognised = CustomerRecognised(interaction_id="i2", customer_id="c1", how="said so")
    erased = CustomerErased(customer_id="c2", erased_ids=("c2",))
    with given(*both(), recognised, message("three", "i2", "c1"), erased) as read:
        assert [e.text for e in timeline(read, PROJECT, "c1").items if e.text] == ["three", "one"]
        moved = [e for e in timeline(read, PROJECT, "c1").items if e.interaction_id == "i2" and e.erased]
        assert "message_received" in [e.what for e in moved]


def test_an_address_freed_by_an_erasure_leads_to_its_next_holder() -> None:
    erased = CustomerErased(customer_id="c1", erased_ids=("c1",))
    later = [customer("c2", "Next"), address("a@mail.example", customer_id="c2")]
    with given(customer(), address("a@mail.example"), erased, *later) as read:
        found = customer_by_fingerprint(read, PROJECT, "fp-a@mail.example")
        assert found is not None
        assert found.customer_id == "c2"


@pytest.mark.parametrize("cursor", ["x", "!!", "bnVsbA", "WyJhIl0", "WzEsMl0"])
def test_a_cursor_from_elsewhere_is_refused(cursor: str) -> None:
    with given(customer()) as read, pytest.raises(BadCursor, match="begin again"):
        timeline(read, PROJECT, "c1", cursor=cursor)


def test_nobody_has_an_empty_timeline() -> None:
    with given(customer()) as read:
        assert timeline(read, PROJECT, "nobody").items == ()
