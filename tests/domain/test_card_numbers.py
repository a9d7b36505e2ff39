"""No card number becomes an event, wherever people write it; what only looks like one stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.card_numbers import masked
from domain.delivery.events import NotificationRequested
from domain.interaction.events import CallbackRequested, MessageReceived, MessageSent, NoteAdded
from domain.interaction.work import AddNote
from domain.ticket.events import TicketOpened
from tests.domain.commands import callback, in_hand, mail
from tests.domain.world import World, happened

VISA = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("number", "last"),
    [
        ("4111111111111111", "1111"),
        ("5555-5555-5555-4444", "4444"),
        ("2223 0031 2200 3222", "3222"),
        ("378282246310005", "0005"),
        ("6011 1111 1111 1117", "1117"),
        ("3530111333300000", "0000"),
        ("2200 1234 5678 9019", "9019"),
    ],
)
def test_a_card_number_keeps_its_last_four_digits_alone(number: str, last: str) -> None:
    assert masked(f"My card is {number}, until 12/29.") == f"My card is **** {last}, until 12/29."


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # the check digit is wrong
        "PL61 1090 1014 0000 0712 1981 2874",  # an account, not a card
        "+4915112345678903",
        "Order 1234567890123452",  # no issuer begins so
        "call 22 123 45 67 or 600 100 200",
        "2026-03-02T09:30:15",
        "",
    ],
)
def test_what_is_no_card_number_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def with_check_digit(digits: str) -> str:
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(digits))]
    return digits + str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)


@given(st.text("0123456789", min_size=14, max_size=14), st.sampled_from([" ", "-", ""]), st.text("abc .,;:\n"))
def test_no_digits_of_a_card_but_the_last_four_are_left_in_any_text(some: str, separator: str, around: str) -> None:
    card = with_check_digit(f"4{some}")
    grouped = separator.join(card[at : at + 4] for at in range(0, 16, 4))
    assert masked(f"{around}x{grouped}x{around}") == f"{around}x**** {card[-4:]}x{around}"


def test_masking_twice_is_masking_once() -> None:
    assert masked(masked(f"{VISA} {VISA}")) == masked(f"{VISA} {VISA}")


def test_whatever_people_write_is_recorded_without_card_numbers(staffed: World) -> None:
    said = f"It is {VISA}."
    kept = "It is **** 1111."
    staffed.when(mail(subject=said, text=said)).including(
        happened(MessageReceived, subject=kept, text=kept), happened(TicketOpened, subject=kept)
    )
    staffed.when(callback(about=said)).including(happened(CallbackRequested, about=kept, number="+48221234567"))
    work = in_hand(staffed, "anna")
    staffed.when(AddNote(interaction_id=work.interaction_id, author="anna", text=said)).then(
        happened(NoteAdded, text=kept)
    )
    staffed.when(work.reply(said)).including(
        happened(MessageSent, text=kept), happened(NotificationRequested, body=kept)
    )
