"""Mails of ours can be signed by their domain, and bulk mail lets go by one click."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from channels.email.compose import Enclosed, OutgoingMail, compose
from channels.email.model import Address
from channels.email.readiness import unready

LETTER = OutgoingMail(
    sender=Address("service@hotline.example", "Zażółć Service"),
    to=(Address("anna@example.org", "Анна"),),
    subject="Жара и gęślą jaźń " * 10,
    text="Zażółć " * 400 + "\nж" * 500,
    message_id="<1.abc@hotline.example>",
    date=datetime(2026, 3, 1, tzinfo=UTC),
    html="<p>" + "ж" * 5_000 + "</p>",
    attachments=(Enclosed("a.bin", "application/octet-stream", bytes(range(256)) * 20),),
    references=tuple(f"<{number}.xyz@somewhere.example>" for number in range(60)),
    in_reply_to="<59.xyz@somewhere.example>",
)


@pytest.mark.parametrize(
    "mail",
    [
        LETTER,
        replace(LETTER, subject=""),
        replace(LETTER, to=()),
        replace(LETTER, sender=Address("service@mail.hotline.example"), reply_to=Address("x@hotline.example")),
        replace(LETTER, automatic=True, list_id="project.hotline.example", language="pl"),
        replace(LETTER, unsubscribe_url="https://hotline.example/u/1", unsubscribe_mail="out+1@hotline.example"),
    ],
    ids=["full", "no subject", "nobody named", "part of the domain", "automatic", "bulk"],
)
def test_whatever_is_composed_is_ready_to_be_signed(mail: OutgoingMail) -> None:
    assert unready(compose(mail), "hotline.example") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"Date: ", b"X-Date: ", "no Date header"),
        (b"MIME-Version: ", b"X-Mime: ", "no MIME-Version header"),
        (b"Subject: ", b"Subject: x\r\nSubject: ", "2 Subject headers, one is allowed"),
        (b"From: ", b"From: a@hotline.example, ", "2 authors in From"),
        (b"service@hotline.example", b"service@hotline.example.evil.test", "not aligned"),
        (b"service@hotline.example", b"service@evilhotline.example", "not aligned"),
        (b"<1.abc@hotline.example>", b"<1.abc@laptop.local>", "Message-ID is of laptop.local"),
        (b"Zmll", b"Zm\nll", ""),
        (b"To: ", b"To:\n ", "do not end in CR LF"),
        (b"Subject: ", b"Subject: " + b"x" * 1000, "servers cut at 998"),
    ],
)
def test_what_would_break_a_signature_is_told(old: bytes, new: bytes, said: str) -> None:
    mail = compose(replace(LETTER, subject="x", html="", attachments=())).replace(old, new, 1)
    found = unready(mail, "hotline.example")
    assert any(said in one for one in found) if said else found == ()


def test_8_bit_bytes_in_a_body_are_told() -> None:
    assert any("8-bit" in one for one in unready(compose(LETTER) + "ж\r\n".encode(), "hotline.example"))


def test_one_click_without_https_is_told() -> None:
    mail = compose(replace(LETTER, unsubscribe_url="https://hotline.example/u/1"))
    assert any(
        "without an https address" in one for one in unready(mail.replace(b"https:", b"http:"), "hotline.example")
    )
    assert any("instead of" in one for one in unready(mail.replace(b"One-Click", b"Two-Clicks"), "hotline.example"))


def test_bulk_mail_offers_both_ways_out_and_one_click_only_for_the_web() -> None:
    both = compose(replace(LETTER, unsubscribe_url="https://h.example/u/1", unsubscribe_mail="out+1@h.example"))
    unfolded = both.replace(b"\r\n ", b" ")
    assert b"List-Unsubscribe: <https://h.example/u/1>, <mailto:out+1@h.example?subject=unsubscribe>\r\n" in unfolded
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in both
    by_mail = compose(replace(LETTER, unsubscribe_mail="out@h.example"))
    assert b"List-Unsubscribe: <mailto:out@h.example?subject=unsubscribe>" in by_mail
    assert b"List-Unsubscribe-Post" not in by_mail
    assert b"Precedence: bulk" in by_mail


@pytest.mark.parametrize(
    "wrong",
    [
        "http://h.example/u",
        "https://h.example/a b",
        "https://h.example/>\r\nBcc: x",
        "https://user:pass@h.example/",
        "https://",
        "javascript:alert(1)",
        "https://h.example/ж",
    ],
)
def test_an_address_that_is_no_safe_way_out_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="must begin with https://"):
        compose(replace(LETTER, unsubscribe_url=wrong))


def test_a_mailbox_that_could_smuggle_in_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match=r"name@example\.org"):
        compose(replace(LETTER, unsubscribe_mail="a@b.example>\r\nBcc: x@y.example"))
