"""Marks of ours in mails: they come back verified, and nobody can make one."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.identity import Foreign, Identity, Own, Token, threads
from channels.email.model import Address, ParsedMail

OURS = Identity("hotline.example", (b"a secret of the centre",))
DELIVERY = "0198c1f4-7c1e-7aaa-8bbb-0123456789ab"
IDS = st.one_of(st.uuids().map(str), st.from_regex(r"[a-z0-9]([a-z0-9_-]{0,20}[a-z0-9])?", fullmatch=True))


@given(IDS)
def test_each_mark_comes_back_as_what_it_was_made_of(identity: str) -> None:
    assert OURS.delivery_of_message(OURS.message_id(identity)) == identity
    assert OURS.delivery_of_bounce(OURS.bounce_address(identity)) == identity
    assert OURS.ticket_of(OURS.reply_address("support@hotline.example", identity)) == identity


@given(IDS)
def test_marks_survive_servers_that_change_the_case(identity: str) -> None:
    assert OURS.delivery_of_message(OURS.message_id(identity).upper()) == identity
    assert OURS.delivery_of_bounce(OURS.bounce_address(identity).upper()) == identity
    assert OURS.ticket_of(OURS.reply_address("support@hotline.example", identity).title()) == identity


@given(st.uuids())
def test_a_local_part_fits_the_64_octets_of_smtp(identity: UUID) -> None:
    for address in (
        OURS.bounce_address(str(identity)),
        OURS.reply_address("customer-service@x.example", str(identity)),
    ):
        assert len(address.rpartition("@")[0]) <= 64


def test_a_mailbox_whose_name_leaves_no_room_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="6 octets too long; give the mailbox a shorter alias"):
        OURS.reply_address("a-very-long-mailbox-name-x@hotline.example", DELIVERY)


@pytest.mark.parametrize("bad", ["", "A", "a b", "a@b", "x" * 41, "a.b", "ż", "-", "../x"])
def test_an_id_that_cannot_stand_in_an_address_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a mail address"):
        OURS.message_id(bad)


@given(IDS, st.integers(0, 200), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_mark_with_any_letter_changed_is_not_ours(identity: str, at: int, letter: str) -> None:
    address = OURS.reply_address("support@hotline.example", identity)
    mark = address.partition("+")[2].partition("@")[0]
    position = at % len(mark)
    changed = mark[:position] + letter + mark[position + 1 :]
    found = OURS.ticket_of(f"support+{changed}@hotline.example")
    assert found == (identity if changed == mark else None)


def test_a_mark_cannot_be_used_for_another_purpose() -> None:
    mark = OURS.message_id(DELIVERY).strip("<>").partition("@")[0]
    assert OURS.ticket_of(f"support+{mark}@hotline.example") is None
    assert OURS.delivery_of_bounce(f"bounce+{mark}@hotline.example") is None


def test_marks_of_another_centre_are_not_ours() -> None:
    theirs = Identity("hotline.example", (b"another secret of 16+",))
    assert OURS.delivery_of_message(theirs.message_id(DELIVERY)) is None
    elsewhere = OURS.message_id(DELIVERY).replace("hotline", "elsewhere")
    assert OURS.delivery_of_message(elsewhere) is None


def test_after_a_change_of_secret_old_mail_is_still_recognised_and_new_mail_signed_with_the_new_one() -> None:
    changed = Identity("hotline.example", (b"a new secret, 16 bytes", *OURS.secrets))
    assert changed.delivery_of_message(OURS.message_id(DELIVERY)) == DELIVERY
    assert OURS.delivery_of_message(changed.message_id(DELIVERY)) is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Identity("hotline.example", (b"short",))


def test_secrets_do_not_show_when_the_identity_is_printed() -> None:
    assert "secret" not in repr(OURS).replace("secrets", "")


@given(st.text(max_size=80))
def test_any_text_in_place_of_an_address_is_only_not_ours(text: str) -> None:
    assert OURS.delivery_of_message(text) is None
    assert OURS.delivery_of_bounce(text) is None
    assert OURS.ticket_of(text) is None


def test_all_references_are_searched_nearest_first_and_signed_ones_before_others() -> None:
    mail = ParsedMail(
        references=("<first@x>", OURS.message_id("d1"), OURS.message_id("d2"), "<last@x>"),
        in_reply_to=("<last@x>", OURS.message_id("d3")),
        to=(Address(OURS.reply_address("support@hotline.example", "t1")),),
    )
    assert threads(mail, OURS) == (
        Own("d2"),
        Own("d1"),
        Own("d3"),
        Token("t1"),
        Foreign("<last@x>"),
        Foreign("<first@x>"),
    )


def test_a_forged_message_id_is_treated_as_a_strangers() -> None:
    forged = "<d1.aaaaaaaaaaaaaaaa@hotline.example>"
    assert threads(ParsedMail(references=(forged,)), OURS) == (Foreign(forged),)


def test_a_token_is_found_in_the_envelope_even_where_no_header_shows_it() -> None:
    token = OURS.reply_address("support@hotline.example", "t9")
    assert threads(ParsedMail(), OURS, [token]) == (Token("t9"),)


def test_numbers_in_subjects_lead_nowhere() -> None:
    assert threads(replace(ParsedMail(), subject="Re: [T-42] [ticket:42]"), OURS) == ()
