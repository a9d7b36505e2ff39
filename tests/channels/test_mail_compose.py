"""Letters to bytes: what a mail program reads is what was meant, and nothing can be smuggled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.compose import Enclosed, OutgoingMail, compose, is_international, references_after, reply_subject
from channels.email.model import Address
from channels.email.parse import parse

LETTER = OutgoingMail(
    sender=Address("support@hotline.example", "Support"),
    to=(Address("ann@example.org", "Ann"),),
    subject="Request T-42",
    text="Hello",
    message_id="<d1.aaaa@hotline.example>",
    date=datetime(2025, 3, 3, 12, tzinfo=UTC),
)
EXPECTED_HEADERS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
}


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100), st.text(max_size=100))
def test_no_text_can_add_a_header_or_a_recipient(subject: str, text: str, name: str, sender: str) -> None:
    letter = replace(
        LETTER,
        subject=subject,
        text=text,
        to=(Address("ann@example.org", name),),
        sender=Address("support@hotline.example", sender),
    )
    raw = compose(letter)
    message = message_from_bytes(raw, policy=default)
    assert {header.lower() for header in message} <= EXPECTED_HEADERS
    mail = parse(raw)
    assert [one.address for one in (*mail.to, *mail.cc)] == ["ann@example.org"]
    assert mail.sender is not None
    assert mail.sender.address == "support@hotline.example"


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        "a@b@c.example",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "",
        "@",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        compose(replace(LETTER, to=(Address(address),)))


def test_a_message_id_that_is_none_is_refused_and_a_strangers_is_left_out() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(LETTER, message_id="<a>\r\nBcc: x@y.example"))
    raw = compose(replace(LETTER, in_reply_to="<a b>", references=("<ok@x>", "<bad\n@x>")))
    assert parse(raw).in_reply_to == ()
    assert parse(raw).references == ("<ok@x>",)


@settings(deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs", "Cn", "Co"]), max_size=120),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=500),
)
def test_what_was_written_is_what_is_read(subject: str, text: str) -> None:
    mail = parse(compose(replace(LETTER, subject=f"S{subject}", text=text)))
    assert mail.subject == f"S{subject}".replace("\ufeff", "")
    expected = text.replace("\ufeff", "")
    assert mail.text.split() == expected.split()


def test_the_same_letter_is_the_same_bytes() -> None:
    letter = replace(LETTER, html="<p>Hello</p>", attachments=(Enclosed("a.pdf", "application/pdf", b"x"),))
    assert compose(letter) == compose(letter)


def test_all_bytes_are_seven_bit_lines_of_bearable_length() -> None:
    letter = replace(
        LETTER, text="zażółć " * 500 + "\n" + "x" * 5000, html=f"<p>{'gęślą ' * 900}</p>", subject="jaźń " * 40
    )
    raw = compose(letter)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_long_ids_are_folded_between_and_never_encoded() -> None:
    references = tuple(f"<{letter * 120}@example.org>" for letter in "abcdef")
    raw = compose(replace(LETTER, references=references, in_reply_to=references[-1]))
    mail = parse(raw)
    assert (mail.references, mail.in_reply_to) == (references, references[-1:])
    assert b"=?" not in raw


def test_a_status_mail_tells_machines_not_to_answer_and_an_agents_does_not() -> None:
    status = compose(replace(LETTER, automatic=True))
    assert b"Auto-Submitted: auto-generated\r\n" in status
    assert b"X-Auto-Response-Suppress: All\r\n" in status
    written = compose(LETTER)
    assert b"Auto-Submitted" not in written
    assert b"Precedence" not in written + status
    assert parse(written).automatic is None
    assert parse(status).automatic is not None


def test_only_bulk_mail_offers_to_unsubscribe() -> None:
    assert b"List-Unsubscribe" not in compose(LETTER)
    bulk = compose(replace(LETTER, unsubscribe_url="https://hotline.example/u/1"))
    assert b"List-Unsubscribe: <https://hotline.example/u/1>\r\n" in bulk
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in bulk


def test_domains_are_written_as_in_the_dns_and_local_parts_as_they_are() -> None:
    assert b"ann@xn--w-uga1v8h.pl" in compose(replace(LETTER, to=(Address("ann@żółw.pl"),)))
    assert not is_international(replace(LETTER, to=(Address("ann@żółw.pl"),)))
    letter = replace(LETTER, to=(Address("żółw@example.pl"),))
    assert is_international(letter)
    assert "żółw@example.pl".encode() in compose(letter)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Invoice", "Re: Invoice"),
        ("Re: Invoice", "Re: Invoice"),
        ("RE: Odp: AW: Re[2]: Invoice", "Re: Invoice"),
        ("Ответ: Счёт", "Re: Счёт"),
        ("Reply wanted", "Re: Reply wanted"),
        ("", "Re: "),
        ("a\r\nBcc: x", "Re: a Bcc: x"),
    ],
)
def test_an_answer_bears_one_reply_mark(subject: str, answer: str) -> None:
    assert reply_subject(subject) == answer


def test_references_of_an_answer_keep_the_first_and_the_latest() -> None:
    chain = tuple(f"<{number}@x>" for number in range(50))
    kept = references_after(chain, "<new@x>")
    assert len(kept) == 20
    assert (kept[0], kept[-1]) == ("<0@x>", "<new@x>")
    assert references_after(("<a@x>", "<b@x>"), "<b@x>") == ("<a@x>", "<b@x>")
